//! The fields of a version of the terms with their values and places.

use indexmap::IndexMap;

use super::Place;
use super::content::Recorded;
use crate::diff::{Value, fields};
use crate::resolve::Layer;
use crate::resolve::terms::{Id, Version};
use crate::source::Span;

/// A field's value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    pub(super) value: Value,
    pub(super) place: Place,
    /// The pack that it stands in, with its version.
    pub(super) pack: Option<String>,
    /// The amendment that it stands in.
    pub(super) amendment: Option<Id>,
}

/// Returns every field of `version` by its path, such as `["kpis", "csat", "target"]`.
pub(super) fn leaves(version: &Version, recorded: &Recorded) -> IndexMap<Vec<String>, Leaf> {
    let fields = fields(&version.terms).into_iter().filter(|(path, _)| {
        // Decimals that nobody wrote follow the way the target is written.
        let is_decimals = path.last().is_some_and(|key| key == "decimals");
        !is_decimals || version.tree.at(path.iter().map(String::as_str)).is_some()
    });
    let leaves = fields.map(|(path, value)| {
        let span = span(version, &path);
        let (pack, amendment) = match version.layer(span) {
            Layer::Pack { id, version } => (Some(format!("{id} {version}")), None),
            Layer::Amendment { id } => (None, Some(id)),
            Layer::Document | Layer::Default => (None, None),
        };
        let leaf = Leaf {
            value,
            place: recorded.place(span),
            pack,
            amendment,
        };
        (path, leaf)
    });
    leaves.collect()
}

/// Returns where the field at `path` stands; of a map with one entry, such as a target, where that does.
fn span(version: &Version, path: &[String]) -> Span {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let Some(mut node) = version.tree.at(path.iter().copied()) else {
        return version.origin(&path).map_or(version.tree.span, |origin| origin.span);
    };
    while let Some((_, only)) = node
        .as_map()
        .filter(|map| map.len() == 1)
        .and_then(|map| map.iter().next())
    {
        node = only;
    }
    node.span
}
