//! What lies outside the caps: earn-backs, bonuses, ratchets.

use jiff::civil::date;
use scoreline::assess::outcome::{LineKind, Statement};
use scoreline::resolve::terms::*;

use super::build::*;

fn earning(rule: EarnBack, ends: Option<(i16, i8, i8)>) -> Card {
    Card::of([paying(
        CreditBase::Charge,
        CreditModel::Tiers(vec![tier(TierTest::BelowTarget, "10")]),
        at_least("a", "95", "90"),
    )])
    .with(|terms| {
        terms.contract = Some(Contract {
            ends: ends.map(|(y, m, d)| date(y, m, d)),
            ..contract("1000")
        });
        terms.consequences.earn_back = Some(rule);
    })
}

const EVERY_PERIOD: EarnBack = EarnBack {
    over: 3,
    every_period: true,
    forbid_default: true,
    forbid_below_target: false,
    lapse: true,
};

fn earned(card: &Card, label: &str) -> String {
    card.money(label).earned_back.to_fixed(2)
}

#[test]
fn a_credit_comes_back_after_so_many_met_periods() {
    let card = earning(EVERY_PERIOD, None).months("a", "2024-01", &["92", "95", "", "96", "97", "97"]);
    assert_eq!(card.credit("2024-01"), "100.00");
    // February, April and May are met, March is not applicable.
    assert_eq!(earned(&card, "2024-04"), "0.00");
    assert_eq!(earned(&card, "2024-05"), "-100.00");
    assert_eq!(earned(&card, "2024-06"), "0.00", "once");
    let may = card.money("2024-05");
    let back = line(&may, LineKind::EarnBack, "a");
    assert_eq!(
        back.of_period.map(|period| period.to_string()).as_deref(),
        Some("2024-01")
    );
    assert_eq!(back.working, "credit of 2024-01, 100.00, after 3 later periods");
    assert_eq!(may.credit, dec("0"));
}

#[test]
fn one_miss_in_between_forfeits_the_credit() {
    let card = earning(EVERY_PERIOD, None).months("a", "2024-01", &["92", "95", "94.9", "95", "95", "95", "95"]);
    for label in ["2024-04", "2024-05"] {
        assert_eq!(earned(&card, label), "0.00", "{label}");
    }
    // The credit of March comes back after April, May and June; that of January never does.
    let june = card.money("2024-06");
    assert_eq!(june.earned_back, dec("-100"));
    assert_eq!(june.lines.len(), 1);
    assert_eq!(earned(&card, "2024-07"), "0.00");
}

#[test]
fn a_mean_margin_of_zero_is_enough_unless_a_default_forbids_it() {
    let mean = EarnBack {
        every_period: false,
        ..EVERY_PERIOD
    };
    // Margins −1, 0, +1: mean 0.
    let even = earning(mean.clone(), None).months("a", "2024-01", &["80", "94", "95", "96"]);
    assert_eq!(earned(&even, "2024-04"), "-100.00");
    let short = earning(mean.clone(), None).months("a", "2024-01", &["80", "94", "95", "95.999"]);
    assert_eq!(earned(&short, "2024-04"), "0.00");
    // 89 is a default; its margin −6 is made up for by +6.
    let forbidden = earning(mean.clone(), None).months("a", "2024-01", &["80", "89", "95", "101"]);
    assert_eq!(earned(&forbidden, "2024-04"), "0.00");
    let allowed = EarnBack {
        forbid_default: false,
        forbid_below_target: false,
        ..mean
    };
    let allowed = earning(allowed, None).months("a", "2024-01", &["80", "89", "95", "101"]);
    assert_eq!(earned(&allowed, "2024-04"), "-100.00");
}

#[test]
fn a_margin_is_against_the_target_of_its_own_period() {
    let mean = EarnBack {
        every_period: false,
        ..EVERY_PERIOD
    };
    // Against the target of 95 in February, 93 later: −1 + 0 + 1 = 0; against 93 throughout it would be +2.
    let card = earning(mean, None)
        .amended(date(2024, 3, 1), &[], |terms| {
            terms.kpis["a"].target = Some(Goal::AtLeast(pct("93")));
        })
        .months("a", "2024-01", &["80", "93.9", "93", "94"]);
    // −1.1 + 0 + 1 is below zero.
    assert_eq!(earned(&card, "2024-04"), "0.00");
    let card = card.months("a", "2024-02", &["94"]);
    assert_eq!(earned(&card, "2024-04"), "-100.00");
}

