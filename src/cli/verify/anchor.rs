use std::path::Path;

use crate::cli::arguments::Verify;
use crate::error::Error;
use crate::seal::verify::{self, Level, counted};
use crate::seal::{LEDGER, Reading};
use crate::source::Tree;
use crate::source::git::{BlobId, Forest, Repository};

/// Compares the ledger with what is kept of it elsewhere.
pub(super) fn anchor(
    command: &Verify,
    reading: &Reading,
    ledger: &[u8],
    repository: Option<&Repository>,
    folder: &Path,
) -> Result<Level, Error> {
    if let Some(expected) = &command.expected_head {
        let digest = expected.trim().to_lowercase();
        let digest = digest.strip_prefix("sha256:").unwrap_or(&digest);
        if digest.len() != 64 || !digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let message =
                format!("`{expected}` is no digest: those are 64 hexadecimal digits, as `build --seal` prints them");
            return Err(Error::Unknown { message });
        }
        return Ok(verify::head(reading, digest));
    }
    let Some(revision) = &command.anchor else {
        return committed(ledger, repository, folder);
    };
    let repository = repository.ok_or_else(|| Error::Unknown {
        message: format!(
            "`{}` lies in no git repository that could have `{revision}`",
            folder.display()
        ),
    })?;
    let commit = repository.resolve(revision)?;
    let tree = repository.tree(commit, &repository.prefix(folder)?)?;
    Ok(verify::continues(ledger, &tree.read(LEDGER)?, revision))
}

/// Compares the ledger with those that the commits of the branch have: it may only have grown. Side branches do not
/// count: of two that published, one publishes again.
fn committed(ledger: &[u8], repository: Option<&Repository>, folder: &Path) -> Result<Level, Error> {
    let nothing = |why: &str| Ok(Level::new("anchor", String::new(), Vec::new(), vec![why.to_owned()]));
    let outside = "whether the newest entries were removed together with their files: that takes the head kept \
                   elsewhere (`--expected-head`), or a tag (`--anchor`)";
    let Some(repository) = repository else {
        return nothing(outside);
    };
    let mut next = repository.head()?;
    let mut forest = Forest::new(repository, &repository.prefix(folder)?, |name| name == LEDGER);
    let (mut versions, mut wrong, mut unchecked) = (0, Vec::new(), Vec::new());
    let mut last: Option<BlobId> = None;
    while let Some(id) = next {
        let commit = repository.commit(id)?;
        let files = forest.files(&commit)?.unwrap_or_default();
        let recorded = files.iter().find(|file| &*file.path == LEDGER).map(|file| file.blob);
        if let Some(blob) = recorded.filter(|blob| last != Some(*blob)) {
            versions += 1;
            let name = format!("commit {}", commit.id.short());
            let level = verify::continues(ledger, &repository.blob(blob)?, &name);
            // The latest says it all: those before it are contradicted by the same line.
            if wrong.is_empty() {
                wrong = level.wrong;
            }
            last = Some(blob);
        }
        if commit.is_truncated {
            unchecked.push(format!(
                "what was recorded before commit {}: the clone is shallow",
                commit.id.short()
            ));
        }
        next = commit.parents.first().copied();
    }
    if versions == 0 {
        return nothing(outside);
    }
    unchecked.push(
        "whether these commits were rewritten too: that takes the head kept elsewhere (`--expected-head`), or a tag \
         that nobody can move (`--anchor`)"
            .to_owned(),
    );
    let checked = format!(
        "the ledger with {} of it in the commits",
        counted(versions, "version", "versions")
    );
    Ok(Level::new("anchor", checked, wrong, unchecked))
}
