//! What is wrong with a scenario is told at its place, with what to type.

use super::{DESK, Desk, scenario};

/// The findings of compiling a scenario: rule, message and the text at the place.
fn found(text: &str) -> Vec<(String, String, String)> {
    let desk = Desk::new(text);
    desk.places(&desk.compiled.diagnostics)
}

fn only(text: &str) -> (String, String, String) {
    let mut found = found(text);
    assert_eq!(found.len(), 1, "{found:#?}");
    found.remove(0)
}

fn says(text: &str, rule: &str, message: &str, place: &str) {
    assert_eq!(only(text), (rule.to_owned(), message.to_owned(), place.to_owned()));
}

#[test]
fn one_that_expects_nothing_is_a_finding() {
    for nothing in ["{}", "{ kpis: {} }", "{ kpis: { good: {} } }"] {
        says(
            &format!("expect: {nothing}\n"),
            "no-expectation",
            "scenario `s` expects nothing, so it cannot fail",
            "expect",
        );
    }
    let (rule, _, _) = only("given: {}\n");
    assert_eq!(rule, "missing-field");
}

#[test]
fn unknown_names_stand_where_they_are() {
    let expect = "expect: { credit: 0.00 }\n";
    says(
        "expect: { kpis: { goood: met } }\n",
        "unknown-reference",
        "no KPI is called `goood`",
        "goood",
    );
    says(
        &format!("given: {{ ticket: [] }}\n{expect}"),
        "unknown-reference",
        "no source is called `ticket`",
        "ticket",
    );
    says(
        &format!("before: {{ 2026-09: {{ god: met }} }}\n{expect}"),
        "unknown-reference",
        "no KPI is called `god`",
        "god",
    );
    says(
        "expect: { triggers: [escalated] }\n",
        "unknown-reference",
        "no trigger is called `escalated`",
        "escalated",
    );
    says(
        "expect: { notified: { ceo: 2026-11-02 } }\n",
        "unknown-reference",
        "no person is called `ceo`",
        "ceo",
    );
    says(
        &format!("leave_out: first\n{expect}"),
        "unknown-reference",
        "no amendment is called `first`",
        "first",
    );
    let desk = Desk::of(DESK, &scenario(expect).replace("tests: desk", "tests: dsk"));
    assert_eq!(desk.places(&desk.compiled.diagnostics)[0].2, "dsk");
}

#[test]
fn values_carry_the_units_of_their_kpis() {
    says(
        "expect: { kpis: { good: { value: 0.667 } } }\n",
        "bare-fraction",
        "`0.667` is a bare fraction",
        "0.667",
    );
    assert_eq!(only("expect: { kpis: { fast: { value: 4 } } }\n").0, "wrong-unit");
    assert_eq!(only("expect: { credit: \"250,00\" }\n").0, "decimal-comma");
}

#[test]
fn periods_fit_the_scorecard_and_earlier_ones_are_earlier() {
    let expect = "expect: { credit: 0.00 }\n";
    says(
        &format!("before: {{ 2026-10: {{ good: met }} }}\n{expect}"),
        "invalid-period",
        "2026-10 is not before 2026-10, the period tested",
        "2026-10",
    );
    assert_eq!(
        only(&format!("before: {{ 2026-Q3: {{ good: met }} }}\n{expect}")).0,
        "invalid-period"
    );
    let desk = Desk::of(DESK, &scenario(expect).replace("2026-10", "2026"));
    assert_eq!(desk.places(&desk.compiled.diagnostics)[0].2, "2026");
}

#[test]
fn what_builds_on_an_amendment_cannot_stand_without_it() {
    let card = format!(
        "{DESK}amendments:
  first: {{ effective: 2026-07-01, signed: 2026-06-01, approved_by: [cio], reason: New, change: {{ kpis: {{ extra: {{ title: Extra, category: all, weight: 0, owner: lead, measure: {{ count: {{ source: tickets }} }} }} }} }} }}
  second: {{ effective: 2026-09-01, signed: 2026-08-01, approved_by: [cio], reason: Goal, change: {{ kpis: {{ extra: {{ target: {{ at_least: 1 }} }} }} }} }}
"
    );
    let desk = Desk::of(
        &card,
        &scenario("leave_out: first\nexpect: { kpis: { good: not_applicable } }\n"),
    );
    let found = desk.places(&desk.compiled.diagnostics);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].1, "without `first` the contract does not hold together");
    assert_eq!(found[0].2, "first");
}

/// The findings of running a scenario.
fn run(rows: &str) -> Vec<(String, String, String)> {
    let desk = Desk::new(&format!(
        "given:\n  tickets:\n    - {rows}\nexpect: {{ kpis: {{ good: met }} }}\n"
    ))
    .file("tickets.csv", "number,opened,resolved,good,team\n");
    let reports = desk.reports();
    assert!(!reports[0].ran(), "{}", desk.text());
    desk.places(&reports[0].findings)
}

#[test]
fn a_value_that_does_not_fit_is_shown_in_the_document() {
    let found = run("{ number: 1, opened: 2026-10-05T08:00, resolved: yesterday, good: true }");
    assert_eq!(
        (found[0].0.as_str(), found[0].2.as_str()),
        ("unreadable-value", "yesterday")
    );
    let found = run("{ number: 1, opened: 2026-10-05T08:00, resolved: 2026-10-05T09:00, good: perhaps }");
    assert_eq!(
        (found[0].0.as_str(), found[0].2.as_str()),
        ("unreadable-value", "perhaps")
    );
}

#[test]
fn a_misspelt_column_is_not_silently_null() {
    let found = run("{ number: 1, opened: 2026-10-05T08:00, resolvd: 2026-10-05T09:00, good: true }");
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(
        found[0],
        (
            "unknown-column".to_owned(),
            "source `tickets` has no column `resolvd`".to_owned(),
            "resolvd".to_owned()
        )
    );
    // A column that the file has and nothing reads is context.
    Desk::new(
        "given: { tickets: [{ number: 1, team: east, opened: 2026-10-05T08:00, resolved: 2026-10-05T09:00, good: true }] }
expect: { kpis: { good: met } }
",
    )
    .file("tickets.csv", "number,opened,resolved,good,team\n")
    .passes();
}
