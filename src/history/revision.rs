//! The revisions in which what a scorecard says may have changed.

use std::collections::HashMap;
use std::sync::Arc;

use super::content::{Content, Outline, relevant};
use super::{From, Record};
use crate::error::Error;
use crate::source::Tree;
use crate::source::git::{BlobId, Commit, CommitId, Forest, GitFile, Repository};

/// A commit, or the working tree, that says something else about the scorecard than one of its parents.
#[derive(Clone, Debug)]
pub(super) struct Revision {
    pub(super) record: Record,
    /// Its parents among the revisions.
    pub(super) parents: Vec<usize>,
    pub(super) content: Arc<Content>,
}

/// The revisions, parents before children, and what else was met on the way.
#[derive(Debug, Default)]
pub(super) struct Revisions {
    pub(super) all: Vec<Revision>,
    /// The revision that says what holds in the end.
    pub(super) last: Option<usize>,
    /// The commit that was asked for.
    pub(super) tip: Option<Arc<Commit>>,
    /// The commits whose parents a shallow clone left behind.
    pub(super) boundary: Vec<Arc<Commit>>,
    /// The ids of the scorecards that there are in the end.
    pub(super) cards: Vec<String>,
}

fn is_yaml(name: &str) -> bool {
    name.ends_with(".yaml") || name.ends_with(".yml")
}

/// Reads what each revision says about the scorecard `card`.
pub(super) fn read(card: &str, from: &From<'_>) -> Result<Revisions, Error> {
    let mut revisions = Revisions::default();
    let mut latest = None;
    if let (Some((repository, prefix)), Some(tip)) = (from.repository, from.tip) {
        let mut reader = Reader::new(card, repository, prefix);
        latest = reader.walk(tip, &mut revisions)?;
    }
    if let Some(tree) = from.working {
        let files = in_folder(tree)?;
        let outlines: Vec<Arc<Outline>> = files
            .iter()
            .map(|(path, bytes)| Arc::new(Outline::of(path, bytes.clone(), card)))
            .collect();
        let chosen = relevant(card, &outlines)
            .into_iter()
            .map(|at| files[at].clone())
            .collect();
        revisions.cards = cards(files.into_iter());
        let content = Arc::new(Content::of(card, chosen)?);
        revisions.all.push(Revision {
            record: Record::NotCommitted,
            parents: revisions.last.into_iter().collect(),
            content,
        });
        revisions.last = Some(revisions.all.len() - 1);
    } else if let (Some(files), Some((repository, _))) = (latest, from.repository) {
        let read = |file: &GitFile| Some((file.path.to_string(), repository.blob(file.blob).ok()?));
        revisions.cards = cards(files.iter().filter_map(read));
    }
    Ok(revisions)
}

/// Returns the ids of the scorecards in some files.
fn cards(files: impl Iterator<Item = (String, Vec<u8>)>) -> Vec<String> {
    // An empty id is mentioned everywhere: every file is looked into.
    let outlines = files.map(|(path, bytes)| Outline::of(&path, bytes, ""));
    let mut cards: Vec<String> = outlines
        .flat_map(|outline| outline.cards().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    cards.sort_unstable();
    cards
}

fn in_folder(tree: &dyn Tree) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let paths = tree.list()?.into_iter().filter(|path| is_yaml(path));
    paths.map(|path| tree.read(&path).map(|bytes| (path, bytes))).collect()
}

/// Reads commits; every file is looked into once, and every combination of files that matters compiled once.
struct Reader<'a> {
    card: &'a str,
    repository: &'a Repository,
    /// The files below the folder of the workspace.
    forest: Forest<'a>,
    /// All files: where the workspace lay in another folder.
    everywhere: Forest<'a>,
    outlines: HashMap<BlobId, Arc<Outline>>,
    contents: HashMap<Vec<GitFile>, Arc<Content>>,
}

