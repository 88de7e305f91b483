//! Weights, choices, shares, references and the other rules of a whole scorecard.

use super::{card, clean, findings, resolve};

const SOURCE: &str = "sources: { t: { path: t.csv, at: day, covers: { through: last_row } } }\n";
const RATIO: &str = "title: K, measure: { ratio: { source: t, hit: ok } }, target: { at_least: 90% }";

#[test]
fn weights_inside_a_category_sum_to_100() {
    let text = card(&format!(
        "{SOURCE}categories:\n  all: {{ title: All, weight: 100 }}\nkpis:\n  a: {{ {RATIO}, category: all, weight: 60 }}\n  b: {{ {RATIO}, category: all, weight: 30 }}\n"
    ));
    let resolved = resolve(&[("card.yaml", &text)]);
    assert_eq!(
        resolved.findings,
        ["card.yaml:9:3 weights-not-100: the weights in category `all` sum to 90: 60 + 30"]
    );
    assert_eq!(
        resolved.also[0],
        ["card.yaml:11:112 `a`: 60", "card.yaml:12:112 `b`: 30"]
    );
    assert_eq!(resolved.helps, ["add 10, so that they sum to 100"]);
    assert_eq!(
        findings(&text.replace("weight: 30", "weight: 40")),
        Vec::<String>::new()
    );
    // Without its weight a KPI is only shown.
    let shown = text.replace(", weight: 30", "").replace("weight: 60", "weight: 100");
    assert_eq!(findings(&shown), Vec::<String>::new());
}

#[test]
fn categories_sum_to_100_and_each_has_something_to_weigh() {
    let text = card(&format!(
        "{SOURCE}categories:\n  a: {{ title: A, weight: 70 }}\n  b: {{ title: B, weight: 40.5 }}\nkpis:\n  k: {{ {RATIO}, category: a, weight: 100 }}\n"
    ));
    assert_eq!(
        findings(&text),
        [
            "card.yaml:8:1 weights-not-100: the categories' weights sum to 110.5: 70 + 40.5",
            "card.yaml:10:3 weights-not-100: category `b` weighs 40.5 and no KPI in it has a weight"
        ]
    );
}

#[test]
fn without_categories_the_kpis_sum_to_100_and_without_weights_nothing_does() {
    let text = card(&format!(
        "{SOURCE}kpis:\n  a: {{ {RATIO}, weight: 50 }}\n  b: {{ {RATIO}, weight: 60 }}\n"
    ));
    assert_eq!(
        findings(&text),
        ["card.yaml:8:1 weights-not-100: the KPIs' weights sum to 110: 50 + 60"]
    );
    let terms = clean(&text.replace("weight: 60", "weight: 50"));
    assert_eq!(terms.kpis["b"].effective_weight.to_exact(), "50");
    clean(&text.replace(", weight: 50", "").replace(", weight: 60", ""));
}

#[test]
fn a_weight_needs_a_category_once_there_are_any() {
    let text = card(&format!(
        "{SOURCE}categories: {{ c: {{ title: C, weight: 100 }} }}\nkpis:\n  a: {{ {RATIO}, category: c, weight: 100 }}\n  b: {{ {RATIO}, weight: 5 }}\n"
    ));
    assert_eq!(
        findings(&text),
        ["card.yaml:11:97 missing-field: KPI `b` has a weight and no category"]
    );
}

#[test]
fn a_retired_kpi_weighs_nothing() {
    let text = card(&format!(
        "{SOURCE}kpis:\n  a: {{ {RATIO}, weight: 100 }}\n  b: {{ {RATIO}, weight: 100, retired: {{ replaced_by: a }} }}\n"
    ));
    assert_eq!(clean(&text).kpis["b"].effective_weight.to_exact(), "0");
}

