use std::path::{Path, PathBuf};

use super::arguments::Arguments;
use super::terminal::Terminal;
use crate::check;
use crate::compile::{Compiled, compile};
use crate::diagnostics::{Diagnostics, did_you_mean, render};
use crate::error::Error;
use crate::measure::Inputs;
use crate::quantity::Every;
use crate::report::Templates;
use crate::resolve::terms::Timeline;
use crate::source::{DiskTree, Tree};
use crate::tables::{Data, Failure};

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
            None => nearest(from).ok_or_else(|| Error::NoWorkspace {
                from: from.display().to_string(),
            })?,
        };
        if !root.join(SETTINGS).is_file() {
            return Err(Error::NoWorkspace {
                from: root.display().to_string(),
            });
        }
        let compiled = compile(&DiskTree::new(&root))?;
        Ok(Self { root, compiled })
    }

    /// Opens the workspace that the command line names, else the nearest one upwards from here.
    ///
    /// # Errors
    /// As [`Opened::open`].
    pub(super) fn here(arguments: &Arguments) -> Result<Self, Error> {
        Self::open(arguments.workspace.as_deref(), Path::new("."))
    }

    /// Returns the scorecard called `id`.
    ///
    /// # Errors
    /// When there is none; the error names a similar one, or all.
    pub(super) fn card(&self, id: &str) -> Result<&Timeline, Error> {
        let cards = &self.compiled.workspace.cards;
        cards.iter().find(|card| card.id == id).ok_or_else(|| {
            let ids: Vec<&str> = cards.iter().map(|card| card.id.as_str()).collect();
            let known = match did_you_mean(id, ids.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("there are: {}", ids.join(", ")),
            };
            Error::Unknown {
                message: format!("no scorecard is called `{id}`; {known}"),
            }
        })
    }

    /// A period's label does not fit a card.
    pub(super) fn unfit(card: &Timeline, label: &str) -> Error {
        let form = match card.latest().period.every {
            Every::Week => "weeks, such as 2026-W41",
            Every::Month => "months, such as 2026-10",
            Every::Quarter => "quarters, such as 2026-Q4",
            Every::Year => "years, such as 2026",
        };
        Error::Unknown {
            message: format!("`{label}` is no period of `{}`, which has {form}", card.id),
        }
    }

    /// Everything that is wrong with the workspace, the data's headers included.
    pub(super) fn checked(&self) -> Diagnostics {
        let mut found = self.compiled.diagnostics.clone();
        let workspace = &self.compiled.workspace;
        check::columns(workspace, &self.compiled.sources, &Data::folder(&self.root), &mut found);
        found
    }

    /// What measuring needs to know of the workspace.
    pub(super) fn inputs<'a>(&'a self, data: &'a Data) -> Inputs<'a> {
        Inputs {
            data,
            documents: Some(&self.compiled.sources),
        }
    }

    /// Prints what the author can mend and returns `None`; passes on what the world did.
    ///
    /// # Errors
    /// When the world failed.
    pub(super) fn settle<T>(&self, result: Result<T, Failure>, terminal: &Terminal) -> Result<Option<T>, Error> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(Failure::Found(found)) => {
                self.complain(&found, terminal);
                Ok(None)
            }
            Err(Failure::World(error)) => Err(error),
        }
    }

    /// Reads the templates of the workspace that replace built-in ones.
    ///
    /// # Errors
    /// When one cannot be read or is not UTF-8.
    pub(super) fn templates(&self) -> Result<Templates, Error> {
        let mut templates = Templates::new();
        let Some(folder) = &self.compiled.workspace.settings.templates else {
            return Ok(templates);
        };
        let tree = DiskTree::new(self.root.join(folder));
        for name in tree.list()? {
            let text = String::from_utf8(tree.read(&name)?).map_err(|cause| {
                Error::read(
                    format!("{folder}/{name}"),
                    std::io::Error::new(std::io::ErrorKind::InvalidData, cause),
                )
            })?;
            templates.insert(name, text);
        }
        Ok(templates)
    }

    /// Prints findings as text with a summary line; nothing when there are none.
    pub(super) fn complain(&self, diagnostics: &Diagnostics, terminal: &Terminal) {
        if !diagnostics.is_empty() {
            terminal.complain(&render::text(
                diagnostics,
                &self.compiled.sources,
                terminal.stderr_look(),
            ));
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
