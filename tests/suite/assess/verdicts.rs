//! Verdicts and flags.

use jiff::civil::date;
use scoreline::assess::outcome::{Flag, Verdict};
use scoreline::measure::facts::{Coverage, Fact};
use scoreline::resolve::terms::*;

use super::build::*;

fn verdict(kpi: Kpi, fact: Fact) -> Verdict {
    let id = kpi.id.clone();
    one(&Card::of([kpi]).fact(&id, "2024-01", fact).on("2024-01"), &id).verdict
}

#[test]
fn compare_unrounded() {
    let kpi = at_least("a", "95", "90");
    assert_eq!(verdict(kpi, value_fact(share("89.996"))), Verdict::Default);
}

#[test]
fn compare_rounded_when_written() {
    let kpi = Kpi {
        compare_rounding: Some(2),
        ..at_least("a", "95", "90")
    };
    let outcome = Card::of([kpi.clone()])
        .fact("a", "2024-01", value_fact(share("89.996")))
        .on("2024-01");
    assert_eq!(outcome.kpis[0].verdict, Verdict::BelowTarget);
    assert_eq!(outcome.kpis[0].judged, Some(share("90.00")));
    assert_eq!(outcome.kpis[0].value, Some(share("89.996")));
    // One half goes up, anything less does not.
    assert_eq!(verdict(kpi.clone(), value_fact(share("89.995"))), Verdict::BelowTarget);
    assert_eq!(verdict(kpi, value_fact(share("89.9949"))), Verdict::Default);
}

#[test]
fn a_duration_is_rounded_in_seconds() {
    let limit = Quantity::new(Rational::integer(10_000_000i64), Unit::Duration);
    let kpi = Kpi {
        compare_rounding: Some(0),
        ..goal("a", Unit::Duration, Goal::AtMost(limit))
    };
    assert_eq!(
        verdict(kpi.clone(), value_fact(Rational::integer(10_499_999i64))),
        Verdict::Met
    );
    assert_eq!(
        verdict(kpi, value_fact(Rational::integer(10_500_000i64))),
        Verdict::Default
    );
}

#[test]
fn above_is_strict() {
    // 128 hours of 160 are exactly 80 %.
    let kpi = goal("a", Unit::Percent, Goal::Above(pct("80")));
    assert_eq!(verdict(kpi.clone(), value_fact(ratio(128, 160))), Verdict::Default);
    assert_eq!(verdict(kpi, value_fact(ratio(129, 160))), Verdict::Met);
}

#[test]
fn rhem_strict() {
    let kpi = goal("a", Unit::Number, Goal::Below(num("0.25")));
    assert_eq!(verdict(kpi.clone(), value_fact(ratio(180, 800))), Verdict::Met);
    assert_eq!(verdict(kpi, value_fact(ratio(600, 2400))), Verdict::Default);
}

#[test]
fn budget_band() {
    // (105000 − 100000) / 100000 is the edge of ±5 %; 94,900 is outside.
    let band = Goal::WithinBand {
        of: pct("0"),
        by: pct("5"),
    };
    let kpi = goal("a", Unit::Percent, band);
    assert_eq!(verdict(kpi.clone(), value_fact(ratio(5000, 100_000))), Verdict::Met);
    assert_eq!(verdict(kpi, value_fact(ratio(-5100, 100_000))), Verdict::Default);
}

#[test]
fn overdue_modes() {
    // 90/96 = 93.75 %, 90/94 ≈ 95.74 %, 90/102 ≈ 88.24 % against target 95 and minimum 90.
    let kpi = at_least("a", "95", "90");
    assert_eq!(verdict(kpi.clone(), rows_fact(90, 96)), Verdict::BelowTarget);
    assert_eq!(verdict(kpi.clone(), rows_fact(90, 94)), Verdict::Met);
    assert_eq!(verdict(kpi, rows_fact(90, 102)), Verdict::Default);
}

#[test]
fn a_target_without_a_minimum_defaults_at_once() {
    let kpi = at_least("a", "95", "95");
    assert_eq!(verdict(kpi.clone(), value_fact(share("95"))), Verdict::Met);
    assert_eq!(verdict(kpi, value_fact(share("94.999"))), Verdict::Default);
}

