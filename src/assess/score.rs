//! From a judged value to a score (language.md §5, "Scoring").

use super::outcome::Verdict;
use super::verdict::{Judged, by_thresholds};
use super::{goal, wording};
use crate::quantity::{Quantity, Rational, Unit};
use crate::resolve::terms::{Band, Kpi, Scoring};

/// The score of a full reach, before any `over`.
const FULL: i64 = 100;

/// Returns the KPI's score, and whether it is in the card's sum.
///
/// Leaves the sum: not applicable, burn-in, low volume, a KPI that is only shown, and no data under
/// `renormalise` or `fail` (§5, first table).
pub(super) fn score(one: &Judged<'_>) -> Option<Rational> {
    if !one.counts {
        return None;
    }
    if let Some(fixed) = one.fixed_score {
        // A low-volume row decided "met, score 100"; a guardrail may have taken the "met" away since.
        let lost = one.verdict != Verdict::Met && one.kpi.scoring == Scoring::Binary;
        return Some(if lost {
            Rational::zero()
        } else {
            Rational::integer(fixed)
        });
    }
    let value = one.judged.as_ref()?;
    let raw = unclamped(&one.kpi.scoring, value, one.verdict)?;
    Some(clamp(raw, &one.kpi.score_limit))
}

/// Returns the score that `kpi` gives `value` when nothing but its own target decides the verdict; `None`
/// without a target.
pub fn score_of(kpi: &Kpi, value: &Rational) -> Option<Rational> {
    let verdict = by_thresholds(kpi.target.as_ref()?, kpi.minimum.as_ref(), value);
    Some(clamp(unclamped(&kpi.scoring, value, verdict)?, &kpi.score_limit))
}

/// Holds a score within 0 and the limit: 100, or what `over` says.
fn clamp(raw: Rational, limit: &Rational) -> Rational {
    raw.max(Rational::zero()).min(limit.clone())
}

/// Returns the score before the limits; `None` without a verdict on a value.
pub(super) fn unclamped(scoring: &Scoring, value: &Rational, verdict: Verdict) -> Option<Rational> {
    if matches!(verdict, Verdict::NotApplicable | Verdict::NoData) {
        return None;
    }
    let binary = || Rational::integer(if verdict == Verdict::Met { FULL } else { 0 });
    Some(match scoring {
        Scoring::Binary => binary(),
        Scoring::Linear { zero_at, full_at } => {
            let run = &full_at.number - &zero_at.number;
            (value - &zero_at.number)
                .checked_div(&run)
                // Both ends at one value leave only the two sides of it.
                .map_or_else(binary, |share| share * Rational::integer(FULL))
        }
        // Outside the outermost band nothing is earned.
        Scoring::Bands(bands) => band(bands, value).map(|band| band.score.clone()).unwrap_or_default(),
        Scoring::Piecewise(points) => piecewise(points, value),
    })
}

fn band<'a>(bands: &'a [Band], value: &Rational) -> Option<&'a Band> {
    bands.iter().find(|band| goal::covers(&band.range, value))
}

/// Interpolates between the two points around `value`; beyond the outermost points their scores hold.
fn piecewise(points: &[(Quantity, Rational)], value: &Rational) -> Rational {
    let after = points.partition_point(|(at, _)| at.number <= *value);
    match (after.checked_sub(1).and_then(|i| points.get(i)), points.get(after)) {
        (Some((x0, y0)), Some((x1, y1))) => {
            let share = (value - &x0.number)
                .checked_div(&(&x1.number - &x0.number))
                .unwrap_or_default();
            y0 + &(share * (y1 - y0))
        }
        (Some((_, y)), None) | (None, Some((_, y))) => y.clone(),
        (None, None) => Rational::zero(),
    }
}

