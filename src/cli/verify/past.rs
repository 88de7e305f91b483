use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use tempfile::TempDir;

use super::some;
use crate::cli::opened::Opened;
use crate::error::Error;
use crate::seal::Statement;
use crate::seal::verify::{self, Level, Published, counted};
use crate::source::git::{BlobId, Commit, CommitId, Forest, Repository};
use crate::source::sha256;

/// Where what an edition was made from is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// In the workspace as it is.
    Here,
    /// In the workspace as a commit has it.
    At(CommitId),
}

/// Looks for what each edition was made from: in the workspace, else in its commits, latest first.
pub(super) fn inputs(
    published: &[Published],
    opened: &Opened,
    mut past: Option<&mut Past<'_>>,
) -> Result<(Level, Vec<Option<Place>>), Error> {
    let mut digests: BTreeMap<String, Option<String>> = BTreeMap::new();
    let (mut wrong, mut unchecked, mut found) = (Vec::new(), Vec::new(), Vec::new());
    let mut moved: IndexMap<CommitId, (Vec<String>, BTreeSet<String>)> = IndexMap::new();
    let (mut files, mut editions) = (0, 0);
    let is_shallow = past.as_ref().is_some_and(|past| past.is_shallow());
    for one in published {
        let Some(statement) = &one.statement else {
            unchecked.push(format!(
                "{}: nobody knows what it was made from without its statement",
                one.name()
            ));
            found.push(None);
            continue;
        };
        let here = verify::differing(statement, |path| {
            let digest = || std::fs::read(opened.root.join(path)).ok().map(sha256);
            digests.entry(path.to_owned()).or_insert_with(digest).clone()
        });
        let place = match (here.is_empty(), past.as_deref_mut()) {
            (true, _) => Some(Place::Here),
            (false, Some(past)) => past.find(statement)?.map(Place::At),
            (false, None) => None,
        };
        let differing = some(&here);
        match place {
            Some(Place::Here) => {}
            Some(Place::At(commit)) => {
                let (names, others) = moved.entry(commit).or_insert_with(|| (Vec::new(), BTreeSet::new()));
                names.push(one.name());
                others.extend(here);
            }
            None if is_shallow => unchecked.push(format!(
                "{}: {differing}; commits that may have what was sealed are not in this shallow clone",
                one.name()
            )),
            None if one.is_current => wrong.push(format!("{}: {differing}", one.name())),
            None => unchecked.push(format!("{}: it is superseded, and {differing}", one.name())),
        }
        if place.is_some() || one.is_current && !is_shallow {
            files += statement.predicate.specification.len() + statement.predicate.data.len();
            editions += 1;
        }
        found.push(place);
    }
    let checked = match editions {
        0 => String::new(),
        _ => format!(
            "{} of specification and data behind {}",
            counted(files, "file", "files"),
            counted(editions, "edition", "editions")
        ),
    };
    let mut level = Level::new("inputs", checked, wrong, unchecked);
    level.notes = moved
        .into_iter()
        .map(|(commit, (names, others))| {
            let others: Vec<String> = others.into_iter().collect();
            format!(
                "{}: as sealed in commit {}; in the workspace now {}",
                some(&names),
                commit.short(),
                some(&others)
            )
        })
        .collect();
    Ok((level, found))
}

/// The workspace in the commits before the one that is checked out.
pub(super) struct Past<'a> {
    repository: &'a Repository,
    forest: Forest<'a>,
    /// Latest first.
    commits: Vec<Commit>,
    digests: HashMap<BlobId, String>,
}

impl<'a> Past<'a> {
    pub(super) fn of(repository: &'a Repository, root: &Path) -> Result<Option<Self>, Error> {
        let Some(head) = repository.head()? else {
            return Ok(None);
        };
        let mut commits = repository.ancestry(head)?;
        commits.reverse();
        Ok(Some(Self {
            repository,
            forest: Forest::new(repository, &repository.prefix(root)?, |_| true),
            commits,
            digests: HashMap::new(),
        }))
    }

    /// Whether commits are missing before the first ones that are here.
    fn is_shallow(&self) -> bool {
        self.commits.iter().any(|commit| commit.is_truncated)
    }

    /// Returns the latest commit that has everything a statement names.
    pub(super) fn find(&mut self, statement: &Statement) -> Result<Option<CommitId>, Error> {
        for commit in &self.commits {
            let files = self.forest.files(commit)?.unwrap_or_default();
            let mut failed = None;
            let differing = verify::differing(statement, |path| {
                let index = files.binary_search_by(|file| (*file.path).cmp(path)).ok()?;
                let blob = files[index].blob;
                if let Some(digest) = self.digests.get(&blob) {
                    return Some(digest.clone());
                }
                match self.repository.blob(blob) {
                    Ok(bytes) => Some(self.digests.entry(blob).or_insert(sha256(bytes)).clone()),
                    Err(error) => {
                        failed = Some(error);
                        None
                    }
                }
            });
            if let Some(error) = failed {
                return Err(error);
            }
            if differing.is_empty() {
                return Ok(Some(commit.id));
            }
        }
        Ok(None)
    }

    /// Writes the documents of a commit, and what `named` holds, to a folder of its own.
    pub(super) fn check_out(&mut self, commit: CommitId, named: &BTreeSet<&str>) -> Result<TempDir, Error> {
        let folder = TempDir::new().map_err(|cause| Error::write(Path::new("a temporary folder"), cause))?;
        let commit = self.repository.commit(commit)?;
        for file in self.forest.files(&commit)?.unwrap_or_default().iter() {
            let is_document = file.path.ends_with(".yaml") || file.path.ends_with(".yml");
            if is_document || named.contains(&*file.path) {
                let path: PathBuf = folder.path().join(&*file.path);
                let bytes = self.repository.blob(file.blob)?;
                let parent = path.parent().unwrap_or(folder.path());
                std::fs::create_dir_all(parent)
                    .and_then(|()| std::fs::write(&path, bytes))
                    .map_err(|cause| Error::write(&path, cause))?;
            }
        }
        Ok(folder)
    }
}
