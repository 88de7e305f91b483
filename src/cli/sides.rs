//! The sides of a comparison: revisions of git, `rev:path`, folders, and what is compared where none is named.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::arguments::Arguments;
use super::opened::{self, SETTINGS};
use crate::diff::Side;
use crate::error::Error;
use crate::source::git::{CommitId, Repository};
use crate::source::{DiskTree, MemoryTree, Tree};

/// How the working tree is called.
const WORKING_TREE: &str = "working tree";

/// Where the sides of a comparison may be.
pub(super) struct Places {
    /// The workspace, where there is one.
    pub(super) workspace: Option<PathBuf>,
    repository: Option<Repository>,
}

/// One side.
pub(super) struct Place {
    /// As people named it.
    name: String,
    pub(super) at: At,
}

/// Where the files of a side are.
pub(super) enum At {
    Folder(PathBuf),
    Commit { id: CommitId, folder: String },
}

impl Places {
    pub(super) fn find(arguments: &Arguments) -> Result<Self, Error> {
        let workspace = match opened::workspace(arguments.workspace.as_deref(), Path::new(".")) {
            Ok(root) => Some(root),
            // Two folders can be compared from anywhere.
            Err(Error::NoWorkspace { .. }) if arguments.workspace.is_none() => None,
            Err(error) => return Err(error),
        };
        let repository = Repository::discover(workspace.as_deref().unwrap_or(Path::new(".")))?;
        Ok(Self { workspace, repository })
    }

    pub(super) fn workspace(&self) -> Result<&Path, Error> {
        self.workspace
            .as_deref()
            .ok_or_else(|| Error::NoWorkspace { from: ".".to_owned() })
    }

    fn repository(&self) -> Result<&Repository, Error> {
        self.repository.as_ref().ok_or_else(|| Error::Unknown {
            message: "this is no git repository; name two folders: `scoreline diff BEFORE AFTER`".to_owned(),
        })
    }

    /// The folder of a side from the root of the repository; none where there is no repository, or it lies outside.
    pub(super) fn folder(&self, place: &Place) -> Option<String> {
        match (&place.at, &self.repository) {
            (At::Commit { folder, .. }, _) => Some(folder.clone()),
            (At::Folder(folder), Some(repository)) => repository.prefix(folder).ok(),
            (At::Folder(_), None) => None,
        }
    }

    /// Finds a side by its name: a folder that says so (`./x`, `x/`), a revision, `rev:path`, or any folder.
    pub(super) fn named(&self, name: &str) -> Result<Place, Error> {
        let folder = Path::new(name);
        let says_folder = name.starts_with(['.', '/']) || name.ends_with('/') || folder.is_absolute();
        let of_folder = || Place {
            name: name.to_owned(),
            at: At::Folder(folder.to_owned()),
        };
        let Some(repository) = self.repository.as_ref().filter(|_| !(says_folder && folder.is_dir())) else {
            return match folder.is_dir() {
                true => Ok(of_folder()),
                false => Err(Error::Unknown {
                    message: format!("`{name}` is no folder, and this is no git repository"),
                }),
            };
        };
        match repository.point(name) {
            Ok(point) => Ok(Place {
                name: name.to_owned(),
                at: At::Commit {
                    id: point.commit,
                    folder: match (point.folder, &self.workspace) {
                        (Some(folder), _) => folder,
                        (None, Some(workspace)) => repository.prefix(workspace)?,
                        (None, None) => recorded(repository, point.commit, name)?,
                    },
                },
            }),
            Err(Error::Unknown { .. }) if folder.is_dir() => Ok(of_folder()),
            Err(error) => Err(error),
        }
    }

    /// BASE: as named, else where this branch left the one it goes into.
    pub(super) fn base(&self, name: Option<&str>) -> Result<Place, Error> {
        if let Some(name) = name {
            return self.named(name);
        }
        let repository = self.repository()?;
        let Some(here) = repository.head()? else {
            return Err(Error::Unknown {
                message: "there is no commit yet to compare with".to_owned(),
            });
        };
        let folder = repository.prefix(self.workspace()?)?;
        let parted = match repository.base()? {
            // A shallow clone ends before they part: comparing with anything else would say that nothing changed.
            Some(branch) => match repository.merge_base(here, branch.commit)? {
                Some(id) => Some((format!("merge base with {}", branch.name), id)),
                None => {
                    let message = format!(
                        "this clone does not know where it left {}: name BASE, or fetch more of the history",
                        branch.name
                    );
                    return Err(Error::Unknown { message });
                }
            },
            None => None,
        };
        let (name, id) = parted.unwrap_or_else(|| ("HEAD".to_owned(), here));
        Ok(Place {
            name,
            at: At::Commit { id, folder },
        })
    }

    /// HEAD: as named, else the working tree.
    pub(super) fn head(&self, name: Option<&str>) -> Result<Place, Error> {
        match name {
            Some(name) => self.named(name),
            None => Ok(Place {
                name: WORKING_TREE.to_owned(),
                at: At::Folder(self.workspace()?.to_owned()),
            }),
        }
    }

    /// The files of a side.
    pub(super) fn tree(&self, place: &Place) -> Result<Box<dyn Tree + '_>, Error> {
        Ok(match &place.at {
            At::Folder(folder) => Box::new(DiskTree::new(folder)),
            At::Commit { id, folder } => {
                let repository = self.repository()?;
                match repository.point(&format!("{id}:{folder}")) {
                    // The workspace did not exist yet.
                    Err(Error::Unknown { .. }) => Box::new(MemoryTree::default()),
                    _ => Box::new(repository.tree(*id, folder)?),
                }
            }
        })
    }

    pub(super) fn side(&self, place: &Place) -> Result<Side, Error> {
        let id = match &place.at {
            At::Commit { id, .. } => Some(*id),
            At::Folder(_) if place.name == WORKING_TREE => match &self.repository {
                Some(repository) => repository.head()?,
                None => None,
            },
            At::Folder(_) => None,
        };
        Ok(Side {
            name: place.name.clone(),
            commit: id.map(|id| id.short()),
            date: match id {
                Some(id) => self.day(id)?.map(|day| day.to_string()),
                None => None,
            },
        })
    }

    /// The day on which a commit was made, where its committer was.
    fn day(&self, id: CommitId) -> Result<Option<Date>, Error> {
        let commit = self.repository()?.commit(id)?;
        Ok(commit.committer.when.map(|when| when.date()))
    }
}

/// Finds the workspace that a commit holds, where no folder here says which: a bare repository has no files.
fn recorded(repository: &Repository, commit: CommitId, name: &str) -> Result<String, Error> {
    let mut folders: Vec<String> = repository
        .tree(commit, "")?
        .list()?
        .into_iter()
        .filter_map(|path| match path.as_str() {
            SETTINGS => Some(String::new()),
            path => Some(path.strip_suffix(SETTINGS)?.strip_suffix('/')?.to_owned()),
        })
        .collect();
    // The folder nearest to the root holds all others.
    folders.sort_by_key(|folder| {
        (
            folder.matches('/').count() + usize::from(!folder.is_empty()),
            folder.clone(),
        )
    });
    match folders.as_slice() {
        [only] => Ok(only.clone()),
        [root, ..] if root.is_empty() => Ok(String::new()),
        [] => Err(Error::Unknown {
            message: format!("`{name}` holds no `{SETTINGS}`"),
        }),
        several => {
            let named: Vec<String> = several.iter().map(|folder| format!("`{name}:{folder}`")).collect();
            Err(Error::Unknown {
                message: format!("`{name}` holds several workspaces: write {}", named.join(" or ")),
            })
        }
    }
}
