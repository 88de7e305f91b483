//! A period's statement: incidents, caps, rounding, requests, partial periods.

use jiff::civil::date;
use scoreline::assess::outcome::{Flag, LineKind, Statement};
use scoreline::resolve::terms::*;

use super::build::*;

/// A KPI that pays a fixed fee on a default.
fn fee(id: &str, amount: &str) -> Kpi {
    paying(
        CreditBase::Fee(Amount::Fixed(dec(amount))),
        CreditModel::WholeOnDefault,
        at_least(id, "95", "95"),
    )
}

/// A card of fees, all in default in every given month, with a cap of `at_risk` percent of the charge.
fn fees(charge: &str, at_risk: Option<&str>, amounts: &[&str]) -> Card {
    let ids = ["a", "b", "c", "d"];
    let mut card = Card::of(ids.iter().zip(amounts).map(|(id, amount)| fee(id, amount))).with(|terms| {
        terms.contract = Some(Contract {
            at_risk: at_risk.map(share),
            ..contract(charge)
        });
    });
    for (id, _) in ids.iter().zip(amounts) {
        card.put(id, "2024-01", value_fact(share("80")));
    }
    card
}

#[test]
fn credit_period_cap() {
    let money = fees("100000", Some("10"), &["2000", "6000", "4000"]).money("2024-01");
    assert_eq!(money.credit, dec("10000.00"));
    // 10,000 × 2,000 / 12,000 = 1,666.666…; 5,000; 3,333.333…: the cent left goes to the first.
    assert_eq!(credits(&money), ["1666.67", "5000.00", "3333.33"]);
    let step = &money.caps[0];
    assert_eq!(
        (step.name.as_str(), &step.limit, &step.before, &step.after),
        ("at-risk amount", &dec("10000"), &dec("12000"), &dec("10000"))
    );
    assert_eq!(
        money.lines[0].remark.as_deref(),
        Some("cut by the at-risk amount of 10,000.00")
    );
}

#[test]
fn credits_that_reach_the_cap_exactly_are_not_cut() {
    let money = fees("100000", Some("10"), &["4000", "6000"]).money("2024-01");
    assert_eq!(credits(&money), ["4000.00", "6000.00"]);
    assert_eq!(money.lines[0].remark, None);
}

fn thirds(charge: &str, at_risk: Option<&str>) -> Statement {
    // A third of 4,000 three times: 1,333.333… each.
    let kpi = |id: &str| {
        let kpi = fee(id, "4000");
        let credit = kpi.credit.clone().map(|credit| Credit {
            model: CreditModel::Tiers(vec![Tier {
                when: TierTest::BelowMinimum,
                pays: ratio(1, 3),
                span: SPAN,
            }]),
            ..credit
        });
        Kpi { credit, ..kpi }
    };
    let mut card = Card::of(["a", "b", "c"].map(kpi)).with(|terms| {
        terms.contract = Some(Contract {
            at_risk: at_risk.map(share),
            ..contract(charge)
        });
    });
    for id in ["a", "b", "c"] {
        card.put(id, "2024-01", value_fact(share("80")));
    }
    card.money("2024-01")
}

#[test]
fn uncapped_lines_sum() {
    let money = thirds("100000", None);
    assert_eq!(credits(&money), ["1333.33", "1333.33", "1333.33"]);
    assert_eq!(money.credit, dec("3999.99"));
}

#[test]
fn lines_add_up() {
    let money = fees("40000", Some("10"), &["2000", "2000", "2000"]).money("2024-01");
    assert_eq!(credits(&money), ["1333.34", "1333.33", "1333.33"]);
    assert_eq!(money.credit, dec("4000.00"));
}

#[test]
fn a_cap_rounds_down() {
    // 10 % of 999.99 is 99.999: the cap is 99.99.
    let money = fees("999.99", Some("10"), &["200"]).money("2024-01");
    assert_eq!(credits(&money), ["99.99"]);
    assert_eq!(money.caps[0].limit, dec("99.99"));
    assert_eq!(money.at_risk, Some(dec("99.999")));
}