#[test]
fn min_sample() {
    let kpi = Kpi {
        min_sample: Some(20),
        ..at_least("a", "95", "90")
    };
    let outcome = Card::of([kpi]).fact("a", "2024-01", rows_fact(4, 5)).on("2024-01");
    let a = one(&outcome, "a");
    assert_eq!(a.value, Some(share("80")));
    assert_eq!(a.flags, [Flag::LowVolume]);
    assert!(!a.in_sum && !a.miss && a.score.is_none());
    assert_eq!(outcome.score, None);
}

#[test]
fn as_many_rows_as_the_sample_are_enough() {
    let kpi = Kpi {
        min_sample: Some(20),
        ..at_least("a", "95", "90")
    };
    let outcome = Card::of([kpi]).fact("a", "2024-01", rows_fact(16, 20)).on("2024-01");
    assert!(outcome.kpis[0].flags.is_empty());
    assert_eq!(outcome.kpis[0].verdict, Verdict::Default);
}

fn low_volume(kpi: Kpi) -> Kpi {
    Kpi {
        min_sample: Some(20),
        low_volume: vec![LowVolume {
            up_to: 10,
            allowed_misses: 1,
        }],
        ..kpi
    }
}

#[test]
fn low_volume_table() {
    let outcome = Card::of([low_volume(at_least("a", "95", "90"))])
        .fact("a", "2024-01", rows_fact(4, 5))
        .on("2024-01");
    assert_eq!(outcome.kpis[0].verdict, Verdict::Met);
    assert_eq!(outcome.kpis[0].score, Some(dec("100")));
    assert!(outcome.kpis[0].flags.is_empty(), "the row decides before the sample");
}

#[test]
fn one_miss_more_than_the_row_allows_is_a_default() {
    let kpi = Kpi {
        scoring: Scoring::Linear {
            zero_at: pct("0"),
            full_at: pct("100"),
        },
        ..low_volume(at_least("a", "95", "50"))
    };
    let outcome = Card::of([kpi]).fact("a", "2024-01", rows_fact(3, 5)).on("2024-01");
    assert_eq!(outcome.kpis[0].verdict, Verdict::Default);
    assert_eq!(outcome.kpis[0].score, Some(dec("0")));
}

#[test]
fn a_row_ends_with_its_number_of_rows() {
    let kpi = low_volume(at_least("a", "95", "90"));
    assert_eq!(verdict(kpi.clone(), rows_fact(9, 10)), Verdict::Met);
    let outcome = Card::of([kpi]).fact("a", "2024-01", rows_fact(10, 11)).on("2024-01");
    assert_eq!(outcome.kpis[0].flags, [Flag::LowVolume]);
}

#[test]
fn misses_of_a_low_share_are_its_hits() {
    let kpi = Kpi {
        measure: ratio_measure(),
        ..low_volume(goal("a", Unit::Percent, Goal::AtMost(pct("5"))))
    };
    assert_eq!(verdict(kpi.clone(), rows_fact(1, 5)), Verdict::Met);
    assert_eq!(verdict(kpi, rows_fact(2, 5)), Verdict::Default);
}

#[test]
fn small_n_flips() {
    let kpi = at_least("a", "95", "95");
    assert_eq!(verdict(kpi.clone(), rows_fact(38, 40)), Verdict::Met);
    assert_eq!(verdict(kpi, rows_fact(33, 35)), Verdict::Default);
}

#[test]
fn top_two_box() {
    // 74 of 107 answers are 4 or 5: ≈ 69.16 %.
    assert_eq!(verdict(at_least("a", "70", "70"), rows_fact(74, 107)), Verdict::Default);
}

#[test]
fn nps_empty() {
    assert_eq!(
        verdict(at_least("a", "70", "70"), not_applicable()),
        Verdict::NotApplicable
    );
}

#[test]
fn mtbf_no_failure() {
    let kpi = goal("a", Unit::Duration, Goal::AtLeast(hours("200")));
    assert_eq!(verdict(kpi, not_applicable()), Verdict::NotApplicable);
}

#[test]
fn coverage_empty_outages() {
    let kpi = Kpi {
        measure: availability_measure(),
        ..at_least("a", "99.95", "99.9")
    };
    let fact = time_fact(mins(43_200), 0, dec("0"), 0);
    assert_eq!(verdict(kpi, fact), Verdict::Met);
}

