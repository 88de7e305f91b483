use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use indexmap::IndexMap;

/// Where the files of sources are.
#[derive(Clone, Debug)]
pub struct Data {
    pub(super) held: Held,
    opened: Arc<AtomicUsize>,
}

#[derive(Clone, Debug)]
pub(super) enum Held {
    Folder(PathBuf),
    Files(BTreeMap<String, Arc<[u8]>>),
    Given(IndexMap<String, Given>),
}

/// Rows written in a document instead of a file, as scenarios do.
///
/// They are read as ISO text whatever the source's files look like: a decimal point, no `nulls`, no
/// declared timestamp patterns, no renames. A column that a row does not give is null.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Where the rows stand, as findings shall show it.
    pub path: String,
    /// The columns by the name that expressions use.
    pub columns: Vec<String>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Vec<Option<String>>>,
}

impl Data {
    /// Files in a folder on disk, the workspace's root.
    pub fn folder(root: impl Into<PathBuf>) -> Self {
        Self::of(Held::Folder(root.into()))
    }

    /// Files in memory by their path relative to the workspace's root.
    pub fn files<P: Into<String>, B: Into<Vec<u8>>>(files: impl IntoIterator<Item = (P, B)>) -> Self {
        let files = files
            .into_iter()
            .map(|(path, bytes)| (path.into(), Arc::from(bytes.into())));
        Self::of(Held::Files(files.collect()))
    }

    fn of(held: Held) -> Self {
        Self {
            held,
            opened: Arc::default(),
        }
    }

    /// Returns how often a file has been opened to be read, for its header or for its rows: what must not grow with
    /// the number of KPIs, periods, entities or scorecards.
    pub fn opened(&self) -> usize {
        self.opened.load(Ordering::Relaxed)
    }

    /// Returns the count that opening a file adds to.
    pub(super) fn counter(&self) -> Arc<AtomicUsize> {
        self.opened.clone()
    }

    /// Whether there are rows by source id and no files.
    pub fn is_given(&self) -> bool {
        matches!(self.held, Held::Given(_))
    }

    /// Rows by source id; a source that is not among them has no rows.
    pub fn given(tables: IndexMap<String, Given>) -> Self {
        Self::of(Held::Given(tables))
    }
}
