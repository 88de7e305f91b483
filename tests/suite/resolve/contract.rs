//! The contract of the language's second chapter, resolved.

use jiff::civil::date;
use scoreline::quantity::{Every, PeriodScheme, Quantity, Rational, Unit};
use scoreline::resolve::Layer;
use scoreline::resolve::terms::{
    Amount, At, CapCounts, CapPer, CarveOutBy, CreditBase, CreditModel, Deadline, Goal, Measure, Overdue, Scoring,
    Terms, TierTest, TriggerWhen, Within,
};

use super::{Resolved, resolve};

const ACME: &str = include_str!("example/acme.yaml");
const PACK: &str = include_str!("example/pack.yaml");
const HOUR: i64 = 3_600_000_000;

fn example() -> Resolved {
    resolve(&[("acme.yaml", ACME), ("pack.yaml", PACK)])
}

fn base() -> Terms {
    example().workspace.cards[0].versions[0].terms.clone()
}

fn number(text: &str) -> Rational {
    Rational::parse_decimal(text).expect("a decimal")
}

fn percent(text: &str) -> Quantity {
    let ratio = number(text).checked_div(&Rational::integer(100)).expect("not zero");
    Quantity::new(ratio, Unit::Percent)
}

#[test]
fn it_has_no_findings() {
    assert_eq!(example().findings, Vec::<String>::new());
}

#[test]
fn kpis_stand_in_file_order_with_each_expanded() {
    let terms = base();
    let ids: Vec<&str> = terms.kpis.keys().map(String::as_str).collect();
    assert_eq!(
        ids,
        [
            "erp-uptime",
            "resolution-p1",
            "resolution-p2",
            "resolution-p3",
            "reopen-rate",
            "csat"
        ]
    );
    let titles: Vec<&str> = terms.kpis.values().map(|kpi| kpi.title.as_str()).collect();
    assert_eq!(titles[0], "ERP availability");
    assert_eq!(titles[1], "Resolved in time – P1");
}

// availability 40 × 100 / 100; support 35 × 40, 30, 10, 20 / 100; satisfaction 25 × 100 / 100.
#[test]
fn effective_weights_are_category_times_kpi() {
    let terms = base();
    let weights: Vec<String> = terms.kpis.values().map(|kpi| kpi.effective_weight.to_exact()).collect();
    assert_eq!(weights, ["40", "14", "10.5", "3.5", "7", "25"]);
}

#[test]
fn a_row_overlays_the_measure_and_the_kpi() {
    let terms = base();
    let p1 = &terms.kpis["resolution-p1"];
    let Measure::OnTime {
        rows,
        clock,
        within,
        calendar,
        overdue,
        leave_out_not_due,
    } = &p1.measure
    else {
        panic!("on time, not {:?}", p1.measure);
    };
    assert_eq!(rows.source, "tickets");
    assert_eq!(rows.each, Some(("priority".to_owned(), "P1".to_owned())));
    assert_eq!(rows.at, Some(At::Column("resolved_at".to_owned())));
    assert_eq!(clock, "resolution");
    assert_eq!(*within, Within::Same(Deadline::Elapsed(4 * HOUR)));
    assert_eq!(calendar, "always");
    assert_eq!(*overdue, Overdue::CountUntilResolved);
    assert!(!leave_out_not_due);
    assert_eq!(p1.minimum, Some(Goal::AtLeast(percent("90"))));
    assert!(p1.own_minimum);
    // P3 has no minimum of its own: the target is also the minimum.
    let p3 = &terms.kpis["resolution-p3"];
    assert_eq!(p3.minimum, Some(Goal::AtLeast(percent("90"))));
    assert!(!p3.own_minimum);
    let Measure::OnTime { calendar, within, .. } = &p3.measure else {
        panic!("on time");
    };
    assert_eq!(
        (calendar.as_str(), within),
        ("office-hours", &Within::Same(Deadline::Elapsed(24 * HOUR)))
    );
    assert_eq!(p3.min_sample, Some(20));
    assert_eq!(p3.each, Some(("resolution".to_owned(), "P3".to_owned())));
}

#[test]
fn the_contract_and_its_money_are_explicit() {
    let terms = base();
    let contract = terms.contract.as_ref().expect("a contract");
    assert_eq!(contract.charge, Some(Amount::Fixed(number("42000"))));
    assert_eq!(contract.at_risk, Some(number("0.12")));
    assert_eq!(contract.over_allocated, Rational::one());
    assert_eq!((contract.currency.as_deref(), contract.minor_units), (Some("EUR"), 2));
    assert_eq!(contract.report_due, Some(Deadline::BusinessDays(10)));
    assert_eq!(
        (contract.starts, contract.ends),
        (date(2024, 7, 1), Some(date(2027, 6, 30)))
    );
    assert_eq!(
        terms.period,
        PeriodScheme {
            every: Every::Month,
            from_day: 1
        }
    );
    let uptime = terms.kpis["erp-uptime"].credit.as_ref().expect("a credit");
    assert_eq!(uptime.of, CreditBase::AtRisk(number("0.6")));
    let CreditModel::Tiers(tiers) = &uptime.model else {
        panic!("tiers");
    };
    assert_eq!(
        tiers
            .iter()
            .map(|tier| (&tier.when, tier.pays.to_exact()))
            .collect::<Vec<_>>(),
        [
            (&TierTest::BelowTarget, "0.5".to_owned()),
            (&TierTest::BelowMinimum, "1".to_owned())
        ]
    );
    let rows = terms.kpis["resolution-p2"].credit.as_ref().expect("a credit");
    assert_eq!(rows.model, CreditModel::WholeOnDefault);
}

