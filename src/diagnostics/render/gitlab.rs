use std::collections::HashMap;

use serde_json::{Value, json};

use super::{hosted, message, pretty};
use crate::diagnostics::{Diagnostics, Level};
use crate::source::{SourceMap, sha256};

/// Writes the findings as a GitLab Code Quality report.
///
/// A finding's fingerprint does not depend on its line, so that it stays the same finding when
/// lines above it come or go; equal findings of one file are numbered.
pub fn gitlab(diagnostics: &Diagnostics, sources: &SourceMap) -> String {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let found: Value = hosted(diagnostics, sources)
        .into_iter()
        .map(|(location, diagnostic)| {
            let identity = format!("{}\0{}\0{}", diagnostic.rule, location.file, diagnostic.message);
            let occurrence = seen.entry(identity.clone()).or_default();
            *occurrence += 1;
            json!({
                "description": message(diagnostic),
                "check_name": diagnostic.rule,
                "fingerprint": sha256(format!("{identity}\0{occurrence}")),
                "severity": severity(diagnostic.level),
                "location": { "path": location.file, "lines": { "begin": location.line().unwrap_or(1) } },
            })
        })
        .collect();
    pretty(&found)
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Error => "major",
        Level::Warn => "minor",
        Level::Info => "info",
    }
}