#[test]
fn a_currency_without_minor_units_has_whole_lines() {
    let card = fees("1000", None, &["33.5", "33.4"]).with(|terms| {
        if let Some(contract) = &mut terms.contract {
            contract.minor_units = 0;
        }
    });
    let money = card.money("2024-01");
    assert_eq!(money.lines[0].amount, dec("34"));
    assert_eq!(money.lines[1].amount, dec("33"));
    assert_eq!(money.credit, dec("67"));
}

fn incident(rule: SingleIncident, selected: Option<(&str, &str)>) -> Card {
    let mut card = fees("100000", None, &["2000", "3200"]).with(|terms| {
        terms.consequences.single_incident = Some(rule);
    });
    card.put("a", "2024-01", incident_fact("80", "INC-1"));
    card.put("b", "2024-01", incident_fact("80", "INC-1"));
    if let Some((kpi, period)) = selected {
        card.timeline.claims.selections.insert(
            "INC-1".into(),
            Selection {
                period: period.into(),
                kpi: kpi.into(),
                by: "cio".into(),
            },
        );
    }
    card
}

#[test]
fn single_incident_highest_provisional() {
    let outcome = incident(SingleIncident::CustomerSelects, None).on("2024-01");
    for kpi in &outcome.kpis {
        assert_eq!(kpi.flags, [Flag::Provisional]);
    }
    let money = outcome.statement.expect("a statement");
    assert_eq!(credits(&money), ["0.00", "3200.00"]);
    assert_eq!(money.credit, dec("3200.00"));
    assert!(money.provisional);
}

#[test]
fn single_incident_selected() {
    let outcome = incident(SingleIncident::CustomerSelects, Some(("a", "2024-01"))).on("2024-01");
    assert!(outcome.kpis.iter().all(|kpi| kpi.flags.is_empty()));
    let money = outcome.statement.expect("a statement");
    assert_eq!(credits(&money), ["2000.00", "0.00"]);
    assert!(!money.provisional);
    assert_eq!(
        money.lines[1].remark.as_deref(),
        Some("the customer selected a for INC-1")
    );
}

#[test]
fn a_selection_for_another_period_or_kpi_selects_nothing() {
    for selected in [("a", "2024-02"), ("other", "2024-01")] {
        let money = incident(SingleIncident::CustomerSelects, Some(selected)).money("2024-01");
        assert_eq!(money.credit, dec("3200.00"));
        assert!(money.provisional);
    }
}

/// As [`incident`], where both credits have to be asked for, and those of `asked` were.
fn incident_on_request(rule: SingleIncident, selected: Option<&str>, asked: &[&str]) -> Statement {
    let mut card = incident(rule, selected.map(|kpi| (kpi, "2024-01"))).with(|terms| {
        for kpi in ["a", "b"] {
            let credit = terms.kpis[kpi].credit.as_mut().expect("a fee");
            credit.request_within = Some(Deadline::Elapsed(30 * 24 * mins(60)));
        }
    });
    for kpi in asked {
        card.timeline.claims.credit_requests.insert(
            format!("request-{kpi}"),
            CreditRequest {
                period: "2024-01".into(),
                kpis: vec![(*kpi).into()],
                by: "cio".into(),
                on: date(2024, 2, 20),
            },
        );
    }
    card.money("2024-01")
}

#[test]
fn a_selection_asks_for_the_credit_and_settles_the_others() {
    let selected = incident_on_request(SingleIncident::CustomerSelects, Some("a"), &[]);
    assert_eq!(credits(&selected), ["2000.00", "0.00"]);
    for line in &selected.lines {
        assert!(!line.provisional, "{line:?}");
        assert_eq!(line.ask_by, None);
    }
    assert_eq!(selected.lines[0].remark, None);

    let open = incident_on_request(SingleIncident::CustomerSelects, None, &["a", "b"]);
    assert_eq!(credits(&open), ["0.00", "3200.00"]);
    assert!(open.lines.iter().all(|line| line.provisional));
}

