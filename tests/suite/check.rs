//! Tests of check: a contract without a flaw, and each flaw alone.

use jiff::civil::{Date, date};
use scoreline::check::{check, rules};
use scoreline::diagnostics::{Diagnostics, Level, Place, RULES};
use scoreline::model;
use scoreline::resolve;
use scoreline::source::{SourceFile, SourceMap};
use scoreline::syntax;

const CLEAN: &str = r#"apiVersion: scoreline/v1
kind: Scorecard
id: acme
title: Acme
contract:
  customer: Acme
  provider: Northwind
  starts: 2024-07-01
  charge: 42000.00
  currency: EUR
  at_risk: 12%
  late_changes: restate
time_zone: Europe/Berlin
period: month
business_days: office-hours
views: [operations, leadership]
review: { every: 3 months, last: 2026-09-14 }
calendars:
  office-hours: { zone: Europe/Berlin, open: { mon-fri: ["08:00-18:00"] }, holidays: [2026-12-25] }
people:
  sdm: { name: Service delivery manager, party: provider }
  cio: { name: Chief information officer, party: customer }
objectives:
  plants-running: { title: Keep the plants running, owner: cio }
categories:
  availability: { title: Availability, weight: 50 }
  support: { title: Support, weight: 50 }
sources:
  outages:
    path: data/outages.csv
    time_zone: Europe/Berlin
    span: [started_at, ended_at]
    incident: incident_id
    covers: { through: 2026-10-31 }
  tickets:
    path: data/tickets.csv
    time_zone: UTC
    at: resolved_at
    covers: { through: 2026-10-31 }
    clocks:
      resolution: { start: opened_at, stop: resolved_at }
  checks:
    path: data/checks.csv
    time_zone: UTC
    at: checked_at
    covers: { through: 2026-10-31 }
kpis:
  uptime:
    title: Uptime
    category: availability
    weight: 50
    owner: sdm
    objective: plants-running
    measure: { availability: { source: outages, calendar: always } }
    target: { at_least: 99.95% }
    minimum: { at_least: 99.9% }
    baseline: { value: 99.7% }
    carve_outs: [maintenance, third-party]
    credit: { of: at_risk, share: 60% }
    raci: { responsible: sdm, informed: [cio] }
    impact: { per: 1h of net downtime, costs: 12500.00 }
    on_miss: { action: Root-cause review, owner: sdm, notify: [cio] }
  portal:
    title: Portal
    objective: plants-running
    category: availability
    weight: 50
    owner: sdm
    measure: { probes: { source: checks, up: ok, method: state, calendar: always, every: 1m } }
    target: { at_least: 99.99% }
    baseline: { value: 99.9% }
  resolution:
    title: Resolved in time
    objective: plants-running
    category: support
    weight: 50
    owner: sdm
    measure: { on_time: { source: tickets, clock: resolution, within: 4h, calendar: office-hours, overdue: resolved_only } }
    target: { at_least: 95% }
    baseline: { value: 90% }
    min_sample: 20
    guardrail: { kpi: reopened, effect: not_met }
    credit: { of: at_risk, share: 40% }
    raci: { responsible: sdm }
    on_miss: { action: Review of late tickets, owner: sdm, notify: [cio] }
  reopened:
    title: Reopened
    objective: plants-running
    category: support
    weight: 50
    owner: sdm
    measure: { ratio: { source: tickets, hit: reopened } }
    target: { at_most: 5% }
    baseline: { value: 7% }
carve_outs:
  maintenance:
    title: Maintenance
    cause: provider
    by: { schedule: { rrule: "FREQ=WEEKLY;BYDAY=SU;BYHOUR=2", lasts: 4h } }
    mode: remove
    cap: { hours: 12, per: month, counts: windows }
  third-party:
    title: Third party
    cause: external
    by: claims
    mode: deem_available
    needs: [evidence, approval]
consequences:
  single_incident: highest
  triggers:
    escalate: { when: { consecutive: 2, kpis: with_credit, verdict: default }, notify: [sdm, cio] }
    terminate: { when: { count: 3, within: 6 periods, verdict: default }, right: customer }
"#;

const TODAY: Date = date(2026, 11, 1);

