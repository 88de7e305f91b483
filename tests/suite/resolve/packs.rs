//! What packs bring, in which order, and what they lock.

use scoreline::resolve::terms::{Goal, Measure};

use super::{findings, resolve};

fn pack(id: &str, version: &str, rest: &str) -> String {
    format!("apiVersion: scoreline/v1\nkind: Pack\nid: {id}\ntitle: Pack\nversion: {version}\n{rest}")
}

/// A scorecard of seven lines and `rest`.
fn extending(extends: &str, rest: &str) -> String {
    format!(
        "apiVersion: scoreline/v1\nkind: Scorecard\nid: team\ntitle: Team\ntime_zone: UTC\nperiod: month\nextends: {extends}\n{rest}"
    )
}

const SOURCE: &str = "sources: { tickets: { path: t.csv, at: closed_at, covers: { through: last_row } } }\n";
const TEMPLATE: &str = "\
kpis:
  fcr: { title: First contact, measure: { ratio: { source: tickets, hit: first } }, target: { at_least: 70% } }
  csat: { title: Satisfied, measure: { ratio: { source: tickets, hit: happy } }, target: { at_least: 80% } }
";

#[test]
fn later_packs_win_and_the_scorecard_wins_over_both() {
    let one = pack("one", "1.0.0", &format!("{SOURCE}{TEMPLATE}"));
    let two = pack(
        "two",
        "2.3.0",
        "kpis:\n  fcr: { title: From two, target: { at_least: 75% } }\n",
    );
    let card = extending("[one@1, two@2]", "kpis:\n  fcr: { target: { at_least: 90% } }\n");
    let resolved = resolve(&[("card.yaml", &card), ("one.yaml", &one), ("two.yaml", &two)]);
    assert_eq!(resolved.findings, Vec::<String>::new());
    let terms = resolved.workspace.cards[0].latest();
    assert_eq!(terms.kpis.len(), 1);
    let kpi = &terms.kpis["fcr"];
    assert_eq!(kpi.title, "From two");
    let Some(Goal::AtLeast(target)) = &kpi.target else {
        panic!("at least");
    };
    assert_eq!(target.number.to_exact(), "0.9");
}

#[test]
fn the_scorecards_order_is_the_order() {
    let one = pack("one", "1.0.0", &format!("{SOURCE}{TEMPLATE}"));
    let card = extending("[one@1]", "kpis: { csat: {}, fcr: {} }\n");
    let resolved = resolve(&[("card.yaml", &card), ("one.yaml", &one)]);
    assert_eq!(resolved.findings, Vec::<String>::new());
    let ids = resolved.workspace.cards[0].latest().kpis.keys().map(String::as_str);
    assert_eq!(ids.collect::<Vec<_>>(), ["csat", "fcr"]);
}

#[test]
fn a_kpi_that_an_amendment_lists_first_takes_its_template() {
    let one = pack("one", "1.0.0", &format!("{SOURCE}{TEMPLATE}"));
    let card = extending(
        "[one@1]",
        "kpis: { csat: {} }\namendments:\n  a: { effective: 2025-02-01, change: { kpis: { fcr: { title: Now } } } }\n",
    );
    let resolved = resolve(&[("card.yaml", &card), ("one.yaml", &one)]);
    assert_eq!(resolved.findings, Vec::<String>::new());
    let card = &resolved.workspace.cards[0];
    assert!(!card.versions[0].terms.kpis.contains_key("fcr"));
    let kpi = &card.latest().kpis["fcr"];
    assert_eq!(kpi.title, "Now");
    assert!(matches!(kpi.measure, Measure::Ratio { .. }));
}

#[test]
fn an_unknown_pack_and_another_major_version_are_told_apart() {
    let one = pack("one", "1.0.0", &format!("{SOURCE}{TEMPLATE}"));
    let card = extending("[onne@1, one@2]", &format!("{SOURCE}kpis: {{}}\n"));
    let resolved = resolve(&[("card.yaml", &card), ("one.yaml", &one)]);
    assert_eq!(
        resolved.findings,
        [
            "card.yaml:7:11 unknown-pack: no pack is called `onne`",
            "card.yaml:7:19 pack-version: pack `one` has no version 2"
        ]
    );
    assert_eq!(resolved.helps, ["did you mean `one`?", "write `one@1`"]);
    assert_eq!(resolved.also[1], ["one.yaml:5:10 the workspace has version 1.0.0"]);
}