#[test]
fn a_credit_that_lost_its_incident_need_not_be_asked_for() {
    let paid = incident_on_request(SingleIncident::Highest, None, &["b"]);
    assert_eq!(credits(&paid), ["0.00", "3200.00"]);
    assert!(!paid.provisional);
    assert_eq!(paid.lines[0].ask_by, None);
    // Nobody asked for the higher one: if nobody does, the lower one is due after all.
    let open = incident_on_request(SingleIncident::Highest, None, &["a"]);
    assert_eq!(credits(&open), ["0.00", "3200.00"]);
    assert!(open.lines.iter().all(|line| line.provisional));
    assert_eq!(open.lines[1].remark.as_deref(), Some("due if asked for by 2024-03-01"));
}

#[test]
fn a_disputed_credit_leaves_the_others_of_its_incident_open() {
    let mut disputed = incident_fact("80", "INC-1");
    disputed.claims = disputed_fact("80").claims;
    let mut card = incident(SingleIncident::CustomerSelects, Some(("a", "2024-01")));
    card.put("a", "2024-01", disputed);
    let money = card.money("2024-01");
    assert_eq!(credits(&money), ["2000.00", "0.00"]);
    assert!(money.lines.iter().all(|line| line.provisional));
}

#[test]
fn highest_pays_once_and_sum_pays_all() {
    let highest = incident(SingleIncident::Highest, None).money("2024-01");
    assert_eq!(credits(&highest), ["0.00", "3200.00"]);
    assert!(!highest.provisional);
    assert_eq!(highest.lines[0].remark.as_deref(), Some("one credit for INC-1: b pays"));
    let sum = incident(SingleIncident::Sum, None).money("2024-01");
    assert_eq!(credits(&sum), ["2000.00", "3200.00"]);
}

#[test]
fn a_credit_with_another_failure_does_not_belong_to_the_incident() {
    let mut mixed = incident_fact("80", "INC-1");
    mixed.incidents.push(None);
    let money = incident(SingleIncident::Highest, None)
        .fact("a", "2024-01", mixed)
        .money("2024-01");
    assert_eq!(credits(&money), ["2000.00", "3200.00"]);
}

#[test]
fn of_equal_credits_the_first_in_file_order_pays() {
    let mut card = fees("100000", None, &["2000", "2000"]).with(|terms| {
        terms.consequences.single_incident = Some(SingleIncident::Highest);
    });
    card.put("a", "2024-01", incident_fact("80", "INC-1"));
    card.put("b", "2024-01", incident_fact("80", "INC-1"));
    assert_eq!(credits(&card.money("2024-01")), ["2000.00", "0.00"]);
}

/// One KPI that pays `credit` on a default, a charge of 10 a month and a rolling cap of 10 % over 12.
fn rolling(projected: bool) -> Card {
    Card::of([paying(
        CreditBase::Charge,
        CreditModel::Tiers(vec![
            tier(TierTest::Value(below(pct("10"))), "108.18"),
            tier(TierTest::Value(below(pct("95"))), "3"),
        ]),
        at_least("a", "95", "95"),
    )])
    .with(|terms| {
        terms.contract = Some(contract("10"));
        terms.consequences.rolling_cap = Some(RollingCap {
            over: 12,
            at_most: share("10"),
            projected,
        });
    })
}

