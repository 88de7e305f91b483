//! Finds places in a schema of shapes: what a path leads to, and where a key belongs.

use std::collections::VecDeque;

use serde_json::Value;

use crate::syntax::Node;

/// Where a key belongs.
pub(super) struct Belongs {
    /// The path, `<id>` for an author's key and `[]` for an item of a list.
    pub(super) path: String,
    /// Whether it is inside the map in which the key stands, or a map around it.
    pub(super) near: bool,
}

/// How deep a stray key is looked for below a map.
const DEPTH: usize = 6;

/// Splits a JSON pointer into its steps, as they are written: a key may be empty, or look like a number.
pub(super) fn steps(pointer: &str) -> Vec<String> {
    pointer
        .split('/')
        .skip(1)
        .map(|step| step.replace("~1", "/").replace("~0", "~"))
        .collect()
}

/// Returns the schema that a path of keys and indices leads to.
pub(super) fn at(root: &Value, path: impl IntoIterator<Item = impl AsRef<str>>) -> Option<&Value> {
    path.into_iter()
        .try_fold(root, |schema, step| child(root, schema, step.as_ref()))
        .map(|schema| resolve(root, schema))
}

fn resolve<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    match schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/")) {
        Some(name) => &root["$defs"][name],
        None => schema,
    }
}

fn child<'s>(root: &'s Value, schema: &'s Value, step: &str) -> Option<&'s Value> {
    let schema = resolve(root, schema);
    schema["properties"].get(step).or_else(|| {
        let others = &schema["additionalProperties"];
        let index = || step.parse::<usize>().ok();
        if others.is_object() {
            Some(others)
        } else if let Some(items) = schema["prefixItems"].as_array() {
            items.get(index()?)
        } else {
            index().and(schema.get("items"))
        }
    })
}

/// Finds where `key` belongs, which stands in the map at `path` but not in its schema.
///
/// Looks below that map first, preferring what the author has begun to write, then below the whole document.
pub(super) fn of_key(root: &Value, tree: &Node, path: &[String], key: &str) -> Option<Belongs> {
    let here = at(root, path)?;
    let map = tree.at(path.iter().map(String::as_str));
    if let Some(path) = search(root, here, map, key) {
        return Some(Belongs { path, near: true });
    }
    // A map around it: `owner` in a target belongs to the KPI.
    let around = (0..path.len())
        .rev()
        .find(|&length| at(root, &path[..length]).is_some_and(|schema| !schema["properties"][key].is_null()));
    if let Some(length) = around {
        let mut steps = path[..length].to_vec();
        steps.push(key.to_owned());
        return Some(Belongs {
            path: steps.join("."),
            near: true,
        });
    }
    search(root, root, Some(tree), key).map(|path| Belongs { path, near: false })
}

/// Searches the maps below a schema, nearest first.
fn search(root: &Value, from: &Value, tree: Option<&Node>, key: &str) -> Option<String> {
    struct Step<'s> {
        schema: &'s Value,
        node: Option<&'s Node>,
        path: Vec<&'s str>,
        written: usize,
    }
    let mut queue = VecDeque::from([Step {
        schema: from,
        node: tree,
        path: Vec::new(),
        written: 0,
    }]);
    let mut best: Option<(usize, usize, String)> = None;
    while let Some(step) = queue.pop_front() {
        let schema = resolve(root, step.schema);
        if !step.path.is_empty() && !schema["properties"][key].is_null() {
            let missing = step.path.len() - step.written;
            if best
                .as_ref()
                .is_none_or(|(most, length, _)| (missing, step.path.len()) < (*most, *length))
            {
                best = Some((
                    missing,
                    step.path.len(),
                    format!("{}.{key}", step.path.join(".")).replace(".[]", "[]"),
                ));
            }
            continue;
        }
        if step.path.len() == DEPTH {
            continue;
        }
        let properties = schema["properties"].as_object().into_iter().flatten();
        let named = properties.map(|(name, schema)| (name.as_str(), schema));
        let others = schema.get("additionalProperties").filter(|schema| schema.is_object());
        let items = schema.get("items").filter(|schema| schema.is_object());
        // An amendment's change has everything: it is never where a key was meant to go.
        for (name, schema) in named.filter(|(name, _)| *name != "change" && *name != "each") {
            let node = step.node.and_then(|node| node.at([name]));
            let mut path = step.path.clone();
            path.push(name);
            queue.push_back(Step {
                schema,
                node,
                path,
                written: step.written + usize::from(node.is_some()),
            });
        }
        for (name, schema) in others.map(|s| ("<id>", s)).into_iter().chain(items.map(|s| ("[]", s))) {
            let first = step.node.and_then(|node| match node.as_list() {
                Some(list) => list.first(),
                None => node.as_map().and_then(|map| map.iter().next()).map(|(_, node)| node),
            });
            let mut path = step.path.clone();
            path.push(name);
            queue.push_back(Step {
                schema,
                node: first,
                path,
                written: step.written + 1,
            });
        }
    }
    best.map(|(_, _, path)| path)
}