#[test]
fn values_are_in_the_kpis_unit() {
    let terms = base();
    let uptime = &terms.kpis["erp-uptime"];
    assert_eq!(uptime.unit, Unit::Percent);
    assert_eq!(uptime.target, Some(Goal::AtLeast(percent("99.95"))));
    assert_eq!(uptime.minimum, Some(Goal::AtLeast(percent("99.9"))));
    assert_eq!(
        uptime.scoring,
        Scoring::Linear {
            zero_at: percent("99.5"),
            full_at: percent("99.95")
        }
    );
    assert_eq!(uptime.baseline.as_ref().expect("a baseline").value, percent("99.7"));
    assert_eq!((uptime.decimals, terms.kpis["csat"].decimals), (2, 1));
}

#[test]
fn carve_outs_and_triggers_are_bound() {
    let terms = base();
    let maintenance = &terms.carve_outs["planned-maintenance"];
    let CarveOutBy::Schedule { from, lasts, .. } = &maintenance.by else {
        panic!("a schedule");
    };
    assert_eq!((*from, *lasts), (Some(date(2024, 7, 1)), 4 * HOUR));
    let cap = maintenance.cap.as_ref().expect("a cap");
    assert_eq!(
        (cap.time, cap.per, cap.counts),
        (12 * HOUR, CapPer::Month, CapCounts::Windows)
    );
    let TriggerWhen::Consecutive { periods, counting } = &terms.consequences.triggers["escalate"].when else {
        panic!("consecutive");
    };
    assert_eq!(*periods, 2);
    assert_eq!(
        counting.kpis.as_deref(),
        Some(
            ["erp-uptime", "resolution-p1", "resolution-p2", "resolution-p3"]
                .map(str::to_owned)
                .as_slice()
        )
    );
    assert!(counting.same_kpi);
}

#[test]
fn an_amendment_holds_from_its_first_day_and_moves_what_follows_the_target() {
    let card = &example().workspace.cards[0];
    assert_eq!(card.versions.len(), 2);
    let target = |day| card.version_on(day).terms.kpis["erp-uptime"].target.clone();
    assert_eq!(target(date(2024, 12, 1)), Some(Goal::AtLeast(percent("99.95"))));
    assert_eq!(target(date(2025, 1, 1)), Some(Goal::AtLeast(percent("99.98"))));
    let Scoring::Linear { full_at, .. } = &card.latest().kpis["erp-uptime"].scoring else {
        panic!("linear");
    };
    assert_eq!(*full_at, percent("99.98"));
    let amendment = card.versions[1].amendment.as_ref().expect("an amendment");
    assert_eq!(amendment.id, "amendment-1");
    assert_eq!(amendment.approved_by, ["cio", "sdm"]);
    assert_eq!(amendment.signed, Some(date(2024, 12, 11)));
}

#[test]
fn only_listed_templates_enter_and_unused_sources_of_packs_stay_out() {
    let terms = base();
    assert!(!terms.kpis.contains_key("patching"));
    assert!(!terms.sources.contains_key("patches"));
    // The scorecard's own target wins over the template's 85 %.
    assert_eq!(terms.kpis["csat"].target, Some(Goal::AtLeast(percent("70"))));
}

#[test]
fn every_field_knows_its_layer() {
    let card = &example().workspace.cards[0];
    let from = |version: usize, path: &[&str]| card.versions[version].origin(path).expect("a place").from;
    let pack = Layer::Pack {
        id: "msp-core".to_owned(),
        version: "1.2.0".to_owned(),
    };
    let amendment = Layer::Amendment {
        id: "amendment-1".to_owned(),
    };
    assert_eq!(from(0, &["kpis", "csat", "unit"]), pack);
    assert_eq!(from(0, &["kpis", "csat", "target", "at_least"]), Layer::Document);
    assert_eq!(from(0, &["kpis", "erp-uptime", "target", "at_least"]), Layer::Document);
    assert_eq!(from(1, &["kpis", "erp-uptime", "target", "at_least"]), amendment);
    assert_eq!(from(1, &["kpis", "erp-uptime", "minimum", "at_least"]), Layer::Document);
    assert_eq!(
        from(0, &["kpis", "resolution-p1", "measure", "on_time", "within"]),
        Layer::Document
    );
    assert_eq!(from(0, &["kpis", "reopen-rate", "minimum", "at_most"]), Layer::Default);
}