#[test]
fn rolling_cap() {
    // 10 % of 12 × 10 is 12.00. January pays 108.18 % = 10.82 (projected); then 0.30 in three months: 11.72.
    // September pays 0.30, 12.02 in all: cut to 0.28, and December has nothing left.
    let card = rolling(true).months(
        "a",
        "2024-01",
        &["5", "90", "90", "90", "99", "99", "99", "99", "90", "99", "99", "90"],
    );
    assert_eq!(card.credit("2024-01"), "10.82");
    assert_eq!(card.credit("2024-04"), "0.30");
    assert_eq!(card.credit("2024-09"), "0.28");
    assert_eq!(card.credit("2024-12"), "0.00");
}

#[test]
fn rolling_cap_leaves_the_rest_of_the_window() {
    // 12.00 − 11.90 granted in the eleven months before = 0.10 of an uncapped 0.30.
    let first = |pays: &str| tier(TierTest::Value(below(pct("10"))), pays);
    let card = rolling(true)
        .with(|terms| {
            if let Some(credit) = &mut terms.kpis["a"].credit {
                credit.model = CreditModel::Tiers(vec![first("119"), tier(TierTest::Value(below(pct("95"))), "3")]);
            }
        })
        .months(
            "a",
            "2024-01",
            &[
                "5", "99", "99", "99", "99", "99", "99", "99", "99", "99", "99", "90", "90",
            ],
        );
    assert_eq!(card.credit("2024-01"), "11.90");
    let december = card.money("2024-12");
    assert_eq!(december.credit, dec("0.10"));
    let step = &december.caps[0];
    assert_eq!(
        (step.name.as_str(), &step.limit, &step.before),
        ("rolling cap over 12 periods", &dec("0.10"), &dec("0.30"))
    );
    // In January 2025 the 11.90 have left the window.
    assert_eq!(card.credit("2025-01"), "0.30");
}

#[test]
fn before_the_window_is_full_the_cap_knows_the_charges_so_far_or_projects() {
    // To date in January: 10 % of 10 = 1.00; in March 10 % of 30 = 3.00, of which 1.00 and 0.30 are spent.
    let card = rolling(false).months("a", "2024-01", &["5", "90", "5"]);
    assert_eq!(card.credit("2024-01"), "1.00");
    assert_eq!(card.credit("2024-02"), "0.30");
    assert_eq!(card.credit("2024-03"), "1.70");
}

#[test]
fn the_period_cap_comes_before_the_rolling_one() {
    let card = rolling(true)
        .with(|terms| {
            if let Some(contract) = &mut terms.contract {
                contract.at_risk = Some(share("50"));
            }
        })
        .months("a", "2024-01", &["5", "5", "5"]);
    assert_eq!(card.credit("2024-01"), "5.00");
    assert_eq!(card.credit("2024-02"), "5.00");
    let march = card.money("2024-03");
    assert_eq!(march.credit, dec("2.00"));
    let names: Vec<&str> = march.caps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["at-risk amount", "rolling cap over 12 periods"]);
    assert_eq!(
        (&march.caps[1].before, &march.caps[1].after),
        (&dec("5.00"), &dec("2.00"))
    );
}

fn partial(partial: PartialPeriod) -> Card {
    Card::of([on_default("100", at_least("a", "95", "95"))])
        .with(|terms| {
            terms.contract = Some(Contract {
                starts: date(2024, 1, 15),
                ends: Some(date(2024, 3, 10)),
                at_risk: Some(share("10")),
                partial: Some(partial),
                ..contract("3100")
            });
        })
        .months("a", "2024-01", &["80", "80", "80", "80"])
}