#[test]
fn packs_extend_packs_and_never_in_a_circle() {
    let low = pack("low", "1.0.0", &format!("{SOURCE}{TEMPLATE}"));
    let high = pack("high", "1.0.0", "extends: [low@1]\nkpis: { fcr: { title: High } }\n");
    let card = extending("[high@1]", "kpis: { fcr: {} }\n");
    let resolved = resolve(&[("card.yaml", &card), ("low.yaml", &low), ("high.yaml", &high)]);
    assert_eq!(resolved.findings, Vec::<String>::new());
    assert_eq!(resolved.workspace.cards[0].latest().kpis["fcr"].title, "High");

    let low = low.replace("version: 1.0.0\n", "version: 1.0.0\nextends: [high@1]\n");
    let resolved = resolve(&[("card.yaml", &card), ("low.yaml", &low), ("high.yaml", &high)]);
    assert_eq!(
        resolved.findings,
        ["low.yaml:6:11 unknown-pack: pack `high` extends itself"]
    );
}

#[test]
fn null_removes_what_a_pack_says() {
    let one = pack("one", "1.0.0", &format!("{SOURCE}{TEMPLATE}"));
    let card = extending("[one@1]", "kpis: { fcr: { target: null } }\n");
    let resolved = resolve(&[("card.yaml", &card), ("one.yaml", &one)]);
    assert_eq!(resolved.findings, Vec::<String>::new());
    assert_eq!(resolved.workspace.cards[0].latest().kpis["fcr"].target, None);
}

#[test]
fn a_locked_field_is_not_changed_by_anybody() {
    let one = pack(
        "one",
        "1.0.0",
        &format!("locked: [\"kpis.*.measure\"]\n{SOURCE}{TEMPLATE}"),
    );
    let card = extending(
        "[one@1]",
        "kpis:\n  fcr: { measure: { ratio: { hit: other } } }\n  csat: { target: { at_least: 50% } }\n",
    );
    let resolved = resolve(&[("card.yaml", &card), ("one.yaml", &one)]);
    assert_eq!(
        resolved.findings,
        ["card.yaml:9:35 locked-field-changed: `kpis.fcr.measure` is locked by pack `one`"]
    );
    assert_eq!(
        resolved.also[0],
        ["one.yaml:9:41 the pack's value", "one.yaml:6:10 locked here"]
    );
    // Saying the same again changes nothing; another form, one more key and an amendment do.
    let same = card.replace("hit: other", "hit: first");
    let resolved = resolve(&[("card.yaml", &same), ("one.yaml", &one)]);
    assert_eq!(resolved.findings, Vec::<String>::new());
    let form = card.replace("ratio: { hit: other }", "count: { source: tickets }");
    let resolved = resolve(&[("card.yaml", &form), ("one.yaml", &one)]);
    assert!(
        resolved.findings[0].starts_with("card.yaml:9:21 locked-field-changed"),
        "{:?}",
        resolved.findings
    );
    let more = card.replace("hit: other", "where: x > 1");
    let resolved = resolve(&[("card.yaml", &more), ("one.yaml", &one)]);
    assert!(
        resolved.findings[0].starts_with("card.yaml:9:30 locked-field-changed"),
        "{:?}",
        resolved.findings
    );
    let amended = extending(
        "[one@1]",
        "kpis: { fcr: {} }\namendments:\n  a: { effective: 2025-02-01, change: { kpis: { fcr: { measure: null } } } }\n",
    );
    let resolved = resolve(&[("card.yaml", &amended), ("one.yaml", &one)]);
    assert!(
        resolved.findings[0].starts_with("card.yaml:10:65 locked-field-changed"),
        "{:?}",
        resolved.findings
    );
}

