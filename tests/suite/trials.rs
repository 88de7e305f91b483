//! Whole contracts unlike the shipped ones, over data made by a rule that the test states.
//!
//! The expected numbers were worked out by another program, which shares nothing with this one: it walks calendars
//! day by day and tickets one by one, in fractions.

mod event_log;
mod spreadsheets;
mod warehouse;

use scoreline::assess::Outcome;
use scoreline::quantity::Rational;

use super::contract::kpi;

/// Reads `2/3` or `1`.
fn fraction(text: &str) -> Rational {
    let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
    let whole = |text: &str| text.parse::<i64>().expect("a whole number");
    Rational::new(whole(numerator), whole(denominator)).expect("not zero")
}

/// The value of a KPI and the rows behind it.
fn measured(outcome: &Outcome, id: &str) -> (Rational, u64) {
    let kpi = kpi(outcome, id);
    let rows = kpi.fact.as_ref().map_or(0, |fact| fact.net.rows());
    (kpi.value.clone().unwrap_or_else(|| panic!("`{id}` has no value")), rows)
}
