//! The world failed: a file, a template or an archive could not be read or written.
//!
//! What an author wrote wrongly is never an [`Error`]; that is a
//! [`Diagnostic`](crate::diagnostics::Diagnostic).

use std::io;
use std::ops::Range;
use std::path::Path;

/// A failure outside the author's text, with the path it happened at and its cause.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read.
    #[error("cannot read `{path}`")]
    Read {
        /// The path as the user knows it.
        path: String,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// A folder could not be listed.
    #[error("cannot list `{path}`")]
    List {
        /// The path as the user knows it.
        path: String,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// A file could not be written.
    #[error("cannot write `{path}`")]
    Write {
        /// The path as the user knows it.
        path: String,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// A data file is not what its format says.
    #[error("cannot read `{path}` as {format}: {message}")]
    Format {
        /// The path as the user knows it.
        path: String,
        /// The format expected, such as `Parquet`.
        format: &'static str,
        /// What the reader said.
        message: String,
    },
    /// A git repository, or something in it, could not be read.
    #[error("cannot {action}: {message}")]
    Git {
        /// What was tried, such as ``read the commit 1f3c…``.
        action: String,
        /// Why it failed.
        message: String,
    },
    /// There is no workspace to work on.
    #[error(
        "no `scoreline.yaml` in `{from}` or any folder above it; it makes a folder a workspace: write `apiVersion: scoreline/v1` and `kind: Workspace` into one, start one with `scoreline init`, or name a workspace with `-C DIR`"
    )]
    NoWorkspace {
        /// Where the search began.
        from: String,
    },
    /// A name on the command line that nothing in the workspace has.
    #[error("{message}")]
    Unknown {
        /// What is unknown, and what is known.
        message: String,
    },
    /// An edition that is sealed is not as it was sealed.
    #[error("`{path}` {message}; `scoreline verify` says what else differs")]
    Edition {
        /// The path as the user knows it.
        path: String,
        /// What is wrong, as a phrase that follows the path.
        message: String,
    },
    /// Two runs publish into one folder.
    #[error("`{path}` {message}")]
    Busy {
        /// The path as the user knows it.
        path: String,
        /// What is in the way and what to do, as a phrase that follows the path.
        message: String,
    },
    /// The ledger of sealed reports does not hold together.
    #[error("ledger `{path}`, line {line}: {message}; `scoreline verify` says what else does not hold")]
    Ledger {
        /// The path as the user knows it.
        path: String,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A folder that is to be written to is not in the workspace.
    #[error("`{path}` is a link that leads out of the workspace; if that is meant, name its end with `--out`")]
    Outside {
        /// The folder as the workspace names it.
        path: String,
    },
    /// The preview cannot be offered.
    #[error("cannot listen on port {port} of this machine; name another with `--port`, or 0 for any that is free")]
    Listen {
        /// The port.
        port: u16,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// A report template failed.
    #[error("template `{name}`, line {line}: {message}")]
    Template {
        /// The template's name.
        name: String,
        /// Line in the template, from 1; 0 when unknown.
        line: usize,
        /// The bytes at fault, where the engine knows them.
        range: Option<Range<usize>>,
        /// What went wrong.
        message: String,
    },
}

impl Error {
    /// A file at `path` could not be read.
    pub fn read(path: impl Into<String>, cause: io::Error) -> Self {
        Self::Read {
            path: path.into(),
            cause,
        }
    }

    /// What was tried with a git repository failed.
    pub fn git(action: impl Into<String>, message: String) -> Self {
        Self::Git {
            action: action.into(),
            message,
        }
    }

    /// The folder at `path` could not be listed.
    pub fn list(path: &Path, cause: io::Error) -> Self {
        Self::List {
            path: path.display().to_string(),
            cause,
        }
    }

    /// A file at `path` could not be written.
    pub fn write(path: &Path, cause: io::Error) -> Self {
        Self::Write {
            path: path.display().to_string(),
            cause,
        }
    }
}