/// The findings of a scorecard and a `scoreline.yaml`: rule, line, level.
fn findings(card: &str, settings: &str, as_of: Option<Date>) -> Vec<(&'static str, u32, Level)> {
    let mut sources = SourceMap::default();
    let mut diagnostics = Diagnostics::default();
    let mut documents = Vec::new();
    for (path, text) in [("card.yaml", card), ("scoreline.yaml", settings)] {
        let file = SourceFile::new(path, text);
        let id = sources.add(file.clone());
        for node in syntax::parse(id, &file, &mut diagnostics) {
            documents.extend(model::document(path, node, &mut diagnostics));
        }
    }
    for document in &documents {
        model::examine(document, &mut diagnostics);
    }
    let workspace = resolve::resolve(&documents, &mut diagnostics);
    let errors: Vec<_> = diagnostics.iter().map(|found| &found.message).collect();
    assert!(errors.is_empty(), "{errors:?}");
    check(&workspace, as_of, &mut diagnostics);
    diagnostics
        .iter()
        .map(|found| {
            let Place::Text(span) = found.primary.place else {
                panic!("a lint has a place in the text")
            };
            assert!(found.help.is_some(), "{} says what to type", found.rule);
            (found.rule, sources.file(span.file).locate(span.start).line, found.level)
        })
        .collect()
}

/// Line of the first text `needle` in the clean contract, from 1.
fn line_of(text: &str, needle: &str) -> u32 {
    let before = text.split(needle).next().expect("the text before");
    assert_ne!(before.len(), text.len(), "{needle} stands in the text");
    u32::try_from(before.matches('\n').count()).expect("few lines") + 1
}

/// Replaces one place of the clean contract and expects one finding of `rule` at `at`.
fn flaw(rule: &str, from: &str, to: &str, at: &str) {
    assert_eq!(CLEAN.matches(from).count(), 1, "{from} stands once");
    let card = CLEAN.replace(from, to);
    let found = findings(&card, "", Some(TODAY));
    let places: Vec<(&str, u32)> = found.iter().map(|(rule, line, _)| (*rule, *line)).collect();
    assert_eq!(places, [(rule, line_of(&card, at))]);
}

#[test]
fn a_careful_contract_has_no_finding() {
    assert_eq!(findings(CLEAN, "", Some(TODAY)), []);
}

#[test]
fn every_lint_is_in_the_catalog_and_in_order() {
    let names: Vec<&str> = rules().collect();
    assert!(names.is_sorted());
    for name in names {
        let rule = RULES
            .iter()
            .find(|rule| rule.name == name)
            .expect("a rule of the catalog");
        assert_ne!(rule.level, Level::Error, "{name}: what may be accepted is no error");
    }
}

#[test]
fn calendar_without_holidays() {
    flaw(
        "calendar-without-holidays",
        ", holidays: [2026-12-25] }",
        " }",
        "office-hours: { zone",
    );
}

#[test]
fn carve_out_without_evidence() {
    flaw(
        "carve-out-without-evidence",
        "    needs: [evidence, approval]\n",
        "",
        "  third-party:\n",
    );
}

#[test]
fn low_volume_unhandled() {
    flaw(
        "low-volume-unhandled",
        "    min_sample: 20\n",
        "",
        "  resolution:\n    title",
    );
}

#[test]
fn no_action_path() {
    flaw(
        "no-action-path",
        "    on_miss: { action: Review of late tickets, owner: sdm, notify: [cio] }\n",
        "",
        "  resolution:\n    title",
    );
}

#[test]
fn no_baseline() {
    flaw(
        "no-baseline",
        "    baseline: { value: 90% }\n",
        "",
        "  resolution:\n    title",
    );
}

#[test]
fn no_carve_outs() {
    let card = CLEAN.replace("    carve_outs: [maintenance, third-party]\n", "");
    let found = findings(&card, "", Some(TODAY));
    let names: Vec<&str> = found.iter().map(|(rule, ..)| *rule).collect();
    // The two carve-outs are now without use as well.
    assert_eq!(names, ["no-carve-outs", "unused-definition", "unused-definition"]);
}

#[test]
fn no_credit_cap() {
    let card = CLEAN
        .replace("  at_risk: 12%\n", "")
        .replace("of: at_risk, share: 60%", CHARGE)
        .replace("of: at_risk, share: 40%", CHARGE);
    let found = findings(&card, "", Some(TODAY));
    assert_eq!(found, [("no-credit-cap", line_of(&card, CHARGE), Level::Warn)]);
    let capped = card.replace(
        "  single_incident: highest\n",
        "  single_incident: highest\n  caps: { rolling: { over: 12 periods, at_most: 10%, before_full: projected } }\n",
    );
    assert_eq!(findings(&capped, "", Some(TODAY)), []);
}

const CHARGE: &str = "of: charge, tiers: [{ below: target, pays: 10% }]";

