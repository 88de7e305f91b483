//! Stretches of values that bands and tiers cover: where they leave a gap and where they overlap.

use std::cmp::Ordering;

use crate::quantity::Rational;
use crate::resolve::terms::{Bound, Goal, Range};

/// What is wrong between two neighbouring stretches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    /// Whether values fall in both; else they fall in neither.
    pub(super) overlap: bool,
    /// Index of the lower stretch.
    pub(super) lower: usize,
    /// Index of the upper stretch.
    pub(super) upper: usize,
    /// The values concerned, a single one where both ends are equal.
    pub(super) values: Range,
}

/// The end of a stretch: the value and, for order, on which side of it the stretch ends.
type Edge<'r> = Option<(&'r Rational, i8)>;

/// Where `range` starts; `None` is before every value. −1: at the value, 1: just after it.
fn start(range: &Range) -> Edge<'_> {
    range
        .from
        .as_ref()
        .map(|bound| (&bound.value.number, if bound.inclusive { -1 } else { 1 }))
}

/// Where `range` ends; `None` is after every value. 1: just after the value, −1: before it.
fn end(range: &Range) -> Edge<'_> {
    range
        .to
        .as_ref()
        .map(|bound| (&bound.value.number, if bound.inclusive { 1 } else { -1 }))
}

fn compare_starts(a: &Range, b: &Range) -> Ordering {
    match (start(a), start(b)) {
        (None, None) => Ordering::Equal,
        (None, _) => Ordering::Less,
        (_, None) => Ordering::Greater,
        (Some(a), Some(b)) => a.cmp(&b),
    }
}

fn compare_ends(a: &Range, b: &Range) -> Ordering {
    match (end(a), end(b)) {
        (None, None) => Ordering::Equal,
        (None, _) => Ordering::Greater,
        (_, None) => Ordering::Less,
        (Some(a), Some(b)) => a.cmp(&b),
    }
}

/// Finds every gap and overlap between the outermost of `ranges`.
pub(super) fn flaws(ranges: &[Range]) -> Vec<Flaw> {
    let mut order: Vec<usize> = (0..ranges.len()).collect();
    order.sort_by(|&a, &b| compare_starts(&ranges[a], &ranges[b]).then(compare_ends(&ranges[a], &ranges[b])));
    let mut flaws = Vec::new();
    let mut order = order.into_iter();
    // The stretch that reaches furthest so far.
    let Some(mut reach) = order.next() else {
        return flaws;
    };
    for next in order {
        let (below, above) = (&ranges[reach], &ranges[next]);
        let touching = match (end(below), start(above)) {
            (Some(end), Some(start)) => end.cmp(&start),
            _ => Ordering::Greater,
        };
        if touching != Ordering::Equal {
            let overlap = touching == Ordering::Greater;
            let values = if overlap {
                let inner_end = if compare_ends(below, above).is_lt() {
                    below
                } else {
                    above
                };
                Range {
                    from: above.from.clone(),
                    to: inner_end.to.clone(),
                }
            } else {
                Range {
                    from: below.to.as_ref().map(complement),
                    to: above.from.as_ref().map(complement),
                }
            };
            flaws.push(Flaw {
                overlap,
                lower: reach,
                upper: next,
                values,
            });
        }
        if compare_ends(below, above).is_lt() {
            reach = next;
        }
    }
    flaws
}

/// Returns the bound of everything beyond `bound`.
pub(super) fn complement(bound: &Bound) -> Bound {
    Bound {
        value: bound.value.clone(),
        inclusive: !bound.inclusive,
    }
}

/// Whether every value of `inner` lies in `outer`.
pub(super) fn covers(outer: &Range, inner: &Range) -> bool {
    compare_starts(outer, inner).is_le() && compare_ends(outer, inner).is_ge()
}

/// Whether no value lies in `range`.
pub(super) fn is_empty(range: &Range) -> bool {
    match (start(range), end(range)) {
        (Some(start), Some(end)) => end <= start,
        _ => false,
    }
}

/// Returns the values that reach `goal`.
pub(super) fn of_goal(goal: &Goal) -> Range {
    let bound = |value: &crate::quantity::Quantity, inclusive| {
        Some(Bound {
            value: value.clone(),
            inclusive,
        })
    };
    let (from, to) = match goal {
        Goal::AtLeast(value) => (bound(value, true), None),
        Goal::Above(value) => (bound(value, false), None),
        Goal::AtMost(value) => (None, bound(value, true)),
        Goal::Below(value) => (None, bound(value, false)),
        Goal::Between(low, high) => (bound(low, true), bound(high, true)),
        Goal::WithinBand { of, by } => {
            let end = |number| crate::quantity::Quantity::new(number, of.unit);
            (
                bound(&end(&of.number - &by.number), true),
                bound(&end(&of.number + &by.number), true),
            )
        }
    };
    Range { from, to }
}

