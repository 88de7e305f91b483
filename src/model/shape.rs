//! Judges the shape of a tree with the JSON Schema: keys, maps, lists, values.
//!
//! The published schema says what an editor should offer; its unions and patterns make poor messages.
//! What is judged here is derived from it: every union merged into one schema, every scalar a string.
//! Then each error of the validator has one place and one cause, and the values are left to lowering.

use std::sync::OnceLock;

use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use serde_json::{Map, Value, json};

use super::document::{Kind, schema};
use super::instance::Tree;
use super::lower::{list, misfit};
use super::place;
use crate::diagnostics::{Diagnostic, Diagnostics, Place, did_you_mean};
use crate::source::Span;
use crate::syntax::Node;

/// The derived schema of a kind, and its validator.
struct Shape {
    schema: Value,
    validator: Validator<Tree>,
}

/// Judges the shape of a document, and reports each flaw at its place; whether there was none.
pub fn validate(kind: Kind, node: &Node, diagnostics: &mut Diagnostics) -> bool {
    let shape = shape(kind);
    if shape.validator.is_valid(node) {
        return true;
    }
    let mut findings = Vec::new();
    for error in shape.validator.iter_errors(node) {
        let path = place::steps(error.instance_path().as_str());
        let steps = || path.iter().map(String::as_str);
        let (Some(found), Some(expected)) = (node.at(steps()), place::at(&shape.schema, steps())) else {
            unreachable!("the validator walks the tree and the schema it was given");
        };
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                for key in unexpected {
                    findings.push(unknown_key(shape, node, &path, found, expected, key));
                }
            }
            _ => findings.push(wrong_shape(found, expected)),
        }
    }
    findings.sort_by_key(|finding| match &finding.primary.place {
        Place::Text(span) => span.start,
        _ => 0,
    });
    // Where the text itself is broken its shape follows from that.
    let broken: Vec<Span> = diagnostics.error_spans().collect();
    for finding in findings {
        let follows = |place: Span| broken.iter().any(|span| span.contains(place));
        if !matches!(finding.primary.place, Place::Text(place) if follows(place)) {
            diagnostics.push(finding);
        }
    }
    false
}

fn shape(kind: Kind) -> &'static Shape {
    static SHAPES: [OnceLock<Shape>; Kind::ALL.len()] = [const { OnceLock::new() }; Kind::ALL.len()];
    SHAPES[kind as usize].get_or_init(|| {
        let schema = derive(&schema(kind));
        let validator = jsonschema::options_for::<Tree>()
            .build(&schema)
            .expect("a schema made of our own declarations");
        Shape { schema, validator }
    })
}

/// Says what a schema takes: `a map`, `a list` or `a value`, in this order.
fn expectation(schema: &Value) -> String {
    let takes = |name: &str| match &schema["type"] {
        Value::Array(types) => types.iter().any(|t| t == name),
        one => one == name,
    };
    let names: Vec<&str> = [("object", "a map"), ("array", "a list"), ("string", "a value")]
        .iter()
        .filter(|(name, _)| takes(name))
        .map(|(_, noun)| *noun)
        .collect();
    match names[..] {
        [ref rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        [one] => one.to_owned(),
        _ => "something else".to_owned(),
    }
}

/// Says that something has another shape than its schema, and what to write instead.
fn wrong_shape(found: &Node, expected: &Value) -> Diagnostic {
    let finding = misfit(found, &expectation(expected));
    if finding.help.is_some() {
        return finding;
    }
    let takes = |name: &str| types(expected).iter().any(|t| t == name);
    let keys: Vec<&str> = expected["properties"]
        .as_object()
        .into_iter()
        .flat_map(Map::keys)
        .map(String::as_str)
        .collect();
    let text = found.as_text();
    let help = match text {
        Some(text) if keys.contains(&text) => format!("write `{{ {text}: … }}`"),
        Some(text) if keys.contains(&"at_least") => {
            format!("say how it compares: `{{ at_least: {text} }}` or `{{ at_most: {text} }}`")
        }
        Some(text) if takes("array") => format!("write `[{text}]`"),
        _ if takes("object") && !keys.is_empty() => format!("it takes {}", list(&keys)),
        _ if takes("object") => "each has a key of its own: write `some-name: …`".to_owned(),
        _ if takes("array") => "write each item after a `- `".to_owned(),
        _ => "write one value, in quotes where it holds a comma, a bracket or a colon".to_owned(),
    };
    finding.help(help)
}

fn unknown_key(shape: &Shape, root: &Node, path: &[String], found: &Node, expected: &Value, key: &str) -> Diagnostic {
    let (entry, _) = found
        .as_map()
        .and_then(|map| map.entry(key))
        .expect("the validator names a key of this map");
    let empty = Map::new();
    let properties = expected["properties"].as_object().unwrap_or(&empty);
    let allowed: Vec<&str> = properties.keys().map(String::as_str).collect();
    let compares = comparison(key).filter(|word| allowed.contains(word));
    let meant = compares.or_else(|| did_you_mean(key, allowed.iter().copied()));
    let takes = match allowed[..] {
        [] => "nothing is taken here".to_owned(),
        _ => format!("it takes {}", list(&allowed)),
    };
    if super::value::starts_with_operator(key) {
        return super::value::misplaced_operator(key, entry.span).help(format!("the comparison is a word: {takes}"));
    }
    let belongs = place::of_key(&shape.schema, root, path, key);
    // A slip of one letter is likelier than a key that strayed far.
    if let Some(belongs) = belongs.filter(|belongs| meant.is_none() || (belongs.near && compares.is_none())) {
        return Diagnostic::new("misplaced-key", entry.span, format!("`{key}` does not belong here"))
            .help(format!("it belongs at `{}`", belongs.path));
    }
    let finding = Diagnostic::new("unknown-key", entry.span, format!("unknown key `{key}`"));
    finding.help(match meant {
        Some(meant) => format!("did you mean `{meant}`? {takes}"),
        None => takes,
    })
}

/// Returns the word of the language for a bound that goes by `name` elsewhere.
fn comparison(name: &str) -> Option<&'static str> {
    Some(match name.to_lowercase().as_str() {
        "min" | "minimum" | "gte" | "ge" | "from" | "lower" => "at_least",
        "max" | "maximum" | "lte" | "le" | "to" | "upper" => "at_most",
        "gt" | "greater_than" | "more_than" | "over" => "above",
        "lt" | "less_than" | "under" => "below",
        "range" => "between",
        _ => return None,
    })
}

