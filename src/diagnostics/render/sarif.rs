use serde_json::{Map, Value, json};

use super::{Location, full_message, hosted, inert, pretty};
use crate::diagnostics::{Diagnostic, Diagnostics, Label, Level, RULES, Rule};
use crate::source::SourceMap;

/// Writes the findings as SARIF 2.1.0, with the pages of the rules that were found.
pub fn sarif(diagnostics: &Diagnostics, sources: &SourceMap) -> String {
    let found = hosted(diagnostics, sources);
    let used = |rule: &&Rule| found.iter().any(|(_, diagnostic)| diagnostic.rule == rule.name);
    let rules: Vec<&Rule> = RULES.iter().filter(used).collect();
    let results: Vec<Value> = found
        .iter()
        .map(|(location, diagnostic)| result(location, diagnostic, &rules, sources))
        .collect();
    pretty(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "scoreline",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|rule| described(rule)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

fn described(rule: &Rule) -> Value {
    json!({
        "id": rule.name,
        "shortDescription": { "text": rule.summary },
        "help": { "text": rule.page, "markdown": rule.page },
        "defaultConfiguration": { "level": level(rule.level) },
    })
}

fn result(location: &Location, diagnostic: &Diagnostic, rules: &[&Rule], sources: &SourceMap) -> Value {
    let mut result = json!({
        "ruleId": diagnostic.rule,
        "ruleIndex": rules.iter().position(|rule| rule.name == diagnostic.rule),
        "level": level(diagnostic.level),
        "message": { "text": full_message(diagnostic) },
        "locations": [{ "physicalLocation": physical(location) }],
    });
    if !diagnostic.secondary.is_empty() {
        let related = diagnostic
            .secondary
            .iter()
            .enumerate()
            .map(|(id, label)| related(id, label, sources));
        result["relatedLocations"] = related.collect();
    }
    result
}

fn related(id: usize, label: &Label, sources: &SourceMap) -> Value {
    json!({
        "id": id,
        "message": { "text": inert(&label.text) },
        "physicalLocation": physical(&Location::of(label, sources).hosted(sources)),
    })
}

fn physical(location: &Location) -> Value {
    let mut place = json!({ "artifactLocation": { "uri": uri(&location.file) } });
    if let Some(line) = location.line() {
        let mut region = Map::new();
        region.insert("startLine".into(), line.into());
        if let Some(at) = location.columns() {
            region.insert("startColumn".into(), at.column.into());
            region.insert("endLine".into(), at.end_line.into());
            region.insert("endColumn".into(), at.end_column.into());
        }
        place["region"] = Value::Object(region);
    }
    place
}

/// Writes a path as a relative URI reference (RFC 3986).
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warn => "warning",
        Level::Info => "note",
    }
}
