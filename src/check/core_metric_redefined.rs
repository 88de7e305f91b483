//! A pack's KPI that is measured in another way than its name promises.

use super::card::{Card, Findings};
use crate::resolve::Layer;
use crate::source::Span;
use crate::syntax::{Node, NodeKind};

pub(super) const RULE: &str = "core-metric-redefined";

/// The fields that say what is counted; where the rows come from may differ from card to card.
const MEANING: [&str; 10] = [
    "hit", "of", "part", "whole", "is", "where", "up", "p", "overdue", "weight",
];

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    for kpi in Card::families(card.kpis()) {
        let of_pack = |span: Span| matches!(card.version.layer(span), Layer::Pack { .. });
        let title = card.field(kpi, "title");
        let Some(measure) = card.version.tree.at(["kpis", &kpi.id, "measure"]) else {
            continue;
        };
        if !of_pack(title) {
            continue;
        }
        if let Some(changed) = meaning(measure).into_iter().find(|span| !of_pack(*span)) {
            findings.about_both(
                kpi,
                (changed, "changes what is counted"),
                (title, "the pack's name for it"),
                format!(
                    "`{}` no longer measures what the pack's KPI of this name measures",
                    kpi.id
                ),
                "give the KPI an id and a title of its own, so that nobody compares the two".to_string(),
            );
        }
    }
}

/// Where a measure says what is counted.
fn meaning(node: &Node) -> Vec<Span> {
    let NodeKind::Map(map) = &node.kind else {
        return Vec::new();
    };
    map.iter()
        .flat_map(|(key, value)| {
            if MEANING.contains(&&*key.text) && value.as_map().is_none() {
                vec![value.span]
            } else {
                meaning(value)
            }
        })
        .collect()
}
