//! A rule for single incidents that can never apply: nothing says which failures are one incident.

use super::card::{Card, Findings, measures};
use crate::resolve::terms::{Measure, SingleIncident, Source};

pub(super) const RULE: &str = "no-single-incident-rule";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    let rule = card.terms.consequences.single_incident;
    if !matches!(rule, Some(SingleIncident::Highest | SingleIncident::CustomerSelects)) {
        return;
    }
    let paying: Vec<_> = card.kpis().filter(|kpi| kpi.credit.is_some()).collect();
    let mut sources = paying.iter().flat_map(|kpi| measures(&kpi.measure)).filter_map(source);
    let named = |id: &str| {
        card.terms
            .sources
            .get(id)
            .is_some_and(|source: &Source| source.incident.is_some())
    };
    if paying.len() < 2 || sources.any(named) {
        return;
    }
    findings.about_contract(
        card.place(&["consequences", "single_incident"], card.version.tree.span.at_start()),
        "no source names incidents: every credit is paid as if it had one of its own".to_string(),
        "can never apply",
        "add `incident: COLUMN` to the sources of KPIs with a credit, or write `single_incident: sum`".to_string(),
    );
}

/// The source of a measure's rows; a statement has none.
fn source(measure: &Measure) -> Option<&str> {
    match measure {
        Measure::Ratio { rows, .. }
        | Measure::OnTime { rows, .. }
        | Measure::Availability { rows, .. }
        | Measure::Probes { rows, .. }
        | Measure::Aggregate { rows, .. }
        | Measure::Count { rows }
        | Measure::Distinct { rows, .. }
        | Measure::Nps { rows, .. }
        | Measure::Share { rows, .. }
        | Measure::Failures { rows, .. }
        | Measure::Value { rows, .. } => Some(&rows.source),
        Measure::Formula { .. } | Measure::Attested => None,
    }
}
