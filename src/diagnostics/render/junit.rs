use super::{Location, attribute, content, full_message, hosted, message};
use crate::diagnostics::{Diagnostic, Diagnostics, Level};
use crate::source::SourceMap;

/// Writes the findings as a JUnit report: one suite per file, one case per finding.
///
/// Errors are failures; warnings and notes are cases that pass and say what was found. A run
/// without findings is one case that passes.
pub fn junit(diagnostics: &Diagnostics, sources: &SourceMap) -> String {
    let found = hosted(diagnostics, sources);
    let mut suites = String::new();
    for file in found.chunk_by(|(left, _), (right, _)| left.file == right.file) {
        let name = attribute(&file[0].0.file);
        let cases: String = file
            .iter()
            .map(|(location, diagnostic)| case(location, diagnostic))
            .collect();
        let (tests, failures) = (file.len(), failures(file));
        suites.push_str(&format!(
            "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\">\n{cases}  </testsuite>\n"
        ));
    }
    if found.is_empty() {
        suites.push_str(
            "  <testsuite name=\"scoreline\" tests=\"1\" failures=\"0\">\n    <testcase classname=\"scoreline\" \
             name=\"check\"/>\n  </testsuite>\n",
        );
    }
    let (tests, failures) = (found.len().max(1), failures(&found));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"scoreline\" tests=\"{tests}\" \
         failures=\"{failures}\">\n{suites}</testsuites>\n"
    )
}

fn failures(found: &[(Location, &Diagnostic)]) -> usize {
    found
        .iter()
        .filter(|(_, diagnostic)| diagnostic.level == Level::Error)
        .count()
}

fn case(location: &Location, diagnostic: &Diagnostic) -> String {
    let place = match (location.line(), location.columns()) {
        (Some(line), Some(at)) => format!("{}:{line}:{}", location.file, at.column),
        (Some(line), None) => format!("{}:{line}", location.file),
        _ => location.file.clone(),
    };
    let name = attribute(&format!("{} at {place}", diagnostic.rule));
    let classname = attribute(&location.file);
    let inner = if diagnostic.level == Level::Error {
        let short = attribute(&message(diagnostic));
        let rule = attribute(diagnostic.rule);
        let long = content(&full_message(diagnostic));
        format!("<failure type=\"{rule}\" message=\"{short}\">{long}</failure>")
    } else {
        format!("<system-out>{}</system-out>", content(&full_message(diagnostic)))
    };
    format!("    <testcase classname=\"{classname}\" name=\"{name}\">{inner}</testcase>\n")
}
