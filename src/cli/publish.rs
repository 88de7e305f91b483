use std::fs;
use std::io::Write;
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
    let mut ready = Vec::new();
    let mut paths = Vec::new();
    for (name, bytes) in files {
        let path = folder.join(name);
        if fs::read(&path).is_ok_and(|old| old == bytes) {
            paths.push(path);
            continue;
        }
        let parent = path.parent().unwrap_or(folder);
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
    for name in stale {
        let path = folder.join(name);
        fs::remove_file(&path).map_err(|cause| Error::write(&path, cause))?;
        // Charts leave their folder behind when the last of them goes; any other is not empty.
        if let Some(parent) = path.parent() {
            let _ = fs::remove_dir(parent);
        }
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
