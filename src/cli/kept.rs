use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use walkdir::WalkDir;

use super::publish::publish;
use crate::error::Error;
use crate::report::RenderedFile;
use crate::seal::{self, LEDGER, Ledger};
use crate::source::DiskTree;

/// The file that says that a run is publishing.
const HELD: &str = ".LEDGER.lock";

/// Adds editions and their lines to a folder of published reports: nothing that stands there is written over, and no
/// other run publishes into it meanwhile. `before` is the ledger as this run found it.
///
/// # Errors
/// When another run has published or is publishing, something else stands where an edition is to be kept, or a
/// file cannot be written.
pub(super) fn keep(out: &Path, editions: Vec<RenderedFile>, before: &str, ledger: &Ledger) -> Result<(), Error> {
    let _held = hold(out)?;
    if Ledger::read(&DiskTree::new(out), "")?.text() != before {
        return Err(Error::Busy {
            path: LEDGER.to_owned(),
            message: "was written by another run meanwhile; run again".to_owned(),
        });
    }
    let is_grown = ledger.text() != before;
    if is_grown && fs::metadata(out.join(LEDGER)).is_ok_and(|ledger| ledger.permissions().readonly()) {
        // Taking its place would succeed all the same.
        return Err(Error::write(
            &out.join(LEDGER),
            io::Error::from(ErrorKind::PermissionDenied),
        ));
    }
    let folders: BTreeSet<String> = editions
        .iter()
        .filter_map(|file| seal::edition_folder(&file.path))
        .collect();
    if before.is_empty()
        && let Some(folder) = all_editions(out).find(|folder| !folders.contains(folder))
    {
        let message = format!("is an edition, but there is no {LEDGER}: restore it, or publish into another folder");
        return Err(Error::Edition { path: folder, message });
    }
    nothing_else(out, &folders, &editions)?;
    let files = editions.into_iter().map(|file| (file.path, file.bytes));
    publish(out, files, &[])?;
    if is_grown {
        let line = (LEDGER.to_owned(), ledger.text().as_bytes().to_vec());
        publish(out, [line], &[])?;
    }
    Ok(())
}

/// Returns the path of an edition of a period, or of its statement, that stands in `out` although the ledger knows
/// none beyond `known`: a run was interrupted before it came to the ledger, or lines of that are missing.
pub(super) fn unnamed(out: &Path, card: &str, period: &str, known: u32) -> Option<String> {
    let beyond = editions(&out.join(card).join(period))
        .into_iter()
        .find(|number| *number > known);
    match beyond {
        Some(number) => Some(seal::folder(card, period, number)),
        None => {
            let statement = format!("{card}/{}", seal::statement_name(period));
            (known == 0 && out.join(&statement).is_file()).then_some(statement)
        }
    }
}

/// Says what `unnamed` has found.
pub(super) fn says_unnamed(path: String) -> Error {
    let message = format!(
        "is not named by {LEDGER}: restore the lines that are missing there, or remove it if a run was interrupted that \
         nobody has seen the reports of"
    );
    Error::Edition { path, message }
}

/// Nothing stands in the folders of editions that is not to be there as it is.
fn nothing_else(out: &Path, folders: &BTreeSet<String>, editions: &[RenderedFile]) -> Result<(), Error> {
    let wrong = |path: &str, message: &str| {
        Err(Error::Edition {
            path: path.to_owned(),
            message: message.to_owned(),
        })
    };
    for file in editions {
        match fs::read(out.join(&file.path)) {
            Ok(bytes) if bytes == file.bytes => {}
            Ok(_) => {
                return wrong(
                    &file.path,
                    "is kept already, and this run would write another one in its place",
                );
            }
            Err(cause) if cause.kind() == ErrorKind::NotFound => {}
            Err(cause) => return Err(Error::read(file.path.clone(), cause)),
        }
    }
    let kept: BTreeSet<PathBuf> = editions.iter().map(|file| out.join(&file.path)).collect();
    for folder in folders {
        let there = WalkDir::new(out.join(folder)).sort_by_file_name().into_iter().flatten();
        let other = there
            .map(walkdir::DirEntry::into_path)
            .find(|path| path.is_file() && !kept.contains(path));
        if let Some(other) = other {
            let path = other.strip_prefix(out).unwrap_or(&other);
            return wrong(
                &path.display().to_string(),
                "is no part of the edition that is kept there",
            );
        }
    }
    Ok(())
}

/// Keeps other runs from publishing into `out` until what it returns is dropped.
fn hold(out: &Path) -> Result<NamedTempFile, Error> {
    fs::create_dir_all(out).map_err(|cause| Error::write(out, cause))?;
    let file = tempfile::Builder::new().prefix(HELD).rand_bytes(0).tempfile_in(out);
    file.map_err(|cause| match cause.kind() {
        ErrorKind::AlreadyExists => Error::Busy {
            path: HELD.to_owned(),
            message: "says that another run is publishing; if none is, remove the file".to_owned(),
        },
        _ => Error::write(&out.join(HELD), cause),
    })
}

/// Lists the folders of all editions in `out`.
fn all_editions(out: &Path) -> impl Iterator<Item = String> {
    let folders = |folder: PathBuf| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.is_dir())
    };
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    folders(out.to_owned()).flat_map(move |card| {
        let periods = folders(card.clone());
        periods.flat_map(move |period| {
            let (card, label) = (name(&card), name(&period));
            editions(&period)
                .into_iter()
                .map(move |number| seal::folder(&card, &label, number))
        })
    })
}

/// Lists the editions that are kept of a period, by its folder.
fn editions(folder: &Path) -> BTreeSet<u32> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.strip_prefix("edition-")?.parse().ok());
    numbers.collect()
}
