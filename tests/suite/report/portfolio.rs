//! The index over scorecards and periods, and the page of each scorecard.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use scoreline::report::{Audience, Entry, RenderedFile, Templates, View, index};
use sha2::{Digest, Sha256};

use super::fixture::Case;
use super::{contract, rendered, team, text};

/// The contract's October, and how it stood in September.
fn september_and_october() -> [Case; 2] {
    let mut september = contract::october(13);
    september.outcomes.truncate(12);
    [september, contract::october(13)]
}

fn entries(cases: &[Case]) -> Vec<Entry> {
    cases
        .iter()
        .map(|case| Entry::of(&View::build(&case.input(), Audience::DEFAULT)))
        .collect()
}

fn pages(entries: &[Entry]) -> Vec<RenderedFile> {
    index("Vendor scorecards", entries, &Templates::new()).expect("it renders")
}

fn at(text: &str, needle: &str) -> usize {
    text.find(needle)
        .unwrap_or_else(|| panic!("{needle} is listed in\n{text}"))
}

#[test]
fn the_index_lists_the_latest_period_of_each_scorecard_and_a_page_lists_them_all() {
    let files = pages(&entries(&september_and_october()));
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "index.html",
            "index.md",
            "acme-managed-it/index.html",
            "acme-managed-it/index.md"
        ]
    );
    let [html, markdown, card_html, card_markdown] = &files[..] else {
        panic!("four files");
    };
    let text = |file: &RenderedFile| String::from_utf8(file.bytes.clone()).expect("UTF-8");
    let (html, markdown) = (text(html), text(markdown));
    assert!(html.contains("href=\"acme-managed-it/index.html\""));
    assert!(html.contains("href=\"acme-managed-it/2026-10.html\">2026-10</a>"));
    assert!(html.contains("EUR 3,528.00"));
    assert!(
        html.contains("2026-10</a></span><span class=\"flags\">draft, provisional</span></tr>"),
        "{html}"
    );
    let row = "| [Acme – managed IT services](acme-managed-it/index.md) | ";
    assert!(markdown.contains(row), "{markdown}");
    assert!(markdown.contains("(acme-managed-it/2026-10.md) | draft"), "{markdown}");
    let (card_html, card_markdown) = (text(card_html), text(card_markdown));
    assert!(at(&card_markdown, "[October 2026](2026-10.md)") < at(&card_markdown, "[September 2026](2026-09.md)"));
    assert!(at(&card_html, "href=\"2026-10.html\"") < at(&card_html, "href=\"2026-09.html\""));
    assert!(card_html.contains("href=\"../index.html\"") && card_markdown.contains("](../index.md)"));
}

// September's own report stands; October's remembers the eleven periods before it.
#[test]
fn periods_without_a_report_are_shown_from_memory_and_not_linked() {
    let files = pages(&entries(&september_and_october()));
    let markdown = text(&files[1..2], "index.md");
    let header = markdown
        .lines()
        .find(|line| line.contains("| 2026-09 |"))
        .expect("a grid");
    assert_eq!(header.matches('|').count(), 14, "a title and twelve periods: {header}");
    let row = markdown
        .lines()
        .skip_while(|line| *line != header)
        .nth(2)
        .expect("the contract's row");
    let cells: Vec<&str> = row.split(" | ").collect();
    assert_eq!(cells.len(), 13, "{row}");
    assert!(cells[12].contains("](acme-managed-it/2026-10.md)"), "{row}");
    assert!(cells[11].contains("](acme-managed-it/2026-09.md)"), "{row}");
    assert!(cells[1..11].iter().all(|cell| !cell.contains("](")), "{row}");
}

#[test]
fn a_report_as_data_says_all_that_the_index_needs() {
    let [_, october] = september_and_october();
    let json = text(&rendered(&october, Audience::DEFAULT), ".json");
    let view = View::build(&october.input(), Audience::DEFAULT);
    assert_eq!(Entry::from_json(&json), Some(Entry::of(&view)));
    assert_eq!(Entry::from_json("{\"version\": 1}"), None);
}

