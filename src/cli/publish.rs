use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::Error;

/// Writes all files below `folder` or none: each goes to a temporary neighbour first, and only when
/// every one is complete do they take their names. Files whose bytes are the same are left alone. What is
/// `stale` goes last.
///
/// # Errors
/// When a folder or file cannot be written; then no report has changed.
pub(super) fn publish(
    folder: &Path,
    files: impl IntoIterator<Item = (String, Vec<u8>)>,
    stale: &[String],
) -> Result<Vec<PathBuf>, Error> {
    let mut made = Vec::new();
    let written = write(folder, files, &mut made);
    if written.is_err() {
        // What holds nothing was made for nothing; a folder that holds something stays.
        for empty in made.iter().rev() {
            let _ = fs::remove_dir(empty);
        }
    }
    let paths = written?;
    for name in stale {
        let path = folder.join(name);
        match fs::remove_file(&path) {
            // Another build may have taken it away meanwhile.
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(Error::write(&path, cause)),
            _ => {}
        }
        // Charts leave their folder behind when the last of them goes; any other is not empty.
        if let Some(parent) = path.parent() {
            let _ = fs::remove_dir(parent);
        }
    }
    Ok(paths)
}

/// Writes all files or none; folders that it had to make are added to `made`.
fn write(
    folder: &Path,
    files: impl IntoIterator<Item = (String, Vec<u8>)>,
    made: &mut Vec<PathBuf>,
) -> Result<Vec<PathBuf>, Error> {
    let mut ready = Vec::new();
    let mut paths = Vec::new();
    for (name, bytes) in files {
        let path = folder.join(name);
        if fs::read(&path).is_ok_and(|old| old == bytes) {
            paths.push(path);
            continue;
        }
        // A file cannot take the name of a folder; better told before any has taken its own.
        if path.is_dir() {
            return Err(Error::write(&path, io::ErrorKind::IsADirectory.into()));
        }
        let parent = path.parent().unwrap_or(folder);
        let missing: Vec<&Path> = parent.ancestors().take_while(|folder| !folder.exists()).collect();
        made.extend(missing.into_iter().rev().map(Path::to_owned));
        fs::create_dir_all(parent).map_err(|cause| Error::write(parent, cause))?;
        let mut file = NamedTempFile::new_in(parent).map_err(|cause| Error::write(parent, cause))?;
        file.write_all(&bytes).map_err(|cause| Error::write(&path, cause))?;
        readable_by_all(&file).map_err(|cause| Error::write(&path, cause))?;
        paths.push(path.clone());
        ready.push((file, path));
    }
    for (file, path) in ready {
        file.persist(&path)
            .map_err(|failed| Error::write(&path, failed.error))?;
    }
    Ok(paths)
}

/// Paths as people write them.
pub(super) fn shown(written: &[PathBuf]) -> Vec<String> {
    let shown = |path: &PathBuf| path.strip_prefix(".").unwrap_or(path).display().to_string();
    written.iter().map(shown).collect()
}

/// Temporary files are private; reports are not.
#[cfg(unix)]
fn readable_by_all(file: &NamedTempFile) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.as_file().set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_by_all(_: &NamedTempFile) -> std::io::Result<()> {
    Ok(())
}
