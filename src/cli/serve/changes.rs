use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The files of a workspace as they were at one look: path, length, time of the last change.
///
/// Looking, instead of being told by the system, works on every file system: shares and mounts tell nobody.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Watched {
    files: BTreeMap<PathBuf, (u64, Option<SystemTime>)>,
}

impl Watched {
    /// Looks at all files below `root`, but for hidden ones, `target` and what is below `reports`.
    pub(super) fn of(root: &Path, reports: &Path) -> Self {
        let seen = |entry: &walkdir::DirEntry| {
            let name = entry.file_name().to_string_lossy();
            let is_left_out = name.starts_with('.') || name == "target" || entry.path() == reports;
            entry.depth() == 0 || !is_left_out
        };
        let entries = walkdir::WalkDir::new(root).into_iter().filter_entry(seen).flatten();
        let files = entries.filter_map(|entry| {
            // Through links: what a link points at is what is read.
            let facts = std::fs::metadata(entry.path())
                .ok()
                .filter(std::fs::Metadata::is_file)?;
            Some((entry.into_path(), (facts.len(), facts.modified().ok())))
        });
        Self { files: files.collect() }
    }
}