#[test]
fn a_row_may_complete_a_locked_measure_and_not_change_it() {
    let measure = "measure: { on_time: { source: tickets, clock: fix, overdue: resolved_only, calendar: always } }";
    let one = pack(
        "one",
        "1.0.0",
        &format!(
            "locked: [\"kpis.*.measure\"]\nsources:\n  tickets: {{ path: t.csv, covers: file, clocks: {{ fix: {{ start: a, stop: b }} }} }}\nkpis:\n  fix: {{ title: Fix, {measure} }}\n"
        ),
    )
    .replace("t.csv", "\"t-{period}.csv\"");
    let card = extending(
        "[one@1]",
        "kpis:\n  fix: { each: { column: p, rows: { A: { within: 4h }, B: { within: 8h } } } }\n",
    );
    let resolved = resolve(&[("card.yaml", &card), ("one.yaml", &one)]);
    assert_eq!(resolved.findings, Vec::<String>::new());
    let changed = card.replace("B: { within: 8h }", "B: { within: 8h, calendar: office }")
        + "calendars: { office: { open: { mon-fri: [\"08:00-18:00\"] } } }\n";
    let resolved = resolve(&[("card.yaml", &changed), ("one.yaml", &one)]);
    assert_eq!(
        resolved.findings,
        ["card.yaml:9:83 locked-field-changed: `kpis.fix-b.measure` is locked by pack `one`"]
    );
}

