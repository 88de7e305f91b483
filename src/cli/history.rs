use std::path::{Path, PathBuf};

use super::arguments::{Arguments, Blame, BlameFormat, History, HistoryFormat};
use super::exit::Exit;
use super::opened::{self, Opened};
use super::terminal::Terminal;
use crate::error::Error;
use crate::history::{self, From, Subject, render};
use crate::report::Templates;
use crate::source::git::Repository;
use crate::source::{DiskTree, Tree};

/// Prints what a scorecard, a KPI or a field has promised over time.
///
/// # Errors
/// When there is no workspace, an object cannot be read, or nothing has the name.
pub(super) fn run(command: &History, arguments: &Arguments, terminal: &Terminal) -> Result<Exit, Error> {
    let subject = Subject::parse(&command.subject);
    let place = Workplace::open(arguments)?;
    let mut found = place.read(command.known_at.as_deref(), |from| history::history(&subject, from))?;
    if let Some(day) = command.effective {
        found = found.on(day);
    }
    let exit = match command.complete && !found.is_complete() {
        true => Exit::Inconclusive,
        false => Exit::Clean,
    };
    let page = render::Page::of(&found, exit.code());
    terminal.print(&match command.format {
        HistoryFormat::Text => render::text(&page),
        HistoryFormat::Md => render::markdown(&page, &place.templates()?)?,
        HistoryFormat::Html => render::html(&found, &page, &place.templates()?)?,
        HistoryFormat::Json => render::json(&page),
        HistoryFormat::Csv => render::csv(&page),
    });
    Ok(exit)
}

/// Prints who set each field of the terms in force on a day.
///
/// # Errors
/// As [`run`].
pub(super) fn blame(command: &Blame, arguments: &Arguments, terminal: &Terminal) -> Result<Exit, Error> {
    let subject = Subject::parse(&command.subject);
    let place = Workplace::open(arguments)?;
    let found = place.read(command.known_at.as_deref(), |from| {
        history::blame(&subject, from, command.as_of)
    })?;
    let page = render::Page::of_blame(&found, Exit::Clean.code());
    terminal.print(&match command.format {
        BlameFormat::Text => render::blame_text(&page),
        BlameFormat::Json => render::json(&page),
        BlameFormat::Csv => render::csv(&page),
    });
    Ok(Exit::Clean)
}

/// The folder of a workspace and the repository around it.
struct Workplace {
    root: PathBuf,
    repository: Option<Repository>,
}

impl Workplace {
    fn open(arguments: &Arguments) -> Result<Self, Error> {
        let root = match opened::workspace(arguments.workspace.as_deref(), Path::new(".")) {
            Ok(root) => root,
            // A bare repository has no folder with settings: the workspace is what its commits hold.
            Err(missing) => {
                let folder = arguments.workspace.as_deref().unwrap_or(Path::new("."));
                let bare = Repository::discover(folder)?.filter(|repository| repository.workdir().is_none());
                return match bare {
                    Some(repository) => Ok(Self {
                        root: folder.to_owned(),
                        repository: Some(repository),
                    }),
                    None => Err(missing),
                };
            }
        };
        let repository = Repository::discover(&root)?;
        Ok(Self { root, repository })
    }

    /// The templates of the workspace that replace built-in ones.
    fn templates(&self) -> Result<Templates, Error> {
        match self
            .repository
            .as_ref()
            .is_some_and(|repository| repository.workdir().is_none())
        {
            true => Ok(Templates::new()),
            false => Ok(Opened::open(Some(&self.root), &self.root)?.templates),
        }
    }

    /// Lets `read` see the commits up to `known_at`; without it those up to `HEAD` and the working tree.
    fn read<T>(&self, known_at: Option<&str>, read: impl FnOnce(&From<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let folder = DiskTree::new(&self.root);
        let Some(repository) = &self.repository else {
            if let Some(revision) = known_at {
                return Err(Error::Unknown {
                    message: format!("`{revision}` names nothing: the workspace is in no git repository"),
                });
            }
            return read(&From {
                repository: None,
                tip: None,
                working: Some(&folder),
            });
        };
        let prefix = repository.prefix(&self.root)?;
        let tip = match known_at {
            Some(revision) => Some(repository.resolve(revision)?),
            None => repository.head()?,
        };
        let has_folder = known_at.is_none() && repository.workdir().is_some();
        read(&From {
            repository: Some((repository, &prefix)),
            tip,
            working: has_folder.then_some(&folder as &dyn Tree),
        })
    }
}
