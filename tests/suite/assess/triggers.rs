//! Triggers: streaks, counts, caps, and by when somebody is told.

use jiff::civil::{Date, date};
use scoreline::assess::outcome::Fired;
use scoreline::resolve::terms::*;

use super::build::*;

fn counting() -> Counting {
    Counting {
        kpis: None,
        below_target: false,
        same_kpi: true,
    }
}

fn trigger(when: TriggerWhen) -> Trigger {
    Trigger {
        when,
        notify: vec!["sdm".into(), "cio".into()],
        within: None,
        right: None,
        clause: None,
    }
}

fn consecutive(periods: u32) -> Trigger {
    trigger(TriggerWhen::Consecutive {
        periods,
        counting: counting(),
    })
}

fn count(count: u32, within: u32) -> Trigger {
    trigger(TriggerWhen::Count {
        count,
        within,
        counting: counting(),
    })
}

fn watching(trigger: Trigger) -> Card {
    Card::of([at_least("a", "95", "90"), at_least("b", "95", "90")]).with(|terms| {
        terms.consequences.triggers.insert("t".into(), trigger);
    })
}

fn fired(card: &Card, label: &str) -> Option<Fired> {
    card.on(label).triggers.pop()
}

/// The months of 2024 (from 1) in which the trigger fires.
fn firing(card: &Card) -> Vec<i32> {
    (1..=12)
        .filter(|i| fired(card, &month("2024-01").offset(i - 1).to_string()).is_some())
        .collect()
}

#[test]
fn trigger_consecutive_vs_count() {
    let months = ["80", "80", "99", "80", "80"];
    let three = watching(consecutive(3)).months("a", "2024-01", &months);
    assert_eq!(firing(&three), Vec::<i32>::new());
    let four = watching(count(4, 12)).months("a", "2024-01", &months);
    assert_eq!(firing(&four), [5]);
}

#[test]
fn trigger_skips_not_applicable() {
    let card = watching(consecutive(2)).months("a", "2024-01", &["80", "", "80"]);
    assert_eq!(firing(&card), [3]);
    assert_eq!(
        fired(&card, "2024-03").map(|fired| fired.because).as_deref(),
        Some("a: default in 2024-01 and 2024-03")
    );
}

#[test]
fn a_trigger_fires_in_every_period_that_completes_it() {
    let card = watching(consecutive(2)).months("a", "2024-01", &["80", "80", "80", "99", "80", "80"]);
    assert_eq!(firing(&card), [2, 3, 6]);
}

#[test]
fn below_target_breaks_a_streak_of_defaults_unless_it_counts() {
    let months = ["80", "93", "80", "80"];
    let strict = watching(consecutive(2)).months("a", "2024-01", &months);
    assert_eq!(firing(&strict), [4]);
    let counted = watching(trigger(TriggerWhen::Consecutive {
        periods: 2,
        counting: Counting {
            below_target: true,
            ..counting()
        },
    }))
    .months("a", "2024-01", &months);
    assert_eq!(firing(&counted), [2, 3, 4]);
    assert_eq!(
        fired(&counted, "2024-02").map(|fired| fired.because).as_deref(),
        Some("a: missed in 2024-01 and 2024-02")
    );
}

#[test]
fn no_data_is_passed_over_unless_it_is_a_default() {
    let months = ["80", "-", "80"];
    assert_eq!(firing(&watching(consecutive(2)).months("a", "2024-01", &months)), [3]);
    let defaulting = watching(consecutive(2))
        .with(|terms| {
            terms.kpis["a"].missing = Missing::Default;
            terms.contract = Some(contract("1000"));
        })
        .months("a", "2024-01", &["80", "-", "80", "99", "80"]);
    // June has no fact at all, which is no data too.
    assert_eq!(firing(&defaulting)[..3], [2, 3, 6]);
}

#[test]
fn two_kpis_do_not_make_one_streak_unless_the_trigger_says_so() {
    let of = |same_kpi| {
        watching(trigger(TriggerWhen::Consecutive {
            periods: 2,
            counting: Counting { same_kpi, ..counting() },
        }))
        .months("a", "2024-01", &["80", "99", "99"])
        .months("b", "2024-01", &["99", "80", "99"])
    };
    assert_eq!(firing(&of(true)), Vec::<i32>::new());
    assert_eq!(firing(&of(false)), [2]);
    let fired = fired(&of(false), "2024-02").expect("fired");
    assert_eq!(fired.because, "default in 2024-01 (a) and 2024-02 (b)");
    assert_eq!(fired.kpis, ["a", "b"]);
}

#[test]
fn a_period_counts_once_however_many_kpis_fail_in_it() {
    let card = watching(trigger(TriggerWhen::Count {
        count: 3,
        within: 6,
        counting: Counting {
            same_kpi: false,
            ..counting()
        },
    }))
    .months("a", "2024-01", &["80", "80", "80"])
    .months("b", "2024-01", &["80", "80", "99"]);
    assert_eq!(firing(&card), [3]);
}

#[test]
fn a_count_slides_and_needs_this_period() {
    // Defaults in January, March, June: three within six in June; in July the default of January is gone,
    // and in between nothing fires although nothing has left.
    let card = watching(count(3, 6)).months("a", "2024-01", &["80", "99", "80", "99", "99", "80", "80", "99"]);
    assert_eq!(firing(&card), [6, 7]);
    let later = watching(count(3, 5)).months("a", "2024-01", &["80", "99", "80", "99", "99", "80", "99", "99"]);
    assert_eq!(firing(&later), Vec::<i32>::new());
}

