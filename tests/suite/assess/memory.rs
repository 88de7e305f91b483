//! What earlier periods do to later ones.

use indexmap::IndexMap;
use jiff::civil::date;
use scoreline::assess::outcome::{Flag, Verdict};
use scoreline::assess::{Before, Given, assess, assess_after};
use scoreline::resolve::terms::*;

use super::build::*;

fn counting_misses(misses: u32, within: u32) -> Card {
    Card::of([at_least("a", "95", "90")]).with(|terms| {
        terms.consequences.default_after = Some((misses, within));
    })
}

#[test]
fn default_after_misses() {
    let card = counting_misses(4, 12).months("a", "2024-01", &["93", "93", "94", "92"]);
    assert_eq!(
        card.verdicts("2024-01", 4),
        [
            Verdict::BelowTarget,
            Verdict::BelowTarget,
            Verdict::BelowTarget,
            Verdict::Default
        ]
    );
    assert_eq!(
        card.on("2024-04").kpis[0].reasons[1],
        "4th miss within 12 periods: a default"
    );
}

#[test]
fn default_after_window_slides() {
    // Misses in January, March, June 2024 and January 2025: the window of twelve has lost the first.
    let card = counting_misses(4, 12).months(
        "a",
        "2024-01",
        &[
            "93", "99", "93", "99", "99", "93", "99", "99", "99", "99", "99", "99", "93",
        ],
    );
    assert!(!card.verdicts("2024-01", 13).contains(&Verdict::Default));
    // In December the first is still inside.
    let december = card.months("a", "2024-12", &["93"]);
    assert_eq!(december.on("2024-12").kpis[0].verdict, Verdict::Default);
}

#[test]
fn every_further_miss_is_a_default_while_the_window_holds_enough() {
    let card = counting_misses(2, 3).months("a", "2024-01", &["93", "93", "93", "99", "99", "93", "93"]);
    assert_eq!(
        card.verdicts("2024-01", 7),
        [
            Verdict::BelowTarget,
            Verdict::Default,
            Verdict::Default,
            Verdict::Met,
            Verdict::Met,
            Verdict::BelowTarget,
            Verdict::Default
        ]
    );
}

#[test]
fn defaults_are_misses_too_and_no_verdict_is_none() {
    let card = counting_misses(3, 12).months("a", "2024-01", &["80", "", "-", "93", "93"]);
    assert_eq!(card.verdicts("2024-05", 1), [Verdict::Default]);
    assert_eq!(card.verdicts("2024-04", 1), [Verdict::BelowTarget]);
}

#[test]
fn burn_in_and_few_rows_are_no_misses() {
    let card = counting_misses(2, 12)
        .with(|terms| {
            terms.contract = Some(contract("1000"));
            terms.kpis["a"].burn_in = 1;
            terms.kpis["a"].min_sample = Some(20);
        })
        .fact("a", "2024-01", rows_fact(93, 100))
        .fact("a", "2024-02", rows_fact(5, 10))
        .fact("a", "2024-03", rows_fact(93, 100));
    assert_eq!(card.on("2024-03").kpis[0].verdict, Verdict::BelowTarget);
}

#[test]
fn a_default_that_rests_on_a_disputed_miss_is_provisional() {
    let card = counting_misses(2, 12)
        .fact("a", "2024-01", disputed_fact("93"))
        .months("a", "2024-02", &["93", "93"]);
    let february = card.on("2024-02");
    assert_eq!(february.kpis[0].verdict, Verdict::Default);
    assert_eq!(february.kpis[0].flags, [Flag::Provisional]);
    assert_eq!(
        february.kpis[0].reasons.len(),
        2,
        "provisional for the miss it counts, not for itself"
    );
}

#[test]
fn an_amendment_may_reset_the_count() {
    let card = |resets: &[&str]| {
        counting_misses(3, 12).amended(date(2024, 3, 1), resets, |_| {}).months(
            "a",
            "2024-01",
            &["93", "93", "93", "93", "93"],
        )
    };
    assert_eq!(card(&[]).on("2024-03").kpis[0].verdict, Verdict::Default);
    let reset = card(&["default_after"]);
    assert_eq!(reset.on("2024-03").kpis[0].verdict, Verdict::BelowTarget);
    assert_eq!(reset.on("2024-05").kpis[0].verdict, Verdict::Default);
    assert_eq!(card(&["triggers"]).on("2024-03").kpis[0].verdict, Verdict::Default);
}

#[test]
fn counters_use_the_parameters_of_the_period_reported() {
    let card = counting_misses(2, 12)
        .amended(date(2024, 3, 1), &[], |terms| {
            terms.consequences.default_after = Some((4, 12));
        })
        .months("a", "2024-01", &["93", "93", "93", "93"]);
    assert_eq!(
        card.verdicts("2024-01", 4),
        [
            Verdict::BelowTarget,
            Verdict::Default,
            Verdict::BelowTarget,
            Verdict::Default
        ]
    );
}

#[test]
fn terms_of_the_month() {
    let target = |value: &'static str| {
        move |terms: &mut Terms| {
            terms.kpis["a"].target = Some(Goal::AtLeast(pct(value)));
            terms.kpis["a"].minimum = Some(Goal::AtLeast(pct(value)));
        }
    };
    let card = Card::of([at_least("a", "99", "99")])
        .amended(date(2025, 5, 1), &[], target("99.5"))
        .amended(date(2025, 6, 1), &[], target("95"))
        .months("a", "2025-04", &["99.2", "99.2", "99.2"]);
    assert_eq!(
        card.verdicts("2025-04", 3),
        [Verdict::Met, Verdict::Default, Verdict::Met]
    );
}

