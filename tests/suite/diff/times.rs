//! When a change takes hold, and what reaches back.

use scoreline::diff::{Known, Timing};

use super::{changes_known, day, told};

const LOWER: &str = "kpis: { uptime: { target: { at_least: 99.8% } } }";

fn amendment(effective: &str, more: &str) -> String {
    format!(
        "amendments: {{ a-1: {{ effective: {effective}, {more} change: {{ kpis: {{ uptime: {{ target: {{ at_least: 99.8% }} }} }} }} }} }}"
    )
}

fn known(as_of: &str, published: &[&str]) -> Known {
    Known {
        as_of: Some(day(as_of)),
        published: [("desk".to_owned(), published.iter().map(ToString::to_string).collect())].into(),
    }
}

/// Timing of the loosened target, and the rules that fire beside it.
fn timing(after: &str, known: &Known) -> (Timing, Vec<&'static str>) {
    let found = changes_known("title: Service desk", after, known);
    let loosened = found.iter().find(|change| change.rule == "kpi-target-loosened");
    let loosened = loosened.unwrap_or_else(|| panic!("{:?}", told(&found)));
    let mut others: Vec<&str> = found.iter().map(|change| change.rule).collect();
    others.retain(|rule| *rule != "kpi-target-loosened" && *rule != "amendment-changed");
    (loosened.timing, others)
}

#[test]
fn an_amendment_is_seen_from_the_day_of_the_comparison() {
    let after = amendment("2026-12-01", "signed: 2026-11-10,");
    // The periods are whole months: on 30 November the first one has not begun, on 1 December it is open, on
    // 31 December still, on 1 January it has ended.
    assert_eq!(timing(&after, &known("2026-11-30", &[])), (Timing::Prospective, vec![]));
    assert_eq!(timing(&after, &known("2026-12-01", &[])), (Timing::OpenPeriod, vec![]));
    assert_eq!(timing(&after, &known("2026-12-31", &[])), (Timing::OpenPeriod, vec![]));
    assert_eq!(
        timing(&after, &known("2027-01-01", &[])),
        (Timing::Retroactive, vec!["amendment-backdated"])
    );
}

#[test]
fn an_amendment_signed_after_its_date_is_backdated() {
    let after = amendment("2026-12-01", "signed: 2026-12-02,");
    assert_eq!(
        timing(&after, &known("2026-11-01", &[])),
        (Timing::Prospective, vec!["amendment-backdated"])
    );
    // Signed on the very day is not after it.
    let after = amendment("2026-12-01", "signed: 2026-12-01,");
    assert_eq!(timing(&after, &known("2026-11-01", &[])), (Timing::Prospective, vec![]));
    // Without a day of comparison the signature is all there is to go by.
    let after = amendment("2026-12-01", "signed: 2026-12-02,");
    assert_eq!(timing(&after, &Known::default()).0, Timing::Retroactive);
}

#[test]
fn the_original_terms_reach_back_to_the_start() {
    let found = timing(LOWER, &known("2026-11-02", &[]));
    assert_eq!(found, (Timing::Retroactive, vec!["target-edited-in-place"]));
    // Before the contract starts nobody is judged by it: a draft may be edited.
    assert_eq!(timing(LOWER, &known("2024-12-31", &[])), (Timing::Prospective, vec![]));
    assert_eq!(
        timing(LOWER, &known("2025-01-01", &[])),
        (Timing::OpenPeriod, vec!["target-edited-in-place"])
    );
    // Unknown is not prospective.
    assert_eq!(
        timing(LOWER, &Known::default()),
        (Timing::Retroactive, vec!["target-edited-in-place"])
    );
}

#[test]
fn published_periods_are_named() {
    let known = known("2026-11-02", &["2026-09", "2026-10"]);
    let found = changes_known("title: Service desk", LOWER, &known);
    assert_eq!(
        told(&found),
        [
            ("target-edited-in-place", Some("uptime"), "loosened"),
            ("published-period-restated", None, "loosened"),
            ("kpi-target-loosened", Some("uptime"), "loosened"),
        ]
    );
    assert_eq!(found[1].published, ["2026-09", "2026-10"]);
    // From 1 November on none of them is touched.
    assert_eq!(
        timing(&amendment("2026-11-01", ""), &known),
        (Timing::OpenPeriod, vec![])
    );
    // Words restate nothing.
    let words = changes_known("title: A", "title: B", &known);
    assert_eq!(told(&words), [("description-changed", None, "neutral")]);
}

#[test]
fn what_an_amendment_overrides_changes_only_until_then() {
    let both = |base: &str| {
        format!(
            "{{ kpis: {{ uptime: {{ target: {{ at_least: {base} }} }} }}, amendments: {{ a-1: {{ effective: 2026-01-01, change: {{ kpis: {{ uptime: {{ target: {{ at_least: 99.95% }} }} }} }} }} }} }}"
        )
    };
    let found = changes_known(&both("99.9%"), &both("99.8%"), &known("2026-11-02", &[]));
    let change = found
        .iter()
        .find(|change| change.rule == "kpi-target-loosened")
        .expect("a change");
    assert_eq!((change.from, change.until), (None, Some(day("2025-12-31"))));
    // Published reports of later periods are not touched.
    let found = changes_known(&both("99.9%"), &both("99.8%"), &known("2026-11-02", &["2026-01"]));
    assert!(found.iter().all(|change| change.rule != "published-period-restated"));
}

