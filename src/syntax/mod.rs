//! Text → a tree of [`Node`]s, each with its file and span; the only room that reads YAML.
//!
//! Comes in: one source file. Goes out: its documents as nodes, and diagnostics for whatever is
//! outside the strict subset (anchors, aliases, tags, duplicate keys, tabs, silent traps). It never
//! fails and never guesses a scalar's type: a scalar is text until a field says what it is.

mod node;

pub use node::{Key, Map, Node, NodeKind, Scalar, ScalarStyle, Snippet};
