//! The flaws that concern readers, parties and what surrounds the numbers.

use scoreline::diagnostics::Level;

use super::clean::CLEAN;
use super::{TODAY, findings, flaw, line_of};

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
