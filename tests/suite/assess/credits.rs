//! What one KPI's miss pays: bases, tiers and models.

use scoreline::assess::outcome::LineKind;
use scoreline::measure::facts::{Absence, AmountKey};
use scoreline::resolve::terms::*;

use super::build::*;

/// A card with a monthly charge, and a share of it at risk.
fn paid(charge: &str, at_risk: Option<&str>, kpis: impl IntoIterator<Item = Kpi>) -> Card {
    Card::of(kpis).with(|terms| {
        terms.contract = Some(Contract {
            at_risk: at_risk.map(share),
            ..contract(charge)
        });
    })
}

/// The credit of the charge 100 for a value: its percentage.
fn percent_of_charge(kpi: Kpi, value: &str) -> String {
    paid("100", None, [kpi])
        .months("a", "2024-01", &[value])
        .credit("2024-01")
}

#[test]
fn credit_product() {
    let card = paid("100000", Some("10"), [on_default("20", at_least("a", "95", "90"))]).months(
        "a",
        "2024-01",
        &["80", "92", "95"],
    );
    let money = card.money("2024-01");
    assert_eq!(money.credit, dec("2000.00"));
    assert_eq!(
        line(&money, LineKind::Credit, "a").working,
        "100,000.00 × 10% × 20% × 100%"
    );
    // Below target only: the share is due on a default.
    assert_eq!(card.credit("2024-02"), "0.00");
    assert_eq!(
        line(&card.money("2024-02"), LineKind::Credit, "a").remark.as_deref(),
        Some("the minimum is held: it pays on a default only")
    );
    assert!(card.money("2024-03").lines.is_empty());
}

#[test]
fn the_contract_of_the_language_pays_as_it_says() {
    // 42,000 × 12 % × 60 % × 100 % = 3,024.00 on a default, half of it below target.
    let kpi = paying(
        CreditBase::AtRisk(share("60")),
        CreditModel::Tiers(vec![
            tier(TierTest::BelowTarget, "50"),
            tier(TierTest::BelowMinimum, "100"),
        ]),
        at_least("a", "99.95", "99.9"),
    );
    let card = paid("42000", Some("12"), [kpi]).months("a", "2024-01", &["99.18", "99.92", "99.95"]);
    assert_eq!(card.credit("2024-01"), "3024.00");
    assert_eq!(card.credit("2024-02"), "1512.00");
    assert_eq!(
        line(&card.money("2024-02"), LineKind::Credit, "a").working,
        "42,000.00 × 12% × 60% × 50%"
    );
    assert_eq!(card.credit("2024-03"), "0.00");
}

#[test]
fn tiers_boundaries() {
    let tiers = [("99.99", "10"), ("99.0", "30"), ("95.0", "100")]
        .map(|(edge, pays)| tier(TierTest::Value(below(pct(edge))), pays))
        .into();
    let kpi = paying(
        CreditBase::Charge,
        CreditModel::Tiers(tiers),
        at_least("a", "99.99", "99.99"),
    );
    for (value, pays) in [
        ("99.99", "0.00"),
        ("99.985", "10.00"),
        ("99.0", "10.00"),
        ("98.999", "30.00"),
        ("95.0", "30.00"),
        ("94.99", "100.00"),
    ] {
        assert_eq!(percent_of_charge(kpi.clone(), value), pays, "{value}");
    }
}

#[test]
fn a_two_sided_tier_pays_between_its_bounds() {
    let range = Range {
        from: bound(pct("99.0"), false),
        to: bound(pct("99.9"), true),
    };
    let kpi = paying(
        CreditBase::Charge,
        CreditModel::Tiers(vec![
            tier(TierTest::Value(range), "10"),
            tier(
                TierTest::Value(Range {
                    from: None,
                    to: bound(pct("99.0"), true),
                }),
                "25",
            ),
        ]),
        goal("a", Unit::Percent, Goal::Above(pct("99.9"))),
    );
    assert_eq!(percent_of_charge(kpi.clone(), "99.9"), "10.00");
    assert_eq!(percent_of_charge(kpi.clone(), "99.0"), "25.00");
    assert_eq!(percent_of_charge(kpi, "99.901"), "0.00");
}

