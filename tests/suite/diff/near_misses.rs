//! What looks like a change and is none.

use super::{BASE, before_the_start, card, changes, compiled, tree};
use scoreline::diff::diff;

#[test]
fn nothing_changed_is_no_change() {
    let found = changes("title: Service desk", "title: Service desk");
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn other_words_for_the_same_value_are_no_change() {
    for (before, after) in [
        // 240 minutes are 4 hours.
        (
            "kpis: { resolution: { measure: { on_time: { source: tickets, clock: resolution, within: 240m, calendar: office, overdue: count_until_resolved } } } }",
            "kpis: { resolution: { measure: { on_time: { source: tickets, clock: resolution, within: 4h, calendar: office, overdue: count_until_resolved } } } }",
        ),
        (
            "kpis: { uptime: { target: { at_least: 99.9% } } }",
            "kpis: { uptime: { target: { at_least: 99.90% } } }",
        ),
        ("contract: { charge: 10000.00 }", "contract: { charge: 10000 }"),
        // 95 % to 105 % is 100 % give or take 5 %.
        (
            "kpis: { reopened: { target: { between: [2%, 4%] } } }",
            "kpis: { reopened: { target: { within_band: { of: 3%, by: 1% } } } }",
        ),
        // The same expression, spaced otherwise and with other capitals in its operators.
        (
            "kpis: { reopened: { measure: { ratio: { source: tickets, where: \"a = 1 and b = 2\", hit: reopened } } } }",
            "kpis: { reopened: { measure: { ratio: { source: tickets, where: \"a=1   AND b = 2\", hit: reopened } } } }",
        ),
        // The parts of a recurrence rule have no order.
        (
            "carve_outs: { maintenance: { by: { schedule: { rrule: \"FREQ=WEEKLY;BYDAY=SU;BYHOUR=2\", lasts: 4h } } } }",
            "carve_outs: { maintenance: { by: { schedule: { rrule: \"FREQ=WEEKLY;BYHOUR=2;BYDAY=SU\", lasts: 240m } } } }",
        ),
        // Tiers pay the highest that matches: their order says nothing.
        (
            "kpis: { uptime: { credit: { of: charge, tiers: [{ below: 99.9%, pays: 10% }, { below: 99%, pays: 30% }] } } }",
            "kpis: { uptime: { credit: { of: charge, tiers: [{ below: 99%, pays: 30% }, { below: 99.9%, pays: 10% }] } } }",
        ),
        // Without tiers a share of the at-risk amount is paid on a default.
        (
            "kpis: { uptime: { credit: { of: at_risk, share: 60% } } }",
            "kpis: { uptime: { credit: { of: at_risk, share: 60%, tiers: [{ below: minimum, pays: 100% }] } } }",
        ),
    ] {
        let found = changes(before, after);
        assert!(found.is_empty(), "{after}: {found:#?}");
    }
}

#[test]
fn order_comments_and_layout_are_no_change() {
    let reordered = include_str!("../../diff/reordered.yaml");
    let commented = format!("# As signed.\n\n{BASE}").replace("    weight: 100\n", "    weight: 100   # all of it\n");
    for after in [reordered, &commented] {
        // Nor is the file it stands in.
        let (before, after) = compiled(
            &tree(&[("desk.yaml", BASE)]),
            &tree(&[("cards/of/acme/desk.yaml", after)]),
        );
        let difference = diff(&before, &after, &before_the_start());
        assert!(difference.cards.is_empty(), "{difference:#?}");
    }
}

#[test]
fn a_value_that_moves_into_a_pack_is_no_change() {
    let pack = "apiVersion: scoreline/v1
kind: Pack
id: core
version: 1.0.0
kpis:
  uptime:
    title: Uptime
    minimum: { at_least: 99.5% }
    target: { at_least: 99.9% }
";
    let moved = card("extends: [core@1]")
        .replace("\"target\": {\"at_least\": \"99.9%\", }, ", "")
        .replace("\"minimum\": {\"at_least\": \"99.5%\", }, ", "");
    assert!(!moved.contains("99.5%"), "{moved}");
    let (before, after) = compiled(
        &tree(&[("desk.yaml", BASE)]),
        &tree(&[("desk.yaml", &moved), ("core.yaml", pack)]),
    );
    let difference = diff(&before, &after, &before_the_start());
    assert!(difference.cards.is_empty(), "{difference:#?}");
}