#[test]
fn references_to_nothing_are_found_where_they_stand() {
    let text = card(&format!(
        "{SOURCE}people: {{ sdm: {{ name: S }} }}\nkpis:\n  a: {{ {RATIO}, owner: sdn, objective: none, carve_outs: [storm] }}\n  b: {{ title: B, measure: {{ ratio: {{ source: tt, hit: ok }} }} }}\n"
    ));
    let resolved = resolve(&[("card.yaml", &text)]);
    assert_eq!(
        resolved.findings,
        [
            "card.yaml:10:96 unknown-reference: no person is called `sdn`",
            "card.yaml:10:112 unknown-reference: no objective is called `none`",
            "card.yaml:10:131 unknown-reference: no carve-out is called `storm`",
            "card.yaml:11:46 unknown-reference: no source is called `tt`"
        ]
    );
    assert_eq!(
        resolved.helps,
        [
            "did you mean `sdm`?",
            "define it: add `none: { … }` under `objectives`",
            "define it: add `storm: { … }` under `carve_outs`",
            "did you mean `t`?"
        ]
    );
}

#[test]
fn calendars_clocks_and_business_days_are_known() {
    let text = card(
        "sources:\n  t: { path: t.csv, covers: { through: last_row }, clocks: { fix: { start: a, stop: b } } }\nkpis:\n  a: { title: A, measure: { on_time: { source: t, clock: fox, within: 3 business days, calendar: office, overdue: resolved_only } } }\n",
    );
    assert_eq!(
        findings(&text),
        [
            "card.yaml:10:58 unknown-reference: no clock is called `fox`",
            "card.yaml:10:71 missing-field: business days without a calendar: the scorecard has no `business_days`",
        ]
    );
    // `always` has no days of its own, and a calendar of the measure is the one whose days count.
    let always = text
        .replace("clock: fox", "clock: fix")
        .replace("calendar: office", "calendar: always");
    assert_eq!(
        findings(&always),
        ["card.yaml:10:71 missing-field: business days without a calendar: the scorecard has no `business_days`"]
    );
    let own = text.replace("clock: fox", "clock: fix").replace(
        "sources:",
        "calendars: { office: { open: { mon-fri: [\"08:00-17:00\"] }, holidays: [2026-12-25] } }\nsources:",
    );
    assert_eq!(findings(&own), Vec::<String>::new());
    let text = text
        .replace("clock: fox", "clock: fix")
        .replace("3 business days", "4h");
    assert_eq!(
        findings(&text),
        ["card.yaml:10:85 unknown-calendar: no calendar is called `office`"]
    );
}

#[test]
fn choices_are_asked_for_where_they_matter() {
    let text =
        card("sources: { t: { path: t.csv, at: day } }\nkpis:\n  a: { title: A, measure: { count: { source: t } } }\n");
    let resolved = resolve(&[("card.yaml", &text)]);
    assert_eq!(
        resolved.findings,
        ["card.yaml:7:12 choice-required: source `t` does not say up to when it `covers` what happened"]
    );
    assert_eq!(resolved.also[0], ["card.yaml:9:27 measured here"]);

    let contract = "contract:\n  starts: 2025-01-10\n  ends: 2025-12-31\n  late_changes: restate\n";
    assert_eq!(
        findings(&card(&format!("{contract}kpis: {{}}\n"))),
        [
            "card.yaml:8:11 choice-required: the contract starts on 2025-01-10, inside the period 2025-01, and does not say `partial`"
        ]
    );
    let ends = contract
        .replace("2025-01-10", "2025-01-01")
        .replace("2025-12-31", "2025-12-30");
    assert_eq!(
        findings(&card(&format!("{ends}kpis: {{}}\n"))),
        [
            "card.yaml:9:9 choice-required: the contract ends on 2025-12-30, inside the period 2025-12, and does not say `partial`"
        ]
    );
    let endless = ends.replace("2025-12-30", "9999-12-31");
    assert_eq!(findings(&card(&format!("{endless}kpis: {{}}\n"))), Vec::<String>::new());
    let said = ends.replace("  late", "  partial: prorate\n  late");
    assert_eq!(findings(&card(&format!("{said}kpis: {{}}\n"))), Vec::<String>::new());
    let silent = said.replace("  late_changes: restate\n", "");
    assert_eq!(
        findings(&card(&format!("{silent}kpis: {{}}\n"))),
        ["card.yaml:7:1 choice-required: `contract` does not say `late_changes`"]
    );
}

const CONTRACT: &str =
    "contract: { starts: 2025-01-01, charge: 1000.00, currency: EUR, at_risk: 10%, late_changes: restate }\n";

