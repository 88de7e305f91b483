//! Two versions of a contract: what changed, what that means, what it would have cost.

mod cards;
mod comparison;
mod fields;
mod fixtures;
mod proofs;
mod replay;
mod rows;
mod times;

use jiff::civil::Date;
use scoreline::compile::{Compiled, compile, compile_beside};
use scoreline::diagnostics::Diagnostics;
use scoreline::diff::{Change, Known, diff};
use scoreline::source::{FileId, MemoryTree, SourceFile, Tree};
use scoreline::syntax::{Node, NodeKind, parse};

/// The contract that every comparison starts from.
const BASE: &str = include_str!("../diff/base.yaml");

/// Maps of which exactly one entry counts: another one replaces the whole.
const VARIANTS: [&str; 9] = [
    "target", "minimum", "measure", "scoring", "credit", "bonus", "by", "covers", "gate",
];

/// A day before the contract starts: every change is still to come.
fn before_the_start() -> Known {
    Known {
        as_of: Some(day("2024-06-01")),
        ..Known::default()
    }
}

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

/// Lays `lines` over the base and returns the document as text.
fn card(lines: &str) -> String {
    laid(BASE, lines)
}

/// Lays `lines` over a document and returns it as text.
fn laid(document: &str, lines: &str) -> String {
    let read = |text: &str| {
        let file = SourceFile::new("desk.yaml", text);
        let mut nodes = parse(FileId(0), &file, &mut Diagnostics::default());
        assert!(nodes.len() == 1, "one document in: {text}");
        nodes.remove(0)
    };
    let mut text = String::new();
    write(Some(&read(document)), &read(lines), &mut text);
    text
}

/// Writes `node`, laid over `below`, as flow YAML.
fn write(below: Option<&Node>, node: &Node, text: &mut String) {
    match (&node.kind, below.map(|below| &below.kind)) {
        (NodeKind::Null, _) => text.push_str("null"),
        (NodeKind::Scalar(scalar), _) => text.push_str(&serde_json::to_string(&*scalar.text).expect("text")),
        (NodeKind::List(items), _) => {
            text.push('[');
            for item in items {
                write(None, item, text);
                text.push_str(", ");
            }
            text.push(']');
        }
        (NodeKind::Map(map), below) => {
            let empty = scoreline::syntax::Map::default();
            let below = match below {
                Some(NodeKind::Map(below)) => below,
                _ => &empty,
            };
            text.push('{');
            let mut entry = |key: &str, old: Option<&Node>, new: &Node| {
                // What is laid over with nothing is gone; in an amendment it says so itself.
                if matches!(new.kind, NodeKind::Null) && old.is_some() {
                    return;
                }
                text.push_str(&serde_json::to_string(key).expect("text"));
                text.push_str(": ");
                write(old.filter(|_| !VARIANTS.contains(&key)), new, text);
                text.push_str(", ");
            };
            for (key, old) in below.iter() {
                let new = map.get(&key.text);
                entry(&key.text, Some(old), new.unwrap_or(old));
            }
            for (key, new) in map.iter().filter(|(key, _)| below.get(&key.text).is_none()) {
                entry(&key.text, None, new);
            }
            text.push('}');
        }
    }
}

/// A workspace of these files.
fn tree(files: &[(&str, &str)]) -> MemoryTree {
    let mut tree = MemoryTree::default();
    tree.insert(
        "scoreline.yaml",
        "apiVersion: scoreline/v1\nkind: Workspace\ntitle: Test\n",
    );
    for (path, text) in files {
        tree.insert(*path, *text);
    }
    tree
}

/// Compiles both sides into one source map; neither has an error.
fn compiled(before: &dyn Tree, after: &dyn Tree) -> (Compiled, Compiled) {
    let before = compile(before).expect("files in memory");
    let after = compile_beside(after, before.sources.clone()).expect("files in memory");
    for side in [&before, &after] {
        let errors: Vec<_> = side.diagnostics.iter().map(|it| (it.rule, &it.message)).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    (before, after)
}

/// The changes between two versions of the base.
fn changes_known(before: &str, after: &str, known: &Known) -> Vec<Change> {
    changes_of(&card(before), &card(after), known)
}

/// The changes between two documents.
fn changes_of(before: &str, after: &str, known: &Known) -> Vec<Change> {
    let (before, after) = compiled(&tree(&[("desk.yaml", before)]), &tree(&[("desk.yaml", after)]));
    let difference = diff(&before, &after, known);
    difference.cards.into_iter().flat_map(|card| card.changes).collect()
}

/// The changes between two versions of the base, all of them still to come.
fn changes(before: &str, after: &str) -> Vec<Change> {
    changes_known(before, after, &before_the_start())
}

/// Rule, what it is about, and effect of every change.
fn told(changes: &[Change]) -> Vec<(&str, Option<&str>, &str)> {
    let told = changes.iter();
    told.map(|change| (change.rule, change.subject.as_deref(), change.effect.word()))
        .collect()
}
