use crate::source::Span;
use crate::syntax::Node;

/// Walks the merged tree beside the lowered types, to know where each value stands.
#[derive(Clone, Copy, Debug)]
pub(in crate::resolve) struct Cursor<'n> {
    node: &'n Node,
    /// The key under which the node stands.
    key: Option<Span>,
    /// Whether a step led to nothing: then this is still the map that does not have it.
    lost: bool,
}

impl<'n> Cursor<'n> {
    /// Starts at the root of a tree.
    pub(in crate::resolve) fn new(node: &'n Node) -> Self {
        Self {
            node,
            key: None,
            lost: false,
        }
    }

    /// Goes to the value of `key`; where there is none, stays for good.
    pub(in crate::resolve) fn step(self, key: &str) -> Self {
        let entry = self.node.as_map().filter(|_| !self.lost).and_then(|map| map.entry(key));
        match entry {
            Some((key, node)) => Self {
                node,
                key: Some(key.span),
                lost: false,
            },
            None => Self { lost: true, ..self },
        }
    }

    /// Goes to the item numbered `index` of a list, if it is one.
    pub(in crate::resolve) fn item(self, index: usize) -> Self {
        match self.node.as_list().and_then(|items| items.get(index)) {
            Some(node) if !self.lost => Self {
                node,
                key: None,
                lost: false,
            },
            _ => self,
        }
    }

    /// Returns the node; `None` where a step led to nothing.
    pub(in crate::resolve) fn node(self) -> Option<&'n Node> {
        (!self.lost).then_some(self.node)
    }

    /// Returns where the value stands, or the key of the map that does not have it.
    pub(in crate::resolve) fn span(self) -> Span {
        if self.lost { self.key_span() } else { self.node.span }
    }

    /// Returns where the value's key stands, or the value where it has none.
    pub(in crate::resolve) fn key_span(self) -> Span {
        self.key.unwrap_or_else(|| match self.node.as_map() {
            Some(_) => self.node.span.at_start(),
            None => self.node.span,
        })
    }

    /// Whether the value is written.
    pub(in crate::resolve) fn is_written(self) -> bool {
        !self.lost
    }
}
