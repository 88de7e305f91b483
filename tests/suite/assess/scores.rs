//! Scores, weights, missing data, coverage, gates and grades.

use scoreline::assess::outcome::{Grade, Verdict};
use scoreline::measure::facts::Fact;
use scoreline::resolve::terms::*;

use super::build::*;

/// The score of a KPI with a scoring, for a value in the unit's base.
fn score(scoring: Scoring, unit: Unit, target: Goal, value: Rational) -> Rational {
    let kpi = Kpi {
        scoring,
        ..goal("a", unit, target)
    };
    let outcome = Card::of([kpi]).fact("a", "2024-01", value_fact(value)).on("2024-01");
    outcome.kpis[0].score.clone().expect("a score")
}

#[test]
fn piecewise() {
    let points = [("300", "0"), ("500", "3.33"), ("700", "6.67"), ("900", "10")];
    let scoring = Scoring::Piecewise(points.map(|(x, y)| (num(x), dec(y))).into());
    let of = |value: &str| score(scoring.clone(), Unit::Number, Goal::AtLeast(num("900")), dec(value));
    assert_eq!(of("900"), dec("10"));
    assert_eq!(of("300"), dec("0"));
    // Half way from 500 to 700: (3.33 + 6.67) / 2.
    assert_eq!(of("600"), dec("5"));
    assert_eq!(of("1200"), dec("10"));
    assert_eq!(of("0"), dec("0"));
}

#[test]
fn linear_lower_is_better() {
    let scoring = Scoring::Linear {
        zero_at: hours("6"),
        full_at: hours("3"),
    };
    let of = |value: &str| {
        score(
            scoring.clone(),
            Unit::Duration,
            Goal::AtMost(hours("3")),
            hours(value).number,
        )
    };
    assert_eq!(of("4"), ratio(200, 3));
    assert_eq!(of("2.5"), dec("100"));
    assert_eq!(of("7"), dec("0"));
}

#[test]
fn a_score_may_go_over_where_the_card_says_so() {
    // (4.5 − 3) ÷ 3 × 100 = 116.67 above 100: allowed to 120, else held at 100.
    let with_limit = |limit: &str, value: &str| {
        let kpi = Kpi {
            scoring: Scoring::Linear {
                zero_at: hours("6"),
                full_at: hours("3"),
            },
            score_limit: dec(limit),
            ..goal("a", Unit::Duration, Goal::AtMost(hours("3")))
        };
        let fact = value_fact(hours(value).number);
        Card::of([kpi]).fact("a", "2024-01", fact).on("2024-01").kpis[0]
            .score
            .clone()
            .expect("a score")
    };
    assert_eq!(with_limit("120", "2.5"), ratio(350, 3));
    assert_eq!(with_limit("120", "1"), dec("120"));
    assert_eq!(with_limit("100", "2.5"), dec("100"));
}

#[test]
fn the_working_of_a_score_has_its_numbers() {
    let working = |value: &str| {
        let kpi = Kpi {
            scoring: Scoring::Linear {
                zero_at: hours("6"),
                full_at: hours("3"),
            },
            ..goal("a", Unit::Duration, Goal::AtMost(hours("3")))
        };
        let outcome = Card::of([kpi])
            .fact("a", "2024-01", value_fact(hours(value).number))
            .on("2024-01");
        outcome.kpis[0].score_working.clone().expect("a working")
    };
    assert_eq!(working("4"), "(4h − 6h) ÷ (3h − 6h) × 100 = 66.67");
    assert_eq!(working("2.5"), "(2h 30m − 6h) ÷ (3h − 6h) × 100 = 116.67 → 100");
}

#[test]
fn bands_hold_their_edges() {
    let band = |from, to, score: &str| Band {
        range: Range { from, to },
        score: dec(score),
        span: SPAN,
    };
    let scoring = Scoring::Bands(vec![
        band(bound(pct("99"), true), None, "100"),
        band(bound(pct("95"), false), bound(pct("99"), false), "60"),
        band(bound(pct("90"), true), bound(pct("95"), true), "20"),
    ]);
    let of = |value: &str| score(scoring.clone(), Unit::Percent, Goal::AtLeast(pct("99")), share(value));
    for (value, expected) in [
        ("99", "100"),
        ("98.999", "60"),
        ("95.001", "60"),
        ("95", "20"),
        ("90", "20"),
        ("89.999", "0"),
    ] {
        assert_eq!(of(value), dec(expected), "{value}");
    }
}

