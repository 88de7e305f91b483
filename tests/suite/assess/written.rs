//! From what an author writes to what is due: the documents resolved, the facts by hand.

use scoreline::assess::outcome::{Grade, LineKind, Verdict};
use scoreline::assess::{Outcome, assess};
use scoreline::diagnostics::Diagnostics;
use scoreline::measure::facts::{FactKey, Facts};
use scoreline::resolve::terms::Timeline;
use scoreline::source::{SourceFile, SourceMap};
use scoreline::{model, resolve, syntax};

use super::build::*;

fn timeline(text: &str) -> Timeline {
    let mut sources = SourceMap::default();
    let mut diagnostics = Diagnostics::default();
    let mut documents = Vec::new();
    let file = SourceFile::new("card.yaml", text);
    let id = sources.add(file.clone());
    for node in syntax::parse(id, &file, &mut diagnostics) {
        documents.extend(model::document("card.yaml", node, &mut diagnostics));
    }
    for document in &documents {
        model::examine(document, &mut diagnostics);
    }
    let workspace = resolve::resolve(&documents, &mut diagnostics);
    let errors: Vec<_> = diagnostics.iter().map(|found| &found.message).collect();
    assert!(errors.is_empty(), "{errors:?}");
    workspace.cards.into_iter().next().expect("one card")
}

/// A contract of 10,000 a month with one KPI `a` over probes or outages, and what else is written.
fn one_kpi(measure: &str, rest: &str, consequences: &str) -> Timeline {
    timeline(&format!(
        r#"apiVersion: scoreline/v1
kind: Scorecard
id: card
title: Card
contract: {{ starts: 2024-01-01, charge: 10000.00, currency: EUR, late_changes: restate }}
time_zone: UTC
period: month
categories: {{ all: {{ title: All, weight: 100 }} }}
people: {{ sdm: {{ name: Manager }} }}
sources:
  outages: {{ path: o.csv, time_zone: UTC, span: [started_at, ended_at], covers: {{ through: 2026-12-31 }} }}
  tickets: {{ path: t.csv, time_zone: UTC, at: closed_at, covers: {{ through: 2026-12-31 }} }}
kpis:
  a:
    title: A
    category: all
    weight: 100
    owner: sdm
    measure: {measure}
{rest}
{consequences}
"#
    ))
}

const RATIO: &str = "{ ratio: { source: tickets, hit: ok } }";
const UPTIME: &str = "{ availability: { source: outages, calendar: always } }";

fn months(timeline: &Timeline, values: &[Rational]) -> Vec<Outcome> {
    let periods: Vec<Period> = (0..).take(values.len()).map(|i| month("2024-01").offset(i)).collect();
    let mut facts = Facts::default();
    for (period, value) in periods.iter().zip(values) {
        let key = FactKey {
            card: "card".into(),
            entity: None,
            kpi: "a".into(),
            period: *period,
        };
        facts.facts.insert(key, value_fact(value.clone()));
    }
    assess(timeline, &facts, None, &periods)
}

fn credits_of(timeline: &Timeline, values: &[&str]) -> Vec<String> {
    let values: Vec<Rational> = values.iter().map(|value| share(value)).collect();
    months(timeline, &values)
        .iter()
        .map(|outcome| outcome.statement.as_ref().expect("money").credit.to_fixed(2))
        .collect()
}

#[test]
fn nested_tiers() {
    let card = one_kpi(
        RATIO,
        "    target: { at_least: 99.99% }\n    credit: { of: charge, tiers: [{ below: 99.99%, pays: 10% }, { below: 99.0%, pays: 30% }, { below: 95.0%, pays: 100% }] }",
        "",
    );
    assert_eq!(
        credits_of(&card, &["99.99", "99.985", "99.0", "98.999", "95.0", "94.99"]),
        ["0.00", "1000.00", "1000.00", "3000.00", "3000.00", "10000.00"]
    );
}

