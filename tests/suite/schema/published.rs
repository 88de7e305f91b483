//! The schemas that editors read.

use std::path::PathBuf;

use jsonschema::Validator;
use scoreline::model::{self, Kind};
use scoreline::report::View;
use scoreline::seal::verify::Verification;
use scoreline::source::{DiskTree, Tree};
use scoreline::syntax::{Node, NodeKind, ScalarStyle};
use serde_json::{Map, Number, Value, json};

use super::{CONTRACT, DOCUMENTS, examine};

#[test]
fn generated_schemas_are_current() {
    let documents = Kind::ALL.iter().map(|kind| (kind.name(), model::schema(*kind)));
    for (name, schema) in documents.chain([("Report", View::schema()), ("Verify", Verification::schema())]) {
        let name = format!("{}.schema.json", name.to_lowercase());
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schemas").join(&name);
        let mut text = serde_json::to_string_pretty(&schema).expect("JSON");
        text.push('\n');
        if std::env::var_os("UPDATE_GENERATED").is_some() {
            std::fs::write(&path, &text).expect("the folder of the schemas");
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == text,
            "schemas/{name} is not what the model says: run `UPDATE_GENERATED=1 cargo test --test suite generated`"
        );
    }
}

/// Reads a tree as the ordinary rules of YAML 1.2 do: plain scalars that look like numbers or booleans are.
fn ordinary(node: &Node) -> Value {
    match &node.kind {
        NodeKind::Null => Value::Null,
        NodeKind::List(items) => items.iter().map(ordinary).collect(),
        NodeKind::Map(map) => {
            let entries = map.iter().map(|(key, value)| (key.text.to_string(), ordinary(value)));
            Value::Object(entries.collect::<Map<String, Value>>())
        }
        NodeKind::Scalar(scalar) if scalar.style == ScalarStyle::Plain => match &*scalar.text {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            text => text.parse::<Number>().map_or_else(|_| text.into(), Value::Number),
        },
        NodeKind::Scalar(scalar) => (*scalar.text).into(),
    }
}

/// What an editor knows of a kind.
fn editor(kind: Kind) -> Validator {
    jsonschema::validator_for(&model::schema(kind)).expect("a schema")
}

/// Returns what an editor marks in a document.
fn marks(editor: &Validator, text: &str) -> Vec<String> {
    let examined = examine(text);
    let document = examined.documents.first().expect("a document");
    let value = ordinary(&document.node);
    editor
        .iter_errors(&value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

#[test]
fn editors_that_read_ordinary_yaml_accept_the_contract() {
    assert_eq!(marks(&editor(Kind::Scorecard), CONTRACT), Vec::<String>::new());
    for document in DOCUMENTS.split("---\n") {
        let kind = examine(document).documents[0].kind;
        assert_eq!(marks(&editor(kind), document), Vec::<String>::new());
    }
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scorecards");
    let shipped = DiskTree::new(&root);
    let documents = shipped.list().expect("the shipped scorecards");
    for path in documents.iter().filter(|path| path.ends_with(".yaml")) {
        let text = std::fs::read_to_string(root.join(path)).expect("a document");
        for document in text.split("\n---\n") {
            let kind = examine(document).documents[0].kind;
            assert_eq!(marks(&editor(kind), document), Vec::<String>::new(), "{path}");
        }
    }
}

#[test]
fn editors_mark_what_the_program_refuses() {
    let editor = editor(Kind::Scorecard);
    let head = "apiVersion: scoreline/v1\nkind: Scorecard\nid: test\n";
    for text in [
        "grades: { grean: 90 }",
        "contract: { at_risk: 0.12 }",
        "contract: { at_risk: \"12,5%\" }",
        "contract: { starts: 01.07.2024 }",
        "contract: { report_due: 4 }",
        "kpis: { a: { target: { at_least: 1, at_most: 2 } } }",
        "kpis: { a: { measure: { ratio: {}, count: {} } } }",
        "kpis: { a: { credit: { of: charge, shortfall: {}, proportional: {} } } }",
        "kpis: { a: { low_volume: [{ up_to: 10 }] } }",
        "kpis: { A_B: {} }",
        "kpis: [a]",
        "missing: nil",
    ] {
        assert!(!marks(&editor, &format!("{head}{text}\n")).is_empty(), "{text}");
        assert!(!examine(&format!("{head}{text}\n")).findings().is_empty(), "{text}");
    }
    // `null` removes what a pack has set.
    let removed = "kpis: { a: { target: ~, notes: ~, weight: ~ }, b: ~ }\ncontract: ~\nbusiness_days: ~";
    assert_eq!(marks(&editor, &format!("{head}{removed}\n")), Vec::<String>::new());
}

/// Every schema inside a schema, with the path to it.
fn walk(value: &Value, path: &str, visit: &mut dyn FnMut(&str, &Value)) {
    visit(path, value);
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter().filter(|(key, _)| *key != "examples") {
                walk(value, &format!("{path}/{key}"), visit);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                walk(value, &format!("{path}/{index}"), visit);
            }
        }
        _ => {}
    }
}

#[test]
fn every_field_is_explained_with_a_valid_example() {
    for kind in Kind::ALL.iter().copied() {
        let schema = model::schema(kind);
        let mut fields = Map::new();
        walk(&schema, "", &mut |path, value| {
            if value["type"] == "object" && path.contains("/$defs/") {
                let closed = value["additionalProperties"] == false || value["additionalProperties"].is_object();
                assert!(closed, "{path} takes any key");
            }
            for (name, field) in value.get("properties").and_then(Value::as_object).into_iter().flatten() {
                assert!(field["description"].is_string(), "{path}/{name} has no description");
                fields.insert(format!("{path}/{name}"), field.clone());
            }
        });
        // One validator for all fields: each is a property of the same name as its path.
        let all = json!({ "$defs": schema["$defs"], "properties": fields });
        let validator = jsonschema::validator_for(&all).expect("the fields' schemas");
        for (path, field) in &fields {
            let examples = field["examples"].as_array().cloned().unwrap_or_default();
            assert!(!examples.is_empty(), "{path} has no example");
            for example in examples {
                assert!(
                    validator.is_valid(&json!({ path: example })),
                    "{path}: the example {example} is not valid"
                );
            }
        }
        let fields = fields.len();
        assert!(fields > 5, "{} has {fields} fields", kind.name());
    }
}

#[test]
fn editors_are_told_the_draft_and_the_name() {
    for kind in Kind::ALL.iter().copied() {
        let schema = model::schema(kind);
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["title"], kind.name());
        assert_eq!(schema["additionalProperties"], false);
        assert_eq!(schema["properties"]["kind"]["const"], kind.name());
        assert!(
            schema["$id"]
                .as_str()
                .is_some_and(|id| id.ends_with(&kind.name().to_lowercase()))
        );
    }
}
