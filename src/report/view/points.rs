use crate::assess::outcome::KpiOutcome;
use crate::quantity::Rational;
use crate::report::display::Shown;

/// Points that a KPI could have got and did not.
pub(super) fn lost(kpi: &KpiOutcome) -> Option<Rational> {
    Some(kpi.points_available.as_ref()? - kpi.points.as_ref()?)
}

/// Points with one decimal, more where they would vanish.
pub(super) fn points(number: &Rational) -> Shown {
    let decimals = match number.is_zero() {
        true => 1,
        false => (1..6)
            .find(|&decimals| number.abs() >= Rational::from_decimal(1, decimals) || decimals == 5)
            .unwrap_or(1),
    };
    Shown::number(number, decimals)
}
