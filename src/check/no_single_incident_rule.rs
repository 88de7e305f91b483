//! A rule for single incidents that can never apply: nothing says which failures are one incident.

use super::card::{Card, Findings};
use crate::resolve::terms::{Rows, SingleIncident};

pub(super) const RULE: &str = "no-single-incident-rule";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    let rule = card.terms.consequences.single_incident;
    if !matches!(rule, Some(SingleIncident::Highest | SingleIncident::CustomerSelects)) {
        return;
    }
    let paying: Vec<_> = card.kpis().filter(|kpi| kpi.credit.is_some()).collect();
    let mut rows = paying.iter().flat_map(|kpi| kpi.measure.rows());
    let named = |rows: &Rows| {
        let source = card.terms.sources.get(&rows.source);
        source.is_some_and(|source| source.incident.is_some())
    };
    if paying.len() < 2 || rows.any(named) {
        return;
    }
    findings.about_contract(
        card.place(&["consequences", "single_incident"], card.version.tree.span.at_start()),
        "no source names incidents: every credit is paid as if it had one of its own".to_string(),
        "can never apply",
        "add `incident: COLUMN` to the sources of KPIs with a credit, or write `single_incident: sum`".to_string(),
    );
}