impl<'a> Reader<'a> {
    fn new(card: &'a str, repository: &'a Repository, prefix: &str) -> Self {
        Self {
            card,
            repository,
            forest: Forest::new(repository, prefix, is_yaml),
            everywhere: Forest::new(repository, "", is_yaml),
            outlines: HashMap::new(),
            contents: HashMap::new(),
        }
    }

    /// Walks from the first commits to `tip`; returns the files of `tip`.
    fn walk(&mut self, tip: CommitId, revisions: &mut Revisions) -> Result<Option<Arc<[GitFile]>>, Error> {
        // For each commit its files and the revision that it is, or says the same as.
        let mut seen: HashMap<CommitId, (Arc<[GitFile]>, usize)> = HashMap::new();
        for commit in self.repository.ancestry(tip)? {
            let (files, is_elsewhere) = match self.forest.files(&commit)? {
                Some(files) => (files, false),
                None => (self.everywhere.files(&commit)?.unwrap_or_default(), true),
            };
            let mut parents: Vec<usize> = commit.parents.iter().map(|parent| seen[parent].1).collect();
            parents.dedup();
            let commit = Arc::new(commit);
            if commit.is_truncated {
                revisions.boundary.push(Arc::clone(&commit));
            }
            let unchanged = commit
                .parents
                .iter()
                .map(|parent| &seen[parent])
                .find(|(before, _)| Arc::ptr_eq(before, &files));
            let content = match unchanged {
                Some((_, same)) => Arc::clone(&revisions.all[*same].content),
                None => self.content(&files, is_elsewhere)?,
            };
            // Something else only if it differs from a parent; a merge of lines that differ joins them.
            let same = match parents[..] {
                [parent] => Arc::ptr_eq(&revisions.all[parent].content, &content).then_some(parent),
                _ => None,
            };
            let index = same.unwrap_or_else(|| {
                revisions.all.push(Revision {
                    record: Record::Commit(Arc::clone(&commit)),
                    parents,
                    content,
                });
                revisions.all.len() - 1
            });
            if commit.id == tip {
                revisions.last = Some(index);
                revisions.tip = Some(Arc::clone(&commit));
            }
            seen.insert(commit.id, (files, index));
        }
        Ok(seen.remove(&tip).map(|(files, _)| files))
    }

    /// Compiles what matters of some files. Where the workspace lay elsewhere, its scorecard is known by its id;
    /// several with the id are those of other workspaces.
    fn content(&mut self, files: &[GitFile], is_elsewhere: bool) -> Result<Arc<Content>, Error> {
        let outlines: Vec<Arc<Outline>> = files.iter().map(|file| self.outline(file)).collect::<Result<_, _>>()?;
        let with_card = outlines
            .iter()
            .filter(|outline| outline.cards().any(|id| id == self.card));
        if is_elsewhere && with_card.count() > 1 {
            return Ok(Arc::new(Content::Absent));
        }
        let chosen: Vec<GitFile> = relevant(self.card, &outlines)
            .into_iter()
            .map(|at| files[at].clone())
            .collect();
        if let Some(content) = self.contents.get(&chosen) {
            return Ok(Arc::clone(content));
        }
        let files = chosen
            .iter()
            .map(|file| Ok((file.path.to_string(), self.repository.blob(file.blob)?)));
        let content = Arc::new(Content::of(self.card, files.collect::<Result<_, Error>>()?)?);
        self.contents.insert(chosen, Arc::clone(&content));
        Ok(content)
    }

    fn outline(&mut self, file: &GitFile) -> Result<Arc<Outline>, Error> {
        if let Some(outline) = self.outlines.get(&file.blob) {
            return Ok(Arc::clone(outline));
        }
        let bytes = self.repository.blob(file.blob)?;
        let outline = Arc::new(Outline::of(&file.path, bytes, self.card));
        self.outlines.insert(file.blob, Arc::clone(&outline));
        Ok(outline)
    }
}