#[test]
fn an_amendment_that_moves_changes_the_days_between() {
    let (before, after) = (amendment("2026-03-01", ""), amendment("2026-05-01", ""));
    let found = changes_known(&before, &after, &known("2026-02-01", &[]));
    let change = found
        .iter()
        .find(|change| change.rule == "kpi-target-tightened")
        .expect("a change");
    assert_eq!(
        (change.from, change.until),
        (Some(day("2026-03-01")), Some(day("2026-04-30")))
    );
    // Dropping an amendment that had taken effect rewrites what it said, too.
    let found = changes_known(&before, "title: Service desk", &known("2026-11-02", &[]));
    let rules: Vec<&str> = found.iter().map(|change| change.rule).collect();
    assert!(rules.contains(&"target-edited-in-place"), "{rules:?}");
}

#[test]
fn both_origins_are_kept() {
    let found = changes_known(
        "title: Service desk",
        &amendment("2026-12-01", ""),
        &known("2026-11-01", &[]),
    );
    let change = found
        .iter()
        .find(|change| change.rule == "kpi-target-loosened")
        .expect("a change");
    let layer = |origin: &Option<scoreline::resolve::Origin>| origin.clone().expect("an origin").from;
    assert_eq!(layer(&change.was_from), scoreline::resolve::Layer::Document);
    assert_eq!(
        layer(&change.is_from),
        scoreline::resolve::Layer::Amendment { id: "a-1".into() }
    );
}

#[test]
fn a_card_that_is_cut_into_other_periods_restates_those_it_had() {
    let found = changes_known(
        "period: month",
        "period: quarter",
        &known("2026-11-02", &["2026-08", "2026-09"]),
    );
    let rules: Vec<&str> = found.iter().map(|change| change.rule).collect();
    assert_eq!(rules, ["published-period-restated", "period-changed"]);
    assert_eq!(found[0].published, ["2026-08", "2026-09"]);
}

#[test]
fn another_charge_restates_the_credits_that_were_published() {
    let found = changes_known(
        "contract: { charge: 10000 }",
        "contract: { charge: 12000 }",
        &known("2026-11-02", &["2026-10"]),
    );
    assert_eq!(found[0].rule, "published-period-restated", "{:?}", told(&found));
}

#[test]
fn a_signature_that_moves_behind_its_amendment_backdates_it() {
    let signed = |day: &str| amendment("2026-12-01", &format!("signed: {day},"));
    let rules = |before: &str, after: &str| -> Vec<&'static str> {
        let found = changes_known(&signed(before), &signed(after), &known("2026-11-01", &[]));
        found.iter().map(|change| change.rule).collect()
    };
    assert_eq!(
        rules("2026-11-20", "2026-12-15"),
        ["amendment-backdated", "amendment-changed"]
    );
    // It was late before: nothing new.
    assert_eq!(rules("2026-12-10", "2026-12-15"), ["amendment-changed"]);
}

#[test]
fn a_holiday_touches_nothing_before_it() {
    let holidays = |days: &str| format!("calendars: {{ office: {{ holidays: [{days}] }} }}");
    let found = changes_known(
        &holidays("2025-12-25, 2026-12-25"),
        &holidays("2025-12-25, 2026-12-24, 2026-12-25"),
        &known("2026-11-02", &["2026-09"]),
    );
    assert_eq!(told(&found), [("calendar-narrowed", Some("office"), "loosened")]);
    assert_eq!(
        (found[0].timing, found[0].from),
        (Timing::Prospective, Some(day("2026-12-24")))
    );
    // One of last year that goes does reach back.
    let found = changes_known(
        &holidays("2025-12-25, 2026-12-25"),
        &holidays("2026-12-25"),
        &known("2026-11-02", &["2026-09"]),
    );
    assert_eq!(found[0].rule, "published-period-restated");
}

#[test]
fn a_contract_that_runs_longer_touches_the_days_behind_its_end() {
    let term = |term: &str| format!("contract: {{ {term} }}");
    let now = known("2026-11-02", &["2026-09"]);
    let of = |before: &str, after: &str| {
        let found = changes_known(&term(before), &term(after), &now);
        let change = found.iter().find(|change| change.rule == "contract-term-changed");
        let change = change.expect("a change of the term");
        (change.timing, change.from, change.until)
    };
    assert_eq!(
        of("ends: 2027-12-31", "ends: 2028-12-31"),
        (Timing::Prospective, Some(day("2028-01-01")), None)
    );
    assert_eq!(
        of("ends: 2027-12-31", "ends: 2026-08-31"),
        (Timing::RestatesPublished, Some(day("2026-09-01")), None)
    );
    assert_eq!(
        of("starts: 2025-01-01", "starts: 2025-03-01"),
        (Timing::Retroactive, Some(day("2025-01-01")), Some(day("2025-02-28")))
    );
}

#[test]
fn what_held_before_the_contract_held_for_nobody() {
    // The amendment replaces the target on the very first day.
    let found = changes_known(&amendment("2025-01-01", ""), LOWER, &known("2026-11-02", &["2026-09"]));
    assert_eq!(told(&found), [("amendment-changed", Some("a-1"), "neutral")]);
}

#[test]
fn an_amendment_under_another_id_reaches_back_to_nothing() {
    let old = amendment("2026-01-01", "signed: 2025-12-01,");
    let found = changes_known(&old, &old.replace("a-1", "cr-112"), &known("2026-11-02", &[]));
    assert_eq!(
        told(&found),
        [
            ("amendment-changed", Some("a-1"), "neutral"),
            ("amendment-changed", Some("cr-112"), "neutral")
        ]
    );
}
