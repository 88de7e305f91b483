//! How values become scores, and the ranges of bands and tiers checked against each other.

use super::goal::Scale;
use super::{Binder, Cursor};
use crate::diagnostics::Diagnostic;
use crate::model;
use crate::quantity::{Quantity, Rational, Unit, format_duration};
use crate::resolve::range::{self, Flaw};
use crate::resolve::terms::{Band, Goal, Range, Scoring};
use crate::source::Span;

impl<'a> Binder<'a> {
    /// Binds the scoring and its highest score.
    pub(super) fn scoring(
        &mut self,
        written: Option<&model::Scoring>,
        scale: Scale<'_>,
        at: Cursor<'a>,
    ) -> (Scoring, Rational) {
        let hundred = Rational::integer(100);
        let Some(model::Scoring::Rule(rule)) = written else {
            return (Scoring::Binary, hundred);
        };
        let limit = rule.over.as_ref().map_or(hundred.clone(), |over| over.0.clone());
        if limit < hundred {
            self.invalid(
                at.step("over"),
                "the highest score is below 100",
                "write a number above 100, or remove `over`",
            );
        }
        let scoring = match &rule.curve {
            Some(model::Curve::Linear(linear)) => self.linear(linear, scale, at.step("linear")),
            Some(model::Curve::Bands(bands)) => self.bands(bands, scale, at.step("bands")),
            Some(model::Curve::Piecewise(points)) => self.piecewise(points, scale, at.step("piecewise")),
            Some(model::Curve::Binary(_)) | None => None,
        };
        (scoring.unwrap_or(Scoring::Binary), limit)
    }

    fn linear(&mut self, written: &model::Linear, scale: Scale<'_>, at: Cursor<'a>) -> Option<Scoring> {
        let (zero_at, full_at) = (written.zero_at.as_ref()?, written.full_at.as_ref()?);
        let zero_at = self.limit(zero_at, scale, at.step("zero_at"));
        let full_at = self.limit(full_at, scale, at.step("full_at"));
        let (zero_at, full_at) = (zero_at?, full_at?);
        if zero_at.number == full_at.number {
            self.invalid(
                at.step("zero_at"),
                "the line from 0 to 100 has no length",
                "write two different values",
            );
            return None;
        }
        let rising = zero_at.number < full_at.number;
        let wrong_way = match scale.target {
            Some(Goal::AtLeast(_) | Goal::Above(_)) => !rising,
            Some(Goal::AtMost(_) | Goal::Below(_)) => rising,
            _ => false,
        };
        if wrong_way {
            let message = "the line gives a better value a lower score";
            self.invalid(
                at,
                message,
                "exchange `zero_at` and `full_at`, or correct the target's word",
            );
        }
        Some(Scoring::Linear { zero_at, full_at })
    }

    fn bands(&mut self, written: &[model::ScoreBand], scale: Scale<'_>, at: Cursor<'a>) -> Option<Scoring> {
        let ranges: Vec<Option<Range>> = written
            .iter()
            .enumerate()
            .map(|(index, band)| self.range(&band.bounds, scale, at.item(index)))
            .collect();
        let ranges: Vec<Range> = ranges.into_iter().collect::<Option<_>>()?;
        if ranges.is_empty() {
            self.invalid(at, "no bands", "write bands such as `{ at_least: 95%, score: 100 }`");
            return None;
        }
        let ranges = range::stepped(ranges);
        let spans: Vec<Span> = (0..ranges.len()).map(|index| at.item(index).span()).collect();
        self.check_steps(&ranges, &spans);
        let bands = written.iter().zip(ranges).zip(spans).map(|((band, range), span)| Band {
            range,
            score: band.score.0.clone(),
            span,
        });
        Some(Scoring::Bands(bands.collect()))
    }

    /// Reports bands that no value reaches, then gaps and overlaps of the others.
    fn check_steps(&mut self, ranges: &[Range], spans: &[Span]) {
        let mut reached = true;
        for (index, _) in ranges.iter().enumerate().filter(|(_, range)| range::is_empty(range)) {
            reached = false;
            self.diagnostics.push(
                Diagnostic::new("band-overlap", spans[index], "no value reaches this band")
                    .also(spans[index - 1], "the one above covers all of its values")
                    .help("write the bands from the best value to the worst"),
            );
        }
        if reached {
            self.check_ranges(ranges, spans, "band", None);
        }
    }

