use serde_json::{Map, Value, json as value};

use super::{Location, pretty, sorted};
use crate::diagnostics::{Diagnostics, Label};
use crate::source::SourceMap;

/// Version of the JSON's shape; raised when a field changes its meaning or goes.
const VERSION: u32 = 1;

/// Writes the findings as JSON; `status` is the exit code of the run.
///
/// Lines and columns count from 1, columns in characters, ends are exclusive; they are null where
/// a place has none. A place in a data file carries the `data_column`'s name.
pub fn json(diagnostics: &Diagnostics, sources: &SourceMap, status: u8) -> String {
    let found = entries(diagnostics, sources);
    pretty(&value!({ "version": VERSION, "status": status, "diagnostics": found }))
}

/// Returns the findings as they stand in JSON.
pub fn entries(diagnostics: &Diagnostics, sources: &SourceMap) -> Vec<Value> {
    sorted(diagnostics, sources)
        .into_iter()
        .map(|(location, diagnostic)| {
            let mut entry = Map::new();
            entry.insert("rule".into(), diagnostic.rule.into());
            entry.insert("level".into(), value!(diagnostic.level));
            entry.insert("message".into(), diagnostic.message.as_str().into());
            place(&mut entry, &location);
            entry.insert("label".into(), diagnostic.primary.text.as_str().into());
            let secondary = diagnostic.secondary.iter().map(|label| labelled(label, sources));
            entry.insert("secondary".into(), secondary.collect());
            entry.insert("help".into(), value!(diagnostic.help));
            Value::Object(entry)
        })
        .collect()
}

fn labelled(label: &Label, sources: &SourceMap) -> Value {
    let mut entry = Map::new();
    place(&mut entry, &Location::of(label, sources));
    entry.insert("label".into(), label.text.as_str().into());
    Value::Object(entry)
}

fn place(entry: &mut Map<String, Value>, location: &Location) {
    let columns = location.columns();
    entry.insert("file".into(), location.file.as_str().into());
    entry.insert("line".into(), value!(location.line()));
    entry.insert("column".into(), value!(columns.map(|at| at.column)));
    entry.insert("end_line".into(), value!(columns.map(|at| at.end_line)));
    entry.insert("end_column".into(), value!(columns.map(|at| at.end_column)));
    if let Some(column) = &location.data_column {
        entry.insert("data_column".into(), column.as_str().into());
    }
}