#[test]
fn not_covered_outages() {
    let kpi = Kpi {
        measure: availability_measure(),
        ..at_least("a", "99.95", "99.9")
    };
    assert_eq!(verdict(kpi, no_data()), Verdict::NoData);
}

#[test]
fn carve_out_remove() {
    // 30 days, 10,000 minutes removed, 40 minutes down: 33,160 / 33,200 ≈ 99.8795 %.
    let kpi = at_least("a", "99.9", "99.9");
    let fact = time_fact(mins(43_200), mins(10_000), Rational::integer(mins(40)), 1);
    assert_eq!(fact.net.value(), Some(ratio(33_160, 33_200)));
    assert_eq!(verdict(kpi, fact), Verdict::Default);
}

#[test]
fn carve_out_deem() {
    let kpi = at_least("a", "99.9", "99.9");
    let fact = time_fact(mins(43_200), 0, Rational::integer(mins(40)), 1);
    assert_eq!(verdict(kpi, fact), Verdict::Met);
}

#[test]
fn a_fact_that_was_not_handed_over_is_no_data() {
    let outcome = Card::of([at_least("a", "95", "90")]).on("2024-01");
    assert_eq!(outcome.kpis[0].verdict, Verdict::NoData);
    assert_eq!(outcome.kpis[0].reasons[0], "not measured in this period");
}

#[test]
fn a_kpi_without_a_target_is_only_shown() {
    let shown = weighing("40", kpi("shown"));
    let outcome = Card::of([shown, weighing("60", at_least("a", "95", "90"))])
        .fact("shown", "2024-01", value_fact(share("50")))
        .fact("a", "2024-01", value_fact(share("96")))
        .on("2024-01");
    let shown = one(&outcome, "shown");
    assert_eq!(shown.verdict, Verdict::NotApplicable);
    assert_eq!(shown.value, Some(share("50")));
    assert!(!shown.in_sum && !shown.miss);
    assert_eq!(outcome.coverage, dec("1"), "what cannot be scored is not missing");
    assert_eq!(outcome.score, Some(dec("100")));
}

fn guarded(not_met: bool) -> Card {
    Card::of([
        Kpi {
            guardrail: Some(Guardrail {
                kpi: "reopened".into(),
                not_met,
            }),
            ..weighing("50", at_least("speed", "95", "90"))
        },
        Kpi {
            measure: ratio_measure(),
            ..weighing("50", goal("reopened", Unit::Percent, Goal::AtMost(pct("5"))))
        },
    ])
    .fact("speed", "2024-01", value_fact(share("97")))
}

#[test]
fn a_missed_guardrail_takes_the_met_away() {
    let outcome = guarded(true)
        .fact("reopened", "2024-01", value_fact(share("6")))
        .on("2024-01");
    let speed = one(&outcome, "speed");
    assert_eq!(speed.verdict, Verdict::BelowTarget);
    assert_eq!(speed.gross_verdict, Verdict::Met);
    assert_eq!(speed.score, Some(dec("0")));
    assert!(speed.miss);
    assert_eq!(speed.reasons[1], "not met because its guardrail reopened is missed");
}

#[test]
fn a_guardrail_that_holds_or_only_reports_changes_nothing() {
    let held = guarded(true)
        .fact("reopened", "2024-01", value_fact(share("5")))
        .on("2024-01");
    assert_eq!(one(&held, "speed").verdict, Verdict::Met);
    assert_eq!(one(&held, "speed").reasons.len(), 1);
    let reported = guarded(false)
        .fact("reopened", "2024-01", value_fact(share("6")))
        .on("2024-01");
    assert_eq!(one(&reported, "speed").verdict, Verdict::Met);
    assert_eq!(one(&reported, "speed").reasons[1], "its guardrail reopened is missed");
}

#[test]
fn a_guardrail_without_data_or_in_burn_in_does_nothing() {
    let outcome = guarded(true).fact("reopened", "2024-01", no_data()).on("2024-01");
    assert_eq!(one(&outcome, "speed").verdict, Verdict::Met);
    let outcome = guarded(true)
        .with(|terms| {
            terms.contract = Some(contract("1000"));
            terms.kpis["reopened"].burn_in = 1;
        })
        .fact("reopened", "2024-01", value_fact(share("50")))
        .on("2024-01");
    assert_eq!(one(&outcome, "speed").verdict, Verdict::Met);
}

