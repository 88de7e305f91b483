//! The numbers and the shape of the files.

use scoreline::report::{Audience, Templates, View, render};

use super::{contract, rendered, team, text};

#[test]
fn the_default_audience_gets_three_files_and_the_charts_the_markdown_refers_to() {
    let files = rendered(&contract::october(13), Audience::DEFAULT);
    let mut paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        [
            "acme-managed-it/2026-10.html",
            "acme-managed-it/2026-10.json",
            "acme-managed-it/2026-10.md",
            "acme-managed-it/2026-10/kpi-csat.svg",
            "acme-managed-it/2026-10/kpi-erp-uptime.svg",
            "acme-managed-it/2026-10/kpi-resolution-p1.svg",
            "acme-managed-it/2026-10/points.svg",
            "acme-managed-it/2026-10/score.svg",
        ]
    );
    let markdown = text(&files, ".md");
    for path in paths.iter().filter(|path| path.ends_with(".svg")) {
        let relative = path.strip_prefix("acme-managed-it/").expect("below the card");
        assert!(markdown.contains(&format!("]({relative})")), "{relative} is shown");
    }
    let finance = rendered(&contract::october(13), Audience::Finance);
    let paths: Vec<&str> = finance.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["acme-managed-it/2026-10.finance.html"]);
}

// 727 h / 733 h = 99.1814…%; target 99.98 % since CR-112. 42,000 × 12 % × 60 % × 100 % = 3,024; × 10 % = 504.
// September: 733 − … h; its value is 99.97 %, shown by the change of −0.79 points.
#[test]
fn hand_computed_numbers_are_shown() {
    let files = rendered(&contract::october(13), Audience::DEFAULT);
    let (html, markdown) = (text(&files, ".html"), text(&files, ".md"));
    for (place, shown) in [
        ("the value", "99.18%"),
        ("the target in force", "≥ 99.98%"),
        ("the formula", "(745h − 12h − 6h) / (745h − 12h) = 727h / 733h"),
        ("gross: (745 − 8) / 745", "98.93%"),
        ("188 of 200", "188 / (188 + 10 + 2)"),
        ("74 of 107", "69.16%"),
        ("the credit", "EUR 3,024.00"),
        ("the sum of credits", "EUR 3,528.00"),
        ("the cap", "EUR 5,040.00"),
        ("the claim: 729 of 733 hours", "would have given 99.45%"),
        ("the carve-out's clause", "B.4.2"),
        ("the amendment", "amendment-1 (CR-112), in force since 2026-04-01"),
        ("the change", "−0.79 pp"),
    ] {
        assert!(html.contains(shown), "HTML shows {place}: {shown}");
        assert!(markdown.contains(shown), "Markdown shows {place}: {shown}");
    }
}

// Points lost: ERP 31.6 of 31.6 (30 of 95 weights in the sum), CSAT 21.1 × (1 − 19.159/25) = 4.9, P1 21.1 × 10 % = 2.1.
#[test]
fn the_table_is_worst_first_in_html_and_in_file_order_in_markdown() {
    let files = rendered(&contract::october(13), Audience::DEFAULT);
    let (html, markdown) = (text(&files, ".html"), text(&files, ".md"));
    let table = &html[html.find("<table class=\"kpis\">").expect("the table")..];
    let at = |text: &str, id: &str| text.find(id).unwrap_or_else(|| panic!("{id} is listed"));
    assert!(at(table, "#kpi-erp-uptime") < at(table, "#kpi-csat"));
    assert!(at(table, "#kpi-csat") < at(table, "#kpi-resolution-p1"));
    assert!(at(table, "#kpi-resolution-p1") < at(table, "#kpi-patching"));
    assert!(at(table, "#kpi-patching") < at(table, "#kpi-mttr"));

    let rows: Vec<&str> = markdown
        .lines()
        .skip_while(|line| !line.starts_with("| KPI |"))
        .take_while(|line| line.starts_with('|'))
        .collect();
    let titles: Vec<&str> = rows[2..]
        .iter()
        .map(|row| row.split('|').nth(1).expect("a cell").trim())
        .collect();
    assert_eq!(
        titles,
        [
            "ERP availability",
            "Resolved in time, priority 1",
            "Resolved in time, priority 2",
            "Mean time to resolve",
            "Satisfied users (4 or 5 of 5)",
            "Reopened tickets",
            "Critical patches in time",
            "Customer answers in two days",
        ]
    );
    assert!(rows.iter().all(|row| row.matches('|').count() == 8), "{rows:?}");
    assert!(rows.iter().all(|row| !row.contains("   ")), "no padding: {rows:?}");
    assert!(!markdown.contains('\r') && markdown.ends_with('\n') && !markdown.contains("\n\n\n"));
    let last: Vec<&str> = markdown.lines().rev().filter(|line| !line.is_empty()).take(2).collect();
    assert!(last[0].starts_with("data sha256:") && last[1].starts_with("specification sha256:"));
}

// The same losses as in the table: 30 of 95 weights are 31.6 points, all lost. Available, three losses, Score.
#[test]
fn the_points_are_rows_that_lead_to_their_kpis() {
    let html = text(&rendered(&contract::october(13), Audience::DEFAULT), ".html");
    let rows = &html[html.find("<ol class=\"fall\">").expect("the rows")..];
    let rows = &rows[..rows.find("</ol>").expect("they end")];
    assert!(
        rows.contains("<a href=\"#kpi-erp-uptime\">ERP availability</a>"),
        "{rows}"
    );
    assert!(rows.contains("−31.6 of 31.6"), "{rows}");
    let bars: Vec<&str> = rows.lines().filter(|row| row.contains("<rect ")).collect();
    assert_eq!(bars.len(), 5, "{rows}");
    // From 100 down by 31.6 of 100 on a scale that starts at 50: 63.2 % of its width.
    assert!(bars[1].contains("width=\"63.2%\""), "{}", bars[1]);
}

