//! When amendments may take effect and what they may change.

use scoreline::quantity::Unit;
use scoreline::resolve::terms::{Goal, Measure};

use super::{card, findings, resolve};

const KPIS: &str = "\
people: { ann: { name: Ann } }
sources:
  tickets: { path: t.csv, at: closed_at, covers: { through: last_row } }
kpis:
  fcr: { title: First contact, measure: { ratio: { source: tickets, hit: first } }, target: { at_least: 70% } }
  speed:
    title: Speed
    measure: { ratio: { source: tickets, hit: fast } }
    each: { column: team, rows: { A: { target: { at_least: 80% } }, B: { target: { at_least: 90% } } } }
amendments:
";

fn amended(amendments: &str) -> String {
    card(&format!("{KPIS}{amendments}"))
}

#[test]
fn a_date_inside_a_period_is_reported_with_the_two_nearest_legal_ones() {
    let text = amended("  one: { effective: 2025-01-15, change: { title: New } }\n");
    let resolved = resolve(&[("card.yaml", &text)]);
    assert_eq!(
        resolved.findings,
        ["card.yaml:17:21 amendment-mid-period: 2025-01-15 is inside the period 2025-01"]
    );
    assert_eq!(
        resolved.helps,
        ["write 2025-01-01 or 2025-02-01: terms change with a period"]
    );
}

#[test]
fn a_period_from_day_15_may_be_amended_on_day_15() {
    let text = amended("  one: { effective: 2025-01-15, change: { title: New } }\n");
    let text = text.replace("period: month", "period: { every: month, from_day: 15 }");
    assert_eq!(findings(&text), Vec::<String>::new());
}

#[test]
fn amendments_stand_in_the_order_of_their_dates_and_apply_in_it() {
    let text = amended(
        "  late: { effective: 2025-06-01, change: { title: Late } }\n  early: { effective: 2025-02-01, change: { title: Early } }\n",
    );
    let resolved = resolve(&[("card.yaml", &text)]);
    assert_eq!(
        resolved.findings,
        ["card.yaml:18:23 amendment-out-of-order: `early` takes effect on 2025-02-01, before `late` above it"]
    );
    assert_eq!(resolved.also[0], ["card.yaml:17:22 `late` takes effect here"]);
    let titles = resolved.workspace.cards[0]
        .versions
        .iter()
        .map(|v| v.terms.title.as_str());
    assert_eq!(titles.collect::<Vec<_>>(), ["Team", "Early", "Late"]);
}

#[test]
fn amendments_of_one_day_apply_in_file_order() {
    let text = amended(
        "  z: { effective: 2025-02-01, change: { title: First, description: Kept } }\n  a: { effective: 2025-02-01, change: { title: Second } }\n",
    );
    let resolved = resolve(&[("card.yaml", &text)]);
    assert_eq!(resolved.findings, Vec::<String>::new());
    let latest = resolved.workspace.cards[0].latest();
    assert_eq!(
        (latest.title.as_str(), latest.description.as_deref()),
        ("Second", Some("Kept"))
    );
}

#[test]
fn a_row_is_amended_through_each() {
    let text = amended(
        "  one: { effective: 2025-02-01, change: { kpis: { speed: { each: { rows: { B: { target: { at_least: 95% } } } } } } } }\n",
    );
    let resolved = resolve(&[("card.yaml", &text)]);
    assert_eq!(resolved.findings, Vec::<String>::new());
    let targets = |version: usize| {
        let kpis = &resolved.workspace.cards[0].versions[version].terms.kpis;
        ["speed-a", "speed-b"].map(|id| match &kpis[id].target {
            Some(Goal::AtLeast(value)) => (value.number.to_exact(), value.unit),
            other => panic!("at least, not {other:?}"),
        })
    };
    assert_eq!(
        targets(0),
        [("0.8".to_owned(), Unit::Percent), ("0.9".to_owned(), Unit::Percent)]
    );
    assert_eq!(
        targets(1),
        [("0.8".to_owned(), Unit::Percent), ("0.95".to_owned(), Unit::Percent)]
    );
}

#[test]
fn a_row_is_not_amended_by_the_id_it_makes() {
    let text = amended(
        "  one: { effective: 2025-02-01, change: { kpis: { speed-b: { title: B, measure: { ratio: { source: tickets, hit: x } } } } } }\n",
    );
    let found = findings(&text);
    assert_eq!(found, ["card.yaml:17:51 duplicate-id: two KPIs get the id `speed-b`"]);
}

#[test]
fn a_kpi_is_retired_and_not_deleted() {
    let text = amended("  one: { effective: 2025-02-01, change: { kpis: { fcr: null } } }\n");
    let resolved = resolve(&[("card.yaml", &text)]);
    assert_eq!(
        resolved.findings,
        ["card.yaml:17:51 kpi-deleted: `one` deletes KPI `fcr`"]
    );
    assert!(resolved.helps[0].contains("retired: { replaced_by: … }"));

    let text =
        amended("  one: { effective: 2025-02-01, change: { kpis: { speed: { each: { rows: { A: null } } } } } }\n");
    assert_eq!(
        findings(&text),
        ["card.yaml:17:76 kpi-deleted: `one` deletes KPI `speed-a`"]
    );

    let text =
        amended("  one: { effective: 2025-02-01, change: { kpis: { fcr: { retired: { replaced_by: speed } } } } }\n");
    assert_eq!(findings(&text), Vec::<String>::new());
}

#[test]
fn an_amendment_changes_anything_except_identity() {
    let text = amended(
        "  one: { effective: 2025-02-01, change: { kpis: { fcr: { measure: { count: { source: tickets } }, target: { at_most: 5 } } } } }\n",
    );
    let resolved = resolve(&[("card.yaml", &text)]);
    assert_eq!(resolved.findings, Vec::<String>::new());
    let kpi = &resolved.workspace.cards[0].latest().kpis["fcr"];
    assert!(matches!(kpi.measure, Measure::Count { .. }));
    assert!(matches!(kpi.target, Some(Goal::AtMost(_))));
}

#[test]
fn an_approver_is_somebody() {
    let text = amended("  one: { effective: 2025-02-01, approved_by: [ann, an], change: { title: New } }\n");
    let resolved = resolve(&[("card.yaml", &text)]);
    assert_eq!(
        resolved.findings,
        ["card.yaml:17:52 unknown-reference: no person is called `an`"]
    );
    assert_eq!(resolved.helps, ["did you mean `ann`?"]);
}

#[test]
fn a_finding_of_every_version_is_reported_once() {
    let text = amended("  one: { effective: 2025-02-01, change: { title: New } }\n")
        .replace("hit: first", "hit: first, at: x");
    let wrong = text.replace("target: { at_least: 70% }", "target: { at_least: 70h }");
    let found = findings(&wrong);
    assert_eq!(
        found.iter().filter(|finding| finding.contains("wrong-unit")).count(),
        1,
        "{found:?}"
    );
}

#[test]
fn an_amendment_removes_what_is_there() {
    let text =
        amended("  one: { effective: 2025-02-01, change: { kpis: { fcr: { target: null, minimun: null } } } }\n");
    let found: Vec<String> = findings(&text)
        .into_iter()
        .filter(|found| !found.contains("unknown-key"))
        .collect();
    assert_eq!(
        found,
        ["card.yaml:17:72 unknown-reference: there is no `minimun` to remove"]
    );
}
