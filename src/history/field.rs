//! The fields of a version of the terms with their values and places.

use indexmap::IndexMap;

use crate::report::inline;
use crate::resolve::Layer;
use crate::resolve::terms::{Id, Version};
use crate::source::Span;
use crate::syntax::{Node, NodeKind};

use super::Place;
use super::content::Recorded;

/// A field's value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    pub(super) text: String,
    pub(super) place: Place,
    /// The pack that it stands in, with its version.
    pub(super) pack: Option<String>,
    /// The amendment that it stands in.
    pub(super) amendment: Option<Id>,
}

/// Returns every field of `version` by its path, such as `["kpis", "csat", "target"]`.
pub(super) fn leaves(version: &Version, recorded: &Recorded) -> IndexMap<Vec<String>, Leaf> {
    let mut leaves = IndexMap::new();
    flatten(
        &version.tree,
        &mut Vec::new(),
        &mut |mut path: Vec<String>, mut text| {
            if path.len() > 3 && path[0] == "kpis" && (path[2] == "target" || path[2] == "minimum") {
                path.truncate(3);
                let kpi = version.terms.kpis.get(&path[1]);
                let goal = kpi.and_then(|kpi| {
                    if path[2] == "target" {
                        kpi.target.as_ref()
                    } else {
                        kpi.minimum.as_ref()
                    }
                });
                let Some(goal) = goal else { return };
                text = goal_text(goal);
            }
            let span = span(version, &path);
            let (pack, amendment) = match version.layer(span) {
                Layer::Pack { id, version } => (Some(format!("{id} {version}")), None),
                Layer::Amendment { id } => (None, Some(id)),
                Layer::Document | Layer::Default => (None, None),
            };
            let leaf = Leaf {
                text,
                place: recorded.place(span),
                pack,
                amendment,
            };
            leaves.insert(path, leaf);
        },
    );
    leaves
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

fn flatten(node: &Node, path: &mut Vec<String>, put: &mut dyn FnMut(Vec<String>, String)) {
    match &node.kind {
        NodeKind::Map(map) => {
            for (key, value) in map.iter() {
                path.push(key.text.to_string());
                flatten(value, path, put);
                path.pop();
            }
        }
        NodeKind::Null => {}
        NodeKind::Scalar(_) | NodeKind::List(_) => put(path.clone(), inline(node)),
    }
}

fn goal_text(goal: &crate::resolve::terms::Goal) -> String {
    use crate::resolve::terms::Goal;
    let exact = |x: &crate::quantity::Quantity| {
        let decimals = (0..12).find(|&d| {
            let scale = if x.unit == crate::quantity::Unit::Percent { 2 } else { 0 };
            x.number.round(d + scale, crate::quantity::Rounding::HalfEven) == x.number
        });
        x.display(decimals.unwrap_or(12))
    };
    match goal {
        Goal::AtLeast(x) => format!("≥ {}", exact(x)),
        Goal::Above(x) => format!("> {}", exact(x)),
        Goal::AtMost(x) => format!("≤ {}", exact(x)),
        Goal::Below(x) => format!("< {}", exact(x)),
        Goal::Between(low, high) => format!("{} to {}", exact(low), exact(high)),
        Goal::WithinBand { of, by } => format!("{} ± {}", exact(of), exact(by)),
    }
}