#[test]
fn no_owner() {
    flaw(
        "no-owner",
        "    owner: sdm\n    measure: { ratio:",
        "    measure: { ratio:",
        "  reopened:\n",
    );
}

#[test]
fn perfection_target() {
    flaw(
        "perfection-target",
        "target: { at_least: 95% }",
        "target: { at_least: 100% }",
        "target: { at_least: 100% }",
    );
}

#[test]
fn probe_too_coarse() {
    // One of 8,640 probes in 30 days is 0.01157…: 99.9884 % is below 99.99 %.
    flaw("probe-too-coarse", "every: 1m", "every: 5m", "every: 5m");
}

#[test]
fn rounding_hides_miss() {
    flaw(
        "rounding-hides-miss",
        "    minimum: { at_least: 99.9% }\n",
        "    minimum: { at_least: 99.9% }\n    decimals: 1\n",
        "decimals: 1",
    );
    flaw(
        "rounding-hides-miss",
        "    minimum: { at_least: 99.9% }\n",
        "    minimum: { at_least: 99.9% }\n    compare_rounding: 1\n",
        "compare_rounding: 1",
    );
}

#[test]
fn stale_review() {
    flaw("stale-review", "last: 2026-09-14", "last: 2026-07-31", "review: {");
    // Three months after 1 August are over on 2 November.
    let due_today = CLEAN.replace("last: 2026-09-14", "last: 2026-08-01");
    assert_eq!(findings(&due_today, "", Some(TODAY)), []);
    let old = CLEAN.replace("last: 2026-09-14", "last: 2020-01-01");
    assert_eq!(
        findings(&old, "", None),
        [],
        "without a day to compare with nothing is stale"
    );
}

#[test]
fn target_not_beyond_baseline() {
    flaw(
        "target-not-beyond-baseline",
        "baseline: { value: 99.7% }",
        "baseline: { value: 99.95% }",
        "target: { at_least: 99.95% }",
    );
    flaw(
        "target-not-beyond-baseline",
        "baseline: { value: 7% }",
        "baseline: { value: 4% }",
        "target: { at_most: 5% }",
    );
}

#[test]
fn toothless_guardrail() {
    let card = CLEAN.replace("    target: { at_most: 5% }\n    baseline: { value: 7% }\n", "");
    let found = findings(&card, "", Some(TODAY));
    let expected = [
        ("toothless-guardrail", line_of(&card, "guardrail: {"), Level::Warn),
        ("vague-target", line_of(&card, "  reopened:\n"), Level::Warn),
    ];
    assert_eq!(found, expected);
}

#[test]
fn uncapped_carve_out() {
    flaw(
        "uncapped-carve-out",
        "    cap: { hours: 12, per: month, counts: windows }\n",
        "",
        "  maintenance:\n",
    );
}

#[test]
fn unpaired_speed() {
    flaw(
        "unpaired-speed",
        "    guardrail: { kpi: reopened, effect: not_met }\n",
        "",
        "  resolution:\n    title",
    );
}

#[test]
fn unused_definition() {
    flaw(
        "unused-definition",
        "  cio: { name",
        "  cto: { name: Chief technology officer, party: customer }\n  cio: { name",
        "cto: {",
    );
    flaw(
        "unused-definition",
        "  plants-running: {",
        "  growth: { title: Grow, owner: cio }\n  plants-running: {",
        "growth: {",
    );
}

const UNPROVEN: (&str, &str) = ("    needs: [evidence, approval]\n", "");

#[test]
fn the_workspace_sets_levels_and_accepts_findings() {
    let card = CLEAN.replace(UNPROVEN.0, UNPROVEN.1);
    let with = |settings: &str| {
        let settings = format!("apiVersion: scoreline/v1\nkind: Workspace\n{settings}");
        let found = findings(&card, &settings, Some(TODAY));
        found.into_iter().map(|(_, _, level)| level).collect::<Vec<_>>()
    };
    assert_eq!(with(""), [Level::Warn]);
    assert_eq!(with("lints: { carve-out-without-evidence: error }\n"), [Level::Error]);
    assert_eq!(with("lints: { carve-out-without-evidence: allow }\n"), []);
    let accepted = |until: &str| {
        with(&format!(
            "allow: {{ rule: carve-out-without-evidence, reason: Both parties log it, until: {until} }}\n"
        ))
    };
    assert_eq!(accepted("2026-11-01"), []);
    assert_eq!(accepted("2026-10-31"), [Level::Warn]);
}

