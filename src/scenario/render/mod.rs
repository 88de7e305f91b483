//! Reports of scenarios → the forms people and machines read, one file each.

mod json;
mod junit;
mod patch;
mod text;

pub use json::json;
pub use junit::junit;
pub use patch::patch;
pub use text::{summary, text};

use super::{Check, Report};

/// What came of a scenario, in a word.
fn result(report: &Report<'_>) -> &'static str {
    match report {
        report if !report.ran() => "error",
        report if report.passed() => "passed",
        _ => "failed",
    }
}

/// The checks that do not hold.
fn failed<'r>(report: &'r Report<'_>) -> Vec<&'r Check<'r>> {
    report.checks.iter().filter(|check| !check.holds).collect()
}

/// Writes `1 scenario`, `2 scenarios`.
fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}
