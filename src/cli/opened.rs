use std::ops::Range;
use std::path::{Path, PathBuf};

use super::arguments::Arguments;
use super::exit::Exit;
use super::terminal::Terminal;
use crate::compile::{Compiled, compile, compile_in_parts};
use crate::diagnostics::{Diagnostic, Diagnostics, Place, did_you_mean, render};
use crate::error::Error;
use crate::measure::Inputs;
use crate::quantity::Every;
use crate::report::{self, TemplateFault, Templates};
use crate::resolve::Workspace;
use crate::resolve::terms::Timeline;
use crate::source::{DiskTree, SourceFile, SourceMap, Span, Tree};
use crate::syntax;
use crate::tables::{Data, Failure};

/// The file that makes a folder a workspace.
pub(super) const SETTINGS: &str = "scoreline.yaml";

/// A workspace on disk, compiled.
pub(super) struct Opened {
    pub(super) root: PathBuf,
    pub(super) compiled: Compiled,
    /// The templates that replace built-in ones.
    pub(super) templates: Templates,
    /// What is wrong with them.
    template_faults: Diagnostics,
}

impl Opened {
    /// Opens the workspace `named` on the command line, else the nearest one upwards from `from`.
    ///
    /// # Errors
    /// When there is none, or a file cannot be read.
    pub(super) fn open(named: Option<&Path>, from: &Path) -> Result<Self, Error> {
        let root = workspace(named, from)?;
        let compiled = compile(&DiskTree::new(&root))?;
        Self::of(root, compiled)
    }

    /// Opens a workspace as [`Opened::open`] does, and shows `look` its scorecards a few at a time instead of holding
    /// them; see [`compile_in_parts`].
    ///
    /// # Errors
    /// As [`Opened::open`].
    pub(super) fn in_parts(
        named: Option<&Path>,
        from: &Path,
        mut look: impl FnMut(&Workspace, &SourceMap, &Data, &Diagnostics),
    ) -> Result<Self, Error> {
        let root = workspace(named, from)?;
        let data = Data::folder(&root);
        let compiled = compile_in_parts(&DiskTree::new(&root), |part, sources, found| {
            look(part, sources, &data, found)
        })?;
        Self::of(root, compiled)
    }

