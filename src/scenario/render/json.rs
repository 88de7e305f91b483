use serde_json::{Value, json as value};

use super::{Check, Report, result};
use crate::diagnostics::render;
use crate::source::{SourceMap, Span};

/// Version of the JSON's shape; raised when a field changes its meaning or goes.
const VERSION: u32 = 1;

/// Writes the reports as JSON; `status` is the exit code of the run.
///
/// Numbers are texts as an author writes them; `actual` is null where the contract said nothing of the kind.
pub fn json(reports: &[Report<'_>], sources: &SourceMap, status: u8) -> String {
    let scenarios: Vec<Value> = reports.iter().map(|report| scenario(report, sources)).collect();
    let mut text = format!(
        "{:#}",
        value!({ "version": VERSION, "status": status, "scenarios": scenarios })
    );
    text.push('\n');
    text
}

fn scenario(report: &Report<'_>, sources: &SourceMap) -> Value {
    let scenario = report.scenario;
    let (file, line, _) = place(scenario.declared_at, sources);
    let checks: Vec<Value> = report.checks.iter().map(|check| self::check(check, sources)).collect();
    value!({
        "id": scenario.id,
        "title": scenario.title,
        "as": scenario.kind.word(),
        "tests": scenario.card.id,
        "period": scenario.period,
        "file": file,
        "line": line,
        "result": result(report),
        "expectations": checks,
        "diagnostics": render::entries(&report.findings, sources),
    })
}

fn check(check: &Check<'_>, sources: &SourceMap) -> Value {
    let (file, line, column) = place(check.expectation.span, sources);
    value!({
        "path": check.expectation.path,
        "file": file,
        "line": line,
        "column": column,
        "expected": check.expected,
        "actual": check.actual,
        "holds": check.holds,
        "because": check.because,
    })
}

fn place(span: Span, sources: &SourceMap) -> (&str, u32, u32) {
    let file = sources.file(span.file);
    let at = file.locate(span.start);
    (&file.path, at.line, at.column)
}
