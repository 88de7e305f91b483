//! The ledger on its own: what its chain holds together, and every way it can break.

use scoreline::assess::Figures;
use scoreline::assess::outcome::{Flag, LineKind, Verdict};
use scoreline::quantity::Rational;
use scoreline::seal::{Entry, Ledger, Reading, Statement};
use scoreline::source::MemoryTree;

/// Digests by `printf '%s' … | sha256sum`.
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

const FIGURES: &str = r#"{"score":"5350/67","grade":"amber","kpis":{"erp-uptime":{"verdict":"default","flags":["disputed"],"value":"0.9918","score":"0"}},"money":{"currency":"EUR","charge":"42000","credit":"3024","lines":[{"kind":"credit","kpi":"erp-uptime","amount":"3024"},{"kind":"adjustment","kpi":"erp-uptime","of_period":"2026-08","amount":"-12.5"}]},"triggers":["escalate"]}"#;

fn figures() -> Figures {
    serde_json::from_str(FIGURES).expect("figures")
}

fn entry(period: &str, edition: u32, digest: &str, supersedes: Option<&str>) -> Entry {
    Entry {
        seq: 0,
        previous: None,
        scorecard: "acme".to_owned(),
        period: period.to_owned(),
        edition,
        digest: digest.to_owned(),
        supersedes: supersedes.map(str::to_owned),
        reason: supersedes.map(|_| "claim decided".to_owned()),
        figures: figures(),
    }
}

/// September, October, and September once more.
fn ledger() -> Ledger {
    let mut ledger = Ledger::default();
    ledger.append(entry("2026-09", 1, "aa", None));
    ledger.append(entry("2026-10", 1, "bb", None));
    ledger.append(entry("2026-09", 2, "cc", Some("aa")));
    ledger
}

fn breaks(text: &str) -> Vec<(usize, String)> {
    Reading::new(text.as_bytes()).breaks
}

#[test]
fn figures_are_exact_numbers_that_are_read_back() {
    let read = figures();
    assert_eq!(read.score, Rational::new(5350, 67));
    assert_eq!(read.kpis["erp-uptime"].verdict, Verdict::Default);
    assert_eq!(read.kpis["erp-uptime"].flags, [Flag::Disputed]);
    // The adjustment belongs to another period.
    assert_eq!(read.credit_of("erp-uptime"), Rational::integer(3024));
    assert_eq!(read.money.as_ref().expect("money").lines[1].kind, LineKind::Adjustment);
    assert_eq!(serde_json::to_string(&read).expect("JSON"), FIGURES);
}

#[test]
fn digests_are_sha_256() {
    assert_eq!(scoreline::source::sha256("abc"), ABC);
}

#[test]
fn each_line_holds_on_to_the_one_before() {
    let ledger = ledger();
    let lines: Vec<&str> = ledger.text().lines().collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(ledger.entries()[0].previous, None);
    for (before, after) in [(0, 1), (1, 2)] {
        let digest = scoreline::source::sha256(lines[before]);
        assert_eq!(ledger.entries()[after].previous.as_deref(), Some(digest.as_str()));
    }
    assert_eq!(ledger.head(), Some(scoreline::source::sha256(lines[2]).as_str()));
    assert_eq!(breaks(ledger.text()), []);
}

#[test]
fn the_edition_in_force_is_the_last_one() {
    let mut tree = MemoryTree::default();
    assert_eq!(
        Ledger::read(&tree, "reports").expect("no ledger is empty").entries(),
        []
    );
    tree.insert("reports/LEDGER.jsonl", ledger().text());
    let read = Ledger::read(&tree, "reports").expect("a ledger");
    assert_eq!(read, ledger());
    assert_eq!(read.current("acme", "2026-09").map(|entry| entry.edition), Some(2));
    assert_eq!(read.current("acme", "2026-11"), None);
    let published: Vec<(&str, u32)> = read
        .editions()
        .published("acme")
        .map(|entry| (&*entry.period, entry.edition))
        .collect();
    assert_eq!(published, [("2026-10", 1), ("2026-09", 2)]);
    assert_eq!(read.editions().published("other").count(), 0);
}

#[test]
fn a_ledger_can_be_seen_as_it_was() {
    let ledger = ledger();
    let current = |seq: u64| ledger.before(seq).current("acme", "2026-09").map(|entry| entry.edition);
    assert_eq!([1, 2, 3, 4, 9].map(current), [None, Some(1), Some(1), Some(2), Some(2)]);
    let published: Vec<&str> = ledger.before(3).published("acme").map(|entry| &*entry.period).collect();
    assert_eq!(published, ["2026-09", "2026-10"]);
}

#[test]
fn a_changed_line_is_found_by_the_next() {
    let text = ledger().text().replacen("5350/67", "5351/67", 1);
    assert_eq!(
        breaks(&text),
        [(
            2,
            "its `previous` is not the digest of line 1: that line was changed, or one between them is missing"
                .to_owned()
        )]
    );
}