/// Turns one-sided stretches, written from the best value on, into ones that do not overlap: each
/// ends where the one written before it starts.
///
/// Stretches with two bounds stand as they are, and so do the others beside them.
pub(super) fn stepped(mut ranges: Vec<Range>) -> Vec<Range> {
    let all = |test: &dyn Fn(&Range) -> bool| ranges.iter().all(test);
    let lower_only = all(&|range| range.from.is_some() && range.to.is_none());
    let upper_only = all(&|range| range.from.is_none() && range.to.is_some());
    for index in (1..ranges.len()).rev() {
        if lower_only {
            ranges[index].to = ranges[index - 1].from.as_ref().map(complement);
        } else if upper_only {
            ranges[index].from = ranges[index - 1].to.as_ref().map(complement);
        }
    }
    ranges
}

/// Turns nested one-sided stretches into ones that do not overlap: each covers what no narrower one does.
pub(super) fn nested(ranges: &[Range]) -> Vec<Range> {
    let lower_only = ranges.iter().all(|range| range.from.is_some() && range.to.is_none());
    let upper_only = ranges.iter().all(|range| range.from.is_none() && range.to.is_some());
    let narrower = |range: &Range| {
        let others = ranges.iter().filter(|other| *other != range && covers(range, other));
        others.reduce(|widest, other| if covers(other, widest) { other } else { widest })
    };
    let cut = |range: &Range| match narrower(range) {
        Some(inner) if upper_only => Range {
            from: inner.to.as_ref().map(complement),
            to: range.to.clone(),
        },
        Some(inner) if lower_only => Range {
            from: range.from.clone(),
            to: inner.from.as_ref().map(complement),
        },
        _ => range.clone(),
    };
    ranges.iter().map(cut).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::{Quantity, Unit};

    fn bound(text: &str, inclusive: bool) -> Option<Bound> {
        let number = Rational::parse_decimal(text).expect("a decimal");
        Some(Bound {
            value: Quantity::new(number, Unit::Number),
            inclusive,
        })
    }

    fn range(from: Option<Bound>, to: Option<Bound>) -> Range {
        Range { from, to }
    }

    // tiers-gap-and-overlap: 99.0 < u <= 99.9, u < 99.0, and 99.9 is promised.
    #[test]
    fn a_gap_of_one_value_and_an_overlap_of_one_value_are_found() {
        let ranges = [
            range(bound("99.0", false), bound("99.9", true)),
            range(None, bound("99.0", false)),
            range(bound("99.9", true), None),
        ];
        let found = flaws(&ranges);
        assert_eq!(found.len(), 2);
        assert!(!found[0].overlap);
        assert_eq!((found[0].lower, found[0].upper), (1, 0));
        assert_eq!(found[0].values, range(bound("99", true), bound("99", true)));
        assert!(found[1].overlap);
        assert_eq!((found[1].lower, found[1].upper), (0, 2));
        assert_eq!(found[1].values, range(bound("99.9", true), bound("99.9", true)));
    }

    // bands-written-with-one-decimal: between 97.9 and 98.0 there are values.
    #[test]
    fn neighbours_with_one_decimal_leave_a_gap() {
        let ranges = [
            range(bound("98.0", true), bound("98.9", true)),
            range(bound("97.0", true), bound("97.9", true)),
        ];
        let found = flaws(&ranges);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].values, range(bound("97.9", false), bound("98", false)));
    }

    #[test]
    fn half_open_neighbours_touch() {
        let ranges = [
            range(bound("98", true), bound("99", false)),
            range(bound("97", true), bound("98", false)),
            range(bound("99", true), None),
        ];
        assert_eq!(flaws(&ranges), []);
    }

    #[test]
    fn steps_from_the_top_end_where_the_one_above_starts() {
        let steps = stepped(vec![
            range(bound("60", true), None),
            range(bound("50", false), None),
            range(bound("40", true), None),
        ]);
        assert_eq!(
            steps,
            [
                range(bound("60", true), None),
                range(bound("50", false), bound("60", false)),
                range(bound("40", true), bound("50", true)),
            ]
        );
    }

    #[test]
    fn nested_tiers_are_cut_at_the_next_narrower_one_in_any_order() {
        let cut = nested(&[
            range(None, bound("95", false)),
            range(None, bound("99.99", false)),
            range(None, bound("99", false)),
        ]);
        assert_eq!(
            cut,
            [
                range(None, bound("95", false)),
                range(bound("99", true), bound("99.99", false)),
                range(bound("95", true), bound("99", false)),
            ]
        );
    }
}
