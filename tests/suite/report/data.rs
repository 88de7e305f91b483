//! The JSON that every other form is a function of: its schema, and the page that describes it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use scoreline::report::{Audience, Forms, Templates, View, page_schemas, render_view};
use serde_json::{Value, json};

use super::{contract, team};

/// The views of small cards for every audience.
fn views() -> Vec<View> {
    let (first, october, people) = (contract::october(1), contract::october(13), team::technicians());
    let inputs = [first.input(), october.input(), people.input()];
    let all = inputs.iter().flat_map(|input| {
        Audience::ALL
            .into_iter()
            .map(move |audience| View::build(input, audience))
    });
    all.collect()
}

/// The schema with no room for fields that it does not name.
pub(super) fn closed() -> Value {
    fn close(schema: &mut Value) {
        match schema {
            Value::Object(map) => {
                if map.contains_key("properties") {
                    map.insert("additionalProperties".to_owned(), json!(false));
                }
                map.values_mut().for_each(close);
            }
            Value::Array(items) => items.iter_mut().for_each(close),
            _ => {}
        }
    }
    let mut schema = View::schema();
    close(&mut schema);
    schema
}

#[test]
fn reports_are_what_the_schema_says() {
    let validator = jsonschema::validator_for(&closed()).expect("a schema");
    for view in views() {
        let report: Value = serde_json::from_str(&view.to_json()).expect("JSON");
        let wrong: Vec<String> = validator
            .iter_errors(&report)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(wrong, Vec::<String>::new(), "{}", view.card.id);
    }
    let mut broken: Value = serde_json::from_str(&views()[0].to_json()).expect("JSON");
    for (path, value) in [
        ("/version", json!(2)),
        ("/state/code", json!("finished")),
        ("/kpis/0/verdict", json!("ok")),
        ("/kpis/0/value/raw", json!(0.9918)),
        ("/kpis/0/value/raw", json!("99,18")),
    ] {
        let place = broken.pointer_mut(path).unwrap_or_else(|| panic!("{path} is there"));
        let was = std::mem::replace(place, value);
        assert!(!validator.is_valid(&broken), "{path}");
        *broken.pointer_mut(path).expect("it was there") = was;
    }
    assert!(validator.is_valid(&broken), "mended again");
}

#[test]
fn no_number_of_a_report_is_floating_point() {
    fn walk(value: &Value, path: &str) {
        match value {
            Value::Number(number) => assert!(number.is_i64() || number.is_u64(), "{path} is {number}"),
            Value::Array(items) => items.iter().for_each(|item| walk(item, path)),
            Value::Object(map) => map
                .iter()
                .for_each(|(key, value)| walk(value, &format!("{path}/{key}"))),
            _ => {}
        }
    }
    for view in views() {
        walk(&serde_json::from_str(&view.to_json()).expect("JSON"), "");
    }
}

#[test]
fn every_reason_has_a_code() {
    for view in views() {
        for kpi in &view.kpis {
            assert_eq!(kpi.reasons.len(), kpi.reason_codes.len(), "{}", kpi.id);
            assert!(!kpi.reasons.is_empty(), "{}", kpi.id);
        }
    }
}

#[test]
fn mail_needs_nothing_from_elsewhere() {
    let forms = Forms {
        html: false,
        markdown: false,
        json: false,
        mail: true,
        ..Forms::DEFAULT
    };
    for (view, audience) in views().iter().zip(Audience::ALL.into_iter().cycle()) {
        let files = render_view(view, audience, &Templates::new(), forms).expect("it renders");
        let [file] = files.as_slice() else { panic!("one file") };
        let ending = match audience {
            Audience::Operations => ".mail.html".to_owned(),
            other => format!(".{}.mail.html", other.word()),
        };
        assert!(file.path.ends_with(&ending), "{}", file.path);
        let text = String::from_utf8(file.bytes.clone()).expect("UTF-8");
        for part in [
            "<svg", "<img", "<style", "<link", "<script", "class=", "var(--", "href=", "url(",
        ] {
            assert!(!text.contains(part), "{part}");
        }
        // Gmail cuts a message off at 102 kB.
        assert!(text.len() < 100_000);
        assert!(text.contains(&view.headline[0]), "{}", file.path);
    }
}