#[test]
fn a_value_without_a_tier_pays_nothing() {
    let kpi = paying(
        CreditBase::Charge,
        CreditModel::Tiers(vec![tier(TierTest::Value(below(pct("90"))), "30")]),
        at_least("a", "95", "95"),
    );
    assert_eq!(percent_of_charge(kpi.clone(), "90"), "0.00");
    assert_eq!(percent_of_charge(kpi, "89.99"), "30.00");
}

#[test]
fn no_data_that_counts_as_a_default_pays_the_highest_tier() {
    let kpi = Kpi {
        missing: Missing::Default,
        ..paying(
            CreditBase::Charge,
            CreditModel::Tiers(vec![
                tier(TierTest::Value(below(pct("95"))), "10"),
                tier(TierTest::Value(below(pct("90"))), "30"),
            ]),
            at_least("a", "95", "95"),
        )
    };
    assert_eq!(percent_of_charge(kpi, "-"), "30.00");
}

#[test]
fn points_repeat_doubles() {
    let bands = vec![
        (
            Range {
                from: bound(pct("98"), true),
                to: bound(pct("99"), false),
            },
            dec("1"),
        ),
        (
            Range {
                from: bound(pct("97"), true),
                to: bound(pct("98"), false),
            },
            dec("2"),
        ),
        (below(pct("97")), dec("3")),
    ];
    let kpi = paying(
        CreditBase::Charge,
        CreditModel::Points {
            bands,
            each_pays: share("1"),
            repeat_doubles: true,
        },
        at_least("a", "99", "99"),
    );
    // 3 points; 1 × 2; 3 × 2, never × 4; not applicable is passed over: 3 × 2; met; 3 again.
    let card = paid("100", None, [kpi]).months("a", "2024-01", &["96.5", "98.5", "96.5", "", "96.5", "99", "96.5"]);
    for (label, credit) in [
        ("2024-01", "3.00"),
        ("2024-02", "2.00"),
        ("2024-03", "6.00"),
        ("2024-04", "0.00"),
        ("2024-05", "6.00"),
        ("2024-06", "0.00"),
        ("2024-07", "3.00"),
    ] {
        assert_eq!(card.credit(label), credit, "{label}");
    }
    assert_eq!(
        line(&card.money("2024-02"), LineKind::Credit, "a").working,
        "100.00 × 1 point × 2 × 1%"
    );
}

fn shortfall_kpi(cap: Option<&str>) -> Kpi {
    let mut kpi = paying(CreditBase::Charge, CreditModel::Shortfall, at_least("a", "98", "98"));
    if let Some(credit) = &mut kpi.credit {
        credit.cap = cap.map(share);
    }
    kpi
}

#[test]
fn shortfall() {
    assert_eq!(percent_of_charge(shortfall_kpi(None), "75"), "23.00");
    assert_eq!(percent_of_charge(shortfall_kpi(None), "98"), "0.00");
}

#[test]
fn shortfall_capped() {
    let card = paid("100", None, [shortfall_kpi(Some("10"))]).months("a", "2024-01", &["75", "88", "88.5"]);
    assert_eq!(card.credit("2024-01"), "10.00");
    assert_eq!(
        line(&card.money("2024-01"), LineKind::Credit, "a").working,
        "100.00 × min((98% − 75%), 10%)"
    );
    assert_eq!(card.credit("2024-02"), "10.00");
    assert_eq!(card.credit("2024-03"), "9.50");
}

#[test]
fn a_shortfall_of_a_target_from_above_is_the_excess() {
    let kpi = paying(
        CreditBase::Charge,
        CreditModel::Shortfall,
        goal("a", Unit::Percent, Goal::AtMost(pct("5"))),
    );
    assert_eq!(percent_of_charge(kpi, "7.5"), "2.50");
}