/// Derives the schema that shapes are judged with from a published one.
fn derive(published: &Value) -> Value {
    let definitions = &published["$defs"];
    let mut root = relax(published, definitions);
    let derived: Map<String, Value> = definitions
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, definition)| (name.clone(), relax(definition, definitions)))
        .collect();
    root["$defs"] = Value::Object(derived);
    root
}

/// Returns the definition that a schema refers to, or the schema itself.
fn resolve<'a>(schema: &'a Value, definitions: &'a Value) -> &'a Value {
    match schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/")) {
        Some(name) => &definitions[name],
        None => schema,
    }
}

fn relax(schema: &Value, definitions: &Value) -> Value {
    if let Some(reference) = schema.get("$ref") {
        return json!({ "$ref": reference });
    }
    if is_record(schema) {
        return relax_one(schema, definitions);
    }
    let variants = ["oneOf", "anyOf"].iter().find_map(|union| schema[union].as_array());
    let Some(variants) = variants else {
        return relax_one(schema, definitions);
    };
    let variants: Vec<&Value> = variants.iter().filter(|variant| variant["type"] != "null").collect();
    if let [one] = variants[..] {
        return relax(one, definitions);
    }
    let mut merged = json!({ "type": [] });
    for variant in variants {
        merge(&mut merged, relax(resolve(variant, definitions), definitions));
    }
    merged
}

fn is_record(schema: &Value) -> bool {
    types(schema).iter().any(|name| name == "object")
}

fn relax_one(schema: &Value, definitions: &Value) -> Value {
    // `null` removes what a pack or the base has set, wherever it stands.
    if is_record(schema) {
        let mut relaxed = json!({ "type": ["object", "null"] });
        if let Some(properties) = schema["properties"].as_object() {
            let properties = properties
                .iter()
                .map(|(key, value)| (key.clone(), relax(value, definitions)));
            relaxed["properties"] = Value::Object(properties.collect());
        }
        match &schema["additionalProperties"] {
            Value::Object(_) => relaxed["additionalProperties"] = relax(&schema["additionalProperties"], definitions),
            Value::Bool(false) => relaxed["additionalProperties"] = Value::Bool(false),
            _ => {}
        }
        return relaxed;
    }
    if types(schema).iter().any(|name| name == "array") {
        let mut relaxed = json!({ "type": ["array", "null"] });
        if let Some(items) = schema["prefixItems"].as_array() {
            relaxed["prefixItems"] = items.iter().map(|item| relax(item, definitions)).collect();
        } else {
            relaxed["items"] = relax(&schema["items"], definitions);
        }
        return relaxed;
    }
    json!({ "type": ["string", "null"] })
}

fn types(schema: &Value) -> Vec<Value> {
    match &schema["type"] {
        Value::Array(types) => types.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    }
}

/// Adds what a relaxed variant takes: keywords of different types never disturb one another.
fn merge(merged: &mut Value, variant: Value) {
    let mut all = types(merged);
    for name in types(&variant) {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    let Value::Object(keywords) = variant else {
        unreachable!("a relaxed schema is an object");
    };
    for (keyword, value) in keywords {
        match (keyword.as_str(), merged.get_mut(&keyword)) {
            ("type", _) => {}
            ("properties", Some(Value::Object(properties))) => {
                if let Value::Object(more) = value {
                    properties.extend(more);
                }
            }
            (_, Some(_)) => {}
            (_, None) => merged[keyword.as_str()] = value,
        }
    }
    merged["type"] = Value::Array(all);
}