fn three(missing: Missing) -> Card {
    let scored = |id: &str, weight: &str| {
        weighing(
            weight,
            Kpi {
                missing,
                scoring: Scoring::Linear {
                    zero_at: pct("0"),
                    full_at: pct("100"),
                },
                ..at_least(id, "100", "0")
            },
        )
    };
    Card::of([scored("a", "40"), scored("b", "30"), scored("c", "30")])
        .fact("a", "2024-01", value_fact(share("90")))
        .fact("b", "2024-01", no_data())
        .fact("c", "2024-01", value_fact(share("60")))
}

#[test]
fn missing_renormalised() {
    // (40 × 90 + 30 × 60) / 70 = 5400 / 70.
    let outcome = three(Missing::Renormalise).on("2024-01");
    assert_eq!(outcome.score, Some(ratio(540, 7)));
    assert_eq!(outcome.coverage, dec("0.7"));
    assert!(!outcome.incomplete, "70 % is enough");
    assert!(!one(&outcome, "b").in_sum && !one(&outcome, "b").miss);
    // 40 of 70 weight: 57.14 points of 100, of which 90 % were given.
    assert_eq!(one(&outcome, "a").points_available, Some(ratio(400, 7)));
    assert_eq!(one(&outcome, "a").points, Some(ratio(360, 7)));
}

#[test]
fn missing_zero() {
    // (40 × 90 + 30 × 0 + 30 × 60) / 100 = 54.
    let outcome = three(Missing::Zero).on("2024-01");
    assert_eq!(outcome.score, Some(dec("54")));
    assert_eq!(outcome.coverage, dec("0.7"), "what scores 0 was not measured for that");
    let b = one(&outcome, "b");
    assert_eq!((b.verdict, b.in_sum, b.miss), (Verdict::NoData, true, false));
}

#[test]
fn missing_default_is_a_default() {
    let outcome = three(Missing::Default).on("2024-01");
    assert_eq!(outcome.score, Some(dec("54")));
    let b = one(&outcome, "b");
    assert_eq!((b.verdict, b.in_sum, b.miss), (Verdict::Default, true, true));
    assert_eq!(b.reasons, ["not covered", "no data counts as a default"]);
}

#[test]
fn missing_fail_leaves_no_score() {
    let outcome = three(Missing::Fail).on("2024-01");
    assert!(outcome.failed);
    assert_eq!((outcome.score, outcome.grade), (None, None));
}

#[test]
fn a_burn_in_without_data_does_not_fail_the_card() {
    let card = three(Missing::Fail).with(|terms| {
        terms.contract = Some(contract("1000"));
        terms.kpis["b"].burn_in = 1;
    });
    assert!(!card.on("2024-01").failed);
}

#[test]
fn a_kpi_may_have_its_own_missing() {
    let outcome = three(Missing::Renormalise)
        .with(|terms| terms.kpis["b"].missing = Missing::Zero)
        .on("2024-01");
    assert_eq!(outcome.score, Some(dec("54")));
}

#[test]
fn below_seventy_percent_the_card_is_incomplete() {
    let outcome = three(Missing::Renormalise)
        .with(|terms| {
            terms.kpis["a"].effective_weight = dec("39.99");
            terms.kpis["b"].effective_weight = dec("30.01");
        })
        .on("2024-01");
    assert_eq!(outcome.coverage, dec("0.6999"));
    assert!(outcome.incomplete);
}

#[test]
fn effective_weights_flatten() {
    // a1: 40; b1: 60 × 60 % = 36; b2: 60 × 40 % = 24. (40 × 100 + 24 × 0) / 64 = 62.5, 64 % covered.
    let outcome = Card::of([
        weighing("40", at_least("a1", "95", "95")),
        weighing("36", at_least("b1", "95", "95")),
        weighing("24", at_least("b2", "95", "95")),
    ])
    .fact("a1", "2024-01", value_fact(share("100")))
    .fact("b1", "2024-01", not_applicable())
    .fact("b2", "2024-01", value_fact(share("0")))
    .on("2024-01");
    assert_eq!(outcome.score, Some(dec("62.5")));
    assert_eq!(outcome.coverage, dec("0.64"));
    assert!(outcome.incomplete);
}