#[test]
fn the_contracts_end_lapses_what_waits_or_tests_it_early() {
    let end = Some((2024, 3, 31));
    let lapse = earning(EVERY_PERIOD, end).months("a", "2024-01", &["92", "95", "95"]);
    assert_eq!(earned(&lapse, "2024-03"), "0.00");
    let early = EarnBack {
        lapse: false,
        ..EVERY_PERIOD
    };
    let early = earning(early, end).months("a", "2024-01", &["92", "95", "95"]);
    assert_eq!(earned(&early, "2024-02"), "0.00");
    assert_eq!(earned(&early, "2024-03"), "-100.00");
}

#[test]
fn a_bonus_stands_outside_the_caps() {
    let kpi = Kpi {
        bonus: Some(Bonus {
            of: CreditBase::Charge,
            tiers: vec![
                tier(
                    TierTest::Value(Range {
                        from: bound(pct("98"), false),
                        to: None,
                    }),
                    "1",
                ),
                tier(
                    TierTest::Value(Range {
                        from: bound(pct("99"), true),
                        to: None,
                    }),
                    "2",
                ),
            ],
        }),
        ..at_least("a", "95", "90")
    };
    let card = Card::of([kpi])
        .with(|terms| terms.contract = Some(contract("1000.50")))
        .months("a", "2024-01", &["98", "98.01", "99"]);
    assert_eq!(card.money("2024-01").bonus, dec("0"));
    // 1 % of 1,000.50 is 10.005.
    let february = card.money("2024-02");
    assert_eq!(february.bonus, dec("10.01"));
    assert_eq!(february.credit, dec("0"));
    assert_eq!(line(&february, LineKind::Bonus, "a").working, "1,000.50 × 1%");
    assert_eq!(card.money("2024-03").bonus, dec("20.01"));
}

#[test]
fn no_bonus_at_the_cost_of_the_guardrail() {
    let fast = Kpi {
        bonus: Some(Bonus {
            of: CreditBase::Charge,
            tiers: vec![tier(
                TierTest::Value(Range {
                    from: bound(pct("98"), false),
                    to: None,
                }),
                "1",
            )],
        }),
        guardrail: Some(Guardrail {
            kpi: "quality".into(),
            not_met: true,
        }),
        ..at_least("a", "95", "90")
    };
    let card = Card::of([fast, at_least("quality", "95", "90")])
        .with(|terms| terms.contract = Some(contract("1000")))
        .months("a", "2024-01", &["99", "99"])
        .months("quality", "2024-01", &["94", "95"]);
    assert_eq!(card.money("2024-01").bonus, dec("0"));
    assert_eq!(card.money("2024-02").bonus, dec("10.00"));
}

fn ratcheting(values: &[&str]) -> Statement {
    let kpi = Kpi {
        ratchet: Some(12),
        ..at_least("a", "95", "90")
    };
    Card::of([kpi])
        .with(|terms| terms.contract = Some(contract("1000")))
        .months("a", "2024-01", values)
        .money("2024-12")
}

#[test]
fn ratchet() {
    // Six months at 96.4 and six at 98.4: mean 97.4; (95 + 97.4) / 2 = 96.2.
    let values = ["96.4", "98.4"].repeat(6);
    let money = ratcheting(&values);
    let proposal = line(&money, LineKind::Ratchet, "a");
    assert_eq!(proposal.level, Some(pct("96.2")));
    assert_eq!(proposal.amount, dec("0"));
    assert_eq!(proposal.working, "(95% + 97.4%) ÷ 2 = 96.2%");
    assert_eq!(money.credit, dec("0"));
}

#[test]
fn ratchet_one_equal() {
    let mut values = ["96.4", "98.4"].repeat(6);
    values[4] = "95.0";
    assert!(ratcheting(&values).lines.is_empty());
    values[4] = "";
    assert!(ratcheting(&values).lines.is_empty(), "no verdict is no evidence");
    assert!(ratcheting(&values[..11]).lines.is_empty());
}
