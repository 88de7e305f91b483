use super::{Report, failed, result};
use crate::diagnostics::render::{attribute, content, message};
use crate::source::SourceMap;

/// Writes the reports as a JUnit report: one suite per scorecard, one case per scenario.
pub fn junit(reports: &[Report<'_>], sources: &SourceMap) -> String {
    let mut cards: Vec<&str> = Vec::new();
    for report in reports {
        let card = report.scenario.card.id.as_str();
        if !cards.contains(&card) {
            cards.push(card);
        }
    }
    let mut suites = String::new();
    for card in cards {
        let of_card: Vec<&Report<'_>> = reports
            .iter()
            .filter(|report| report.scenario.card.id == card)
            .collect();
        let cases: String = of_card.iter().map(|report| case(report, sources)).collect();
        let (name, totals) = (attribute(card), totals(&of_card));
        suites.push_str(&format!(
            "  <testsuite name=\"{name}\" {totals}>\n{cases}  </testsuite>\n"
        ));
    }
    let totals = totals(&reports.iter().collect::<Vec<_>>());
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"scoreline\" {totals}>\n{suites}</testsuites>\n"
    )
}

fn totals(reports: &[&Report<'_>]) -> String {
    let of = |wanted: &str| reports.iter().filter(|report| result(report) == wanted).count();
    format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\"",
        reports.len(),
        of("failed"),
        of("error")
    )
}

fn case(report: &Report<'_>, sources: &SourceMap) -> String {
    let scenario = report.scenario;
    let mut inner = String::new();
    for check in failed(report) {
        let actual = check.actual.as_deref().unwrap_or("nothing");
        let short = format!(
            "{}: expected {}, actual {actual}",
            check.expectation.path, check.expected
        );
        let place = sources.place(check.expectation.span);
        let long: String = [format!("{short}\n{place}")]
            .into_iter()
            .chain(check.because.iter().cloned())
            .collect::<Vec<_>>()
            .join("\n");
        let (short, long) = (attribute(&short), content(&long));
        inner.push_str(&format!("      <failure message=\"{short}\">{long}</failure>\n"));
    }
    for finding in report.findings.iter() {
        let (rule, short) = (attribute(finding.rule), attribute(&message(finding)));
        inner.push_str(&format!("      <error type=\"{rule}\" message=\"{short}\"/>\n"));
    }
    let (class, name, file) = (
        attribute(&scenario.card.id),
        attribute(&scenario.id),
        attribute(&scenario.path),
    );
    let head = format!("    <testcase classname=\"{class}\" name=\"{name}\" file=\"{file}\"");
    if inner.is_empty() {
        format!("{head}/>\n")
    } else {
        format!("{head}>\n{inner}    </testcase>\n")
    }
}
