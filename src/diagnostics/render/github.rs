use super::{full_message, hosted, inert};
use crate::diagnostics::{Diagnostics, Level};
use crate::source::SourceMap;

/// Writes the findings as GitHub workflow commands, one line each.
pub fn github(diagnostics: &Diagnostics, sources: &SourceMap) -> String {
    let mut out = String::new();
    for (location, diagnostic) in hosted(diagnostics, sources) {
        let command = match diagnostic.level {
            Level::Error => "error",
            Level::Warn => "warning",
            Level::Info => "notice",
        };
        let mut properties = vec![("file", location.file.clone())];
        if let Some(line) = location.line() {
            properties.push(("line", line.to_string()));
        }
        if let Some(at) = location.columns() {
            properties.push(("endLine", at.end_line.to_string()));
            // Columns are taken for one line only.
            if location.line() == Some(at.end_line.into()) {
                properties.push(("col", at.column.to_string()));
                properties.push(("endColumn", at.end_column.to_string()));
            }
        }
        properties.push(("title", diagnostic.rule.to_owned()));
        let properties: Vec<String> = properties
            .into_iter()
            .map(|(name, value)| format!("{name}={}", property(&value)))
            .collect();
        let data = data(&full_message(diagnostic));
        out.push_str(&format!("::{command} {}::{data}\n", properties.join(",")));
    }
    out
}

/// Escapes a command's message as the runner reads it back.
fn data(text: &str) -> String {
    inert(text)
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes a command's property as the runner reads it back.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