    fn piecewise(&mut self, written: &[model::Point], scale: Scale<'_>, at: Cursor<'a>) -> Option<Scoring> {
        let read: Vec<Option<(Quantity, Rational, Span)>> = written
            .iter()
            .enumerate()
            .map(|(index, point)| {
                let value = self.limit(&point.value, scale, at.item(index).item(0))?;
                Some((value, point.score.0.clone(), at.item(index).span()))
            })
            .collect();
        let mut points: Vec<(Quantity, Rational, Span)> = read.into_iter().collect::<Option<_>>()?;
        if points.len() < 2 {
            self.invalid(
                at,
                "a line needs two points",
                "write points such as `[[90%, 0], [99%, 100]]`",
            );
            return None;
        }
        points.sort_by(|a, b| a.0.number.cmp(&b.0.number));
        for pair in points.windows(2).filter(|pair| pair[0].0.number == pair[1].0.number) {
            self.diagnostics.push(
                Diagnostic::new(
                    "band-overlap",
                    pair[1].2,
                    format!("two points at {}", shown(&pair[1].0)),
                )
                .also(pair[0].2, "the other is here")
                .help("keep one score for each value"),
            );
        }
        let points = points.into_iter().map(|(value, score, _)| (value, score));
        Some(Scoring::Piecewise(points.collect()))
    }

    /// Reports gaps and overlaps between the outermost of `ranges`, with the values concerned.
    ///
    /// `met` is the target's met side and its place, where that counts as one of the ranges.
    pub(super) fn check_ranges(&mut self, ranges: &[Range], spans: &[Span], noun: &str, met: Option<(Range, Span)>) {
        let (mut ranges, mut spans) = (ranges.to_vec(), spans.to_vec());
        let target = met.as_ref().map(|_| ranges.len());
        if let Some((range, span)) = met {
            ranges.push(range);
            spans.push(span);
        }
        let two = |range: &Range| range.from.is_some() && range.to.is_some();
        let mixed = ranges.iter().any(two) && !ranges.iter().all(two);
        for flaw in range::flaws(&ranges) {
            // The finding stands at a band or tier, never at the target alone.
            let (place, other) = if Some(flaw.lower) == target {
                (flaw.upper, flaw.lower)
            } else {
                (flaw.lower, flaw.upper)
            };
            let label = if Some(other) == target {
                "the target's met side"
            } else {
                "its neighbour"
            };
            let mut finding = describe(&flaw, spans[place], noun);
            let (lower, upper) = (&ranges[flaw.lower], &ranges[flaw.upper]);
            let is_open = |range: &Range| range.from.is_none() != range.to.is_none();
            let is_mixed = target.is_none() && noun == "band" && mixed && is_open(lower) != is_open(upper);
            if is_mixed {
                finding = finding.help(format!(
                    "{noun}s with one bound end where the next starts only among themselves: write one bound in each, or both"
                ));
            }
            self.diagnostics.push(finding.also(spans[other], label));
            // The other gaps and overlaps of mixed bands follow from the same.
            if is_mixed {
                return;
            }
        }
    }
}

fn describe(flaw: &Flaw, span: Span, noun: &str) -> Diagnostic {
    let Range { from, to } = &flaw.values;
    let single = match (from, to) {
        (Some(from), Some(to)) if from.value == to.value => Some(shown(&from.value)),
        _ => None,
    };
    let lower = from.as_ref().map(|from| {
        let word = if from.inclusive { "from" } else { "above" };
        format!("{word} {}", shown(&from.value))
    });
    let upper = to.as_ref().map(|to| {
        let word = if to.inclusive { "up to" } else { "below" };
        format!("{word} {}", shown(&to.value))
    });
    let several = match (lower, upper) {
        (Some(lower), Some(upper)) => format!("values {lower} and {upper}"),
        (lower, upper) => format!(
            "values {}",
            lower.or(upper).unwrap_or_else(|| "of every size".to_owned())
        ),
    };
    if flaw.overlap {
        let message = match &single {
            Some(value) => format!("{value} falls in two {noun}s"),
            None => format!("{several} fall in two {noun}s"),
        };
        let help = match &single {
            Some(value) => format!("make one of the two bounds strict: `below: {value}` or `above: {value}`"),
            None => format!("let one {noun} end where the next starts"),
        };
        return Diagnostic::new("band-overlap", span, message).help(help);
    }
    let message = match &single {
        Some(value) => format!("{value} falls in no {noun}"),
        None => format!("{several} fall in no {noun}"),
    };
    let help = match (&single, to) {
        (Some(value), _) => format!("let one of the two include it: `at_most: {value}` or `at_least: {value}`"),
        (None, Some(to)) => format!(
            "values are not rounded: let the lower {noun} end with `below: {}`",
            shown(&to.value)
        ),
        (None, None) => format!("let one {noun} end where the next starts"),
    };
    Diagnostic::new("band-gap", span, message).help(help)
}

/// Writes a quantity exactly, as an author would.
pub(super) fn shown(quantity: &Quantity) -> String {
    match quantity.unit {
        Unit::Percent => format!("{}%", (&quantity.number * &Rational::integer(100)).to_exact()),
        Unit::Duration => format_duration(&quantity.number, 6),
        _ => quantity.number.to_exact(),
    }
}