#[test]
fn only_the_kpis_named_are_watched() {
    let card = watching(trigger(TriggerWhen::Consecutive {
        periods: 1,
        counting: Counting {
            kpis: Some(vec!["b".into()]),
            ..counting()
        },
    }))
    .months("a", "2024-01", &["80", "99"])
    .months("b", "2024-01", &["99", "80"]);
    assert_eq!(firing(&card), [2]);
}

#[test]
fn a_default_by_count_of_misses_counts() {
    let card = watching(consecutive(1))
        .with(|terms| terms.consequences.default_after = Some((2, 12)))
        .months("a", "2024-01", &["93", "93"]);
    assert_eq!(firing(&card), [2]);
}

#[test]
fn an_amendment_may_reset_triggers() {
    let card = |resets: &[&str]| {
        watching(consecutive(2))
            .amended(date(2024, 2, 1), resets, |_| {})
            .months("a", "2024-01", &["80", "80", "80"])
    };
    assert_eq!(firing(&card(&[])), [2, 3]);
    assert_eq!(firing(&card(&["triggers"])), [3]);
}

#[test]
fn a_streak_goes_on_through_an_amendment_under_each_months_own_terms() {
    let card = watching(consecutive(2))
        .amended(date(2024, 2, 1), &[], |terms| {
            terms.kpis["a"].target = Some(Goal::AtLeast(pct("70")));
        })
        .months("a", "2024-01", &["80", "80"]);
    assert_eq!(firing(&card), Vec::<i32>::new(), "80 % is met from February on");
}

#[test]
fn a_disputed_period_counts_provisionally() {
    let card = watching(consecutive(2))
        .fact("a", "2024-01", disputed_fact("80"))
        .months("a", "2024-02", &["80", "80"]);
    assert_eq!(fired(&card, "2024-02").map(|fired| fired.provisional), Some(true));
    assert_eq!(fired(&card, "2024-03").map(|fired| fired.provisional), Some(false));
}

#[test]
fn reaching_the_cap_fires() {
    let card = |share_of: &str| {
        Card::of([on_default(share_of, at_least("a", "95", "90"))])
            .with(|terms| {
                terms.contract = Some(Contract {
                    at_risk: Some(share("10")),
                    ..contract("1000")
                });
                terms
                    .consequences
                    .triggers
                    .insert("t".into(), trigger(TriggerWhen::CapReached));
            })
            .months("a", "2024-01", &["80", "99"])
    };
    let fired_at = |card: &Card, label| fired(card, label).map(|fired| fired.because);
    assert_eq!(
        fired_at(&card("100"), "2024-01").as_deref(),
        Some("the credits of 2024-01 reach the cap")
    );
    assert_eq!(fired_at(&card("100"), "2024-02"), None);
    assert_eq!(fired_at(&card("99"), "2024-01"), None);
}

fn due(within: Deadline, holidays: Vec<Date>, label: &str) -> Option<Date> {
    let card = watching(Trigger {
        within: Some(within),
        right: Some("customer".into()),
        clause: Some("B.9.1".into()),
        ..consecutive(1)
    })
    .with(|terms| {
        terms.business_days = Some("office".into());
        terms.calendars.insert("office".into(), office_hours(holidays));
    })
    .months("a", label, &["80"]);
    let fired = fired(&card, label)?;
    assert_eq!(
        (fired.right.as_deref(), fired.clause.as_deref()),
        (Some("customer"), Some("B.9.1"))
    );
    assert_eq!(fired.notify, ["sdm", "cio"]);
    fired.due
}

#[test]
fn a_due_date_counts_open_days_after_the_period() {
    // October 2026 ends on a Saturday: Monday 2 and Tuesday 3 November.
    let two = || Deadline::BusinessDays(2);
    assert_eq!(due(two(), vec![], "2026-10"), Some(date(2026, 11, 3)));
    assert_eq!(due(two(), vec![date(2026, 11, 2)], "2026-10"), Some(date(2026, 11, 4)));
    // June 2026 ends on a Tuesday: Wednesday 1 and Thursday 2 July.
    assert_eq!(due(two(), vec![], "2026-06"), Some(date(2026, 7, 2)));
    assert_eq!(
        due(Deadline::Elapsed(30 * 24 * mins(60)), vec![], "2026-10"),
        Some(date(2026, 11, 30))
    );
    assert_eq!(
        due(Deadline::Elapsed(mins(60)), vec![], "2026-10"),
        Some(date(2026, 11, 1))
    );
}

#[test]
fn those_named_by_misses_and_triggers_are_told() {
    let card = watching(Trigger {
        within: Some(Deadline::BusinessDays(2)),
        notify: vec!["sdm".into()],
        ..consecutive(2)
    })
    .with(|terms| {
        terms.kpis["a"].on_miss = Some(OnMiss {
            action: "Review".into(),
            owner: None,
            notify: vec!["cio".into(), "sdm".into()],
        });
    })
    .months("a", "2026-09", &["80", "80", "99"]);
    let told = |label: &str| {
        let told = scoreline::assess::notices(card.timeline.latest(), &card.on(label));
        told.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(told("2026-09"), [("cio".to_string(), None), ("sdm".to_string(), None)]);
    assert_eq!(
        told("2026-10"),
        [("cio".to_string(), None), ("sdm".to_string(), Some(date(2026, 11, 3)))]
    );
    assert_eq!(told("2026-11"), []);
}
