//! Git as a place where text comes from: commits, and the tree of files that each of them holds.
//!
//! Objects are read directly from the object database; no `git` program is started, nothing is
//! written, cloned or checked out, and neither the environment nor the user's configuration is read.
//!
//! ```no_run
//! # fn main() -> Result<(), scoreline::error::Error> {
//! use scoreline::compile::compile;
//! use scoreline::source::git::Repository;
//!
//! let folder = std::path::Path::new("scorecards/managed-it");
//! let Some(repository) = Repository::discover(folder)? else { return Ok(()) };
//! // Where the workspace is inside the repository; the same for every commit.
//! let prefix = repository.prefix(folder)?;
//! let commit = repository.resolve("v1.4")?;
//! let tree = repository.tree(commit, &prefix)?;
//! let then = compile(&tree)?; // exactly as the working tree is compiled
//!
//! // What a reviewer compares with when nothing is said: where the branch left the default branch.
//! let base = repository.base()?.map(|base| base.commit);
//! # let _ = (then, base);
//! # Ok(())
//! # }
//! ```

mod commit;
mod tree;

pub use commit::{Commit, CommitId, Person, Signature, SignatureKind};
pub use tree::{BlobId, CommitTree, Forest, GitFile};

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use gix::remote::Direction;

use crate::error::Error;

/// Bytes of decoded objects kept for reading them again: trees are read once per commit that holds them.
const OBJECT_CACHE: usize = 16 << 20;

/// A git repository, opened for reading: an ordinary one, a bare one, a linked worktree or a shallow clone.
pub struct Repository {
    // A handle has caches of its own and is for one thread at a time.
    handle: Mutex<gix::Repository>,
    folder: PathBuf,
    workdir: Option<PathBuf>,
}

/// A commit that a revision names, and the folder in its tree that `revision:folder` adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// The commit.
    pub commit: CommitId,
    /// The folder from the root of the repository, with `/`; `None` where the revision names none.
    pub folder: Option<String>,
}

/// A branch and the commit it stands at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Its name as people write it, such as `origin/main`.
    pub name: String,
    /// Where it stands.
    pub commit: CommitId,
}

impl std::fmt::Debug for Repository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Repository").field("folder", &self.folder).finish()
    }
}

/// The world failed while doing `action`; the causes are joined to one line.
fn failed(action: impl Into<String>, cause: &gix::Error) -> Error {
    let mut causes: Vec<String> = Vec::new();
    for cause in cause.iter_errors().map(ToString::to_string) {
        if !causes.contains(&cause) {
            causes.push(cause);
        }
    }
    Error::git(action, causes.join(": "))
}

impl Repository {
    /// Opens the repository that `folder` lies in, or is; `None` where there is none.
    ///
    /// # Errors
    /// When there is one that cannot be opened.
    pub fn discover(folder: &Path) -> Result<Option<Self>, Error> {
        let shown = folder.display().to_string();
        let fault = |cause: gix::Error| failed(format!("open the git repository of `{shown}`"), &cause);
        // Only what the repository itself says counts: the same on every machine.
        let isolated = gix::open::Options::isolated;
        let trust = gix::sec::trust::Mapping {
            full: isolated(),
            reduced: isolated(),
        };
        let opened =
            gix::ThreadSafeRepository::discover_opts(folder, gix::discover::upwards::Options::default(), trust);
        let opened = match opened {
            Ok(opened) => opened,
            Err(cause) if cause.is_not_found() => return Ok(None),
            Err(cause) => return Err(fault(cause)),
        };
        let mut handle = opened.to_thread_local();
        handle.object_cache_size_if_unset(OBJECT_CACHE);
        // `refs/replace` lets a clone show another history than the one that was recorded.
        handle.objects.ignore_replacements = true;
        let absolute = |path: &Path| std::fs::canonicalize(path).map_err(|cause| Error::read(shown.clone(), cause));
        let workdir = handle.workdir().map(absolute).transpose()?;
        Ok(Some(Self {
            folder: workdir.clone().unwrap_or_else(|| handle.git_dir().to_owned()),
            workdir,
            handle: Mutex::new(handle),
        }))
    }

