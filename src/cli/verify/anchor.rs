use std::path::Path;

use crate::cli::arguments::Verify;
use crate::cli::recorded::Recorded;
use crate::error::Error;
use crate::seal::verify::{self, Level, counted};
use crate::seal::{LEDGER, Reading};
use crate::source::Tree;
use crate::source::git::Repository;

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

/// Compares the ledger with those that the commits of the branch have: it may only have grown.
fn committed(ledger: &[u8], repository: Option<&Repository>, folder: &Path) -> Result<Level, Error> {
    let nothing = |why: &str| Ok(Level::new("anchor", String::new(), Vec::new(), vec![why.to_owned()]));
    let outside = "whether the newest entries were removed together with their files: that takes the head kept \
                   elsewhere (`--expected-head`), or a tag (`--anchor`)";
    let Some((repository, head)) = repository.and_then(|it| Some((it, it.head().transpose()?))) else {
        return nothing(outside);
    };
    let recorded = Recorded::until(repository, head?, folder)?;
    if recorded.ledgers.is_empty() {
        return nothing(outside);
    }
    let mut unchecked = Vec::new();
    if let Some(commit) = recorded.ends {
        let short = commit.short();
        unchecked.push(format!("what was recorded before commit {short}: the clone is shallow"));
    }
    // The latest that is contradicted says it all: those before it are by the same line.
    let wrong = recorded.ledgers.iter().find_map(|(commit, recorded)| {
        let level = verify::continues(ledger, recorded, &format!("commit {}", commit.id.short()));
        level.wrong.into_iter().next()
    });
    unchecked.push(
        "whether these commits were rewritten too: that takes the head kept elsewhere (`--expected-head`), or a tag \
         that nobody can move (`--anchor`)"
            .to_owned(),
    );
    let versions = counted(recorded.ledgers.len(), "version", "versions");
    let checked = format!("the ledger with {versions} of it in the commits");
    Ok(Level::new("anchor", checked, wrong.into_iter().collect(), unchecked))
}
