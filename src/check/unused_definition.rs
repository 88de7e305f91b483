//! Something that the scorecard defines and nothing refers to.

use std::collections::HashSet;

use super::card::{Card, Findings};
use crate::resolve::Layer;
use crate::syntax::{Node, NodeKind};

pub(super) const RULE: &str = "unused-definition";

/// The sections whose entries are there to be referred to, and what one is called.
const SECTIONS: [(&str, &str); 6] = [
    ("calendars", "calendar"),
    ("people", "person"),
    ("objectives", "objective"),
    ("categories", "category"),
    ("sources", "source"),
    ("carve_outs", "carve-out"),
];

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    let mut mentioned = HashSet::new();
    collect(&card.version.tree, &mut mentioned);
    let amendments = card
        .timeline
        .versions
        .iter()
        .filter_map(|version| version.amendment.as_ref());
    mentioned.extend(amendments.flat_map(|amendment| amendment.approved_by.iter().map(String::as_str)));
    let claims = &card.timeline.claims;
    for claim in claims.claims.values() {
        mentioned.insert(&claim.by);
        mentioned.insert(&claim.carve_out);
        mentioned.extend(claim.decision.iter().map(|decision| decision.by.as_str()));
    }
    mentioned.extend(claims.selections.values().map(|selection| selection.by.as_str()));
    mentioned.extend(claims.credit_requests.values().map(|request| request.by.as_str()));
    mentioned.extend(claims.attestations.values().map(|attestation| attestation.by.as_str()));
    for (section, noun) in SECTIONS {
        let entries = card.version.tree.at([section]).and_then(Node::as_map);
        for (key, _) in entries.into_iter().flat_map(|map| map.iter()) {
            // A pack offers more than each scorecard takes.
            let own = !matches!(card.version.layer(key.span), Layer::Pack { .. });
            if own && !mentioned.contains(&*key.text) {
                findings.push(
                    &[section, &key.text],
                    key.span,
                    format!("nothing refers to the {noun} `{}`", key.text),
                    "defined and never used",
                    format!("refer to it where it was meant to be used, or remove it from `{section}`"),
                );
            }
        }
    }
}

/// Collects every scalar: an id that is referred to is one of them (or the part before a dot, as in
/// `resolution.stop`). A title that happens to equal an id hides a finding, never makes one.
fn collect<'n>(node: &'n Node, mentioned: &mut HashSet<&'n str>) {
    match &node.kind {
        NodeKind::Null => {}
        NodeKind::Scalar(scalar) => {
            mentioned.insert(&scalar.text);
            mentioned.extend(scalar.text.split_once('.').map(|(id, _)| id));
        }
        NodeKind::List(items) => items.iter().for_each(|item| collect(item, mentioned)),
        NodeKind::Map(map) => map.iter().for_each(|(_, value)| collect(value, mentioned)),
    }
}