#[test]
fn a_kpi_accepts_findings_of_its_own() {
    let accepted = CLEAN.replace(
        "    baseline: { value: 90% }\n",
        "    allow: { rule: no-baseline, reason: New service }\n",
    );
    assert_eq!(findings(&accepted, "", Some(TODAY)), []);
    let other = CLEAN.replace(
        "    baseline: { value: 90% }\n",
        "    allow: { rule: no-owner, reason: New service }\n",
    );
    assert_eq!(findings(&other, "", Some(TODAY)).len(), 1);
}

#[test]
fn rows_of_each_are_one_finding() {
    let rows =
        "    each: { column: priority, rows: { P1: { within: 4h, weight: 30 }, P2: { within: 8h, weight: 20 } } }\n";
    let card = CLEAN
        .replace("    min_sample: 20\n", rows)
        .replace("within: 4h, calendar", "calendar")
        .replace("share: 40%", "share: 20%")
        .replace(
            "    weight: 50\n    owner: sdm\n    measure: { on_time",
            "    owner: sdm\n    measure: { on_time",
        );
    let found = findings(&card, "", Some(TODAY));
    let names: Vec<&str> = found.iter().map(|(rule, ..)| *rule).collect();
    assert_eq!(names, ["low-volume-unhandled"]);
}

#[test]
fn what_an_amendment_mends_is_no_finding() {
    let mended = CLEAN.replace("    baseline: { value: 90% }\n", "")
        + "amendments:\n  one:\n    effective: 2025-01-01\n    signed: 2024-12-01\n    change: { kpis: { resolution: { baseline: { value: 91% } } } }\n";
    assert_eq!(findings(&mended, "", Some(TODAY)), []);
}

#[test]
fn ambiguous_window() {
    flaw(
        "ambiguous-window",
        "    minimum: { at_least: 99.9% }\n",
        "    minimum: { at_least: 99.9% }\n    window: { rolling: 3 months }\n",
        "{ rolling: 3 months }",
    );
}

#[test]
fn customer_obligation_missing() {
    flaw(
        "customer-obligation-missing",
        "    cause: external\n",
        "    cause: customer\n",
        "  third-party:\n",
    );
}

#[test]
fn earn_back_cannot_finish() {
    let earn_back = |over: u32| {
        let rule =
            format!("  earn_back: {{ over: {over} periods, test: every_period, forbid: default, if_short: lapse }}\n");
        CLEAN
            .replace("  starts: 2024-07-01\n", "  starts: 2024-07-01\n  ends: 2025-06-30\n")
            .replace(
                "  single_incident: highest\n",
                &format!("  single_incident: highest\n{rule}"),
            )
    };
    // July to June: a credit of July has eleven later months.
    assert_eq!(findings(&earn_back(11), "", Some(TODAY)), []);
    let found = findings(&earn_back(12), "", Some(TODAY));
    let line = line_of(&earn_back(12), "earn_back");
    assert_eq!(found, [("earn-back-cannot-finish", line, Level::Warn)]);
}

#[test]
fn manual_source_and_no_method() {
    let card = CLEAN.replace(
        "{ ratio: { source: tickets, hit: reopened } }",
        "{ attested: {} }\n    unit: percent",
    );
    let names: Vec<&str> = findings(&card, "", Some(TODAY))
        .iter()
        .map(|(rule, ..)| *rule)
        .collect();
    assert_eq!(names, ["manual-source", "no-method"]);
}

#[test]
fn no_audience_views() {
    flaw(
        "no-audience-views",
        "views: [operations, leadership]\n",
        "",
        "title: Acme",
    );
}

#[test]
fn no_business_impact() {
    flaw(
        "no-business-impact",
        "    impact: { per: 1h of net downtime, costs: 12500.00 }\n",
        "",
        "  uptime:\n",
    );
}

#[test]
fn no_objective_and_no_context() {
    let objective = "    title: Portal\n    objective: plants-running\n";
    let card = CLEAN.replace(objective, "    title: Portal\n");
    let line = line_of(&card, "  portal:\n");
    let found = findings(&card, "", Some(TODAY));
    assert_eq!(
        found,
        [("no-context", line, Level::Info), ("no-objective", line, Level::Info)]
    );
    let told = card.replace(
        "    title: Portal\n",
        "    title: Portal\n    description: What customers see first\n",
    );
    assert_eq!(findings(&told, "", Some(TODAY)), [("no-objective", line, Level::Info)]);
}

