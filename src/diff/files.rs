//! Files that hold no terms and differ: data and templates.

use std::collections::BTreeSet;

use super::view::{FileChange, FileKind, FileState};
use crate::compile::Compiled;
use crate::error::Error;
use crate::measure::Inputs;
use crate::source::Tree;
use crate::tables::{self, Data};

/// Returns the data files and templates of either side that are not the same on both, by path.
///
/// # Errors
/// When a file cannot be read.
pub fn files(
    (before, old): (&Compiled, &dyn Tree),
    (after, new): (&Compiled, &dyn Tree),
) -> Result<Vec<FileChange>, Error> {
    let list = |tree: &dyn Tree| -> Result<BTreeSet<String>, Error> { Ok(tree.list()?.into_iter().collect()) };
    let (was, is) = (list(old)?, list(new)?);
    let mut patterns = patterns(before);
    patterns.extend(self::patterns(after));
    let mut found = Vec::new();
    for path in was.union(&is) {
        let kind = if patterns.iter().any(|pattern| tables::fits(pattern, path)) {
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

/// The paths that sources read, from the workspace's root.
fn patterns(compiled: &Compiled) -> BTreeSet<String> {
    let data = Data::given(indexmap::IndexMap::new());
    let inputs = Inputs {
        data: &data,
        documents: Some(&compiled.sources),
    };
    let versions = compiled.workspace.cards.iter().flat_map(|card| &card.versions);
    let sources = versions.flat_map(|version| version.terms.sources.values());
    sources
        .map(|source| tables::join(&inputs.base(source), &source.path))
        .collect()
}

fn is_template(compiled: &Compiled, path: &str) -> bool {
    let folder = compiled.workspace.settings.templates.as_deref();
    folder.is_some_and(|folder| {
        let below = path.strip_prefix(folder.trim_end_matches('/'));
        below.is_some_and(|rest| rest.starts_with('/'))
    })
}