#[test]
fn two_sided_tiers() {
    let card = one_kpi(
        RATIO,
        "    target: { above: 99.9% }\n    credit: { of: charge, tiers: [{ above: 99.0%, at_most: 99.9%, pays: 10% }, { at_most: 99.0%, pays: 25% }] }",
        "",
    );
    assert_eq!(
        credits_of(&card, &["99.91", "99.9", "99.01", "99.0"]),
        ["0.00", "1000.00", "1000.00", "2500.00"]
    );
}

#[test]
fn tiers_of_the_verdict() {
    let card = one_kpi(
        RATIO,
        "    target: { at_least: 95% }\n    minimum: { at_least: 90% }\n    credit: { of: charge, tiers: [{ below: target, pays: 5% }, { below: minimum, pays: 10% }] }",
        "consequences: { default_after: { misses: 2, within: 12 periods } }",
    );
    // The second miss is a default, and pays as one.
    assert_eq!(
        credits_of(&card, &["93", "95", "93", "80"]),
        ["500.00", "0.00", "1000.00", "1000.00"]
    );
}

#[test]
fn points() {
    let card = one_kpi(
        RATIO,
        "    target: { at_least: 99% }\n    credit: { of: charge, points: { bands: [{ below: 99%, at_least: 98%, points: 1 }, { below: 98%, at_least: 97%, points: 2 }, { below: 97%, points: 3 }], each_pays: 1%, repeat: double } }",
        "",
    );
    assert_eq!(
        credits_of(&card, &["96.5", "98.5", "96.5"]),
        ["300.00", "200.00", "600.00"]
    );
}

#[test]
fn shortfall_with_a_cap() {
    let card = one_kpi(
        RATIO,
        "    target: { at_least: 98% }\n    credit: { of: charge, shortfall: {}, cap: 10% }",
        "",
    );
    assert_eq!(credits_of(&card, &["75", "93", "98"]), ["1000.00", "500.00", "0.00"]);
}

#[test]
fn per_unit_of_downtime() {
    let card = one_kpi(
        UPTIME,
        "    target: { at_least: 99.99% }\n    credit: { of: charge, per_unit: { each: 30m, pays: 5%, rounding: ceil } }",
        "",
    );
    let mut facts = Facts::default();
    let key = FactKey {
        card: "card".into(),
        entity: None,
        kpi: "a".into(),
        period: month("2024-01"),
    };
    let fact = time_fact(mins(44_640), 0, Rational::integer(mins(61)), 1);
    facts.facts.insert(key, fact);
    let outcome = assess(&card, &facts, None, &[month("2024-01")]);
    let money = outcome[0].statement.as_ref().expect("money");
    assert_eq!(money.credit, dec("1500"));
    assert_eq!(
        line(money, LineKind::Credit, "a").working,
        "10,000.00 × ⌈1h 1m ÷ 30m⌉ × 5%"
    );
}

#[test]
fn per_count_over_twelve_periods() {
    let card = one_kpi(
        "{ count: { source: tickets } }",
        "    target: { at_most: 0 }\n    credit: { of: charge, per_count: { each: 10, pays: 5%, over: 12 periods } }",
        "",
    );
    let counts: Vec<Rational> = [1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 2]
        .map(|n: i64| Rational::integer(n))
        .into();
    let outcomes = months(&card, &counts);
    let december = outcomes[11].statement.as_ref().expect("money");
    assert_eq!(december.credit, dec("6000"));
}

#[test]
fn bands_and_grades() {
    let card = one_kpi(
        RATIO,
        "    target: { at_least: 99% }\n    scoring: { bands: [{ at_least: 99%, score: 100 }, { above: 95%, score: 80 }, { at_least: 90%, score: 20 }] }",
        "grades: { green: 90, amber: 75 }",
    );
    let outcomes = months(&card, &["99", "98.99", "95", "89"].map(share));
    let scores: Vec<_> = outcomes.iter().map(|one| one.score.clone()).collect();
    assert_eq!(scores, ["100", "80", "20", "0"].map(|score| Some(dec(score))));
    let grades: Vec<_> = outcomes.iter().map(|one| one.grade).collect();
    assert_eq!(grades, [Grade::Green, Grade::Amber, Grade::Red, Grade::Red].map(Some));
}

