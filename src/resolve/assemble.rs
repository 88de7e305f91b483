//! One scorecard's layers, merged: its packs, itself, and what it leaves of the packs unused.

use std::collections::BTreeSet;

use super::lock::{self, Lock};
use super::overlay::{Layered, Place};
use super::pack::{self, Pack, Packs};
use super::position::Position;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::syntax::{Map, Node, NodeKind};

/// A scorecard on top of its packs, before any amendment.
#[derive(Debug)]
pub(super) struct Assembly<'a> {
    /// The packs it extends, lowest first.
    pub(super) packs: Vec<Pack<'a>>,
    /// Whether one of these is not there.
    pub(super) lacks_pack: bool,
    /// What the packs have locked.
    pub(super) locks: Vec<Lock<'a>>,
    /// The merged tree; `each` is not expanded and tombstones are still in it.
    pub(super) tree: Layered<'a>,
}

/// The maps of things with ids whose order is the order in the reports.
const ORDERED: &[&str] = &[
    "calendars",
    "people",
    "objectives",
    "categories",
    "sources",
    "kpis",
    "carve_outs",
    "obligations",
];

/// Merges the scorecard `document` with the packs it extends.
pub(super) fn assemble<'a>(document: &'a Node, packs: &Packs<'a>, diagnostics: &mut Diagnostics) -> Assembly<'a> {
    let (packs, is_whole) = packs.extended_by(document, diagnostics);
    let packs: Vec<Pack<'a>> = packs.into_iter().cloned().collect();
    let listed = document.at(["kpis"]).and_then(Node::as_map);
    check_listed(document, diagnostics);
    let wanted = |id: &str| listed.is_some_and(|kpis| kpis.get(id).is_some());
    let mut below: Option<Layered<'a>> = None;
    let mut locks = Vec::new();
    for pack in &packs {
        let layer = pack.layer(&wanted);
        let merged = match below.take() {
            Some(below) => below.overlay(layer, Position::Card, Place::Above),
            None => layer,
        };
        lock::collect(pack, &merged, &mut locks);
        below = Some(merged);
    }
    let card = Layered::map(document.span, Layered::Written(document).entries());
    let tree = match below {
        Some(below) => ordered(below.overlay(card, Position::Card, Place::Above), document),
        None => card,
    };
    Assembly {
        packs,
        locks,
        tree,
        lacks_pack: !is_whole,
    }
}

/// Reports KPIs that the scorecard lists with nothing: whoever writes `csat:` wants it, and `null` removes.
fn check_listed(document: &Node, diagnostics: &mut Diagnostics) {
    let listed = document.at(["kpis"]).and_then(Node::as_map);
    for (key, kpi) in listed.into_iter().flat_map(Map::iter) {
        if matches!(kpi.kind, NodeKind::Null) {
            let message = format!("KPI `{}` is listed with nothing, which removes it", key.text);
            diagnostics.push(Diagnostic::new("invalid-value", key.span, message).help(format!(
                "write `{}: {{}}` to take a pack's template, or remove the line",
                key.text
            )));
        }
    }
}

impl<'a> Assembly<'a> {
    /// Returns the packs' template of the KPI `id`.
    pub(super) fn template(&self, id: &str) -> Option<Layered<'a>> {
        let packs: Vec<&Pack<'a>> = self.packs.iter().collect();
        pack::stack(&packs, &|wanted| wanted == id)?.at(&["kpis", id])
    }
}

/// Puts what the scorecard lists first, in its order, and what only packs define after it.
fn ordered<'a>(tree: Layered<'a>, document: &Node) -> Layered<'a> {
    let span = tree.span();
    let entries = tree.entries().into_iter().map(|(key, value)| {
        let listed = document.at([&*key.text]).and_then(Node::as_map);
        match listed {
            Some(listed) if ORDERED.contains(&&*key.text) && value.is_map() => {
                let rank = |id: &str| listed.iter().position(|(key, _)| &*key.text == id);
                let mut entries = value.entries();
                entries.sort_by_key(|(key, _)| rank(&key.text).unwrap_or(usize::MAX));
                let value = Layered::map(value.span(), entries);
                (key, value)
            }
            _ => (key, value),
        }
    });
    Layered::map(span, entries.collect())
}

