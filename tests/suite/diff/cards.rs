//! What takes more than two versions of one card: packs, claims, cards that come and go.

use scoreline::compile::{compile, compile_beside};
use scoreline::diagnostics::Level;
use scoreline::diff::{Change, Known, Timing, diff};
use scoreline::source::MemoryTree;

use super::{BASE, card, compiled, day, laid, told, tree};

fn known() -> Known {
    Known {
        as_of: Some(day("2026-11-02")),
        ..Known::default()
    }
}

fn between(before: &MemoryTree, after: &MemoryTree, known: &Known) -> Vec<Change> {
    let (before, after) = compiled(before, after);
    let difference = diff(&before, &after, known);
    difference.cards.into_iter().flat_map(|card| card.changes).collect()
}

fn pack(version: &str, target: &str) -> String {
    format!(
        "apiVersion: scoreline/v1
kind: Pack
id: core
version: {version}
kpis: {{ answered: {{ title: Calls answered, category: helping, weight: 0, owner: sdm, measure: {{ ratio: {{ source: tickets, hit: answered }} }}, target: {{ at_least: {target} }} }} }}
"
    )
}

#[test]
fn a_pack_edited_under_its_version_is_told_for_every_contract_it_touches() {
    let first = card("{ extends: [core@1], kpis: { answered: {} } }");
    let second = first.replace("\"id\": \"desk\"", "\"id\": \"desk-2\"");
    // This one extends the pack and takes nothing from it.
    let third = card("extends: [core@1]").replace("\"id\": \"desk\"", "\"id\": \"desk-3\"");
    let files = |pack: &str| {
        tree(&[
            ("core.yaml", pack),
            ("1.yaml", &first),
            ("2.yaml", &second),
            ("3.yaml", &third),
        ])
    };
    let before = files(&pack("1.0.0", "90%"));
    let found = between(&before, &files(&pack("1.0.0", "85%")), &known());
    let edited: Vec<_> = found
        .iter()
        .filter(|change| change.rule == "pack-edited-in-place")
        .map(|change| (change.card.as_str(), change.effect.word()))
        .collect();
    assert_eq!(
        edited,
        [("desk", "loosened"), ("desk-2", "loosened"), ("desk-3", "neutral")]
    );
    // The target itself is told as well, where it stands in the pack.
    assert!(found.iter().any(|change| change.rule == "target-edited-in-place"));
    // A new version says that it is another one.
    let found = between(&before, &files(&pack("1.1.0", "85%")), &known());
    assert!(
        found.iter().all(|change| change.rule != "pack-edited-in-place"),
        "{:?}",
        told(&found)
    );
    assert!(found.iter().any(|change| change.rule == "kpi-target-loosened"));
}

fn claims(decision: &str) -> String {
    format!(
        "apiVersion: scoreline/v1
kind: Claims
for: desk
claims: {{ c-1: {{ by: sdm, carve_out: force-majeure, kpis: [uptime], window: 2026-09-12T09:00/2026-09-12T11:00, notified: 2026-09-13, evidence: E-1{decision} }} }}
"
    )
}

#[test]
fn a_claim_is_a_fact_of_its_period() {
    let approved = claims(", decision: { result: approved, by: cio, on: 2026-09-20 }");
    let (before, after) = (
        tree(&[("desk.yaml", BASE), ("claims.yaml", &claims(""))]),
        tree(&[("desk.yaml", BASE), ("claims.yaml", &approved)]),
    );
    let found = between(&before, &after, &known());
    assert_eq!(told(&found), [("claims-changed", Some("c-1"), "indeterminate")]);
    assert_eq!(
        (found[0].from, found[0].until),
        (Some(day("2026-09-12")), Some(day("2026-09-12")))
    );
    assert!(found[0].is_about_facts());
    // In a published period it is worth a look, and no error: facts may become known late.
    let published = |label: &str| Known {
        published: [("desk".to_owned(), [label.to_owned()].into())].into(),
        ..known()
    };
    let found = between(&before, &after, &published("2026-09"));
    assert_eq!(told(&found), [("claims-changed", Some("c-1"), "indeterminate")]);
    assert_eq!(
        (found[0].timing, found[0].level),
        (Timing::RestatesPublished, Level::Warn)
    );
    assert_eq!(found[0].published, ["2026-09"]);
    let found = between(&before, &after, &published("2026-10"));
    assert_eq!((found[0].timing, found[0].level), (Timing::Retroactive, Level::Info));
}

#[test]
fn a_claim_follows_its_kpi_to_another_id() {
    let renamed = laid(BASE, "kpis: { uptime: null }").replace(
        "\"kpis\": {",
        "\"kpis\": { availability: { title: Uptime, renamed_from: uptime, category: running, weight: 100, owner: sdm, measure: { availability: { source: outages, calendar: always } }, target: { at_least: 99.9% }, minimum: { at_least: 99.5% }, carve_outs: [maintenance, customer, force-majeure], credit: { of: at_risk, share: 60%, tiers: [{ below: target, pays: 50% }, { below: minimum, pays: 100% }] } }, ",
    );
    let claims = claims("");
    let found = between(
        &tree(&[("desk.yaml", BASE), ("claims.yaml", &claims)]),
        &tree(&[
            ("desk.yaml", &renamed),
            ("claims.yaml", &claims.replace("[uptime]", "[availability]")),
        ]),
        &known(),
    );
    assert_eq!(told(&found), [("kpi-renamed", Some("availability"), "neutral")]);
}

#[test]
fn data_that_reach_further_touch_no_published_period() {
    let further = laid(BASE, "sources: { outages: { covers: { through: 2026-11-30 } } }");
    let known = Known {
        as_of: Some(day("2026-12-02")),
        published: [("desk".to_owned(), ["2026-10".to_owned()].into())].into(),
    };
    let found = between(&tree(&[("desk.yaml", BASE)]), &tree(&[("desk.yaml", &further)]), &known);
    assert_eq!(told(&found), [("coverage-extended", Some("outages"), "indeterminate")]);
    assert_eq!(
        (found[0].from, found[0].timing),
        (Some(day("2026-11-01")), Timing::Retroactive)
    );
}

#[test]
fn cards_come_go_and_move() {
    let other = BASE.replace("id: desk", "id: other");
    let both = tree(&[("desk.yaml", BASE), ("other.yaml", &other)]);
    let one = tree(&[("moved/to/desk.yaml", BASE)]);
    let added = between(&one, &both, &known());
    assert_eq!(told(&added), [("scorecard-added", None, "structural")]);
    let removed = between(&both, &one, &known());
    assert_eq!(told(&removed), [("scorecard-removed", None, "structural")]);
    assert_eq!(removed[0].card, "other");
}

#[test]
fn a_card_that_cannot_be_read_is_not_called_new() {
    let broken = BASE.replace("time_zone: Europe/Berlin\nperiod", "time_zone: Europe/Atlantis\nperiod");
    let before = compile(&tree(&[("desk.yaml", &broken)])).expect("files in memory");
    let after = compile_beside(&tree(&[("desk.yaml", BASE)]), before.sources.clone()).expect("files in memory");
    assert!(before.diagnostics.has_errors());
    let difference = diff(&before, &after, &known());
    let rules: Vec<&str> = difference.cards[0].changes.iter().map(|change| change.rule).collect();
    assert!(!rules.contains(&"scorecard-added"), "{rules:?}");
}
