//! Text → a tree of [`Node`]s, each with its file and span; the only room that reads YAML.
//!
//! Comes in: one source file. Goes out: its documents as nodes, and diagnostics for whatever is
//! outside the strict subset (anchors, aliases, tags, duplicate keys, tabs, silent traps). It never
//! fails and never guesses a scalar's type: a scalar is text until a field says what it is.
//!
//! `everyday` reads what nearly every file consists of. For the rest, `build` turns the YAML parser's events into nodes. Where the parser stops, `repair` finds the
//! value at fault in an `outline` of the text, says what to type, and replaces it in a `draft` that
//! is read again: one run shows every problem.

mod build;
mod bytes;
mod decode;
mod draft;
mod everyday;
mod field;
mod finding;
mod format;
mod frame;
mod node;
mod outline;
mod parse;
mod property;
mod quote;
mod repair;
mod scalar;

pub use decode::{MAX_BYTES, decode};
pub use format::{Formatted, format};
pub use node::{Key, Map, Node, NodeKind, Scalar, ScalarStyle, Snippet};
pub use parse::parse;

/// Kinds of documents, as far as a look at the text tells whether a file is scoreline's.
const KINDS: &[&str] = &[
    "Claims",
    "Maturity",
    "Pack",
    "Scenario",
    "Scorecard",
    "Waivers",
    "Workspace",
];

/// Whether a file is scoreline's, by its name or by a line that says so: only then is what is wrong
/// with its YAML worth a word. Other tools' YAML may lie in the same folders.
pub fn is_ours(path: &str, text: &[u8]) -> bool {
    let named = path.rsplit('/').next().is_some_and(|name| name == "scoreline.yaml");
    let of_kind = |line: &[u8]| {
        let value = line.strip_prefix(b"kind:").map(<[u8]>::trim_ascii);
        value.is_some_and(|value| KINDS.iter().any(|kind| value.starts_with(kind.as_bytes())))
    };
    named || memchr::memmem::find(text, b"scoreline/v").is_some() || text.split(|&byte| byte == b'\n').any(of_kind)
}