#[test]
fn two_packs_of_one_id_and_major_version_are_one_too_many() {
    let files = [
        ("a.yaml", pack("one", "1.0.0", SOURCE)),
        ("b.yaml", pack("one", "1.4.0", SOURCE)),
        ("c.yaml", pack("one", "2.0.0", SOURCE)),
        ("card.yaml", extending("[one@2]", "kpis: {}\n")),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let resolved = resolve(&files);
    assert_eq!(
        resolved.findings,
        ["b.yaml:3:5 duplicate-id: two packs are called `one` and have major version 1"]
    );
    assert_eq!(resolved.also[0], ["a.yaml:3:5 the first is here"]);
}

#[test]
fn two_values_that_give_one_id_collide() {
    let text = extending(
        "[]",
        &format!(
            "{SOURCE}kpis:\n  fix:\n    title: Fix\n    measure: {{ ratio: {{ source: tickets, hit: ok }} }}\n    each:\n      column: p\n      rows:\n        P 1: {{}}\n        p-1: {{}}\n"
        ),
    );
    let resolved = resolve(&[("card.yaml", &text)]);
    assert_eq!(
        resolved.findings,
        ["card.yaml:17:9 duplicate-id: two KPIs get the id `fix-p-1`"]
    );
    assert_eq!(resolved.also[0], ["card.yaml:16:9 the first is here"]);
}

#[test]
fn a_reference_to_an_unlisted_template_goes_nowhere() {
    let one = pack(
        "one",
        "1.0.0",
        &format!("{SOURCE}{TEMPLATE}").replace(
            "target: { at_least: 80% }",
            "target: { at_least: 80% }, guardrail: { kpi: fcr, effect: report }",
        ),
    );
    let card = extending("[one@1]", "kpis: { csat: {} }\n");
    let resolved = resolve(&[("card.yaml", &card), ("one.yaml", &one)]);
    assert_eq!(
        resolved.findings,
        ["one.yaml:9:127 unknown-reference: no KPI is called `fcr`"]
    );
    assert_eq!(findings(&extending("[]", "kpis: {}\n")), Vec::<String>::new());
}

#[test]
fn a_kpi_listed_with_nothing_is_not_silently_removed() {
    let one = pack("one", "1.0.0", &format!("{SOURCE}{TEMPLATE}"));
    let card = extending("[one@1]", "kpis:\n  csat:\n");
    let resolved = resolve(&[("card.yaml", &card), ("one.yaml", &one)]);
    assert_eq!(
        resolved.findings,
        ["card.yaml:9:3 invalid-value: KPI `csat` is listed with nothing, which removes it"]
    );
}

#[test]
fn a_lock_that_matches_nothing_is_reported() {
    let one = pack(
        "one",
        "1.0.0",
        &format!("locked: [\"kpi.*.measure\"]\n{SOURCE}{TEMPLATE}"),
    );
    let resolved = resolve(&[("card.yaml", &extending("[one@1]", "kpis: {}\n")), ("one.yaml", &one)]);
    assert_eq!(
        resolved.findings,
        ["one.yaml:6:10 unknown-reference: `kpi.*.measure` matches nothing in pack `one`"]
    );
}

#[test]
fn what_an_amendment_will_use_of_a_pack_is_not_used_before() {
    let open = "sources: { tickets: { at: closed_at } }\n";
    let one = pack("one", "1.0.0", &format!("{open}{TEMPLATE}"));
    let card = extending(
        "[one@1]",
        "kpis: {}\namendments:\n  a: { effective: 2025-02-01, change: { kpis: { fcr: {} }, sources: { tickets: { path: t.csv, covers: { through: last_row } } } } }\n",
    );
    let resolved = resolve(&[("card.yaml", &card), ("one.yaml", &one)]);
    assert_eq!(resolved.findings, Vec::<String>::new());
    let card = &resolved.workspace.cards[0];
    assert!(card.versions[0].terms.sources.is_empty());
    assert_eq!(card.latest().sources.len(), 1);
}

#[test]
fn categories_of_packs_that_no_kpi_is_in_stay_out() {
    let categories = "categories:\n  speed: { title: Speed, weight: 50 }\n  care: { title: Care, weight: 50 }\n";
    let one = pack("one", "1.0.0", &format!("{SOURCE}{categories}{TEMPLATE}"));
    let card = extending(
        "[one@1]",
        "categories: { speed: { weight: 100 } }\nkpis: { fcr: { category: speed, weight: 100 } }\n",
    );
    let resolved = resolve(&[("card.yaml", &card), ("one.yaml", &one)]);
    assert_eq!(resolved.findings, Vec::<String>::new());
    let terms = resolved.workspace.cards[0].latest();
    assert_eq!(terms.categories.keys().collect::<Vec<_>>(), ["speed"]);
    assert_eq!(terms.kpis["fcr"].effective_weight.to_exact(), "100");
}

// What the pack does not allow is read as the pack has it: neither the column that only the change names, nor the goal
// that does not fit another form, nor a source that is not there is a matter of its own.
#[test]
fn a_refused_change_has_no_consequences() {
    let one = pack("one", "1.0.0", &format!("locked: [kpis.*.measure]\n{SOURCE}{TEMPLATE}"));
    for measure in [
        "{ count: { source: tickets } }",
        "{ ratio: { source: ticktes, hit: first, where: nobody } }",
        "{ ratio: { hit: 5 } }",
        "null",
    ] {
        let card = extending("[one@1]", &format!("kpis: {{ fcr: {{ measure: {measure} }} }}\n"));
        let resolved = resolve(&[("card.yaml", &card), ("one.yaml", &one)]);
        assert_eq!(resolved.findings.len(), 1, "{measure}: {:?}", resolved.findings);
        assert!(
            resolved.findings[0].contains("locked-field-changed"),
            "{:?}",
            resolved.findings
        );
    }
}

#[test]
fn rows_of_a_refused_change_are_no_findings_of_their_own() {
    let one = pack(
        "one",
        "1.0.0",
        "locked: [kpis.*.measure]
sources: { tickets: { path: t.csv, covers: { through: last_row }, clocks: { fix: { start: opened, stop: closed } } } }
kpis:
  fix: { title: Fixed, measure: { on_time: { source: tickets, clock: fix, overdue: resolved_only } }, target: { at_least: 90% } }
",
    );
    let rows = "each: { column: priority, rows: { a: { within: 4h }, b: { within: 8h } } }";
    let card = |measure: &str| extending("[one@1]", &format!("kpis: {{ fix: {{ {measure}{rows} }} }}\n"));
    let found = |text: &str| resolve(&[("card.yaml", text), ("one.yaml", &one)]).findings;
    assert_eq!(found(&card("")), Vec::<String>::new());
    let changed = found(&card("measure: { on_time: { overdue: count_until_resolved } }, "));
    assert_eq!(changed.len(), 1, "{changed:?}");
    assert!(changed[0].contains("`kpis.fix.measure` is locked"), "{changed:?}");
}
