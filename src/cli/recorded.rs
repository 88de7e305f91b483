use std::collections::HashMap;
use std::path::Path;

use crate::error::Error;
use crate::seal::LEDGER;
use crate::source::git::{BlobId, Commit, CommitId, Forest, Repository};

/// The ledgers that the commits of a branch have.
#[derive(Default)]
pub(super) struct Recorded {
    /// Each with the commit that brought it, latest first.
    pub(super) ledgers: Vec<(Commit, Vec<u8>)>,
    /// The commit at which a shallow clone ends.
    pub(super) ends: Option<CommitId>,
}

impl Recorded {
    /// Reads what the ledger in `folder` was in `tip` and the commits before it. Side branches do not count: of two that
    /// published, one publishes again.
    ///
    /// # Errors
    /// When an object cannot be read.
    pub(super) fn until(repository: &Repository, tip: CommitId, folder: &Path) -> Result<Self, Error> {
        // A folder that lies elsewhere, or is not there yet, is in no commit.
        let Ok(prefix) = repository.prefix(folder) else {
            return Ok(Self::default());
        };
        let mut commits: HashMap<CommitId, Commit> = HashMap::new();
        for commit in repository.ancestry(tip)? {
            commits.insert(commit.id, commit);
        }
        let mut forest = Forest::new(repository, &prefix, |name| name == LEDGER);
        let mut brought: Vec<(Commit, BlobId)> = Vec::new();
        let mut ends = None;
        let mut next = Some(tip);
        while let Some(commit) = next.and_then(|id| commits.remove(&id)) {
            let files = forest.files(&commit)?.unwrap_or_default();
            let blob = files.iter().find(|file| &*file.path == LEDGER).map(|file| file.blob);
            if commit.is_truncated {
                ends = Some(commit.id);
            }
            next = commit.parents.first().copied();
            match (blob, brought.last_mut()) {
                (Some(blob), Some(last)) if last.1 == blob => last.0 = commit,
                (Some(blob), _) => brought.push((commit, blob)),
                (None, _) => {}
            }
        }
        let ledgers = brought
            .into_iter()
            .map(|(commit, blob)| Ok((commit, repository.blob(blob)?)));
        Ok(Self {
            ledgers: ledgers.collect::<Result<_, Error>>()?,
            ends,
        })
    }
}