    fn of(root: PathBuf, compiled: Compiled) -> Result<Self, Error> {
        let mut opened = Self {
            root,
            compiled,
            templates: Templates::new(),
            template_faults: Diagnostics::default(),
        };
        opened.read_templates()?;
        Ok(opened)
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
                self.refuse(&found, terminal);
                Ok(None)
            }
            Err(Failure::World(error)) => Err(error),
        }
    }

    /// Everything that keeps reports from being built, but for what only the data can tell.
    pub(super) fn before_measuring(&self) -> Diagnostics {
        let mut found = self.compiled.diagnostics.clone();
        found.extend(self.template_faults.clone());
        found
    }

    /// The path of a template of the workspace.
    pub(super) fn template_path(&self, name: &str) -> String {
        let folder = self
            .compiled
            .workspace
            .settings
            .templates
            .as_deref()
            .unwrap_or_default();
        format!("{folder}/{name}")
    }

    /// Returns the folder for reports: `named` on the command line, else the workspace's own.
    ///
    /// # Errors
    /// When a link makes the workspace's own lie outside of it: only the command line may name such a folder.
    pub(super) fn reports(&self, named: Option<&Path>) -> Result<PathBuf, Error> {
        if let Some(named) = named {
            return Ok(named.to_owned());
        }
        let written = &self.compiled.workspace.settings.out;
        let out = self.root.join(written);
        let real =
            |path: &Path| std::fs::canonicalize(path).map_err(|cause| Error::read(path.display().to_string(), cause));
        // What does not exist yet will be made below what does.
        if let Some(there) = out.ancestors().find(|folder| folder.symlink_metadata().is_ok())
            && !real(there)?.starts_with(real(&self.root)?)
        {
            return Err(Error::Outside { path: written.clone() });
        }
        Ok(out)
    }

    /// Reads the templates that replace built-in ones, and finds what is wrong with them.
    ///
    /// # Errors
    /// When one cannot be read.
    fn read_templates(&mut self) -> Result<(), Error> {
        let Some(folder) = self.compiled.workspace.settings.templates.clone() else {
            return Ok(());
        };
        let path = self.root.join(&folder);
        if !path.is_dir() {
            let place = Place::File {
                path: SETTINGS.to_owned(),
            };
            let message = format!("`reports.templates` names the folder `{folder}`, which does not exist");
            let help = "make the folder, or remove the key: without it the built-in templates are used";
            self.template_faults
                .push(Diagnostic::new("missing-file", place, message).help(help));
            return Ok(());
        }
        let tree = DiskTree::new(path);
        for name in tree.list()? {
            let path = self.template_path(&name);
            let bytes = tree.read(&name)?;
            let size = bytes.len();
            let found = self.template_faults.count();
            let Some(text) = syntax::decode(&path, bytes, &mut self.template_faults) else {
                // A template that is left out would leave the built-in one in its place, unnoticed.
                if self.template_faults.count() == found {
                    let message = format!("template `{name}` has {size} bytes, more than any template needs");
                    self.template_faults
                        .push(Diagnostic::new("oversized-input", Place::File { path }, message));
                }
                continue;
            };
            self.templates.insert(name, text.clone());
            self.compiled.sources.add(SourceFile::new(path, text));
        }
        for (name, fault) in report::template_faults(&self.templates) {
            self.template_faults.push(self.template_fault(&name, fault));
        }
        Ok(())
    }

    /// Turns what is wrong with a template of the workspace into a finding.
    fn template_fault(&self, name: &str, fault: TemplateFault) -> Diagnostic {
        let path = self.template_path(name);
        let file = self.compiled.sources.files().find(|(_, file)| file.path == path);
        let place = |line: usize, range: Option<Range<usize>>| match file {
            Some((id, file)) => {
                let line = file.line_range(u32::try_from(line.max(1)).unwrap_or(u32::MAX));
                let offset = |at: usize| u32::try_from(at.min(file.text.len())).unwrap_or(u32::MAX);
                let range = range.map_or(line, |range| offset(range.start)..offset(range.end));
                Place::Text(Span::new(id, range.start, range.end))
            }
            None => Place::File { path: path.clone() },
        };
        match fault {
            TemplateFault::Broken { line, range, message } => Diagnostic::new(
                "broken-template",
                place(line, range),
                format!("template `{name}`: {message}"),
            )
            .label("here")
            .help("the data a template sees are described by `scoreline schema report`"),
            TemplateFault::Unused { meant } => {
                let message = format!("template `{name}` replaces no built-in one, and none includes it");
                let finding = Diagnostic::new("unused-template", place(1, Some(0..0)), message);
                match meant {
                    Some(meant) => finding.help(format!("did you mean `{meant}`?")),
                    None => finding.help("remove it, or include it from a template that is used"),
                }
            }
        }
    }

    /// Points a failure of a template of the workspace at its place; any other stays what it is.
    pub(super) fn located(&self, error: Error) -> Failure {
        match error {
            Error::Template {
                name,
                line,
                range,
                message,
            } if self.templates.contains_key(&name) => self
                .template_fault(&name, TemplateFault::Broken { line, range, message })
                .into(),
            other => other.into(),
        }
    }

    /// Prints the findings that keep the work from being done, to programs as JSON too.
    pub(super) fn refuse(&self, found: &Diagnostics, terminal: &Terminal) -> Exit {
        self.complain(found, terminal);
        if terminal.is_for_programs() {
            let sources = &self.compiled.sources;
            terminal.print(&render::json(found, sources, Exit::Failed.code()));
        }
        Exit::Failed
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

/// Returns the workspace `named` on the command line, else the nearest one upwards from `from`.
///
/// # Errors
/// When there is none.
pub(super) fn workspace(named: Option<&Path>, from: &Path) -> Result<PathBuf, Error> {
    let none = |from: &Path| Error::NoWorkspace {
        from: from.display().to_string(),
    };
    let root = match named {
        Some(folder) => folder.to_owned(),
        None => nearest(from).ok_or_else(|| none(from))?,
    };
    if root.join(SETTINGS).is_file() {
        Ok(root)
    } else {
        Err(none(&root))
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