#[test]
fn a_missing_line_is_found() {
    let text = ledger()
        .text()
        .lines()
        .filter(|line| !line.contains("2026-10"))
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    let found = breaks(&text);
    assert_eq!(found[0], (2, "it says that it is entry 3".to_owned()));
    assert!(
        found[1].1.starts_with("its `previous` is not the digest of line 1"),
        "{found:?}"
    );
    let text = ledger()
        .text()
        .lines()
        .skip(1)
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    let found = breaks(&text);
    assert!(
        found.contains(&(
            1,
            "the first entry names one before it: the beginning is missing".to_owned()
        )),
        "{found:?}"
    );
}

#[test]
fn a_line_that_is_cut_off_or_no_entry_is_named() {
    let text = ledger().text().to_owned();
    let cut = &text[..text.len() - 1];
    let found = breaks(cut);
    assert!(found.len() == 1 && found[0].0 == 3, "{found:?}");
    assert!(found[0].1.starts_with("no line feed ends it"), "{found:?}");
    let found = breaks(&text[..text.len() - 20]);
    assert!(found.len() == 1 && found[0].0 == 3, "{found:?}");
    assert!(found[0].1.starts_with("it is cut off in its middle"), "{found:?}");
    assert_eq!(breaks("\n"), [(1, "it is empty".to_owned())]);
    assert_eq!(breaks(&format!("{text}\n")), [(4, "it is empty".to_owned())]);
    let found = breaks(&format!("{text}{{}}\n"));
    assert!(found.len() == 1 && found[0].0 == 4, "{found:?}");
    assert!(found[0].1.starts_with("it is no entry: missing field"), "{found:?}");
}

#[test]
fn what_editors_and_checkouts_do_is_named_once_and_read_through() {
    let text = ledger().text().to_owned();
    for (changed, line, said) in [
        (format!("\u{feff}{text}"), 1, "a byte order mark stands before it"),
        (text.replace('\n', "\r\n"), 1, "its line ends are CR LF"),
    ] {
        let reading = Reading::new(changed.as_bytes());
        assert_eq!(reading.lines, Reading::new(text.as_bytes()).lines);
        assert_eq!(reading.breaks.len(), 1, "{:?}", reading.breaks);
        assert!(
            reading.breaks[0].0 == line && reading.breaks[0].1.starts_with(said),
            "{:?}",
            reading.breaks
        );
    }
}

#[test]
fn two_branches_that_were_put_together_are_named() {
    let mut ours = ledger();
    let mut theirs = ledger();
    ours.append(entry("2026-11", 1, "dd", None));
    theirs.append(entry("2026-12", 1, "ee", None));
    let last = theirs.text().lines().last().expect("a line").to_owned();
    let found = breaks(&format!("{}{last}\n", ours.text()));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].0 == 5
            && found[0]
                .1
                .starts_with("it follows line 3, as line 4 does: two branches were merged that both had published"),
        "{found:?}"
    );
}

#[test]
fn editions_follow_one_another() {
    let mut ledger = ledger();
    ledger.append(entry("2026-09", 2, "dd", Some("aa")));
    assert_eq!(
        breaks(ledger.text()),
        [
            (
                4,
                "it is edition 2 of acme 2026-09, where edition 3 comes next".to_owned()
            ),
            (
                4,
                "its `supersedes` is not the digest of the edition of acme 2026-09 before it".to_owned()
            ),
        ]
    );
    let error = Ledger::parse("reports/LEDGER.jsonl", ledger.text().as_bytes()).expect_err("a broken chain");
    assert_eq!(
        error.to_string(),
        "ledger `reports/LEDGER.jsonl`, line 4: it is edition 2 of acme 2026-09, where edition 3 comes next; \
         `scoreline verify` says what else does not hold"
    );
}

#[test]
fn nothing_that_a_ledger_or_a_statement_names_leads_out_of_the_folder() {
    for period in ["../2026-10", "..", "", "2026/10", "C:", "a\\b"] {
        let mut ledger = Ledger::default();
        ledger.append(entry(period, 1, "aa", None));
        let said = "its scorecard or period is no name of a folder".to_owned();
        assert_eq!(breaks(ledger.text()), [(1, said)], "{period}");
    }
    for name in ["../2026-10.html", "/etc/passwd", "2026-10/../../x", "c:x", "a//b"] {
        let text = format!(
            r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{{"name":{name:?},"digest":{{"sha256":"aa"}}}}],"predicateType":"urn:scoreline:published-report:v1","predicate":{{"contract":{{"scorecard":"a","title":"A","reference":null,"customer":null,"provider":null}},"period":{{"label":"2026-10","first_day":"2026-10-01","last_day":"2026-10-31","time_zone":"UTC"}},"edition":1,"supersedes":null,"reason":null,"arguments":{{"scorecards":[],"audiences":[],"forms":[],"data_through":null}},"versions":{{"program":"p","language":"l","rules":"r"}},"specification":[],"data":[],"figures":{FIGURES}}}}}"#
        );
        assert_eq!(
            Statement::parse(text.as_bytes()).expect_err("a statement that leads out"),
            format!("its subject `{name}` leads out of the folder of reports")
        );
        assert!(Statement::parse(text.replace(&format!("{name:?}"), "\"2026-10/a.svg\"").as_bytes()).is_ok());
    }
}
