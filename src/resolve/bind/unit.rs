//! The unit of a KPI's value and the decimals it is shown with.

use super::measure::Of;
use super::{Binder, Cursor};
use crate::diagnostics::Diagnostic;
use crate::model::{self, Written};
use crate::quantity::Unit;

/// What decides a KPI's unit.
enum Fixed {
    /// The form alone.
    By(Unit),
    /// The author, and this unit where the author says nothing.
    Default(Unit),
    /// The author.
    Declared,
}

impl<'a> Binder<'a> {
    /// Returns the unit of the KPI's value.
    pub(super) fn unit(&mut self, id: &str, kpi: &model::Kpi, at: Cursor<'a>) -> Option<Unit> {
        let declared = kpi.unit.map(|word| match word {
            model::UnitWord::Percent => Unit::Percent,
            model::UnitWord::Duration => Unit::Duration,
            model::UnitWord::Days => Unit::Days,
            model::UnitWord::Money => Unit::Money,
            model::UnitWord::Number => Unit::Number,
        });
        let measure = kpi.measure.as_ref()?;
        let form = at.step("measure").node().and_then(|node| node.as_map()?.iter().next());
        let form = form.map_or("measure", |(key, _)| &*key.text);
        match (self.fixed(measure), declared) {
            (Fixed::By(unit), Some(declared))
                if unit != declared && !(unit == Unit::Count && declared == Unit::Number) =>
            {
                self.diagnostics.push(
                    Diagnostic::new(
                        "wrong-unit",
                        at.step("unit").span(),
                        format!("a `{form}` is never in this unit"),
                    )
                    .also(at.step("measure").span(), format!("its values are {}", plural(unit)))
                    .help("remove `unit`: the form of the measure fixes it"),
                );
                Some(unit)
            }
            (Fixed::By(unit), _) => Some(unit),
            (_, Some(declared)) => Some(declared),
            (Fixed::Default(unit), None) => Some(unit),
            (Fixed::Declared, None) => {
                let guess = kpi
                    .target
                    .as_ref()
                    .map_or("number", |goal| match first_value(goal).map(|v| v.written) {
                        Some(Written::Percent) => "percent",
                        Some(Written::Duration) => "duration",
                        Some(Written::Bare) | None => "number",
                    });
                self.diagnostics.push(
                    Diagnostic::new("missing-field", at.key_span(), format!("KPI `{id}` has no `unit`"))
                        .also(at.step("measure").span(), format!("a `{form}` may be in any unit"))
                        .help(format!(
                            "add `unit: {guess}`, or another of percent, duration, days, money and number"
                        )),
                );
                None
            }
        }
    }
}

impl Binder<'_> {
    fn fixed(&self, measure: &model::Measure) -> Fixed {
        use model::Measure as M;
        match measure {
            M::Ratio(_) | M::OnTime(_) | M::Availability(_) | M::Probes(_) => Fixed::By(Unit::Percent),
            M::Count(_) | M::Distinct(_) => Fixed::By(Unit::Count),
            M::Nps(_) => Fixed::By(Unit::Number),
            M::Failures(_) => Fixed::By(Unit::Duration),
            M::Share(_) => Fixed::Default(Unit::Percent),
            M::Mean(of) | M::Median(of) | M::Min(of) | M::Max(of) | M::Sum(of) => self.of_aggregate(of),
            M::Percentile(percentile) => self.of_aggregate(&percentile.aggregate),
            M::Formula(_) | M::Value(_) | M::Attested(_) => Fixed::Declared,
        }
    }

    fn of_aggregate(&self, aggregate: &model::Aggregate) -> Fixed {
        match self.operand(aggregate) {
            Some(Of::Clock(..)) => Fixed::By(Unit::Duration),
            _ => Fixed::Declared,
        }
    }
}

fn plural(unit: Unit) -> &'static str {
    match unit {
        Unit::Percent => "percentages",
        Unit::Duration => "durations",
        Unit::Days => "days",
        Unit::Money => "amounts of money",
        Unit::Number => "plain numbers",
        Unit::Count => "numbers of things",
    }
}

/// Returns a value that a goal is written with.
pub(super) fn first_value(goal: &model::Goal) -> Option<&model::Value> {
    match goal {
        model::Goal::AtLeast(value)
        | model::Goal::Above(value)
        | model::Goal::AtMost(value)
        | model::Goal::Below(value)
        | model::Goal::Between((value, _)) => Some(value),
        model::Goal::WithinBand(band) => band.of.as_ref(),
    }
}

/// Returns the decimals that the values of a goal are written with.
fn written_decimals(goal: &model::Goal) -> u32 {
    let of = |value: Option<&model::Value>| {
        let digits = value.and_then(|value| value.text.split_once('.')).map(|(_, rest)| rest);
        let digits = digits.map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
        u32::try_from(digits).unwrap_or(0)
    };
    match goal {
        model::Goal::Between((low, high)) => of(Some(low)).max(of(Some(high))),
        model::Goal::WithinBand(band) => of(band.of.as_ref()).max(of(band.by.as_ref())),
        one => of(first_value(one)),
    }
}

/// Returns the decimals a KPI is shown with where it says none.
///
/// As many as its target and minimum are written with; percentages and plain numbers at least one, so
/// that `95%` does not hide whether 94.6 or 95.4 was measured; money as many as its currency has;
/// durations whole seconds; counts none.
pub(super) fn default_decimals(unit: Unit, kpi: &model::Kpi, minor_units: u32) -> u32 {
    let goals = kpi.target.iter().chain(&kpi.minimum);
    let written = goals.map(written_decimals).max().unwrap_or(0);
    match unit {
        Unit::Percent | Unit::Number | Unit::Days => written.max(1),
        Unit::Money => written.max(minor_units),
        Unit::Duration | Unit::Count => 0,
    }
}
