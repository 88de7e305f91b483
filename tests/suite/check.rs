//! Tests of check: a contract without a flaw, and each flaw alone.

use jiff::civil::{Date, date};
use scoreline::check::{check, rules};
use scoreline::diagnostics::{Diagnostics, Level, Place, RULES};
use scoreline::model;
use scoreline::resolve;
use scoreline::source::{SourceFile, SourceMap};
use scoreline::syntax;

mod clean;
mod more;
mod parts;

use clean::CLEAN;

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
    let line = line_of(&card, "title: Resolved in time");
    assert_eq!(found, [("low-volume-unhandled", line, Level::Warn)]);
}

#[test]
fn what_an_amendment_mends_is_no_finding() {
    let mended = CLEAN.replace("    baseline: { value: 90% }\n", "")
        + "amendments:\n  one:\n    effective: 2025-01-01\n    signed: 2024-12-01\n    change: { kpis: { resolution: { baseline: { value: 91% } } } }\n";
    assert_eq!(findings(&mended, "", Some(TODAY)), []);
}
