use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::Arc;

use gix::bstr::ByteSlice as _;
use gix::objs::tree::EntryKind;

use super::{CommitId, Repository, failed};
use crate::error::Error;
use crate::source::tree::{Tree, is_left_out};

/// Symbolic links followed for one path before it counts as a circle.
const MAX_LINKS: usize = 40;

/// How a file starts whose content Git LFS keeps outside the repository.
const LFS: &[u8] = b"version https://git-lfs.github.com/spec/";

/// The id of a file's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobId(gix::ObjectId);

/// A file in a commit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GitFile {
    /// Path from the folder that was listed, with `/`; what is not UTF-8 in it is replaced.
    pub path: Arc<str>,
    /// The id of its content; of a symbolic link the id of its target's path.
    pub blob: BlobId,
    /// Whether it is a symbolic link.
    pub is_link: bool,
}

/// The files of one commit below a folder, as a [`Tree`].
///
/// It lists what a folder on disk with the same files would list. Symbolic links are followed inside
/// the repository; what lies in submodules is not part of the commit and not listed; files kept by
/// Git LFS cannot be read, which the error says.
#[derive(Debug)]
pub struct CommitTree<'a> {
    repository: &'a Repository,
    root: gix::ObjectId,
    commit: CommitId,
    prefix: String,
    files: BTreeMap<Arc<str>, GitFile>,
}

/// Listings of the trees of many commits: a folder that did not change between them is read once.
#[derive(Debug)]
pub struct Forest<'a> {
    repository: &'a Repository,
    prefix: String,
    wanted: fn(&str) -> bool,
    listed: HashMap<gix::ObjectId, Arc<[GitFile]>>,
}

/// What stands at a path.
enum Found {
    Blob(gix::ObjectId),
    Folder(gix::ObjectId),
    Nothing,
}

impl Repository {
    /// Returns the content of a file.
    ///
    /// # Errors
    /// When it is not here, as in a partial clone.
    pub fn blob(&self, id: BlobId) -> Result<Vec<u8>, Error> {
        let handle = self.handle();
        let action = || format!("read the object {}", id.0);
        let mut object = handle.find_blob(id.0).map_err(|cause| {
            match cause.is_not_found() {
            true => Error::git(
                action(),
                "it is not here; a partial clone leaves contents behind, `git fetch --refetch --no-filter` fetches them"
                    .to_owned(),
            ),
            false => failed(action(), &cause),
        }
        })?;
        Ok(object.take_data())
    }

    /// Returns the tree of the folder `path` below the tree `root`; `None` when there is none.
    pub(super) fn folder_tree(&self, root: gix::ObjectId, path: &str) -> Result<Option<gix::ObjectId>, Error> {
        Ok(match self.find(root, path)? {
            Found::Folder(id) => Some(id),
            Found::Blob(_) | Found::Nothing => None,
        })
    }

    /// Returns what stands at `path` below the tree `root`, symbolic links followed.
    fn find(&self, root: gix::ObjectId, path: &str) -> Result<Found, Error> {
        let fault = |cause: gix::Error| failed(format!("read the folder of `{path}`"), &cause);
        let outside = || {
            Error::git(
                format!("read `{path}`"),
                "a symbolic link leads out of the repository".to_owned(),
            )
        };
        let handle = self.handle();
        // Steps to go, the next one last; trees from the root to where we are.
        let mut steps: Vec<String> = path.rsplit('/').map(str::to_owned).collect();
        let mut trees = vec![root];
        let mut links = 0;
        while let Some(step) = steps.pop() {
            match step.as_str() {
                "" | "." => continue,
                ".." => {
                    trees.pop();
                    if trees.is_empty() {
                        return Err(outside());
                    }
                    continue;
                }
                _ => {}
            }
            let here = *trees.last().expect("the root is never left");
            let tree = handle.find_tree(here).map_err(fault)?;
            let tree = tree.decode().map_err(fault)?;
            let Some(entry) = tree.entries.iter().find(|entry| entry.filename.to_str_lossy() == step) else {
                return Ok(Found::Nothing);
            };
            match entry.mode.kind() {
                EntryKind::Tree => trees.push(entry.oid.to_owned()),
                EntryKind::Blob | EntryKind::BlobExecutable => {
                    let is_last = steps.iter().all(|step| step.is_empty() || step == ".");
                    return Ok(if is_last {
                        Found::Blob(entry.oid.to_owned())
                    } else {
                        Found::Nothing
                    });
                }
                EntryKind::Link => {
                    links += 1;
                    if links > MAX_LINKS {
                        let message = "its symbolic links go in a circle".to_owned();
                        return Err(Error::git(format!("read `{path}`"), message));
                    }
                    let target = handle.find_blob(entry.oid).map_err(fault)?;
                    let target = target.data.to_str_lossy();
                    if target.starts_with('/') {
                        return Err(outside());
                    }
                    steps.extend(target.rsplit('/').map(str::to_owned));
                }
                EntryKind::Commit => {
                    let message = "it lies in a submodule, which the commit does not hold".to_owned();
                    return Err(Error::git(format!("read `{path}`"), message));
                }
            }
        }
        Ok(Found::Folder(*trees.last().expect("the root is never left")))
    }
}