#[test]
fn several_kpis_are_one_finding() {
    let card = CLEAN
        .replace("    baseline: { value: 90% }\n", "")
        .replace("    baseline: { value: 7% }\n", "");
    let found = findings(&card, "", Some(TODAY));
    assert_eq!(
        found,
        [("no-baseline", line_of(&card, "  resolution:\n    title"), Level::Info)]
    );
}

#[test]
fn no_escalation_path() {
    flaw(
        "no-escalation-path",
        "    escalate: { when: { consecutive: 2, kpis: with_credit, verdict: default }, notify: [sdm, cio] }\n",
        "",
        "  single_incident: highest",
    );
}

#[test]
fn no_exit() {
    flaw(
        "no-exit",
        "    terminate: { when: { count: 3, within: 6 periods, verdict: default }, right: customer }\n",
        "",
        "  single_incident: highest",
    );
    let accepted = CLEAN
        .replace(
            "    terminate: { when: { count: 3, within: 6 periods, verdict: default }, right: customer }\n",
            "",
        )
        .replace(
            "  customer: Acme\n",
            "  customer: Acme\n  allow: { rule: no-exit, reason: Part of the master agreement }\n",
        );
    assert_eq!(findings(&accepted, "", Some(TODAY)), []);
}

#[test]
fn no_raci() {
    flaw(
        "no-raci",
        "    raci: { responsible: sdm }\n",
        "",
        "  resolution:\n    title",
    );
}

#[test]
fn no_single_incident_rule() {
    flaw(
        "no-single-incident-rule",
        "    incident: incident_id\n",
        "",
        "single_incident: highest",
    );
}

#[test]
fn outcome_not_task() {
    let card = CLEAN
        .replace(
            "{ ratio: { source: tickets, hit: reopened } }",
            "{ count: { source: tickets } }",
        )
        .replace(
            "target: { at_most: 5% }\n    baseline: { value: 7% }",
            "target: { at_least: 100 }\n    baseline: { value: 70 }",
        );
    let found = findings(&card, "", Some(TODAY));
    assert_eq!(found, [("outcome-not-task", line_of(&card, "{ count:"), Level::Warn)]);
}

#[test]
fn too_many_kpis() {
    let many = |n: usize| {
        let extra: String = (0..n)
            .map(|i| {
                format!(
                    "  extra-{i}: {{ title: Extra, category: support, weight: 0, owner: sdm, objective: plants-running, measure: {{ ratio: {{ source: tickets, hit: ok }} }}, target: {{ at_least: 90% }}, baseline: {{ value: 80% }} }}\n"
                )
            })
            .collect();
        CLEAN.replace(
            "carve_outs:\n  maintenance",
            &format!("{extra}carve_outs:\n  maintenance"),
        )
    };
    assert_eq!(findings(&many(16), "", Some(TODAY)), []);
    let found = findings(&many(17), "", Some(TODAY));
    assert_eq!(found, [("too-many-kpis", line_of(CLEAN, "kpis:\n"), Level::Info)]);
}

#[test]
fn two_sources_one_fact() {
    flaw(
        "two-sources-one-fact",
        "path: data/checks.csv",
        "path: data/tickets.csv",
        "path: data/tickets.csv\n    time_zone: UTC\n    at: checked_at",
    );
}

#[test]
fn core_metric_redefined() {
    let pack = r#"apiVersion: scoreline/v1
kind: Pack
id: core
version: 1.0.0
kpis:
  csat:
    title: Satisfied users
    objective: plants-running
    owner: sdm
    measure: { ratio: { source: checks, hit: score >= 4 } }
    target: { at_least: 70% }
    baseline: { value: 60% }
---
"#;
    let card = |kpi: &str| {
        let card = CLEAN
            .replace("title: Acme\n", "title: Acme\nextends: [core@1]\n")
            .replace(
                "carve_outs:\n  maintenance",
                &format!("  csat: {kpi}\ncarve_outs:\n  maintenance"),
            );
        format!("{pack}{card}")
    };
    let taken = card("{ category: support, weight: 0 }");
    assert_eq!(findings(&taken, "", Some(TODAY)), []);
    let rebound = card("{ category: support, weight: 0, measure: { ratio: { source: tickets } } }");
    assert_eq!(findings(&rebound, "", Some(TODAY)), []);
    let redefined = card("{ category: support, weight: 0, measure: { ratio: { hit: score >= 3 } } }");
    let line = line_of(&redefined, "score >= 3");
    assert_eq!(
        findings(&redefined, "", Some(TODAY)),
        [("core-metric-redefined", line, Level::Warn)]
    );
}
