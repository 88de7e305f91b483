use super::{Report, count, failed, result};
use crate::source::SourceMap;

/// Writes one line per scenario, and under each that failed what was expected and what the contract said.
///
/// With `failures_only`, those that passed are left out.
pub fn text(reports: &[Report<'_>], sources: &SourceMap, failures_only: bool) -> String {
    let mut text = String::new();
    for report in reports.iter().filter(|report| !(failures_only && report.passed())) {
        let scenario = report.scenario;
        let failed = failed(report);
        let outcome = if !report.ran() {
            "its rows cannot be measured".to_owned()
        } else if failed.is_empty() {
            match report.checks.len() {
                1 => "1 expectation holds".to_owned(),
                n => format!("{n} expectations hold"),
            }
        } else {
            format!("{} of {} expectations fail", failed.len(), report.checks.len())
        };
        let (id, card, period) = (&scenario.id, &scenario.card.id, scenario.period);
        let kind = scenario.kind.word();
        text.push_str(&format!(
            "{:<6}  {id}  ({kind}, {card} {period}): {outcome}\n",
            result(report)
        ));
        for check in &failed {
            let place = sources.place(check.expectation.span);
            text.push_str(&format!("\n  {}  at {place}\n", check.expectation.path));
            text.push_str(&format!("    expected  {}\n", check.expected));
            let actual = check.actual.as_deref().unwrap_or("nothing");
            text.push_str(&format!("    actual    {actual}\n"));
            for why in &check.because {
                text.push_str(&format!("              {why}\n"));
            }
        }
        if !failed.is_empty() {
            text.push('\n');
        }
    }
    text
}

/// Writes how many scenarios passed, failed and could not be run.
pub fn summary(reports: &[Report<'_>]) -> String {
    let of = |wanted: &str| reports.iter().filter(|report| result(report) == wanted).count();
    let mut parts = vec![format!("{} passed", of("passed"))];
    for (result, words) in [("failed", "failed"), ("error", "could not be run")] {
        if of(result) > 0 {
            parts.push(format!("{} {words}", of(result)));
        }
    }
    format!("{}: {}\n", count(reports.len(), "scenario"), parts.join(", "))
}
