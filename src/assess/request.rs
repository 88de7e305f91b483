//! Credits that must be asked for (language.md §6, `requests`).

use jiff::civil::Date;

use super::deadline;
use super::verdict::Judged;
use crate::quantity::Period;
use crate::resolve::terms::{Claims, Terms};

/// Whether and by when a credit is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// Last day on which asking counts.
    pub(super) by: Date,
    /// When somebody first asked.
    pub(super) asked: Option<Date>,
}

/// Finds the request for a KPI's credit; `None` where none is needed.
///
/// The time runs from the day the report is due (`report_due`), else from the period's last day: before the
/// report the customer need not know of the miss.
pub(super) fn find(terms: &Terms, claims: &Claims, one: &Judged<'_>, period: Period) -> Option<Request> {
    let within = one.kpi.credit.as_ref()?.request_within.as_ref()?;
    let due = terms
        .contract
        .as_ref()
        .and_then(|contract| contract.report_due.as_ref());
    let start = due.map_or(period.last_day(), |due| deadline::after(terms, period.last_day(), due));
    let label = period.to_string();
    let names = |kpi: &String| *kpi == one.kpi.id || one.kpi.each.as_ref().is_some_and(|(base, _)| base == kpi);
    let asked = claims
        .credit_requests
        .values()
        .filter(|request| request.period == label && (request.kpis.is_empty() || request.kpis.iter().any(names)))
        .map(|request| request.on)
        .min();
    Some(Request {
        by: deadline::after(terms, start, within),
        asked,
    })
}
