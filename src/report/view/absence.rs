use schemars::JsonSchema;
use serde::Serialize;

use crate::measure::facts::{Absence, LeftOut, Measured};
use crate::report::display;

/// Why there is no value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Absent {
    /// `not_applicable` or `no_data`.
    #[schemars(extend("enum" = ["not_applicable", "no_data"]))]
    pub code: &'static str,
    /// Why.
    pub reason: String,
}

/// Takes the backticks of a diagnostic out of a sentence: reports quote nothing as code.
pub(crate) fn prose(text: &str) -> String {
    text.replace('`', "")
}

/// Returns why nothing was measured.
pub(crate) fn absent(measured: &Measured) -> Option<Absent> {
    match measured {
        Measured::Value { .. } => None,
        Measured::Absent(Absence::NotApplicable(reason)) => Some(Absent {
            code: "not_applicable",
            reason: prose(reason),
        }),
        Measured::Absent(Absence::NoData(reason)) => Some(Absent {
            code: "no_data",
            reason: prose(reason),
        }),
    }
}

/// Says which rows were left out and why.
pub(crate) fn left_out(rows: &LeftOut) -> Vec<String> {
    [
        (rows.null_condition, "outside the population: its condition was null"),
        (rows.null_value, "left out: the value was null"),
        (rows.zero_division, "left out: a division by zero"),
        (
            rows.negative_elapsed,
            "kept although the clock stopped before it started",
        ),
    ]
    .into_iter()
    .filter(|(rows, _)| *rows > 0)
    .map(|(rows, why)| format!("{} {why}", display::count(rows, "row", "rows")))
    .collect()
}
