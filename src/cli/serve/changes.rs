use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The files of a workspace as they were at one look: path, length, time of the last change.
///
/// Looking, instead of being told by the system, works on every file system: shares and mounts tell nobody.
#[derive(Debug, Default)]
pub(super) struct Watched {
    files: BTreeMap<PathBuf, (u64, Option<SystemTime>)>,
}

impl Watched {
    /// Looks at all files below `root`, but for hidden ones and `target`.
    pub(super) fn of(root: &Path) -> Self {
        let seen = |entry: &walkdir::DirEntry| {
            let name = entry.file_name().to_string_lossy();
            entry.depth() == 0 || !(name.starts_with('.') || name == "target")
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

    /// Whether anything differs from another look, but for what is below `reports`.
    pub(super) fn differs(&self, other: &Self, reports: &Path) -> bool {
        let beside = |path: &Path| reports.as_os_str().is_empty() || !path.starts_with(reports);
        let ours = self.files.iter().filter(|(path, _)| beside(path));
        ours.ne(other.files.iter().filter(|(path, _)| beside(path)))
    }
}