fn per_unit(minutes_down: i64, ceil: bool) -> String {
    let kpi = Kpi {
        measure: availability_measure(),
        ..paying(
            CreditBase::Charge,
            CreditModel::PerUnit {
                each: mins(30),
                pays: share("5"),
                ceil,
            },
            at_least("a", "99.99", "99.99"),
        )
    };
    paid("100", None, [kpi])
        .fact(
            "a",
            "2024-01",
            time_fact(mins(44_640), 0, Rational::integer(mins(minutes_down)), 1),
        )
        .credit("2024-01")
}

#[test]
fn per_unit_ceil() {
    assert_eq!(per_unit(61, true), "15.00");
    assert_eq!(per_unit(60, true), "10.00");
}

#[test]
fn per_unit_floor() {
    assert_eq!(per_unit(75, false), "10.00");
    assert_eq!(per_unit(29, false), "0.00");
}

#[test]
fn proportional() {
    // 100 minutes weighing 0.021 are 2.1 of 43,200: 5,000 × 2.1 ÷ 43,200 = 0.243…
    let fee = Amount::Fixed(dec("5000"));
    let kpi = Kpi {
        measure: availability_measure(),
        ..paying(
            CreditBase::Fee(fee),
            CreditModel::Proportional,
            at_least("a", "99.999", "99.999"),
        )
    };
    let down = Rational::integer(mins(100)) * dec("0.021");
    let card = paid("100", None, [kpi]).fact("a", "2024-01", time_fact(mins(43_200), 0, down, 1));
    assert_eq!(card.credit("2024-01"), "0.24");
    assert_eq!(
        line(&card.money("2024-01"), LineKind::Credit, "a").working,
        "5,000.00 × 2m 6s ÷ 30d"
    );
}

fn counting(each: u32) -> Kpi {
    Kpi {
        measure: count_measure(),
        ..paying(
            CreditBase::Charge,
            CreditModel::PerCount {
                each,
                pays: share("5"),
                over: 12,
            },
            goal(
                "a",
                Unit::Count,
                Goal::AtMost(Quantity::new(Rational::zero(), Unit::Count)),
            ),
        )
    }
}

fn counts(mut card: Card, counts: &[i64]) -> Card {
    for (i, count) in (0..).zip(counts) {
        let label = month("2024-01").offset(i).to_string();
        let fact = value_fact(Rational::integer(*count));
        card.put("a", &label, fact);
    }
    card.base().kpis["a"].measure = count_measure();
    card
}

#[test]
fn per_count() {
    // 11 failures in 12 months of 10,500: one ten, 5 % of 126,000.
    let card = counts(
        paid("10500", None, [counting(10)]),
        &[1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 2],
    );
    assert_eq!(card.credit("2024-12"), "6300.00");
    assert_eq!(
        line(&card.money("2024-12"), LineKind::Credit, "a").working,
        "126,000.00 × ⌊11 ÷ 10⌋ × 5%"
    );
    assert_eq!(card.credit("2024-09"), "0.00");
}

#[test]
fn a_failure_pays_once() {
    // Three in January pay one three on 100; the two of February and the one of March make the next three.
    let card = counts(paid("100", None, [counting(3)]), &[3, 2, 1, 1]);
    assert_eq!(card.credit("2024-01"), "5.00");
    assert_eq!(card.credit("2024-02"), "0.00");
    assert_eq!(card.credit("2024-03"), "15.00");
    assert_eq!(card.credit("2024-04"), "0.00");
}

#[test]
fn failures_leave_the_window_unpaid() {
    // Two failures in January 2024 are forgotten in January 2025.
    let mut months = vec![2];
    months.extend([0; 11]);
    months.push(1);
    let card = counts(paid("100", None, [counting(3)]), &months);
    assert_eq!(card.credit("2025-01"), "0.00");
    months.remove(1);
    let card = counts(paid("100", None, [counting(3)]), &months);
    assert_eq!(card.credit("2024-12"), "60.00");
}

