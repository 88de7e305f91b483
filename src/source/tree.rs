use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// A read-only tree of files, addressed by `/`-separated paths relative to its root.
pub trait Tree: Sync {
    /// Returns the paths of all files, sorted bytewise; hidden folders and `target` are left out.
    ///
    /// # Errors
    /// When a folder cannot be listed.
    fn list(&self) -> Result<Vec<String>, Error>;

    /// Returns the bytes of one file.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn read(&self, path: &str) -> Result<Vec<u8>, Error>;
}

/// A folder on disk.
#[derive(Clone, Debug)]
pub struct DiskTree {
    root: PathBuf,
}

/// Files held in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryTree {
    files: BTreeMap<String, Vec<u8>>,
}

/// Whether a tree leaves out what has this name: hidden things, and the folder `target`.
pub(super) fn is_left_out(name: &str, is_folder: bool) -> bool {
    name.starts_with('.') || (is_folder && name == "target")
}

impl DiskTree {
    /// Takes the folder `root` as the tree's root.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Returns the root folder.
    pub fn root(&self) -> &Path {
        &self.root
    }
}

impl Tree for DiskTree {
    fn list(&self) -> Result<Vec<String>, Error> {
        let mut paths = Vec::new();
        let visible = |entry: &walkdir::DirEntry| {
            let name = entry.file_name().to_string_lossy();
            entry.depth() == 0 || !is_left_out(&name, entry.file_type().is_dir())
        };
        for entry in walkdir::WalkDir::new(&self.root)
            .follow_links(false)
            .into_iter()
            .filter_entry(visible)
        {
            let entry = entry.map_err(|cause| Error::list(&self.root, cause.into()))?;
            if entry.file_type().is_dir() {
                continue;
            }
            let relative = entry.path().strip_prefix(&self.root).unwrap_or(entry.path());
            paths.push(relative.to_string_lossy().replace('\\', "/"));
        }
        paths.sort_unstable();
        Ok(paths)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Error> {
        let full = self.root.join(path);
        std::fs::read(&full).map_err(|cause| Error::read(path, cause))
    }
}

impl MemoryTree {
    /// Adds or replaces one file.
    pub fn insert(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.files.insert(path.into(), bytes.into());
    }
}

impl Tree for MemoryTree {
    fn list(&self) -> Result<Vec<String>, Error> {
        Ok(self.files.keys().cloned().collect())
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Error> {
        let missing = || Error::read(path, std::io::Error::from(std::io::ErrorKind::NotFound));
        self.files.get(path).cloned().ok_or_else(missing)
    }
}