#[test]
fn a_partial_period_is_skipped_or_prorated() {
    let skip = partial(PartialPeriod::Skip);
    assert!(!skip.on("2024-01").in_force);
    assert!(skip.on("2024-02").in_force);
    assert!(!skip.on("2024-03").in_force);
    assert_eq!(skip.credit("2024-02"), "310.00");

    let prorate = partial(PartialPeriod::Prorate);
    // 17 of 31 days of 3,100: 1,700; 10 of 31: 1,000.
    let january = prorate.money("2024-01");
    assert_eq!(january.charge, Some(dec("1700")));
    assert_eq!(january.credit, dec("170.00"));
    assert_eq!(
        line(&january, LineKind::Credit, "a").working,
        "3,100.00 × 17 ÷ 31 days × 10% × 100% × 100%"
    );
    assert_eq!(prorate.credit("2024-03"), "100.00");
    let april = prorate.on("2024-04");
    assert!(!april.in_force && april.kpis.is_empty() && april.statement.is_none());
    assert!(!prorate.on("2023-12").in_force);
}

#[test]
fn a_contract_of_whole_periods_is_whole() {
    let card = partial(PartialPeriod::Skip).with(|terms| {
        if let Some(contract) = &mut terms.contract {
            contract.starts = date(2024, 1, 1);
            contract.ends = Some(date(2024, 2, 29));
        }
    });
    assert!(card.on("2024-01").in_force && card.on("2024-02").in_force);
    assert!(!card.on("2023-12").in_force && !card.on("2024-03").in_force);
}

fn asked(days: &[(i8, i8)], kpis: &[&str]) -> Card {
    let mut card = fees("1000", None, &["100"]).with(|terms| {
        if let Some(contract) = &mut terms.contract {
            contract.report_due = Some(Deadline::BusinessDays(10));
        }
        if let Some(credit) = &mut terms.kpis["a"].credit {
            credit.request_within = Some(Deadline::Elapsed(30 * 24 * mins(60)));
        }
    });
    for (i, (month, day)) in days.iter().enumerate() {
        card.timeline.claims.credit_requests.insert(
            format!("r{i}"),
            CreditRequest {
                period: "2024-01".into(),
                kpis: kpis.iter().map(|kpi| (*kpi).to_string()).collect(),
                by: "cio".into(),
                on: date(2024, *month, *day),
            },
        );
    }
    card
}

#[test]
fn a_credit_that_must_be_asked_for() {
    // The tenth weekday of February 2024 is Wednesday the 14th; 30 days later is 15 March.
    let unasked = asked(&[], &[]).money("2024-01");
    let first = &unasked.lines[0];
    assert_eq!(first.ask_by, Some(date(2024, 3, 15)));
    assert_eq!(first.amount, dec("100"));
    assert!(first.provisional && unasked.provisional);
    assert_eq!(first.remark.as_deref(), Some("due if asked for by 2024-03-15"));

    let in_time = asked(&[(3, 20), (3, 15)], &[]).money("2024-01");
    assert_eq!(in_time.credit, dec("100"));
    assert!(!in_time.provisional);

    let late = asked(&[(3, 16)], &["a"]).money("2024-01");
    assert_eq!(late.credit, dec("0"));
    assert_eq!(late.lines[0].exact, dec("100"));
    assert_eq!(
        late.lines[0].remark.as_deref(),
        Some("asked for on 2024-03-16, after 2024-03-15")
    );

    let other = asked(&[(3, 1)], &["b"]).money("2024-01");
    assert!(other.provisional, "asked for another KPI");
}

#[test]
fn a_contract_without_money_has_no_statement() {
    let card = Card::of([at_least("a", "95", "90")]).with(|terms| {
        terms.contract = Some(Contract {
            charge: None,
            ..contract("0")
        });
    });
    assert!(card.on("2024-01").statement.is_none());
    assert!(Card::of([]).on("2024-01").statement.is_none());
}

#[test]
fn money_is_the_cards_not_the_entitys() {
    let card = fees("1000", None, &["100"]);
    assert!(card.entity("ann", "2024-01").statement.is_none());
}

#[test]
fn a_disputed_miss_pays_provisionally() {
    let money = fees("1000", None, &["100"])
        .fact("a", "2024-01", disputed_fact("80"))
        .money("2024-01");
    assert_eq!(money.credit, dec("100"));
    assert!(money.provisional);
}