// Two contracts in euros with 3,528.00 due each, and one of a year ago in dollars.
#[test]
fn credits_are_summed_per_currency_over_the_latest_periods_only() {
    let [september, october] = september_and_october();
    let mut all = entries(&[september, october, contract::october(13)]);
    all[2].card.id = "second".to_owned();
    let mut dollars = all[2].clone();
    dollars.card.id = "third".to_owned();
    dollars.money.as_mut().expect("money").currency = "USD".to_owned();
    all.push(dollars);
    let markdown = text(&pages(&all)[1..2], "index.md");
    assert!(
        markdown.contains("- Service credits due: **EUR 7,056.00**\n"),
        "{markdown}"
    );
    assert!(
        markdown.contains("- Service credits due: **USD 3,528.00**\n"),
        "{markdown}"
    );
}

#[test]
fn two_hundred_scorecards_are_one_row_each() {
    let one = entries(&[team::large(20, 24)]).remove(0);
    let all: Vec<Entry> = (0..200)
        .map(|number| {
            let mut entry = one.clone();
            entry.card.id = format!("customer-{number:03}");
            entry.card.title = format!("Customer {number:03}");
            entry
        })
        .collect();
    let files = pages(&all);
    assert_eq!(files.len(), 2 + 2 * 200);
    let html = text(&files[..1], "index.html");
    assert_eq!(html.matches("<tr><th scope=\"row\" id=").count(), 200);
    assert!(html.len() < 900_000, "{} bytes", html.len());
    let markdown = text(&files[1..2], "index.md");
    let rows = markdown.lines().filter(|line| line.starts_with("| [Customer ")).count();
    assert_eq!(rows, 400, "a row in each of two tables");
}

#[test]
fn the_worst_comes_first_in_html_and_titles_order_the_markdown() {
    let mut all = entries(&[contract::october(13), contract::october(13), contract::october(13)]);
    for (entry, (id, grade, score)) in all.iter_mut().zip([
        ("a-green", "green", "95.5"),
        ("b-red", "red", "60"),
        ("c-redder", "red", "7.25"),
    ]) {
        entry.card.id = id.to_owned();
        entry.card.title = id.to_owned();
        let now = entry.score.as_mut().expect("a score");
        now.grade = Some(grade.to_owned());
        now.value.raw = score.to_owned();
    }
    let files = pages(&all);
    let (html, markdown) = (text(&files[..1], "index.html"), text(&files[1..2], "index.md"));
    assert!(
        at(&html, "id=\"card-c-redder\"") < at(&html, "id=\"card-b-red\""),
        "by score as a number, not as text"
    );
    assert!(at(&html, "id=\"card-b-red\"") < at(&html, "id=\"card-a-green\""));
    assert!(at(&markdown, "[a-green]") < at(&markdown, "[b-red]"));
    assert!(at(&markdown, "[b-red]") < at(&markdown, "[c-redder]"));
}

#[test]
fn the_one_script_is_the_one_that_the_policy_admits() {
    let files = pages(&entries(&september_and_october()));
    let html = text(&files[..1], "index.html");
    let (_, rest) = html.split_once("<script>").expect("a script");
    let (script, rest) = rest.split_once("</script>").expect("its end");
    assert!(!rest.contains("<script"), "only one");
    let digest = BASE64_STANDARD.encode(Sha256::digest(script));
    let policy = format!("style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'");
    assert!(html.contains(&policy), "{digest}");
    let card = text(&files[2..3], "index.html");
    assert!(!card.contains("script"), "the page of a scorecard has none");
}

#[test]
fn a_hostile_title_stays_text_in_every_index() {
    let mut all = entries(&[contract::october(13)]);
    all[0].card.title = "</title><script>x</script> @octocat [a](https://e.example) |b|".to_owned();
    for file in pages(&all) {
        let text = String::from_utf8(file.bytes).expect("UTF-8");
        let path = &file.path;
        assert!(!text.contains("<script>x"), "{path}");
        let inert =
            !path.ends_with(".md") || !(text.contains("@octocat") || text.contains("://e") || text.contains("|b|"));
        assert!(inert, "{path}: {text}");
    }
}

#[test]
fn no_report_is_no_failure() {
    let files = pages(&[]);
    assert!(text(&files[..1], "index.html").contains("No report has been built yet."));
    assert_eq!(
        text(&files[1..2], "index.md"),
        "# Vendor scorecards\n\nNo report has been built yet.\n"
    );
}
