//! Files that hold no terms and differ: data and templates.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::view::{FileChange, FileKind, FileState};
use crate::compile::Compiled;
use crate::error::Error;
use crate::measure::Inputs;
use crate::source::Tree;
use crate::tables::{self, Data};

/// Returns the paths of a tree that a source of either side may read.
///
/// # Errors
/// When the tree cannot be listed.
pub fn data_paths(before: &Compiled, after: &Compiled, tree: &dyn Tree) -> Result<Vec<String>, Error> {
    let patterns = patterns(before, after);
    let mut paths = tree.list()?;
    paths.retain(|path| patterns.iter().any(|pattern| tables::fits(pattern, path)));
    Ok(paths)
}

/// Returns the data files and templates of either side that are not the same on both, by path. Where BASE holds no
/// data at all, they are kept elsewhere, and those of HEAD are not new.
///
/// # Errors
/// When a file cannot be read.
pub fn files(
    (before, old): (&Compiled, &dyn Tree),
    (after, new): (&Compiled, &dyn Tree),
) -> Result<Vec<FileChange>, Error> {
    let list = |tree: &dyn Tree| -> Result<BTreeSet<String>, Error> { Ok(tree.list()?.into_iter().collect()) };
    let (was, is) = (list(old)?, list(new)?);
    let patterns = patterns(before, after);
    let is_data = |path: &String| patterns.iter().any(|pattern| tables::fits(pattern, path));
    let has_data = was.iter().any(is_data);
    let mut found = Vec::new();
    for path in was.union(&is) {
        let kind = if is_data(path) {
            if !has_data {
                continue;
            }
            FileKind::Data
        } else if [before, after].iter().any(|side| is_template(side, path)) {
            FileKind::Template
        } else {
            continue;
        };
        let state = match (was.contains(path), is.contains(path)) {
            (false, _) => FileState::Added,
            (_, false) => FileState::Removed,
            (true, true) if old.read(path)? != new.read(path)? => FileState::Changed,
            (true, true) => continue,
        };
        found.push(FileChange {
            path: path.clone(),
            kind,
            state,
        });
    }
    Ok(found)
}

/// The paths that sources of either side read, from the workspace's root.
fn patterns(before: &Compiled, after: &Compiled) -> BTreeSet<String> {
    let data = Data::given(IndexMap::new());
    let mut patterns = BTreeSet::new();
    for side in [before, after] {
        let inputs = Inputs {
            data: &data,
            documents: Some(&side.sources),
        };
        let versions = side.workspace.cards.iter().flat_map(|card| &card.versions);
        let sources = versions.flat_map(|version| version.terms.sources.values());
        patterns.extend(sources.map(|source| tables::join(&inputs.base(source), &source.path)));
    }
    patterns
}

fn is_template(compiled: &Compiled, path: &str) -> bool {
    let folder = compiled.workspace.settings.templates.as_deref();
    folder.is_some_and(|folder| {
        let below = path.strip_prefix(folder.trim_end_matches('/'));
        below.is_some_and(|rest| rest.starts_with('/'))
    })
}
