use std::path::{Path, PathBuf};

use super::terminal::Terminal;
use crate::compile::{Compiled, compile};
use crate::diagnostics::{Diagnostics, render};
use crate::error::Error;
use crate::source::DiskTree;

/// The file that makes a folder a workspace.
const SETTINGS: &str = "scoreline.yaml";

/// A workspace on disk, compiled.
pub(super) struct Opened {
    pub(super) root: PathBuf,
    pub(super) compiled: Compiled,
}

impl Opened {
    /// Opens the workspace `named` on the command line, else the nearest one upwards from `from`.
    ///
    /// # Errors
    /// When there is none, or a file cannot be read.
    pub(super) fn open(named: Option<&Path>, from: &Path) -> Result<Self, Error> {
        let root = match named {
            Some(folder) => folder.to_owned(),
            None => nearest(from).ok_or_else(|| Error::NoWorkspace { from: from.display().to_string() })?,
        };
        if !root.join(SETTINGS).is_file() {
            return Err(Error::NoWorkspace { from: root.display().to_string() });
        }
        let compiled = compile(&DiskTree::new(&root))?;
        Ok(Self { root, compiled })
    }

    /// Prints findings as text with a summary line; nothing when there are none.
    pub(super) fn complain(&self, diagnostics: &Diagnostics, terminal: &Terminal) {
        if !diagnostics.is_empty() {
            terminal.complain(&render::text(diagnostics, &self.compiled.sources, terminal.stderr_style()));
        }
    }
}

/// Returns the nearest folder with settings, from `from` upwards.
fn nearest(from: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(from).ok()?;
    let found = absolute.ancestors().find(|folder| folder.join(SETTINGS).is_file())?;
    // Shorter to read, and the same wherever the workspace is checked out.
    let here = std::env::current_dir().ok();
    let relative = here.and_then(|here| found.strip_prefix(here).ok().map(Path::to_owned));
    Some(match relative {
        Some(path) if path.as_os_str().is_empty() => PathBuf::from("."),
        Some(path) => path,
        None => found.to_owned(),
    })
}