/// Writes the scoring with its numbers: `(4h − 6h) ÷ (3h − 6h) × 100 = 66.67`.
pub(super) fn working(one: &Judged<'_>, score: &Rational) -> String {
    let shown = wording::number(&score.round(2, crate::quantity::Rounding::HalfAwayFromZero));
    let unit = one.kpi.unit;
    let (Some(value), None) = (&one.judged, one.fixed_score) else {
        return shown;
    };
    let written = |x: &Rational| wording::value(x, unit);
    let formula = match &one.kpi.scoring {
        Scoring::Binary => {
            return match one.verdict {
                Verdict::Met => format!("met = {shown}"),
                _ => format!("not met = {shown}"),
            };
        }
        Scoring::Linear { zero_at, full_at } => format!(
            "({} − {}) ÷ ({} − {}) × 100",
            written(value),
            written(&zero_at.number),
            written(&full_at.number),
            written(&zero_at.number),
        ),
        Scoring::Bands(bands) => match band(bands, value) {
            Some(band) => format!("{} in {}", written(value), range(band, unit)),
            None => format!("{} in no band", written(value)),
        },
        Scoring::Piecewise(points) => {
            let after = points.partition_point(|(at, _)| at.number <= *value);
            let point =
                |(at, score): &(Quantity, Rational)| format!("({}, {})", written(&at.number), wording::number(score));
            match (after.checked_sub(1).and_then(|i| points.get(i)), points.get(after)) {
                (Some(from), Some(_)) if from.0.number == *value => format!("{} at {}", written(value), point(from)),
                (Some(from), Some(to)) => format!("{} between {} and {}", written(value), point(from), point(to)),
                (Some(last), None) => format!("{} from {}", written(value), point(last)),
                (None, Some(first)) => format!("{} up to {}", written(value), point(first)),
                (None, None) => written(value),
            }
        }
    };
    match unclamped(&one.kpi.scoring, value, one.verdict) {
        Some(raw) if raw != *score => {
            let raw = wording::number(&raw.round(2, crate::quantity::Rounding::HalfAwayFromZero));
            format!("{formula} = {raw} → {shown}")
        }
        _ => format!("{formula} = {shown}"),
    }
}

fn range(band: &Band, unit: Unit) -> String {
    let from = band.range.from.as_ref().map(|bound| {
        let word = if bound.inclusive { "at least" } else { "above" };
        format!("{word} {}", wording::value(&bound.value.number, unit))
    });
    let to = band.range.to.as_ref().map(|bound| {
        let word = if bound.inclusive { "at most" } else { "below" };
        format!("{word} {}", wording::value(&bound.value.number, unit))
    });
    [from, to].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Quantity {
        Quantity::new(Rational::parse_decimal(text).expect("a decimal"), Unit::Number)
    }

    fn of(scoring: &Scoring, value: &str) -> Rational {
        unclamped(scoring, &number(value).number, Verdict::Met).expect("a score")
    }

    #[test]
    fn a_straight_line_goes_through_its_two_ends() {
        let line = Scoring::Linear {
            zero_at: number("6"),
            full_at: number("3"),
        };
        assert_eq!(of(&line, "6"), Rational::zero());
        assert_eq!(of(&line, "3"), Rational::integer(100));
        assert_eq!(of(&line, "4"), Rational::new(200, 3).expect("not zero"));
        assert_eq!(of(&line, "2.5"), Rational::new(350, 3).expect("not zero"));
    }

    #[test]
    fn points_hold_their_scores_and_the_outermost_go_on() {
        let points = Scoring::Piecewise(
            [("300", "0"), ("500", "3.33"), ("700", "6.67"), ("900", "10")]
                .map(|(x, y)| (number(x), number(y).number))
                .into(),
        );
        for (value, score) in [
            ("900", "10"),
            ("300", "0"),
            ("100", "0"),
            ("1000", "10"),
            ("500", "3.33"),
            ("400", "1.665"),
        ] {
            assert_eq!(of(&points, value), number(score).number, "{value}");
        }
    }
}
