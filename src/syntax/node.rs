use std::sync::Arc;

use crate::source::Span;

/// One value of a document with its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Where it stands; for a scalar with its quotes.
    pub span: Span,
}

/// What a [`Node`] is.
#[derive(Clone, Debug)]
pub enum NodeKind {
    /// Nothing, `~` or `null`: in an overlay it removes.
    Null,
    /// Text whose type its field decides.
    Scalar(Scalar),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping in file order.
    Map(Map),
}

/// A scalar's text and how it was written.
#[derive(Clone, Debug)]
pub struct Scalar {
    /// The text without quotes, escapes resolved.
    pub text: Arc<str>,
    /// How it was written.
    pub style: ScalarStyle,
    /// For each byte of `text` its byte offset in the file, where that is not simply the start plus
    /// the index (escapes, folded lines); `None` when the text stands there verbatim.
    pub offsets: Option<Arc<[u32]>>,
}

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarStyle {
    /// Without quotes.
    Plain,
    /// In `'…'` or `"…"`.
    Quoted,
    /// As a `|` or `>` block.
    Block,
}

/// A mapping key and its place.
#[derive(Clone, Debug)]
pub struct Key {
    /// The key's text.
    pub text: Arc<str>,
    /// Where it stands.
    pub span: Span,
}

/// A mapping in file order without duplicate keys; a clone shares its entries.
#[derive(Clone, Debug, Default)]
pub struct Map {
    entries: Arc<[(Key, Node)]>,
}

/// A piece of text in a small language of its own (an expression), and where each byte of it stands.
#[derive(Clone, Debug)]
pub struct Snippet {
    /// The text.
    pub text: Arc<str>,
    /// Where the scalar stands, with its quotes.
    pub span: Span,
    /// Byte offset in the file of the text's first byte.
    pub start: u32,
    /// See [`Scalar::offsets`].
    pub offsets: Option<Arc<[u32]>>,
}

impl PartialEq for Snippet {
    /// Two snippets are equal when their text is: where they stand does not matter.
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Snippet {}

impl Snippet {
    /// Returns the span of the bytes `start..end` of the text.
    pub fn locate(&self, start: usize, end: usize) -> Span {
        let at = |index: usize| match &self.offsets {
            Some(offsets) => offsets.get(index).copied().unwrap_or(self.span.end),
            None => self.start + index as u32,
        };
        let last = if end > start { at(end - 1) + 1 } else { at(start) };
        Span::new(self.span.file, at(start), last)
    }
}

impl Node {
    /// Returns the map, if it is one.
    pub fn as_map(&self) -> Option<&Map> {
        match &self.kind {
            NodeKind::Map(map) => Some(map),
            _ => None,
        }
    }

    /// Returns the list, if it is one.
    pub fn as_list(&self) -> Option<&[Node]> {
        match &self.kind {
            NodeKind::List(items) => Some(items),
            _ => None,
        }
    }

    /// Returns the scalar, if it is one.
    pub fn as_scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            NodeKind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// Returns the scalar's text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        self.as_scalar().map(|scalar| &*scalar.text)
    }

    /// Returns the node at a path of keys and list indices such as `["kpis", "csat", "target"]`.
    pub fn at<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> Option<&Node> {
        path.into_iter().try_fold(self, |node, step| match &node.kind {
            NodeKind::Map(map) => map.get(step),
            NodeKind::List(items) => step.parse::<usize>().ok().and_then(|i| items.get(i)),
            _ => None,
        })
    }

    /// Whether two nodes say the same, wherever and however they are written; the order of a map says nothing.
    pub fn says_the_same(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (NodeKind::Null, NodeKind::Null) => true,
            (NodeKind::Scalar(a), NodeKind::Scalar(b)) => a.text == b.text,
            (NodeKind::List(a), NodeKind::List(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.says_the_same(b))
            }
            (NodeKind::Map(a), NodeKind::Map(b)) => {
                let within = |(key, value): (&Key, &Node)| b.get(&key.text).is_some_and(|b| value.says_the_same(b));
                a.len() == b.len() && a.iter().all(within)
            }
            _ => false,
        }
    }

    /// What this is, for messages: `nothing`, `a value`, `a list` or `a map`.
    pub fn describe(&self) -> &'static str {
        match self.kind {
            NodeKind::Null => "nothing",
            NodeKind::Scalar(_) => "a value",
            NodeKind::List(_) => "a list",
            NodeKind::Map(_) => "a map",
        }
    }
}

impl Map {
    /// Takes entries in order; keys must be unique.
    pub fn new(entries: Vec<(Key, Node)>) -> Self {
        Self {
            entries: entries.into(),
        }
    }

    /// Returns the value of `key`.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, value)| value)
    }

    /// Returns the key with its place and the value of `key`.
    pub fn entry(&self, key: &str) -> Option<&(Key, Node)> {
        self.entries.iter().find(|(k, _)| &*k.text == key)
    }

    /// Replaces the value of `key`, or appends it.
    pub fn insert(&mut self, key: Key, value: Node) {
        let mut entries = self.entries.to_vec();
        match entries.iter_mut().find(|(k, _)| k.text == key.text) {
            Some(entry) => *entry = (key, value),
            None => entries.push((key, value)),
        }
        self.entries = entries.into();
    }

    /// Removes `key` and returns its value.
    pub fn remove(&mut self, key: &str) -> Option<Node> {
        let mut entries = self.entries.to_vec();
        let index = entries.iter().position(|(k, _)| &*k.text == key)?;
        let (_, value) = entries.remove(index);
        self.entries = entries.into();
        Some(value)
    }

    /// Returns the entries in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Node)> {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    /// Returns the number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}
