//! What holds for all numbers.

use proptest::prelude::*;
use scoreline::assess::outcome::{LineKind, Verdict};
use scoreline::resolve::terms::*;

use super::build::*;

/// A percentage of 0..=100 in hundredths.
fn percentages(n: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec((0u32..=10_000).prop_map(hundredths), n)
}

fn hundredths(n: u32) -> String {
    format!("{}.{:02}", n / 100, n % 100)
}

fn score_of(scoring: &Scoring, value: &str) -> Rational {
    let kpi = Kpi {
        scoring: scoring.clone(),
        ..at_least("a", "95", "90")
    };
    let outcome = Card::of([kpi])
        .fact("a", "2024-01", value_fact(share(value)))
        .on("2024-01");
    outcome.kpis[0].score.clone().expect("a score")
}

fn rising_scorings() -> impl Strategy<Value = Scoring> {
    let linear = (0u32..9_000, 1u32..=1_000).prop_map(|(from, run)| Scoring::Linear {
        zero_at: pct(&hundredths(from)),
        full_at: pct(&hundredths(from + run)),
    });
    let points = prop::collection::btree_map(0u32..=10_000, 0u32..=10_000, 1..6).prop_map(|points| {
        let mut scores: Vec<u32> = points.values().copied().collect();
        scores.sort_unstable();
        let points = points.keys().zip(scores);
        Scoring::Piecewise(
            points
                .map(|(x, y)| (pct(&hundredths(*x)), dec(&hundredths(y))))
                .collect(),
        )
    });
    prop_oneof![Just(Scoring::Binary), linear, points]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn scores_rise_with_the_value_and_stay_within_limits(
        scoring in rising_scorings(),
        a in 0u32..=10_000,
        b in 0u32..=10_000,
    ) {
        let (low, high) = (a.min(b), a.max(b));
        let (low, high) = (score_of(&scoring, &hundredths(low)), score_of(&scoring, &hundredths(high)));
        prop_assert!(low <= high);
        prop_assert!(low >= dec("0") && high <= dec("100"));
    }

    #[test]
    fn credits_stay_within_caps_and_lines_sum_to_the_total(
        shares in prop::collection::vec(1u32..=10_000, 1..6),
        at_risk in 0u32..=3_000,
        charge in 1u32..=100_000_000,
    ) {
        let ids = ["a", "b", "c", "d", "e"];
        let mut card = Card::of(shares.iter().zip(ids).map(|(share_of, id)| {
            paying(
                CreditBase::Charge,
                CreditModel::Tiers(vec![tier(TierTest::BelowMinimum, &hundredths(*share_of))]),
                at_least(id, "95", "90"),
            )
        }))
        .with(|terms| {
            terms.contract = Some(Contract {
                at_risk: Some(share(&hundredths(at_risk))),
                ..contract(&hundredths(charge))
            });
        });
        for id in ids {
            card.put(id, "2024-01", value_fact(share("50")));
        }
        let money = card.money("2024-01");
        let at_risk = money.at_risk.clone().expect("an at-risk amount");
        let uncapped: Rational = money.lines.iter().map(|line| line.exact.clone()).sum();
        prop_assert!(money.credit <= at_risk);
        let lines: Rational = money.lines.iter().map(|line| line.amount.clone()).sum();
        prop_assert_eq!(&lines, &money.credit);
        for line in &money.lines {
            prop_assert_eq!(line.kind, LineKind::Credit);
            prop_assert!((&line.amount * &dec("100")).is_integer());
            prop_assert!(line.amount <= &line.exact + &dec("0.005"));
        }
        // Nothing is cut that need not be: a cent under the cap is a cent due.
        if uncapped <= &at_risk - &dec("0.05") {
            prop_assert!(money.lines.iter().all(|line| line.remark.is_none()));
        } else {
            prop_assert!(&at_risk - &money.credit < dec("0.10"));
        }
    }

    #[test]
    fn a_default_by_misses_has_that_many_in_its_window(
        values in percentages(1..30),
        needed in 1u32..6,
        within in 1u32..13,
    ) {
        let texts: Vec<&str> = values.iter().map(String::as_str).collect();
        let card = Card::of([at_least("a", "60", "20")])
            .with(|terms| terms.consequences.default_after = Some((needed, within)))
            .months("a", "2024-01", &texts);
        let n = values.len();
        let verdicts = card.verdicts("2024-01", i32::try_from(n).expect("few"));
        let missed: Vec<bool> = values.iter().map(|value| dec(value) < dec("60")).collect();
        for i in 0..n {
            let from = (i + 1).saturating_sub(within as usize);
            let misses = missed[from..=i].iter().filter(|missed| **missed).count();
            let expected = if !missed[i] {
                Verdict::Met
            } else if dec(&values[i]) < dec("20") || misses >= needed as usize {
                Verdict::Default
            } else {
                Verdict::BelowTarget
            };
            prop_assert_eq!(verdicts[i], expected, "period {}", i);
        }
    }

    #[test]
    fn a_rolling_cap_holds_over_every_window(values in percentages(1..30), over in 1u32..13) {
        let texts: Vec<&str> = values.iter().map(String::as_str).collect();
        let card = Card::of([paying(
            CreditBase::Charge,
            CreditModel::Shortfall,
            at_least("a", "60", "60"),
        )])
        .with(|terms| {
            terms.contract = Some(contract("1000"));
            terms.consequences.rolling_cap = Some(RollingCap {
                over,
                at_most: share("10"),
                projected: true,
            });
        })
        .months("a", "2024-01", &texts);
        let credits: Vec<Rational> = (0..values.len())
            .map(|i| card.money(&month("2024-01").offset(i32::try_from(i).expect("few")).to_string()).credit)
            .collect();
        let limit = Rational::integer(100) * Rational::integer(over);
        for window in credits.windows((over as usize).min(credits.len())) {
            prop_assert!(window.iter().cloned().sum::<Rational>() <= limit);
        }
    }

    #[test]
    fn points_sum_to_the_score(values in percentages(4), weights in prop::collection::vec(1u32..100, 4)) {
        let ids = ["a", "b", "c", "d"];
        let mut card = Card::of(ids.iter().zip(&weights).map(|(id, weight)| {
            weighing(
                &weight.to_string(),
                Kpi {
                    scoring: Scoring::Linear { zero_at: pct("20"), full_at: pct("80") },
                    ..at_least(id, "95", "90")
                },
            )
        }));
        for (id, value) in ids.iter().zip(&values) {
            card.put(id, "2024-01", value_fact(share(value)));
        }
        let outcome = card.on("2024-01");
        let points: Rational = outcome.kpis.iter().filter_map(|kpi| kpi.points.clone()).sum();
        prop_assert_eq!(Some(points), outcome.score);
        let available: Rational = outcome.kpis.iter().filter_map(|kpi| kpi.points_available.clone()).sum();
        prop_assert_eq!(available, dec("100"));
    }
}