#[test]
fn shares_of_the_at_risk_amount_sum_to_100_at_most() {
    let text = card(&format!(
        "{SOURCE}{CONTRACT}consequences: {{ single_incident: sum }}\nkpis:\n  a: {{ {RATIO}, credit: {{ of: at_risk, share: 70% }} }}\n  b: {{ {RATIO}, credit: {{ of: at_risk, share: 40% }} }}\n"
    ));
    let resolved = resolve(&[("card.yaml", &text)]);
    assert_eq!(
        resolved.findings,
        ["card.yaml:12:119 shares-over-100: shares of the at-risk amount sum to 110 %: 70 + 40"]
    );
    assert_eq!(resolved.also[0], ["card.yaml:11:119 `a`: 70 %"]);
    let allowed = text.replace("at_risk: 10%", "at_risk: 10%, over_allocated: 110%");
    assert_eq!(findings(&allowed), Vec::<String>::new());
    let without = text
        .replace("share: 40%", "share: 30%")
        .replace("consequences: { single_incident: sum }\n", "");
    let resolved = resolve(&[("card.yaml", &without)]);
    assert_eq!(
        resolved.findings,
        [
            "card.yaml:8:1 choice-required: KPIs `a` and `b` both pay credits, and nothing says what one incident that fails both pays"
        ]
    );
}

#[test]
fn money_comes_from_a_contract() {
    let text = card(&format!(
        "{SOURCE}kpis:\n  a: {{ {RATIO}, credit: {{ of: charge, tiers: [{{ below: target, pays: 5% }}] }} }}\n"
    ));
    assert_eq!(
        findings(&text),
        ["card.yaml:9:103 missing-field: KPI `a` pays a share of a charge, and the scorecard has no contract"]
    );
    let contract = "contract: { starts: 2025-01-01, late_changes: restate }\n";
    assert_eq!(
        findings(&text.replace("kpis:", &format!("{contract}kpis:"))),
        ["card.yaml:8:1 missing-field: the contract has no `charge`"]
    );
    let bare = text.replace(", tiers: [{ below: target, pays: 5% }]", "");
    assert_eq!(
        findings(&bare.replace("kpis:", &format!("{CONTRACT}kpis:"))),
        ["card.yaml:10:89 missing-field: the credit of KPI `a` does not say how much a miss pays"]
    );
}

#[test]
fn guardrails_do_not_go_in_circles() {
    let guard = |kpi: &str| format!("guardrail: {{ kpi: {kpi}, effect: not_met }}");
    let text = card(&format!(
        "{SOURCE}kpis:\n  a: {{ {RATIO}, {} }}\n  b: {{ {RATIO}, {} }}\n  c: {{ {RATIO}, {} }}\n",
        guard("b"),
        guard("c"),
        guard("b")
    ));
    let resolved = resolve(&[("card.yaml", &text)]);
    assert_eq!(
        resolved.findings,
        ["card.yaml:10:107 guardrail-cycle: guardrails in a circle: `b`, `c` and again `b`"]
    );
    assert_eq!(resolved.also[0], ["card.yaml:11:107 `c` goes on from here"]);
    assert_eq!(
        findings(&text.replace("kpi: c", "kpi: b")),
        ["card.yaml:10:107 guardrail-cycle: KPI `b` guards itself"]
    );
}

#[test]
fn sources_say_what_their_measures_need() {
    let text = card(
        "sources:\n  t: { path: t.csv, covers: file }\nkpis:\n  a: { title: A, measure: { availability: { source: t } } }\n  b: { title: B, measure: { count: { source: t } } }\n",
    );
    let resolved = resolve(&[("card.yaml", &text)]);
    assert_eq!(
        resolved.findings,
        [
            "card.yaml:8:29 invalid-value: source `t` covers a period when its file exists, and its path is the same for all",
            "card.yaml:8:3 missing-field: source `t` has no `span`",
            "card.yaml:8:3 missing-field: source `t` does not say which period a row is of"
        ]
    );
    assert_eq!(resolved.also[0], ["card.yaml:8:14 no `{period}` in this path"]);
    assert_eq!(
        resolved.also[1],
        ["card.yaml:10:53 `availability` is measured from intervals"]
    );
}

