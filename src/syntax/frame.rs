use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::node::{Key, Node};
use crate::source::Span;

/// From this many entries on a map's keys are also hashed to find duplicates.
const SMALL_MAP: usize = 12;

/// A map or list under construction.
pub(super) enum Frame {
    Map(MapFrame),
    List { start: usize, flow: bool, items: Vec<Node> },
}

pub(super) struct MapFrame {
    pub(super) start: usize,
    /// Whether it is written in braces.
    pub(super) flow: bool,
    pub(super) entries: Vec<(Key, Node)>,
    /// Where in `entries` each key is, once there are many.
    index: HashMap<Arc<str>, usize>,
    /// The key whose value comes next.
    pub(super) pending: Option<Pending>,
    /// Where the last value stands, if it is a plain one.
    pub(super) last_plain: Option<Range<usize>>,
    /// The last value and the pieces that a comma split from it.
    pub(super) split: Option<Range<usize>>,
}

pub(super) struct Pending {
    /// `None` for a key that was rejected: its value is read and left out.
    pub(super) key: Option<Key>,
    /// Where the key stands, with its quotes.
    pub(super) range: Range<usize>,
    pub(super) plain: bool,
}

impl MapFrame {
    pub(super) fn new(start: usize, flow: bool) -> Self {
        Self {
            start,
            flow,
            entries: Vec::new(),
            index: HashMap::new(),
            pending: None,
            last_plain: None,
            split: None,
        }
    }

    /// Adds an entry; where the key stands already, returns its place and leaves the new one out.
    pub(super) fn insert(&mut self, key: Key, value: Node) -> Result<(), Span> {
        if let Some(first) = self.position(&key.text) {
            return Err(self.entries[first].0.span);
        }
        if !self.index.is_empty() {
            self.index.insert(key.text.clone(), self.entries.len());
        }
        self.entries.push((key, value));
        Ok(())
    }

    fn position(&mut self, key: &str) -> Option<usize> {
        if self.entries.len() < SMALL_MAP {
            return self.entries.iter().position(|(first, _)| &*first.text == key);
        }
        if self.index.is_empty() {
            let keys = self.entries.iter().map(|(key, _)| key.text.clone());
            self.index = keys.zip(0..).collect();
        }
        self.index.get(key).copied()
    }
}
