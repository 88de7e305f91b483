use std::fmt::Write as _;

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::escape;
use super::view::term;
use crate::resolve::terms::{Timeline, Version};
use crate::resolve::{Layer, Origin};
use crate::source::{SourceMap, Span};
use crate::syntax::Node;

/// Column from which origins stand, where the value leaves room.
const ORIGIN_COLUMN: usize = 64;

/// The order of a scorecard's fields; others follow.
const ORDER: [&str; 15] = [
    "apiVersion",
    "kind",
    "id",
    "title",
    "description",
    "extends",
    "contract",
    "time_zone",
    "period",
    "business_days",
    "review",
    "scope",
    "for_each",
    "calendars",
    "people",
];

/// Writes the terms in force on `day` as YAML, each value with the place, pack or amendment that set it.
pub fn show(timeline: &Timeline, day: Date, files: &SourceMap) -> String {
    let version = timeline.version_on(day);
    let mut text = format!("# {} on {day}: ", escape::plain(&timeline.id));
    let contract = version.terms.contract.as_ref();
    let outside = contract.filter(|it| day < it.starts || it.ends.is_some_and(|ends| ends < day));
    if let Some(contract) = outside {
        let _ = write!(
            text,
            "not in force, the contract {}\n# what follows would be: ",
            term(contract)
        );
    }
    match &version.amendment {
        None => text.push_str("original terms"),
        Some(amendment) => {
            let _ = write!(
                text,
                "{}, {} {}",
                escape::plain(&amendment.id),
                if outside.is_some() {
                    "effective"
                } else {
                    "in force since"
                },
                amendment.effective
            );
            if let Some(reference) = &amendment.reference {
                let _ = write!(text, " ({})", escape::plain(reference));
            }
        }
    }
    text.push('\n');
    let printer = Printer { version, files };
    printer.map(&version.tree, 0, &mut text);
    text
}

/// The same for programs: one entry per field, with its path, its value as written and what set it.
pub fn show_data(timeline: &Timeline, day: Date, files: &SourceMap) -> Map<String, Value> {
    let version = timeline.version_on(day);
    let contract = version.terms.contract.as_ref();
    let in_force = contract.is_none_or(|it| it.starts <= day && it.ends.is_none_or(|ends| day <= ends));
    let amendment = version.amendment.as_ref();
    let mut fields = Vec::new();
    Printer { version, files }.fields(&version.tree, &mut Vec::new(), &mut fields);
    Map::from_iter([
        ("scorecard".to_owned(), json!(timeline.id)),
        ("as_of".to_owned(), json!(day.to_string())),
        ("in_force".to_owned(), json!(in_force)),
        ("amendment".to_owned(), json!(amendment.map(|amendment| &amendment.id))),
        ("fields".to_owned(), Value::Array(fields)),
    ])
}

struct Printer<'a> {
    version: &'a Version,
    files: &'a SourceMap,
}

impl Printer<'_> {
    fn map(&self, node: &Node, depth: usize, text: &mut String) {
        let Some(map) = node.as_map() else { return };
        let mut entries: Vec<_> = map.iter().collect();
        if depth == 0 {
            // A merged tree starts with what packs say; people read a scorecard from its head.
            entries.sort_by_key(|(key, _)| ORDER.iter().position(|name| *name == &*key.text).unwrap_or(ORDER.len()));
        }
        for (key, value) in entries {
            // The amendments are applied already; repeating them would look like terms in force.
            if depth == 0 && &*key.text == "amendments" {
                continue;
            }
            let indent = "  ".repeat(depth);
            let key = escape::plain(&key.text).into_owned();
            if value.as_map().is_some_and(|map| !map.is_empty()) {
                let _ = writeln!(text, "{indent}{key}:");
                self.map(value, depth + 1, text);
            } else {
                let line = format!("{indent}{key}: {}", inline(value));
                let _ = writeln!(text, "{line:<ORIGIN_COLUMN$}  # {}", self.origin(value.span));
            }
        }
    }

    /// Lists every field below a map; amendments are applied already.
    fn fields<'t>(&self, node: &'t Node, path: &mut Vec<&'t str>, fields: &mut Vec<Value>) {
        let Some(map) = node.as_map().filter(|map| !map.is_empty()) else {
            let (pack, amendment) = match self.version.layer(node.span) {
                Layer::Pack { id, version } => (Some(format!("{id} {version}")), None),
                Layer::Amendment { id } => (None, Some(id.to_string())),
                Layer::Document | Layer::Default => (None, None),
            };
            fields.push(json!({
                "path": path,
                "value": inline(node),
                "place": self.files.place(node.span),
                "pack": pack,
                "amendment": amendment,
            }));
            return;
        };
        for (key, value) in map.iter() {
            if path.is_empty() && &*key.text == "amendments" {
                continue;
            }
            path.push(&key.text);
            self.fields(value, path, fields);
            path.pop();
        }
    }

    fn origin(&self, span: Span) -> String {
        let from = self.version.layer(span);
        origin(&Origin { span, from }, self.files)
    }
}

/// Says where a value was set: its place, and the pack or amendment it stands in.
pub(crate) fn origin(origin: &Origin, files: &SourceMap) -> String {
    let place = files.place(origin.span);
    // Without the column: a line is what people look up.
    let place = place.rsplit_once(':').map_or(place.as_str(), |(line, _)| line);
    let layer = match &origin.from {
        Layer::Pack { id, version } => format!(" ({id} {version})"),
        Layer::Amendment { id } => format!(" ({id})"),
        Layer::Document | Layer::Default => String::new(),
    };
    format!("{}{}", escape::plain(place), escape::plain(&layer))
}

/// Writes a scalar or a list on one line.
fn inline(node: &Node) -> String {
    if let Some(items) = node.as_list() {
        let items: Vec<String> = items.iter().map(inline).collect();
        return format!("[{}]", items.join(", "));
    }
    if let Some(map) = node.as_map() {
        let entries: Vec<String> = map
            .iter()
            .map(|(key, value)| format!("{}: {}", escape::plain(&key.text), inline(value)))
            .collect();
        return match entries.is_empty() {
            true => "{}".to_owned(),
            false => format!("{{ {} }}", entries.join(", ")),
        };
    }
    node.as_text()
        .map_or_else(|| "null".to_owned(), |text| escape::plain(text).into_owned())
}
