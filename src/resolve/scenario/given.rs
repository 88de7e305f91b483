//! The rows of a scenario's sources, each value with its place.

use indexmap::IndexMap;

use super::Binder;
use crate::resolve::bind::{Cursor, unknown};
use crate::resolve::terms::{Cell, GivenRow, GivenRows, Id};
use crate::syntax::{Map, Node};

impl Binder<'_> {
    /// Binds the rows of `given`; what is no table has been reported by the model.
    pub(super) fn given(&mut self, at: Cursor<'_>) -> IndexMap<Id, GivenRows> {
        let mut given = IndexMap::new();
        for (key, rows) in at.node().and_then(Node::as_map).into_iter().flat_map(Map::iter) {
            let is_source = |terms: &crate::resolve::terms::Terms| terms.sources.contains_key(&*key.text);
            if !self.card.versions.iter().any(|version| is_source(&version.terms)) {
                let known: Vec<&str> = self.terms.sources.keys().map(String::as_str).collect();
                let section = ("source", "sources");
                self.diagnostics
                    .push(unknown("unknown-reference", key.span, section, &key.text, &known));
                continue;
            }
            let rows = rows.as_list().into_iter().flatten().filter_map(row);
            given.insert(
                key.text.to_string(),
                GivenRows {
                    span: key.span,
                    rows: rows.collect(),
                },
            );
        }
        given
    }
}

fn row(node: &Node) -> Option<GivenRow> {
    // A null is what a column that is not there is as well.
    let cells = node.as_map()?.iter().filter_map(|(key, value)| {
        let cell = Cell {
            text: value.as_text()?.to_owned(),
            key: key.span,
            span: value.span,
        };
        Some((key.text.to_string(), cell))
    });
    Some(GivenRow {
        span: node.span,
        cells: cells.collect(),
    })
}