    /// Returns the folder of the working tree; `None` for a bare repository.
    pub fn workdir(&self) -> Option<&Path> {
        self.workdir.as_deref()
    }

    /// Returns the path of `folder` from the root of the working tree, with `/`; empty for the root
    /// itself and for a bare repository.
    ///
    /// # Errors
    /// When `folder` does not exist or lies outside the working tree.
    pub fn prefix(&self, folder: &Path) -> Result<String, Error> {
        let Some(workdir) = &self.workdir else {
            return Ok(String::new());
        };
        let shown = folder.display().to_string();
        let full = std::fs::canonicalize(folder).map_err(|cause| Error::read(shown.clone(), cause))?;
        let inside = full.strip_prefix(workdir).map_err(|_| {
            Error::git(
                format!("find `{shown}` in the git repository"),
                "it lies outside the working tree".to_owned(),
            )
        })?;
        let steps: Vec<_> = inside
            .components()
            .map(|step| step.as_os_str().to_string_lossy())
            .collect();
        Ok(steps.join("/"))
    }

    /// Returns the commit that `revision` names: an id or its beginning, a branch, a tag, `HEAD~2`, ….
    ///
    /// # Errors
    /// [`Error::Unknown`] when it names none, or several.
    pub fn resolve(&self, revision: &str) -> Result<CommitId, Error> {
        let handle = self.handle();
        let unknown = |cause: String| Error::Unknown {
            message: format!("`{revision}` is no commit of this repository: {cause}"),
        };
        let chain = |cause: gix::Error| unknown(cause.to_string());
        if revision.contains("..") {
            return Err(unknown("it is a range; name one commit".to_owned()));
        }
        let id = handle
            .rev_parse_single(revision)
            .map_err(|cause| match cause.is_not_found() {
                true => unknown("no branch, tag or commit has that name".to_owned()),
                false => chain(cause),
            })?;
        let commit = id.object().map_err(chain)?.peel_to_commit().map_err(chain)?;
        Ok(CommitId(commit.id))
    }

    /// Returns what `spec` names: a revision, or `revision:folder`.
    ///
    /// # Errors
    /// As [`Repository::resolve`]; and [`Error::Unknown`] when the commit has no such folder.
    pub fn point(&self, spec: &str) -> Result<Point, Error> {
        // No name of a branch or a tag holds a colon.
        let Some((revision, folder)) = spec.split_once(':') else {
            let commit = self.resolve(spec)?;
            return Ok(Point { commit, folder: None });
        };
        let commit = self.resolve(revision)?;
        let steps = folder.split('/').filter(|step| !step.is_empty() && *step != ".");
        let folder = steps.collect::<Vec<_>>().join("/");
        if self.folder_tree(self.commit(commit)?.tree, &folder)?.is_none() {
            return Err(Error::Unknown {
                message: format!("there is no folder `{folder}` at `{revision}`"),
            });
        }
        Ok(Point {
            commit,
            folder: Some(folder),
        })
    }

    /// Returns the commit that is checked out; `None` before the first one.
    ///
    /// # Errors
    /// When `HEAD` cannot be read.
    pub fn head(&self) -> Result<Option<CommitId>, Error> {
        let fault = |cause: gix::Error| failed("read HEAD", &cause);
        let handle = self.handle();
        let mut head = handle.head().map_err(fault)?;
        let id = head.try_peel_to_id().map_err(fault)?;
        Ok(id.map(|id| CommitId(id.detach())))
    }

