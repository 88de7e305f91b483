//! `late_changes: adjust_next`: the published report stands, the difference is a line in the period of the decision.

use super::*;
use crate::cli::replace;

/// A workspace whose contract adjusts, with October published: 60 %, EUR 50.00.
fn published() -> TempDir {
    let folder = workspace();
    replace(
        folder.path(),
        "desk.yaml",
        "late_changes: restate",
        "late_changes: adjust_next",
    );
    assert_eq!(seal(folder.path(), "2026-10").code, 0);
    folder
}

/// The adjustments of a draft: the period, the amount and the working.
fn adjustments(folder: &Path, period: &str) -> Vec<(String, String)> {
    let run = scoreline(folder, &["build", "--period", period]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    lines(folder, period)
}

fn lines(folder: &Path, period: &str) -> Vec<(String, String)> {
    let report = report(folder, period);
    let others = report["money"]["others"].as_array().expect("lines").clone();
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    others
        .iter()
        .filter(|line| line["kind"] == "adjustment")
        .map(|line| {
            let remarks: Vec<String> = line["remarks"].as_array().expect("remarks").iter().map(text).collect();
            (text(&line["amount"]["display"]), remarks.join("; "))
        })
        .collect()
}

/// Registers that one ticket of October shall not count.
fn claim(folder: &Path, decided: Option<&str>) {
    let decision = decided.map_or(String::new(), |day| {
        format!(", decision: {{ result: approved, by: cio, on: {day} }}")
    });
    let text = format!(
        "apiVersion: scoreline/v1\nkind: Claims\nfor: desk\nclaims:\n  storm: {{ by: lead, carve_out: external, kpis: [good], \
         tickets: [e], notified: 2026-10-31{decision} }}\n"
    );
    write(folder, "claims.yaml", &text);
}

const TO_PROVIDER: &str = "in favour of the provider; of October 2026";
const TO_CUSTOMER: &str = "in favour of the customer; of October 2026";

#[test]
fn corrected_data_are_settled_in_the_next_report() {
    let folder = published();
    assert_eq!(adjustments(folder.path(), "2026-11"), []);
    // Four of five are good: no credit is due, EUR 50.00 were granted.
    replace(folder.path(), "answers.csv", "d,2026-10-04,2", "d,2026-10-04,4");
    let back = [("EUR −50.00".to_owned(), TO_PROVIDER.to_owned())];
    assert_eq!(adjustments(folder.path(), "2026-11"), back);
    // November is to say it, and December says it no second time.
    assert_eq!(adjustments(folder.path(), "2026-12"), []);
    assert_eq!(seal(folder.path(), "2026-11").code, 0);
    assert_eq!(lines(folder.path(), "2026-11"), back);
    assert_eq!(adjustments(folder.path(), "2026-12"), []);
    let run = seal(folder.path(), "2026-11");
    assert!(
        run.stdout.contains("with the same figures: it stands"),
        "{}{}",
        run.stdout,
        run.stderr
    );
    // One of five: EUR 100.00 are due for October; 50.00 were granted and 50.00 taken back.
    for row in ["b,2026-10-02,4", "c,2026-10-03,4", "d,2026-10-04,4"] {
        replace(folder.path(), "answers.csv", row, &row.replace(",4", ",1"));
    }
    assert_eq!(
        adjustments(folder.path(), "2026-12"),
        [("EUR 100.00".to_owned(), TO_CUSTOMER.to_owned())]
    );
}

#[test]
fn the_published_report_stands() {
    let folder = published();
    replace(folder.path(), "answers.csv", "d,2026-10-04,2", "d,2026-10-04,4");
    let before = read(folder.path(), "reports/desk/2026-10.html");
    for run in [
        seal(folder.path(), "2026-10"),
        restate(folder.path(), "2026-10", "corrected"),
    ] {
        assert_eq!(run.code, 1);
        assert!(run.stderr.contains("late_changes: adjust_next"), "{}", run.stderr);
    }
    assert_eq!(read(folder.path(), "reports/desk/2026-10.html"), before);
}

#[test]
fn a_claim_is_settled_in_the_period_of_its_decision() {
    let folder = published();
    claim(folder.path(), None);
    assert_eq!(adjustments(folder.path(), "2026-11"), []);
    // Three of four: the target of 75 % is met.
    claim(folder.path(), Some("2026-12-01"));
    let back = [("EUR −50.00".to_owned(), TO_PROVIDER.to_owned())];
    assert_eq!(adjustments(folder.path(), "2026-11"), []);
    assert_eq!(adjustments(folder.path(), "2026-12"), back);
    assert_eq!(seal(folder.path(), "2026-11").code, 0);
    assert_eq!(lines(folder.path(), "2026-11"), []);
    assert_eq!(adjustments(folder.path(), "2026-12"), back);
}

#[test]
fn a_decision_on_the_last_day_is_of_that_period() {
    let folder = published();
    claim(folder.path(), Some("2026-11-30"));
    let back = [("EUR −50.00".to_owned(), TO_PROVIDER.to_owned())];
    assert_eq!(adjustments(folder.path(), "2026-11"), back);
    assert_eq!(adjustments(folder.path(), "2026-12"), []);
}

#[test]
fn missing_data_are_no_decision() {
    let folder = published();
    replace(
        folder.path(),
        "desk.yaml",
        "path: answers.csv",
        "path: \"answers-{period}.csv\"",
    );
    replace(
        folder.path(),
        "desk.yaml",
        "covers: { through: 2026-12-31 }",
        "covers: file",
    );
    write(folder.path(), "answers-2026-11.csv", "id,day,score\nf,2026-11-02,5\n");
    assert_eq!(
        adjustments(folder.path(), "2026-11"),
        [(
            "EUR 0.00".to_owned(),
            "50.00 stands: it cannot be computed again now; of October 2026".to_owned()
        )]
    );
}

#[test]
fn the_last_report_carries_what_is_decided_after_the_end() {
    let folder = published();
    replace(folder.path(), "desk.yaml", "ends: 2027-12-31", "ends: 2026-11-30");
    claim(folder.path(), None);
    assert_eq!(seal(folder.path(), "2026-11").code, 0);
    assert_eq!(lines(folder.path(), "2026-11"), []);
    // Two months after the contract: no report of January could say it.
    claim(folder.path(), Some("2027-01-20"));
    let run = seal(folder.path(), "2026-11");
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("--restate"), "{}", run.stderr);
    assert_eq!(restate(folder.path(), "2026-11", "final settlement").code, 0);
    let back = [("EUR −50.00".to_owned(), TO_PROVIDER.to_owned())];
    assert_eq!(lines(folder.path(), "2026-11"), back);
    // October stands all the same.
    assert_eq!(restate(folder.path(), "2026-10", "final settlement").code, 1);
}