impl<'a> CommitTree<'a> {
    pub(super) fn open(
        repository: &'a Repository,
        root: gix::ObjectId,
        commit: CommitId,
        prefix: &str,
    ) -> Result<Self, Error> {
        let Some(folder) = repository.folder_tree(root, prefix)? else {
            return Err(Error::git(
                format!("list the commit {}", commit.short()),
                format!("it has no folder `{prefix}`"),
            ));
        };
        let mut forest = Forest::new(repository, "", |_| true);
        let files = forest.folder(folder)?;
        Ok(Self {
            repository,
            root,
            commit,
            prefix: prefix.to_owned(),
            files: files
                .iter()
                .map(|file| (Arc::clone(&file.path), file.clone()))
                .collect(),
        })
    }

    /// Returns the commit whose files these are.
    pub fn commit(&self) -> CommitId {
        self.commit
    }

    fn content(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let known = self.files.get(path).filter(|file| !file.is_link);
        if let Some(file) = known {
            return self.repository.blob(file.blob).map(Some);
        }
        // A link, or a path that a link to a folder makes.
        let full = format!("{}/{path}", self.prefix);
        match self.repository.find(self.root, &full)? {
            Found::Blob(id) => self.repository.blob(BlobId(id)).map(Some),
            Found::Folder(_) | Found::Nothing => Ok(None),
        }
    }
}

impl Tree for CommitTree<'_> {
    fn list(&self) -> Result<Vec<String>, Error> {
        Ok(self.files.keys().map(|path| path.to_string()).collect())
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Error> {
        let Some(bytes) = self.content(path)? else {
            return Err(Error::read(
                format!("{}:{path}", self.commit.short()),
                io::Error::from(io::ErrorKind::NotFound),
            ));
        };
        if bytes.starts_with(LFS) {
            return Err(Error::git(
                format!("read `{}:{path}`", self.commit.short()),
                "Git LFS keeps its content outside the repository".to_owned(),
            ));
        }
        Ok(bytes)
    }
}

impl<'a> Forest<'a> {
    /// Lists the files below the folder `prefix` of each commit whose path below it is `wanted`; that is asked once
    /// per file name, so it must depend on nothing else.
    pub fn new(repository: &'a Repository, prefix: &str, wanted: fn(&str) -> bool) -> Self {
        Self {
            repository,
            prefix: prefix.to_owned(),
            wanted,
            listed: HashMap::new(),
        }
    }

    /// Returns the wanted files of `commit`, by path, links followed; `None` where it does not have the folder.
    ///
    /// # Errors
    /// When a tree cannot be read.
    pub fn files(&mut self, commit: &super::Commit) -> Result<Option<Arc<[GitFile]>>, Error> {
        let Some(folder) = self.repository.folder_tree(commit.tree, &self.prefix)? else {
            return Ok(None);
        };
        let files = self.folder(folder)?;
        if files.iter().all(|file| !file.is_link) {
            return Ok(Some(files));
        }
        // Where a link leads depends on the whole commit. One that leads nowhere holds nothing.
        let followed = files.iter().filter_map(|file| {
            if !file.is_link {
                return Some(file.clone());
            }
            let full = format!("{}/{}", self.prefix, file.path);
            match self.repository.find(commit.tree, &full) {
                Ok(Found::Blob(id)) => Some(GitFile {
                    blob: BlobId(id),
                    is_link: false,
                    ..file.clone()
                }),
                _ => None,
            }
        });
        Ok(Some(followed.collect()))
    }

    fn folder(&mut self, id: gix::ObjectId) -> Result<Arc<[GitFile]>, Error> {
        if let Some(files) = self.listed.get(&id) {
            return Ok(Arc::clone(files));
        }
        let fault = |cause: gix::Error| failed(format!("read the tree {id}"), &cause);
        let entries: Vec<(String, EntryKind, gix::ObjectId)> = {
            let handle = self.repository.handle();
            let tree = handle.find_tree(id).map_err(fault)?;
            let tree = tree.decode().map_err(fault)?;
            let entries = tree.entries.iter();
            let named = entries.map(|entry| {
                let name = entry.filename.to_str_lossy().into_owned();
                (name, entry.mode.kind(), entry.oid.to_owned())
            });
            named.collect()
        };
        let mut files = Vec::new();
        for (name, kind, oid) in entries {
            let is_folder = kind == EntryKind::Tree;
            if is_left_out(&name, is_folder) {
                continue;
            }
            match kind {
                EntryKind::Tree => {
                    let below = self.folder(oid)?;
                    files.extend(below.iter().map(|file| GitFile {
                        path: format!("{name}/{}", file.path).into(),
                        ..file.clone()
                    }));
                }
                EntryKind::Blob | EntryKind::BlobExecutable | EntryKind::Link if (self.wanted)(&name) => {
                    files.push(GitFile {
                        path: name.into(),
                        blob: BlobId(oid),
                        is_link: kind == EntryKind::Link,
                    });
                }
                // Submodules are other repositories.
                _ => {}
            }
        }
        files.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        let files: Arc<[GitFile]> = files.into();
        self.listed.insert(id, Arc::clone(&files));
        Ok(files)
    }
}