#[test]
fn scope_and_entity_bind_shared_files() {
    let text = card(&format!("{SOURCE}scope: acme\nkpis:\n  a: {{ {RATIO} }}\n"));
    assert_eq!(
        findings(&text),
        ["card.yaml:8:8 missing-field: the scorecard's scope is `acme`, and no source it measures has a scope column"]
    );
    let scoped = text.replace("at: day", "at: day, scope: customer");
    assert_eq!(findings(&scoped), Vec::<String>::new());
    assert_eq!(
        findings(&scoped.replace("scope: acme\n", "")),
        ["card.yaml:7:46 missing-field: source `t` has a scope column and the scorecard no `scope`"]
    );
    let roster = "  r: { path: r.csv }\n";
    let each = card(&format!(
        "sources:\n  t: {{ path: t.csv, at: day, covers: {{ through: last_row }} }}\n{roster}for_each: {{ technician: {{ list: r, key: id }} }}\nkpis:\n  a: {{ {RATIO} }}\n"
    ));
    let resolved = resolve(&[("card.yaml", &each)]);
    assert_eq!(
        resolved.findings,
        ["card.yaml:8:3 missing-field: source `t` does not say which technician a row is of"]
    );
    assert_eq!(resolved.also[0], ["card.yaml:10:13 one card per technician"]);
    assert_eq!(
        findings(&each.replace("at: day", "at: day, entity: who")),
        Vec::<String>::new()
    );
    assert_eq!(
        findings(&each.replace("title: K,", "title: K, level: team,")),
        Vec::<String>::new()
    );
}

#[test]
fn windows_are_whole_periods() {
    let text = card(&format!(
        "{SOURCE}kpis:\n  a: {{ {RATIO}, window: {{ rolling: 3 months }} }}\n"
    ));
    assert_eq!(clean(&text).kpis["a"].window, 3);
    let quarters = text.replace("period: month", "period: quarter");
    assert_eq!(clean(&quarters).kpis["a"].window, 1);
    assert_eq!(
        findings(&quarters.replace("3 months", "4 months")),
        ["card.yaml:9:108 invalid-value: the window is not a whole number of periods"]
    );
}

#[test]
fn grades_start_above_each_other() {
    assert_eq!(
        findings(&card("grades: { green: 70, amber: 70 }\nkpis: {}\n")),
        ["card.yaml:7:29 invalid-value: `amber` starts no lower than `green`"]
    );
}

#[test]
fn documents_of_one_id_are_told_apart_by_their_places() {
    let one = card("kpis: {}\n");
    let resolved = resolve(&[("a.yaml", &one), ("b/c.yaml", &one)]);
    assert_eq!(
        resolved.findings,
        ["b/c.yaml:3:5 duplicate-id: two scorecards are called `team`"]
    );
    assert_eq!(resolved.also[0], ["a.yaml:3:5 the first is here"]);
    assert_eq!(resolved.workspace.cards.len(), 1);
}

#[test]
fn an_empty_workspace_is_reported() {
    assert_eq!(resolve(&[]).findings, Vec::<String>::new());
    let settings = "apiVersion: scoreline/v1\nkind: Workspace\ntitle: Cards\nreports: { out: out, trend: 6 periods }\n";
    let resolved = resolve(&[("scoreline.yaml", settings)]);
    assert_eq!(
        resolved.findings,
        ["scoreline.yaml:2:7 empty-workspace: the workspace has no scorecard"]
    );
    let settings = resolved.workspace.settings;
    assert_eq!((settings.out.as_str(), settings.trend), ("out", 6));
    assert_eq!(settings.title.as_deref(), Some("Cards"));
}

#[test]
fn scenarios_and_maturity_models_are_about_a_scorecard() {
    let one = card("kpis: {}\n");
    let scenario = "apiVersion: scoreline/v1\nkind: Scenario\nid: down\ntests: taem\n";
    let maturity = "apiVersion: scoreline/v1\nkind: Maturity\nid: steps\nof: team\n";
    let resolved = resolve(&[("card.yaml", &one), ("s.yaml", scenario), ("m.yaml", maturity)]);
    let about: Vec<&String> = resolved
        .findings
        .iter()
        .filter(|found| found.contains("unknown-reference"))
        .collect();
    assert_eq!(about, ["s.yaml:4:8 unknown-reference: no scorecard is called `taem`"]);
}
