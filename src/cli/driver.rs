//! `diff` as git calls it: `GIT_EXTERNAL_DIFF` and `diff.<driver>.command` hand over one file at a time.

use std::path::Path;

use super::exit::Exit;
use super::opened;
use super::terminal::Terminal;
use crate::compile::{Compiled, compile, compile_beside};
use crate::diagnostics::Diagnostics;
use crate::diff::{self, Side, View, ViewInput};
use crate::error::Error;
use crate::source::{DiskTree, Tree};

/// What git passes where a side does not have the file.
const NOTHING: &str = "/dev/null";

/// A folder in which one file is another one.
struct Patched<'a> {
    folder: DiskTree,
    /// Every path that git named; on this side only `path` is there.
    named: [&'a str; 2],
    path: &'a str,
    bytes: Option<Vec<u8>>,
}

impl Tree for Patched<'_> {
    fn list(&self) -> Result<Vec<String>, Error> {
        let mut paths = self.folder.list()?;
        paths.retain(|path| !self.named.contains(&path.as_str()));
        if self.bytes.is_some() {
            paths.push(self.path.to_owned());
            paths.sort_unstable();
        }
        Ok(paths)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Error> {
        match &self.bytes {
            Some(bytes) if path == self.path => Ok(bytes.clone()),
            _ => self.folder.read(path),
        }
    }
}

/// Prints what the change of one file means for the workspace it lies in, the other files as they are now.
///
/// Git stops at an exit code other than 0, so a file that is no scorecard or cannot be read is only told.
///
/// # Errors
/// When the workspace cannot be read.
pub(super) fn run(paths: (&str, &str), files: (&str, &str), terminal: &Terminal) -> Result<Exit, Error> {
    let (was, is) = paths;
    let folder = Path::new(is).parent().filter(|folder| !folder.as_os_str().is_empty());
    let Ok(root) = opened::workspace(None, folder.unwrap_or(Path::new("."))) else {
        terminal.print(&format!("{is}: in no workspace, not compared as terms"));
        return Ok(Exit::Clean);
    };
    let inside = |path: &str| {
        let path = Path::new(path);
        let inside = if root == Path::new(".") {
            Some(path)
        } else {
            path.strip_prefix(&root).ok()
        };
        inside.map(|path| path.to_string_lossy().replace('\\', "/"))
    };
    let (Some(was), Some(is)) = (inside(was), inside(is)) else {
        terminal.print(&format!("{is}: outside the workspace, not compared as terms"));
        return Ok(Exit::Clean);
    };
    let side = |path, file: &str| -> Result<Patched<'_>, Error> {
        let bytes = match file {
            NOTHING => None,
            file => Some(std::fs::read(file).map_err(|cause| Error::read(file, cause))?),
        };
        Ok(Patched {
            folder: DiskTree::new(&root),
            named: [&was, &is],
            path,
            bytes,
        })
    };
    let before = compile(&side(&was, files.0)?)?;
    let after = compile_beside(&side(&is, files.1)?, before.sources.clone())?;
    let broken = |side: &Compiled| side.diagnostics.has_errors() && !side.workspace.cards.is_empty();
    if broken(&before) || broken(&after) {
        terminal.print(&format!(
            "{is}: one side has errors, so that its terms cannot be compared in full"
        ));
    }
    let known = super::diff::known(&DiskTree::new(&root), &before, &after)?;
    let difference = diff::diff(&before, &after, &known);
    let name = |text: &str, path: &str| Side {
        name: format!("{text}/{path}"),
        ..Side::default()
    };
    let view = View::build(&ViewInput {
        base: &name("a", &was),
        head: &name("b", &is),
        as_of: None,
        viewpoint: None,
        difference: &difference,
        replay: None,
        files: &[],
        facts: None,
        findings: &Diagnostics::default(),
        gates: &[],
        sources: &after.sources,
        status: 0,
    });
    terminal.print(&diff::text(&view));
    Ok(Exit::Clean)
}
