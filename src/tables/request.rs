use crate::expression::Type;
use crate::quantity::Period;
use crate::resolve::terms::Source;

/// What to read of one source.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The source's id.
    pub id: &'a str,
    /// The source.
    pub source: &'a Source,
    /// Folder of the document that declares the source, relative to the workspace's root; `""` for
    /// the root itself. The source's path is relative to it and may leave it by `../`.
    pub base: &'a str,
    /// The periods whose files a `{period}` path reads, in order.
    pub periods: &'a [Period],
    /// The columns of the batches, in this order.
    pub columns: &'a [Wanted],
    /// How to read.
    pub options: Options,
}

/// A column that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its name in expressions, as [`Header`](super::Header) has it.
    pub name: String,
    /// The type it shall have.
    pub kind: Type,
}

/// How a scan reads; nothing measured depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Bytes of a chunk of text; a chunk holds at least one whole record.
    pub chunk: usize,
    /// Whether the SHA-256 of each file is computed while it is read.
    pub digests: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            chunk: 1 << 20,
            digests: true,
        }
    }
}