#[test]
fn a_mail_shows_the_numbers_worst_first() {
    let case = contract::october(13);
    let view = View::build(&case.input(), Audience::Finance);
    let forms = Forms {
        mail: true,
        ..Forms::DEFAULT
    };
    let files = render_view(&view, Audience::Finance, &Templates::new(), forms).expect("it renders");
    let mail = super::text(&files, ".mail.html");
    let at = |needle: &str| mail.find(needle).unwrap_or_else(|| panic!("{needle} in\n{mail}"));
    assert!(at("■ Missed") < at("● Met"));
    for part in ["ERP availability", "99.18%", "EUR 3,528.00"] {
        at(part);
    }
}

/// Writes what a schema says of a type, with a link to types of their own.
fn type_words(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return format!("[{name}](#{})", name.to_lowercase());
    }
    if let Some(options) = schema["anyOf"].as_array() {
        let options: Vec<String> = options.iter().map(type_words).collect();
        return options.join(" or ");
    }
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> = values
            .iter()
            .map(|value| format!("`{}`", value.to_string().replace('"', "")))
            .collect();
        return values.join(", ");
    }
    if let Some(items) = schema["prefixItems"].as_array() {
        let items: Vec<String> = items.iter().map(type_words).collect();
        return format!("list of exactly {}", items.join(", "));
    }
    let named = |name: &str| match name {
        "array" => format!("list of {}", type_words(&schema["items"])),
        "null" => "`null`".to_owned(),
        other => other.to_owned(),
    };
    match &schema["type"] {
        Value::String(name) => named(name),
        Value::Array(names) => {
            let names: Vec<String> = names.iter().filter_map(Value::as_str).map(named).collect();
            names.join(" or ")
        }
        _ => "anything".to_owned(),
    }
}

/// The fields of one type as a table.
fn table(name: &str, schema: &Value) -> String {
    let mut text = format!("\n## {name}\n\n");
    let line = |text: &Value| text.as_str().unwrap_or_default().replace('\n', " ").replace('|', "\\|");
    text.push_str(&format!("{}\n", line(&schema["description"])));
    let variants = schema["oneOf"].as_array().into_iter().flatten();
    for variant in variants {
        text.push_str(&format!(
            "\n- {}: {}",
            type_words(&json!({ "enum": [variant["const"]] })),
            line(&variant["description"])
        ));
    }
    if let Some(fields) = schema["properties"].as_object() {
        text.push_str("\n| field | type | what it is |\n|---|---|---|\n");
        for (field, schema) in fields {
            text.push_str(&format!(
                "| `{field}` | {} | {} |\n",
                type_words(schema),
                line(&schema["description"])
            ));
        }
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// Describes a type and those that its fields are of; every field says what it is.
fn described(name: &str, schema: &Value) -> String {
    let mut text = table(name, schema);
    let none = serde_json::Map::new();
    let types: BTreeMap<&String, &Value> = schema["$defs"].as_object().unwrap_or(&none).iter().collect();
    for (name, schema) in types {
        text.push_str(&table(name, schema));
    }
    let silent = text
        .lines()
        .find(|line| line.starts_with("| `") && line.ends_with("|  |"));
    assert_eq!(silent, None, "a field of {name} without a description");
    text
}

/// Compares a generated page with what is written, or writes it.
fn pinned(name: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder of the documents");
        std::fs::write(&path, text).expect("the folder of the documents");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == text,
        "{name} is not what the schema says: run `UPDATE_GENERATED=1 cargo test --test suite generated`"
    );
}

#[test]
fn generated_description_of_the_report_is_current() {
    let mut text = String::from(
        "# The data of a report\n\n\
         What `<scorecard>/<period>.json` holds and what a [template](templates.md) sees; generated from the \
         schema, `scoreline schema report`. Fields may be added; none changes its meaning or goes while \
         `version` is 1.\n",
    );
    text.push_str(&described("Report", &View::schema()));
    pinned("docs/report.md", &text);
}

#[test]
fn generated_descriptions_of_other_pages_are_current() {
    let seen = BTreeMap::from([
        (
            "index",
            "`index.html` and `index.md` see, and as `item` one of its cards `card.html` and `card.md`",
        ),
        (
            "maturity",
            "`maturity.html` and `maturity.md` see, as `<scorecard>/<model>/<period>.json` has it",
        ),
        ("comment", "`comment.md` sees"),
    ]);
    for (name, schema) in page_schemas() {
        let title = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
        let mut text = format!(
            "# The data of the {name}\n\nWhat the [templates](../templates.md) {}. Fields may be added; none changes \
             its meaning or goes while `version` is 1.\n",
            seen[name]
        );
        text.push_str(&described(&title, &schema));
        pinned(&format!("docs/data/{name}.md"), &text);
    }
}