#[test]
fn guardrails_of_guardrails_act_first_whatever_their_order() {
    let guard = |id: &str, by: Option<&str>| Kpi {
        guardrail: by.map(|by| Guardrail {
            kpi: by.into(),
            not_met: true,
        }),
        ..at_least(id, "95", "90")
    };
    let card = |order: [Kpi; 3]| {
        Card::of(order)
            .fact("a", "2024-01", value_fact(share("96")))
            .fact("b", "2024-01", value_fact(share("96")))
            .fact("c", "2024-01", value_fact(share("91")))
            .on("2024-01")
    };
    for outcome in [
        card([guard("a", Some("b")), guard("b", Some("c")), guard("c", None)]),
        card([guard("c", None), guard("b", Some("c")), guard("a", Some("b"))]),
    ] {
        for id in ["a", "b", "c"] {
            assert_eq!(one(&outcome, id).verdict, Verdict::BelowTarget, "{id}");
        }
    }
}

#[test]
fn burn_in_leaves_the_sum_pays_nothing_and_is_no_miss() {
    let card = Card::of([on_default(
        "100",
        Kpi {
            burn_in: 3,
            ..at_least("a", "95", "90")
        },
    )])
    .with(|terms| {
        terms.contract = Some(Contract {
            at_risk: Some(share("10")),
            ..contract("1000")
        });
    })
    .months("a", "2024-01", &["50", "50", "50", "50"]);
    let march = card.on("2024-03");
    assert_eq!(march.kpis[0].flags, [Flag::BurnIn]);
    assert_eq!(march.kpis[0].verdict, Verdict::Default);
    assert!(!march.kpis[0].in_sum && !march.kpis[0].miss);
    assert_eq!(card.credit("2024-03"), "0.00");
    assert_eq!(
        line(
            &card.money("2024-03"),
            scoreline::assess::outcome::LineKind::Credit,
            "a"
        )
        .remark,
        Some("burn-in, period 3 of 3".to_string())
    );
    let april = card.on("2024-04");
    assert!(april.kpis[0].flags.is_empty() && april.kpis[0].miss);
    assert_eq!(card.credit("2024-04"), "100.00");
}

#[test]
fn the_burn_in_of_a_kpi_that_came_later_runs_from_there() {
    let card = Card::of([at_least("a", "95", "90")])
        .with(|terms| terms.contract = Some(contract("1000")))
        .amended(date(2024, 6, 1), &[], |terms| {
            let new = Kpi {
                burn_in: 2,
                ..at_least("new", "95", "90")
            };
            terms.kpis.insert("new".into(), new);
        })
        .months("new", "2024-06", &["50", "50", "50"]);
    assert_eq!(card.on("2024-05").kpis.len(), 1);
    assert_eq!(one(&card.on("2024-07"), "new").flags, [Flag::BurnIn]);
    assert!(one(&card.on("2024-08"), "new").flags.is_empty());
}

#[test]
fn an_undecided_claim_disputes_a_verdict_that_stays() {
    let outcome = Card::of([at_least("a", "95", "90")])
        .fact("a", "2024-01", disputed_fact("80"))
        .on("2024-01");
    assert_eq!(outcome.kpis[0].verdict, Verdict::Default);
    assert_eq!(outcome.kpis[0].flags, [Flag::Disputed, Flag::Provisional]);
    assert!(outcome.kpis[0].miss && outcome.kpis[0].in_sum);
}

#[test]
fn a_partly_covered_period_is_provisional() {
    let fact = Fact {
        coverage: Coverage::Partial(0),
        ..value_fact(share("96"))
    };
    let outcome = Card::of([at_least("a", "95", "90")])
        .fact("a", "2024-01", fact)
        .on("2024-01");
    assert_eq!(outcome.kpis[0].flags, [Flag::Provisional]);
    assert_eq!(outcome.kpis[0].verdict, Verdict::Met);
}