#[test]
fn a_charge_from_a_source_is_the_periods_own() {
    let kpi = paying(
        CreditBase::Charge,
        CreditModel::Tiers(vec![tier(TierTest::BelowMinimum, "10")]),
        at_least("a", "95", "95"),
    );
    let card = paid("0", None, [kpi])
        .with(|terms| {
            if let Some(contract) = &mut terms.contract {
                contract.charge = Some(Amount::Summed {
                    source: "invoices".into(),
                    filter: None,
                    sum: snippet("net"),
                });
            }
        })
        .months("a", "2024-01", &["80", "80"])
        .charge("2024-01", "1234.56");
    assert_eq!(card.credit("2024-01"), "123.46");
    let unknown = card.money("2024-02");
    assert_eq!(unknown.charge, None);
    assert!(unknown.provisional);
    assert_eq!(
        line(&unknown, LineKind::Credit, "a").remark.as_deref(),
        Some("the charge of 2024-02 is not known: not measured in this period")
    );
}

#[test]
fn a_fee_without_data_is_said_to_be_unknown() {
    let fee = Amount::Summed {
        source: "fees".into(),
        filter: None,
        sum: snippet("fee"),
    };
    let kpi = paying(
        CreditBase::Fee(fee),
        CreditModel::WholeOnDefault,
        at_least("a", "95", "95"),
    );
    let mut card = paid("100", None, [kpi]).months("a", "2024-01", &["80", "80"]);
    let key = |label: &str| AmountKey {
        card: "card".into(),
        kpi: Some("a".into()),
        period: month(label),
    };
    card.facts
        .amounts
        .insert(key("2024-01"), Err(Absence::NoData("not covered".into())));
    card.facts.amounts.insert(key("2024-02"), Ok(dec("70")));
    assert_eq!(
        line(&card.money("2024-01"), LineKind::Credit, "a").remark.as_deref(),
        Some("the fee of 2024-01 is not known: not covered")
    );
    assert_eq!(card.credit("2024-02"), "70.00");
}

#[test]
fn a_lone_line_rounds_half_away_from_zero() {
    // 0.5 % of 101.00 is 0.505.
    let kpi = paying(
        CreditBase::Charge,
        CreditModel::Tiers(vec![tier(TierTest::BelowMinimum, "0.5")]),
        at_least("a", "95", "95"),
    );
    let card = paid("101", None, [kpi]).months("a", "2024-01", &["80"]);
    assert_eq!(card.credit("2024-01"), "0.51");
    assert_eq!(card.money("2024-01").lines[0].exact, dec("0.505"));
}

#[test]
fn too_few_rows_pay_nothing() {
    let kpi = Kpi {
        min_sample: Some(20),
        ..on_default("100", at_least("a", "95", "90"))
    };
    let card = paid("1000", Some("10"), [kpi]).fact("a", "2024-01", rows_fact(1, 19));
    assert_eq!(card.credit("2024-01"), "0.00");
    assert_eq!(
        card.money("2024-01").lines[0].remark.as_deref(),
        Some("19 rows, fewer than the sample of 20")
    );
}

#[test]
fn a_card_that_fails_for_want_of_data_pays_nothing() {
    let needed = Kpi {
        missing: Missing::Fail,
        ..at_least("needed", "95", "90")
    };
    let card = paid(
        "1000",
        Some("10"),
        [on_default("100", at_least("a", "95", "90")), needed],
    )
    .months("a", "2024-01", &["50"])
    .fact("needed", "2024-01", no_data());
    let outcome = card.on("2024-01");
    assert!(outcome.failed);
    let money = outcome.statement.expect("a statement");
    assert!(money.lines.is_empty());
    assert_eq!(money.credit, dec("0"));
}
