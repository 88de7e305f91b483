use serde_json::{Value, json};

use super::{full_message, hosted, pretty};
use crate::diagnostics::{Diagnostics, Level, Place};
use crate::source::{SourceMap, Span};

/// Writes the findings in the Reviewdog Diagnostic Format, whose columns count bytes.
pub fn rdjson(diagnostics: &Diagnostics, sources: &SourceMap) -> String {
    let found: Vec<Value> = hosted(diagnostics, sources)
        .into_iter()
        .map(|(location, diagnostic)| {
            let range = match diagnostic.primary.place {
                Place::Text(span) => range(span, sources),
                _ => location
                    .line()
                    .map_or(Value::Null, |line| json!({ "start": { "line": line } })),
            };
            let mut place = json!({ "path": location.file });
            if !range.is_null() {
                place["range"] = range;
            }
            json!({
                "message": full_message(diagnostic),
                "location": place,
                "severity": severity(diagnostic.level),
                "code": { "value": diagnostic.rule },
            })
        })
        .collect();
    pretty(&json!({ "source": { "name": "scoreline" }, "diagnostics": found }))
}

fn range(span: Span, sources: &SourceMap) -> Value {
    let file = sources.file(span.file);
    let position = |offset: u32| {
        let line = file.locate(offset).line;
        json!({ "line": line, "column": offset - file.line_range(line).start + 1 })
    };
    json!({ "start": position(span.start), "end": position(span.end) })
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Error => "ERROR",
        Level::Warn => "WARNING",
        Level::Info => "INFO",
    }
}
