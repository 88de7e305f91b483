//! What an error has been found in: it is there, and nobody knows what it says.
//!
//! A check of several things together stays silent about one of them that is broken: mending it may mend
//! all, and a finding that follows from another hides the cause.

use std::collections::HashSet;

use super::bind::Cursor;
use crate::diagnostics::Diagnostics;
use crate::source::Span;
use crate::syntax::{Map, Node, NodeKind};

/// The places of the errors found so far.
pub(crate) struct Broken {
    spans: HashSet<Span>,
}

impl Broken {
    /// Notes the errors of `diagnostics`.
    pub(crate) fn of(diagnostics: &Diagnostics) -> Self {
        Self {
            spans: diagnostics.error_spans().collect(),
        }
    }

    /// Whether an error stands in the value at `at` or at its key; never where nothing is written.
    pub(super) fn holds(&self, at: Cursor<'_>) -> bool {
        at.node()
            .is_some_and(|node| self.at(at.key_span()) || self.inside(node))
    }

    /// Whether an error stands at a key of the map `node`: perhaps a misspelt field that then seems to be missing.
    pub(super) fn at_keys(&self, node: &Node) -> bool {
        node.as_map()
            .into_iter()
            .flat_map(Map::iter)
            .any(|(key, _)| self.at(key.span))
    }

    /// Whether an error stands at a key of `node` or of a map inside it.
    pub(crate) fn at_keys_within(&self, node: &Node) -> bool {
        let parts = node.as_map().into_iter().flat_map(Map::iter);
        self.at_keys(node) || parts.map(|(_, part)| part).any(|part| self.at_keys_within(part))
    }

    /// Whether `place` stands in a text that an error covers.
    pub(crate) fn covers(&self, place: Span) -> bool {
        self.spans.iter().any(|error| error.contains(place))
    }

    /// Whether an error stands within `span`.
    pub(super) fn within(&self, span: Span) -> bool {
        self.spans.iter().any(|error| span.contains(*error))
    }

    fn at(&self, key: Span) -> bool {
        self.spans.contains(&key)
    }

    /// Looks at every part, since those of a merged map stand in several documents.
    fn inside(&self, node: &Node) -> bool {
        match &node.kind {
            NodeKind::Map(map) => map.iter().any(|(key, value)| self.at(key.span) || self.inside(value)),
            NodeKind::List(items) => self.within(node.span) || items.iter().any(|item| self.inside(item)),
            NodeKind::Null | NodeKind::Scalar(_) => self.within(node.span),
        }
    }
}