#[test]
fn rollup_sums() {
    // 950 of 1,000 and 40 of 50 are 990 of 1,050 ≈ 94.2857 %, never the mean 87.5 %.
    let outcome = Card::of([at_least("a", "95", "90")])
        .fact("a", "2024-01", rows_fact(990, 1050))
        .on("2024-01");
    assert_eq!(outcome.kpis[0].value, Some(ratio(33, 35)));
    assert_eq!(outcome.kpis[0].verdict, Verdict::BelowTarget);
}

#[test]
fn zero_weights_and_no_kpis_give_no_score() {
    let outcome = Card::of([weighing("0", at_least("a", "95", "90"))])
        .fact("a", "2024-01", value_fact(share("96")))
        .on("2024-01");
    assert_eq!(outcome.score, None);
    assert_eq!(outcome.kpis[0].score, Some(dec("100")));
    assert_eq!(outcome.kpis[0].points_available, None);
    let empty = Card::of([]).on("2024-01");
    assert_eq!((empty.score, empty.incomplete, empty.in_force), (None, false, true));
}

fn gated(value: &str) -> scoreline::assess::Outcome {
    Card::of([
        weighing(
            "10",
            Kpi {
                gate: Some(dec("60")),
                ..at_least("safety", "95", "90")
            },
        ),
        weighing("90", at_least("a", "95", "90")),
    ])
    .with(|terms| {
        terms.grades = Some(Grades {
            green: dec("90"),
            amber: dec("60"),
        });
    })
    .fact("safety", "2024-01", value_fact(share(value)))
    .fact("a", "2024-01", value_fact(share("99")))
    .on("2024-01")
}

#[test]
fn a_gate_caps_the_score_while_its_kpi_is_missed() {
    let outcome = gated("94");
    assert_eq!(outcome.ungated_score, Some(dec("90")));
    assert_eq!(outcome.score, Some(dec("60")));
    assert_eq!(outcome.gates, [("safety".to_string(), dec("60"))]);
    assert_eq!(outcome.grade, Some(Grade::Amber));
    let open = gated("95");
    assert_eq!(open.score, Some(dec("100")));
    assert!(open.gates.is_empty());
    assert_eq!(open.grade, Some(Grade::Green));
}

#[test]
fn a_gate_above_the_score_caps_nothing() {
    let outcome = Card::of([
        weighing(
            "60",
            Kpi {
                gate: Some(dec("60")),
                ..at_least("safety", "95", "90")
            },
        ),
        weighing("40", at_least("a", "95", "90")),
    ])
    .fact("safety", "2024-01", value_fact(share("80")))
    .fact("a", "2024-01", value_fact(share("99")))
    .on("2024-01");
    assert_eq!(outcome.score, Some(dec("40")));
    assert!(outcome.gates.is_empty());
}

#[test]
fn grades_start_at_their_bounds() {
    let grade = |value: &str| {
        let kpi = Kpi {
            scoring: Scoring::Linear {
                zero_at: pct("0"),
                full_at: pct("100"),
            },
            ..at_least("a", "100", "0")
        };
        Card::of([kpi])
            .with(|terms| {
                terms.grades = Some(Grades {
                    green: dec("90"),
                    amber: dec("75"),
                });
            })
            .fact("a", "2024-01", value_fact(share(value)))
            .on("2024-01")
            .grade
    };
    assert_eq!(grade("90"), Some(Grade::Green));
    assert_eq!(grade("89.999"), Some(Grade::Amber));
    assert_eq!(grade("75"), Some(Grade::Amber));
    assert_eq!(grade("74.999"), Some(Grade::Red));
}

#[test]
fn the_gross_score_is_that_of_gross_values() {
    let kpi = || Kpi {
        scoring: Scoring::Linear {
            zero_at: pct("0"),
            full_at: pct("100"),
        },
        ..at_least("a", "100", "0")
    };
    let fact = Fact {
        gross: measured(share("70"), dec("1"), 1000),
        ..value_fact(share("80"))
    };
    let outcome = Card::of([kpi()]).fact("a", "2024-01", fact).on("2024-01");
    assert_eq!(outcome.score, Some(dec("80")));
    assert_eq!(outcome.gross_score, Some(dec("70")));
    let same = Card::of([kpi()])
        .fact("a", "2024-01", value_fact(share("80")))
        .on("2024-01");
    assert_eq!(same.gross_score, Some(dec("80")));
}