#[test]
fn a_past_period_is_judged_under_its_own_terms() {
    // Under today's target of 99 January and February would be misses; under their own of 90 they are not.
    let card = Card::of([at_least("a", "90", "80")])
        .with(|terms| terms.consequences.default_after = Some((2, 12)))
        .amended(date(2024, 3, 1), &[], |terms| {
            terms.kpis["a"].target = Some(Goal::AtLeast(pct("99")));
        })
        .months("a", "2024-01", &["95", "95", "95", "95"]);
    assert_eq!(card.on("2024-03").kpis[0].verdict, Verdict::BelowTarget);
    assert_eq!(card.on("2024-04").kpis[0].verdict, Verdict::Default);
}

#[test]
fn a_renamed_kpi_keeps_its_past() {
    let card = counting_misses(2, 12)
        .amended(date(2024, 2, 1), &[], |terms| {
            let old = terms.kpis.shift_remove("a").expect("a");
            let new = Kpi {
                id: "b".into(),
                renamed_from: Some("a".into()),
                ..old
            };
            terms.kpis.insert("b".into(), new);
        })
        .months("a", "2024-01", &["93"])
        .months("b", "2024-02", &["93"]);
    assert_eq!(card.on("2024-02").kpis[0].verdict, Verdict::Default);
}

#[test]
fn an_outcome_does_not_depend_on_the_other_periods_asked_for() {
    let card = counting_misses(2, 3).months("a", "2024-01", &["93", "93", "93", "99", "99", "93", "93"]);
    let periods: Vec<Period> = (0..7).rev().map(|i| month("2024-01").offset(i)).collect();
    let together = assess(&card.timeline, &card.facts, None, &periods);
    assert_eq!(together.len(), 7);
    for (outcome, period) in together.iter().zip(&periods) {
        assert_eq!(outcome.period, *period);
        let alone = card.on(&period.to_string());
        assert_eq!(format!("{outcome:?}"), format!("{alone:?}"));
    }
    assert!(assess(&card.timeline, &card.facts, None, &[]).is_empty());
}

#[test]
fn the_horizon_is_as_far_as_memory_reaches() {
    let plain = Card::of([at_least("a", "95", "90")]);
    assert_eq!(plain.horizon("2026-10"), "2026-10");
    assert_eq!(counting_misses(4, 12).horizon("2026-10"), "2025-11");

    let started = |starts| {
        counting_misses(4, 12).with(move |terms| {
            terms.contract = Some(Contract {
                starts,
                ..contract("1000")
            });
        })
    };
    assert_eq!(started(date(2026, 3, 15)).horizon("2026-10"), "2026-03");
    assert_eq!(started(date(2020, 1, 1)).horizon("2026-10"), "2025-11");
    assert_eq!(started(date(2027, 1, 1)).horizon("2026-10"), "2026-10");

    let rolling = |starts| {
        started(starts).with(|terms| {
            terms.consequences.rolling_cap = Some(RollingCap {
                over: 12,
                at_most: share("10"),
                projected: true,
            });
        })
    };
    assert_eq!(rolling(date(2024, 1, 1)).horizon("2026-10"), "2024-01");
    // "Since ever" is a hundred years.
    assert_eq!(rolling(date(1, 1, 1)).horizon("2026-10"), "1926-10");
}

#[test]
fn the_horizon_of_a_count_reaches_to_the_verdicts_it_counts() {
    // The earliest of six verdicts rests on the twelve months that end with it.
    let card = counting_misses(4, 12).with(|terms| {
        terms.consequences.triggers.insert(
            "terminate".into(),
            Trigger {
                when: TriggerWhen::Count {
                    count: 3,
                    within: 6,
                    counting: Counting {
                        kpis: None,
                        below_target: false,
                        same_kpi: true,
                    },
                },
                notify: Vec::new(),
                within: None,
                right: None,
                clause: None,
            },
        );
    });
    assert_eq!(card.horizon("2026-12"), "2025-08");
}

fn before(periods: &[(&str, Verdict, Option<&str>)]) -> Before {
    periods
        .iter()
        .map(|(label, verdict, credit)| {
            let given = Given {
                verdict: *verdict,
                credit: credit.map(dec),
            };
            (month(label), IndexMap::from([("a".to_string(), given)]))
        })
        .collect()
}

#[test]
fn earlier_periods_may_be_given() {
    let card = counting_misses(2, 12)
        .with(|terms| {
            terms.contract = Some(contract("1000"));
            terms.kpis["a"].credit = on_default("0", kpi("a")).credit.map(|credit| Credit {
                of: CreditBase::Charge,
                ..credit
            });
            terms.consequences.rolling_cap = Some(RollingCap {
                over: 12,
                at_most: share("10"),
                projected: true,
            });
        })
        .months("a", "2024-06", &["93"]);
    let after = |periods: &[(&str, Verdict, Option<&str>)]| {
        assess_after(&card.timeline, &card.facts, None, month("2024-06"), &before(periods))
    };
    assert_eq!(after(&[]).kpis[0].verdict, Verdict::BelowTarget, "the rest was met");
    let outcome = after(&[("2024-05", Verdict::BelowTarget, Some("1100.00"))]);
    assert_eq!(outcome.kpis[0].verdict, Verdict::Default);
    // 10 % of 12 × 1,000 is 1,200; 1,100 are granted.
    assert_eq!(outcome.statement.map(|money| money.credit), Some(dec("100")));
}