#[test]
fn retired_kpis_are_not_in_force_and_team_kpis_stand_on_no_entitys_card() {
    let retired = Kpi {
        retired: Some(Retired {
            replaced_by: Some("a".into()),
        }),
        ..at_least("old", "95", "90")
    };
    let team = Kpi {
        team_level: true,
        ..at_least("team", "95", "90")
    };
    let card = Card::of([retired, team, at_least("a", "95", "90")]);
    let ids = |outcome: scoreline::assess::Outcome| outcome.kpis.into_iter().map(|kpi| kpi.id).collect::<Vec<_>>();
    assert_eq!(ids(card.on("2024-01")), ["old", "team", "a"]);
    assert_eq!(ids(card.entity("ann", "2024-01")), ["old", "a"]);
    let card = card
        .fact("old", "2024-01", value_fact(share("10")))
        .fact("a", "2024-01", value_fact(share("96")));
    let outcome = card.on("2024-01");
    let old = &outcome.kpis[0];
    assert_eq!(
        (old.verdict, old.flags.as_slice()),
        (Verdict::NotApplicable, &[Flag::NotInForce][..])
    );
    assert_eq!(old.reasons, ["retired, replaced by a"]);
    assert!(!old.in_sum && !old.miss && old.value.is_none());
    // It counts nowhere: of `team` and `a`, which weigh the same, the latter is measured.
    assert_eq!(outcome.coverage, dec("0.5"));
    assert_eq!(outcome.score, Some(dec("100")));
}

#[test]
fn net_and_gross_are_judged_apart() {
    let fact = Fact {
        gross: measured(dec("89"), dec("100"), 100),
        ..rows_fact(96, 100)
    };
    let outcome = Card::of([at_least("a", "95", "90")])
        .fact("a", "2024-01", fact)
        .on("2024-01");
    assert_eq!(outcome.kpis[0].verdict, Verdict::Met);
    assert_eq!(outcome.kpis[0].gross_verdict, Verdict::Default);
    assert_eq!(outcome.score, Some(dec("100")));
    assert_eq!(outcome.gross_score, Some(dec("0")));
}

#[test]
fn reasons_say_the_numbers() {
    let reasons = |value: &str| {
        let outcome = Card::of([at_least("a", "99.95", "99.9")])
            .fact("a", "2024-01", value_fact(share(value)))
            .on("2024-01");
        outcome.kpis[0].reasons.join("; ")
    };
    assert_eq!(reasons("99.97"), "99.97% reaches the target of at least 99.95%");
    assert_eq!(
        reasons("99.92"),
        "99.92% misses the target of at least 99.95% and holds the minimum of at least 99.90%"
    );
    assert_eq!(reasons("99.5"), "99.50% misses the minimum of at least 99.90%");
    assert_eq!(
        reasons("99.9496"),
        "99.9496% misses the target of at least 99.95% and holds the minimum of at least 99.90%",
        "two decimals would read as the target"
    );
}

#[test]
fn a_guardrail_on_a_group_is_missed_while_any_of_its_rows_is() {
    let row = |value: &str| Kpi {
        each: Some(("quality".into(), value.into())),
        ..at_least(&format!("quality-{}", value.to_lowercase()), "95", "90")
    };
    let speed = Kpi {
        guardrail: Some(Guardrail {
            kpi: "quality".into(),
            not_met: true,
        }),
        ..at_least("speed", "95", "90")
    };
    let of = |p1: &str, p2: &str| {
        Card::of([speed.clone(), row("P1"), row("P2")])
            .fact("speed", "2024-01", value_fact(share("99")))
            .fact("quality-p1", "2024-01", value_fact(share(p1)))
            .fact("quality-p2", "2024-01", value_fact(share(p2)))
            .on("2024-01")
    };
    assert_eq!(of("95", "95").kpis[0].verdict, Verdict::Met);
    let outcome = of("95", "94");
    assert_eq!(outcome.kpis[0].verdict, Verdict::BelowTarget);
    assert!(
        outcome.kpis[0]
            .reasons
            .contains(&"not met because its guardrail quality-p2 is missed".to_owned()),
        "{:?}",
        outcome.kpis[0].reasons
    );
    assert_eq!(of("89", "94").kpis[0].verdict, Verdict::BelowTarget);
}