/// Names that stand where something of a section is named: the section and the name.
type Used = BTreeSet<(&'static str, String)>;

/// Leaves out the sources, carve-outs and categories that only packs define and nothing uses: a pack
/// describes the data of every KPI it offers, and a scorecard need not say where those of the others are.
pub(super) fn without_unused<'a>(tree: &Layered<'a>, authors: &[&'a Node]) -> Layered<'a> {
    let listed = |section: &str, id: &str| authors.iter().any(|author| author.at([section, id]).is_some());
    let entries = tree.entries();
    let mut used = Used::new();
    for (key, value) in &entries {
        // What an amendment will use is not used yet; sources count once something uses them.
        if !matches!(&*key.text, "sources" | "amendments") {
            mentioned(value, Position::Card.step(&key.text), &mut used);
        }
    }
    let sources = tree
        .at(&["sources"])
        .map(|sources| sources.entries())
        .unwrap_or_default();
    let mut kept: Vec<bool> = sources.iter().map(|(key, _)| listed("sources", &key.text)).collect();
    for (_, (_, source)) in kept.iter().zip(&sources).filter(|(kept, _)| **kept) {
        mentioned(source, Position::Source, &mut used);
    }
    // A source may look up another one, and so on.
    let is_used = |used: &Used, section, id: &str| used.contains(&(section, id.to_owned()));
    while let Some(next) = (0..sources.len()).find(|&i| !kept[i] && is_used(&used, "sources", &sources[i].0.text)) {
        kept[next] = true;
        mentioned(&sources[next].1, Position::Source, &mut used);
    }
    let entries = entries.into_iter().map(|(key, value)| {
        let section = ["sources", "carve_outs", "categories"]
            .into_iter()
            .find(|section| *section == &*key.text);
        let Some(section) = section.filter(|_| value.is_map()) else {
            return (key, value);
        };
        let all = value.entries().into_iter();
        let some = all.filter(|(id, _)| listed(section, &id.text) || is_used(&used, section, &id.text));
        (key, Layered::map(value.span(), some.collect()))
    });
    Layered::map(tree.span(), entries.collect())
}

/// Collects the names that stand where something is named.
fn mentioned(tree: &Layered<'_>, position: Position, used: &mut Used) {
    match tree {
        Layered::Written(node) => mentioned_in(node, position, used),
        Layered::Merged(_) => {
            for (key, value) in tree.entries() {
                if let (Some(section), Some(node)) = (named(position, &key.text), value.written()) {
                    take(section, node, used);
                }
                mentioned(&value, position.step(&key.text), used);
            }
        }
    }
}

fn mentioned_in(node: &Node, position: Position, used: &mut Used) {
    for (key, value) in node.as_map().into_iter().flat_map(Map::iter) {
        if let Some(section) = named(position, &key.text) {
            take(section, value, used);
        }
        mentioned_in(value, position.step(&key.text), used);
    }
}

fn take(section: &'static str, node: &Node, used: &mut Used) {
    let items = node.as_list().into_iter().flatten();
    let names = node.as_text().into_iter().chain(items.filter_map(Node::as_text));
    used.extend(names.map(|name| (section, name.to_owned())));
}

/// Returns the section of which `key` names something.
fn named(position: Position, key: &str) -> Option<&'static str> {
    match (position, key) {
        (_, "source" | "list") | (Position::Lookup, "from") => Some("sources"),
        (Position::Kpi, "carve_outs") => Some("carve_outs"),
        (Position::Kpi, "category") => Some("categories"),
        _ => None,
    }
}