#[test]
fn linear_up_to_the_target() {
    let card = one_kpi(
        RATIO,
        "    target: { at_least: 99.95% }\n    scoring: { linear: { zero_at: 99.5%, full_at: target } }",
        "amendments: { one: { effective: 2024-02-01, signed: 2024-01-15, change: { kpis: { a: { target: { at_least: 99.98% } } } } } }",
    );
    // (99.8 − 99.5) ÷ (99.95 − 99.5) = 2/3; from February on ÷ 0.48: 62.5.
    let outcomes = months(&card, &["99.8", "99.8"].map(share));
    assert_eq!(outcomes[0].score, Some(ratio(200, 3)));
    assert_eq!(outcomes[1].score, Some(dec("62.5")));
}

#[test]
fn consequences_as_written() {
    let card = one_kpi(
        RATIO,
        "    target: { at_least: 95% }\n    minimum: { at_least: 90% }\n    credit: { of: charge, tiers: [{ below: target, pays: 10% }] }\n    bonus: { of: charge, tiers: [{ above: 98%, pays: 1% }] }\n    ratchet: { over: 3 periods }",
        r"consequences:
  earn_back: { over: 2 periods, test: every_period, forbid: default, if_short: lapse }
  caps: { rolling: { over: 12 periods, at_most: 1%, before_full: projected } }
  triggers:
    escalate: { when: { consecutive: 2, kpis: with_credit, verdict: below_target }, notify: [sdm] }
    terminate: { when: { count: 2, within: 6 periods, same_kpi: true, verdict: default }, right: customer, clause: B.9.1 }",
    );
    let outcomes = months(&card, &["93", "93", "99", "96", "80", "96", "97"].map(share));
    let credit = |i: usize| outcomes[i].statement.as_ref().expect("money").credit.to_fixed(2);
    // 1 % of 12 × 10,000 is 1,200: 1,000, then 200, then nothing.
    assert_eq!([0, 1, 4].map(credit), ["1000.00", "200.00", "0.00"]);
    let fired = |i: usize| {
        outcomes[i]
            .triggers
            .iter()
            .map(|fired| fired.id.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(fired(1), ["escalate"]);
    assert_eq!(fired(4), Vec::<&str>::new());
    let march = outcomes[2].statement.as_ref().expect("money");
    assert_eq!(march.bonus, dec("100"));
    let april = outcomes[3].statement.as_ref().expect("money");
    assert_eq!(
        april.earned_back,
        dec("-200"),
        "of February; January's was followed by a miss"
    );
    assert_eq!(outcomes[4].kpis[0].verdict, Verdict::Default);
    // March, April and May are not all above 95; nor are those after, for May was not.
    assert!(outcomes.iter().all(|one| {
        let lines = &one.statement.as_ref().expect("money").lines;
        lines.iter().all(|line| line.kind != LineKind::Ratchet)
    }));
}

#[test]
fn samples_guardrails_and_gates_as_written() {
    let card = one_kpi(
        RATIO,
        "    target: { at_least: 95% }\n    min_sample: 20\n    low_volume: [{ up_to: 10, allowed_misses: 1 }]\n    gate: { cap: 60 }\n    burn_in: 1 period",
        "",
    );
    let outcomes = months(&card, &["50", "90"].map(share));
    assert_eq!(outcomes[0].score, None, "burn-in");
    assert_eq!(outcomes[1].kpis[0].verdict, Verdict::Default);
    assert_eq!(outcomes[1].score, Some(dec("0")));
}
