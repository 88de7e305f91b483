//! One scorecard's layers, merged: its packs, itself, and what it leaves of the packs unused.

use std::collections::BTreeSet;

use super::lock::{self, Lock};
use super::overlay::{Layered, Place};
use super::pack::{self, Entry, Pack, Packs};
use super::position::Position;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::syntax::{Map, Node, NodeKind};

/// A scorecard on top of its packs, before any amendment.
#[derive(Debug)]
pub(super) struct Assembly<'a> {
    /// The packs it extends, lowest first.
    pub(super) packs: Vec<Pack<'a>>,
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
    let packs: Vec<Pack<'a>> = packs.extended_by(document, diagnostics).into_iter().cloned().collect();
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
    Assembly { packs, locks, tree }
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

/// Leaves out the sources and carve-outs that only packs define and nothing uses: a pack describes the
/// data of every KPI it offers, and a scorecard need not say where those of the others are.
pub(super) fn without_unused<'a>(tree: &Layered<'a>, authors: &[&'a Node]) -> Layered<'a> {
    let listed = |section: &str, id: &str| authors.iter().any(|author| author.at([section, id]).is_some());
    let entries = tree.entries();
    let mut used = BTreeSet::new();
    for (key, value) in &entries {
        if &*key.text != "sources" {
            mentioned(value, Position::Card.step(&key.text), &mut used);
        }
    }
    let sources = tree
        .at(&["sources"])
        .map(|sources| sources.entries())
        .unwrap_or_default();
    let mut kept: Vec<bool> = sources.iter().map(|(key, _)| listed("sources", &key.text)).collect();
    for (index, (_, source)) in sources.iter().enumerate() {
        if kept[index] {
            mentioned(source, Position::Source, &mut used);
        }
    }
    // A source may look up another one, and so on.
    while let Some(next) = (0..sources.len()).find(|&i| !kept[i] && used.contains(&*sources[i].0.text)) {
        kept[next] = true;
        mentioned(&sources[next].1, Position::Source, &mut used);
    }
    let entries = entries.into_iter().map(|(key, value)| {
        let filtered = |keep: &dyn Fn(usize, &Entry<'a>) -> bool| {
            let all = value.entries().into_iter().enumerate();
            let some = all.filter(|(index, entry)| keep(*index, entry)).map(|(_, entry)| entry);
            Layered::map(value.span(), some.collect())
        };
        let value = match &*key.text {
            "sources" if value.is_map() => filtered(&|index, _| kept[index]),
            "carve_outs" if value.is_map() => {
                filtered(&|_, (key, _)| listed("carve_outs", &key.text) || used.contains(&*key.text))
            }
            _ => value,
        };
        (key, value)
    });
    Layered::map(tree.span(), entries.collect())
}

/// Collects the names that stand where a source or a carve-out is named.
fn mentioned(tree: &Layered<'_>, position: Position, used: &mut BTreeSet<String>) {
    match tree {
        Layered::Written(node) => mentioned_in(node, position, used),
        Layered::Merged(_) => {
            for (key, value) in tree.entries() {
                if names(position, &key.text) {
                    used.extend(value.text().map(str::to_owned));
                    for item in value.written().and_then(Node::as_list).into_iter().flatten() {
                        used.extend(item.as_text().map(str::to_owned));
                    }
                }
                mentioned(&value, position.step(&key.text), used);
            }
        }
    }
}

fn mentioned_in(node: &Node, position: Position, used: &mut BTreeSet<String>) {
    for (key, value) in node.as_map().into_iter().flat_map(Map::iter) {
        if names(position, &key.text) {
            used.extend(value.as_text().map(str::to_owned));
            for item in value.as_list().into_iter().flatten() {
                used.extend(item.as_text().map(str::to_owned));
            }
        }
        mentioned_in(value, position.step(&key.text), used);
    }
}

fn names(position: Position, key: &str) -> bool {
    match key {
        "source" | "list" => true,
        "from" => position == Position::Lookup,
        "carve_outs" => position == Position::Kpi,
        _ => false,
    }
}
