//! Where text comes from: a tree of files, the files read from it, and places inside them.
//!
//! Comes in: a [`Tree`] (a folder on disk, a git commit, or files in memory). Goes out: [`SourceMap`] with the
//! text of each file, and [`Span`]s into it. Nothing here knows YAML or the language.

mod digest;
pub mod git;
mod span;
mod tree;

pub use digest::sha256;
pub use span::{FileId, LineColumn, SourceFile, SourceMap, Span};
pub use tree::{DiskTree, MemoryTree, Tree};