    /// Returns the branch that work is measured against: on another branch the default branch, as the
    /// remote has it where it is known; on the default branch itself what it tracks.
    ///
    /// The default branch is what `origin/HEAD` names, else `main` or `master`. `None` where there is
    /// none of these.
    ///
    /// # Errors
    /// When a reference cannot be read.
    pub fn base(&self) -> Result<Option<Branch>, Error> {
        let handle = self.handle();
        let fault = |cause: gix::Error| failed("read HEAD", &cause);
        let here = handle.head_name().map_err(fault)?;
        let here_short = here.as_ref().map(|name| name.shorten().to_string());
        let named = handle
            .try_find_reference("refs/remotes/origin/HEAD")
            .map_err(fault)?
            .and_then(|head| Some(head.target().try_name()?.shorten().to_string()));
        let candidates: Vec<String> = match named {
            Some(name) => vec![name],
            None => ["origin/main", "origin/master", "main", "master"]
                .map(str::to_owned)
                .into(),
        };
        for name in candidates {
            let local = name.strip_prefix("origin/").unwrap_or(&name);
            if here_short.as_deref() == Some(local) {
                break;
            }
            if let Some(commit) = tip(&handle, &name)? {
                return Ok(Some(Branch { name, commit }));
            }
        }
        let Some(here) = here else { return Ok(None) };
        let Some(tracked) = handle.branch_remote_tracking_ref_name(here.as_ref(), Direction::Fetch) else {
            return Ok(None);
        };
        let tracked = tracked.map_err(|cause| failed(format!("read what `{}` tracks", here.shorten()), &cause))?;
        let name = tracked.shorten().to_string();
        Ok(tip(&handle, &name)?.map(|commit| Branch { name, commit }))
    }

    /// Returns the best common ancestor of two commits; `None` when they have none here.
    ///
    /// # Errors
    /// When a commit between them cannot be read.
    pub fn merge_base(&self, one: CommitId, other: CommitId) -> Result<Option<CommitId>, Error> {
        let handle = self.handle();
        let found = handle
            .merge_base(one.0, other.0)
            .map_err(|cause| failed(format!("find where {} and {} part", one.short(), other.short()), &cause))?;
        Ok(found.map(|id| CommitId(id.detach())))
    }

    /// Returns what is recorded about a commit.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    pub fn commit(&self, id: CommitId) -> Result<Commit, Error> {
        let handle = self.handle();
        let boundary = boundary(&handle)?;
        commit::read(&handle, id, &boundary)
    }

    /// Returns `tip` and all its ancestors that are here, parents before children; the order depends on
    /// the commits alone.
    ///
    /// # Errors
    /// When a commit cannot be read.
    pub fn ancestry(&self, tip: CommitId) -> Result<Vec<Commit>, Error> {
        let handle = self.handle();
        let boundary = boundary(&handle)?;
        let mut seen: HashSet<CommitId> = HashSet::from([tip]);
        // Each commit under way with the number of its parents that were looked at.
        let mut open = vec![(commit::read(&handle, tip, &boundary)?, 0)];
        let mut done = Vec::new();
        while let Some((commit, looked_at)) = open.last_mut() {
            let Some(&parent) = commit.parents.get(*looked_at) else {
                done.extend(open.pop().map(|(commit, _)| commit));
                continue;
            };
            *looked_at += 1;
            if seen.insert(parent) {
                let parent = commit::read(&handle, parent, &boundary)?;
                open.push((parent, 0));
            }
        }
        Ok(done)
    }

    /// Returns the files of `commit` below the folder `prefix` (empty: all of them).
    ///
    /// # Errors
    /// When the commit has no such folder, or an object cannot be read.
    pub fn tree(&self, commit: CommitId, prefix: &str) -> Result<CommitTree<'_>, Error> {
        CommitTree::open(self, self.commit(commit)?.tree, commit, prefix)
    }

    fn handle(&self) -> MutexGuard<'_, gix::Repository> {
        // What a panicking reader leaves behind are caches of immutable objects.
        self.handle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the commit that a branch stands at; `None` when there is no such branch.
fn tip(handle: &gix::Repository, name: &str) -> Result<Option<CommitId>, Error> {
    let fault = |cause: gix::Error| failed(format!("read the branch `{name}`"), &cause);
    let Some(mut reference) = handle.try_find_reference(name).map_err(fault)? else {
        return Ok(None);
    };
    let id = reference.peel_to_id().map_err(fault)?;
    Ok(Some(CommitId(id.detach())))
}

/// Returns the commits whose parents a shallow clone left behind.
fn boundary(handle: &gix::Repository) -> Result<HashSet<gix::ObjectId>, Error> {
    let commits = handle
        .shallow_commits()
        .map_err(|cause| failed("read where the shallow clone ends", &cause))?;
    Ok(commits.iter().flat_map(|commits| commits.iter().copied()).collect())
}