#[test]
fn a_flag_that_many_kpis_get_at_once_is_one_change() {
    let mut case = team::large(20, 2);
    for kpi in &mut case.outcomes[1].kpis {
        kpi.flags.push(scoreline::assess::outcome::Flag::Provisional);
    }
    let view = View::build(&case.input(), Audience::DEFAULT);
    let flags: Vec<(Option<&str>, &str)> = view
        .changes
        .iter()
        .filter(|change| change.code == "flag")
        .map(|change| (change.title.as_deref(), change.text.as_str()))
        .collect();
    assert_eq!(flags, [(Some("20 KPIs"), "now provisional")]);
}

#[test]
fn verdicts_have_a_shape_and_a_word() {
    let files = rendered(&contract::october(13), Audience::DEFAULT);
    let (html, markdown) = (text(&files, ".html"), text(&files, ".md"));
    for (shape, word) in [("■", "Missed"), ("▲", "At risk"), ("●", "Met"), ("○", "No data")] {
        assert!(markdown.contains(&format!("| {shape} {word}")), "{shape} {word}");
        assert!(
            html.contains(&format!("</svg>{word}</span>")),
            "{word} stands beside its shape"
        );
    }
}

#[test]
fn same_inputs_same_bytes() {
    for audience in Audience::ALL {
        let once = rendered(&contract::october(13), audience);
        let again = rendered(&contract::october(13), audience);
        assert_eq!(once, again, "{audience:?}");
    }
}

#[test]
fn a_page_for_20_kpis_and_24_months_stays_below_150_kb() {
    let files = rendered(&team::large(20, 24), Audience::DEFAULT);
    let size = text(&files, ".html").len();
    assert!(size <= 150_000, "{size} bytes");
}

#[test]
fn json_is_versioned_with_decimals_as_text() {
    let files = rendered(&contract::october(13), Audience::DEFAULT);
    let json: serde_json::Value = serde_json::from_str(&text(&files, ".json")).expect("JSON");
    assert_eq!(json["version"], 1);
    let erp = &json["kpis"][0];
    assert_eq!(erp["id"], "erp-uptime");
    assert_eq!(erp["verdict"], "default");
    assert_eq!(erp["value"]["raw"], "0.991814461118690314");
    assert_eq!(erp["value"]["exact"], "727/733");
    assert_eq!(erp["value"]["display"], "99.18%");
    assert_eq!(erp["flags"][0]["code"], "disputed");
    assert_eq!(json["money"]["credit"]["raw"], "3528");
    assert_eq!(json["kpis"][6]["absent"]["code"], "no_data");
}

#[test]
fn the_first_period_has_nothing_to_compare_with() {
    let files = rendered(&contract::october(1), Audience::DEFAULT);
    let html = text(&files, ".html");
    assert!(!html.contains("Changes since"));
    assert!(html.contains("99.18%"));
}

#[test]
fn a_period_that_the_contract_covers_in_part_says_so() {
    let mut case = contract::october(1);
    for version in &mut case.timeline.versions {
        let contract = version.terms.contract.as_mut().expect("a contract");
        contract.starts = jiff::civil::date(2026, 10, 15);
    }
    let case = super::fixture::Case::new(case.timeline, case.facts, &super::fixture::months("2026-10", 1));
    let html = text(&rendered(&case, Audience::DEFAULT), ".html");
    let sentence = "The contract covers only a part of October 2026 and has no scorecard for it: \
                    it runs from 2026-10-15 to 2027-06-30.";
    assert!(html.contains(sentence), "{html}");
    assert!(!html.contains("<h2 id=\"kpis\">"));
}

#[test]
fn the_period_of_an_amendment_reports_what_it_changed() {
    let mut case = contract::october(13);
    case.outcomes.truncate(7);
    let markdown = text(&rendered(&case, Audience::DEFAULT), ".md");
    assert!(markdown.contains("# Acme – managed IT services: April 2026"));
    assert!(markdown.contains("- Amendment amendment-1 takes effect (CR-112): New data centre\n"));
    assert!(markdown.contains("- ERP availability: target ≥ 99.95% → ≥ 99.98%\n"));
}

#[test]
fn a_template_of_the_workspace_replaces_one_and_its_errors_point_at_their_line() {
    let case = contract::october(2);
    let templates = |text: &str| Templates::from([("report.md".to_owned(), text.to_owned())]);
    let files = render(
        &case.input(),
        Audience::DEFAULT,
        &templates("{{ kpis[0].title }} | {{ kpis[0].value.display }}\n"),
    )
    .expect("it renders");
    assert_eq!(text(&files, ".md"), "ERP availability | 99.18%\n");
    for (text, line, message) in [
        ("one\n{{ kpis[0].titel }}\n", 2, "undefined"),
        ("one\ntwo\n{% if %}\n", 3, "syntax"),
        ("{{ chart(\"pie\") }}", 1, "no chart `pie`"),
        ("{{ card.title|safe }}", 1, "filter"),
        (
            "\n{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}",
            2,
            "fuel",
        ),
    ] {
        let error = render(&case.input(), Audience::DEFAULT, &templates(text)).expect_err(text);
        let scoreline::error::Error::Template {
            name,
            line: at,
            message: said,
            ..
        } = &error
        else {
            panic!("{error:?}");
        };
        assert_eq!((name.as_str(), *at), ("report.md", line), "{said}");
        assert!(said.contains(message), "{said}");
    }
}
