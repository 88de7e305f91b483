use std::collections::BTreeMap;

use similar::TextDiff;

use super::{Check, Report};
use crate::source::{FileId, SourceMap, Span};

/// Writes a unified diff that would make every failed expectation say what the contract said.
///
/// Paths are relative to the workspace. An expectation of which the contract said nothing has to be mended
/// by hand, and so has one that stands for several KPIs of which it said different things.
pub fn patch(reports: &[Report<'_>], sources: &SourceMap) -> String {
    let mut by_place: BTreeMap<Span, Vec<&Check<'_>>> = BTreeMap::new();
    for check in reports.iter().flat_map(|report| &report.checks) {
        by_place.entry(check.expectation.span).or_default().push(check);
    }
    let mut edits: BTreeMap<FileId, Vec<(Span, &str)>> = BTreeMap::new();
    for (span, checks) in by_place {
        let agreed = checks[0].actual.as_deref();
        let agreed = agreed.filter(|_| checks.iter().all(|check| check.actual.as_deref() == agreed));
        if let (Some(actual), false) = (agreed, checks.iter().all(|check| check.holds)) {
            edits.entry(span.file).or_default().push((span, actual));
        }
    }
    edits
        .into_iter()
        .map(|(file, edits)| {
            let file = sources.file(file);
            let edited = edited(&file.text, &edits);
            TextDiff::from_lines(&*file.text, edited.as_str())
                .unified_diff()
                .header(&format!("a/{}", file.path), &format!("b/{}", file.path))
                .to_string()
        })
        .collect()
}

/// Replaces spans, which do not overlap and stand in order.
fn edited(text: &str, edits: &[(Span, &str)]) -> String {
    let mut edited = String::with_capacity(text.len());
    let mut at = 0;
    for (span, replacement) in edits {
        edited.push_str(&text[at..span.start as usize]);
        edited.push_str(replacement);
        at = span.end as usize;
    }
    edited.push_str(&text[at..]);
    edited
}
