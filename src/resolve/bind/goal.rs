//! Targets and minimums, and the values that other fields take from them.

use super::{Binder, Cursor};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::model::{self, Written};
use crate::quantity::{Quantity, Unit};
use crate::resolve::range;
use crate::resolve::terms::{Bound, Goal, Range};
use crate::source::Span;
use crate::syntax::{Map, Node};

/// What the values of a KPI are read against.
#[derive(Clone, Copy)]
pub(super) struct Scale<'g> {
    /// The unit of its value.
    pub(super) unit: Unit,
    /// Its target.
    pub(super) target: Option<&'g Goal>,
    /// Its minimum, or the target in its place.
    pub(super) minimum: Option<&'g Goal>,
    /// Whether one of them is written and could not be read: then none is missing.
    pub(super) broken: bool,
}

impl<'a> Binder<'a> {
    /// Reads a goal in `unit`.
    pub(super) fn goal(&mut self, written: &model::Goal, unit: Unit, at: Cursor<'a>) -> Option<Goal> {
        goal(written, unit, at, self.diagnostics)
    }

    /// Checks that the minimum asks for nothing that the target does not.
    pub(super) fn check_minimum(&mut self, target: &Goal, minimum: &Goal, at: Cursor<'a>) {
        let (wanted, needed) = (range::of_goal(target), range::of_goal(minimum));
        if range::covers(&needed, &wanted) {
            return;
        }
        let (target_at, minimum_at) = (at.step("target"), at.step("minimum"));
        let opposite = matches!(
            (&wanted, &needed),
            (
                Range {
                    from: Some(_),
                    to: None
                },
                Range {
                    from: None,
                    to: Some(_)
                }
            ) | (
                Range {
                    from: None,
                    to: Some(_)
                },
                Range {
                    from: Some(_),
                    to: None
                }
            )
        );
        let (message, help) = if opposite {
            (
                "target and minimum point in opposite directions",
                "compare with the same word in both",
            )
        } else {
            (
                "the minimum asks for more than the target",
                "a value that reaches the target must hold the minimum: write a minimum no stricter than the target",
            )
        };
        self.diagnostics.push(
            Diagnostic::new("minimum-beyond-target", written_at(minimum_at), message)
                .also(written_at(target_at), "the target is here")
                .help(help),
        );
    }

    /// Reads a value, or takes the one of the target or the minimum.
    pub(super) fn limit(&mut self, written: &model::Limit, scale: Scale<'_>, at: Cursor<'a>) -> Option<Quantity> {
        let (word, goal) = match written {
            model::Limit::Value(value) => return self.quantity(value, scale.unit, at),
            model::Limit::Target => ("target", scale.target),
            model::Limit::Minimum => ("minimum", scale.minimum),
        };
        match goal {
            Some(Goal::AtLeast(value) | Goal::Above(value) | Goal::AtMost(value) | Goal::Below(value)) => {
                Some(value.clone())
            }
            Some(Goal::Between(..) | Goal::WithinBand { .. }) => {
                self.invalid(at, format!("the {word} has two ends"), "write the value itself");
                None
            }
            None => {
                if !scale.broken {
                    let finding = Diagnostic::new("missing-field", at.span(), format!("the KPI has no `{word}`"));
                    self.diagnostics
                        .push(finding.help("write the value itself, or add `target: { … }` to the KPI"));
                }
                None
            }
        }
    }

    /// Reads the bounds of a band or a tier; at least one must be written.
    pub(super) fn range(&mut self, written: &model::Bounds, scale: Scale<'_>, at: Cursor<'a>) -> Option<Range> {
        if let Some(range) = missed_side(written, scale) {
            return Some(range);
        }
        let mut bound = |pair: [(&str, &Option<model::Limit>, bool); 2]| -> Option<Option<Bound>> {
            let mut found = None;
            for (field, limit, inclusive) in pair {
                let Some(limit) = limit else { continue };
                let value = self.limit(limit, scale, at.step(field))?;
                if found.is_some() {
                    let message = "two bounds on one side";
                    self.invalid(at.step(field), message, "keep one of them");
                }
                found = Some(Bound { value, inclusive });
            }
            Some(found)
        };
        let from = bound([("at_least", &written.at_least, true), ("above", &written.above, false)]);
        let to = bound([("at_most", &written.at_most, true), ("below", &written.below, false)]);
        let range = Range { from: from?, to: to? };
        if range.from.is_none() && range.to.is_none() {
            // A bound that is written and cannot be read has been reported.
            if self.broken().holds(at) || at.node().is_some_and(|node| self.broken().at_keys_within(node)) {
                return None;
            }
            let finding = Diagnostic::new("missing-field", at.span(), "no bounds: which values does this cover?");
            self.diagnostics
                .push(finding.help("add one or two of `at_least`, `above`, `at_most` and `below`"));
            return None;
        }
        if range::is_empty(&range) {
            self.invalid(
                at,
                "no value lies between these bounds",
                "write the lower value as the lower bound",
            );
            return None;
        }
        Some(range)
    }
}

/// Reads a goal in `unit`; `at` is the map in which it stands.
pub(in crate::resolve) fn goal(
    written: &model::Goal,
    unit: Unit,
    at: Cursor<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Goal> {
    let mut quantity = |value: &model::Value, unit, at: Cursor<'_>| value.quantity(unit, at.span(), &mut *diagnostics);
    Some(match written {
        model::Goal::AtLeast(value) => Goal::AtLeast(quantity(value, unit, at.step("at_least"))?),
        model::Goal::Above(value) => Goal::Above(quantity(value, unit, at.step("above"))?),
        model::Goal::AtMost(value) => Goal::AtMost(quantity(value, unit, at.step("at_most"))?),
        model::Goal::Below(value) => Goal::Below(quantity(value, unit, at.step("below"))?),
        model::Goal::Between((low, high)) => {
            let at = at.step("between");
            let ends = (quantity(low, unit, at.item(0)), quantity(high, unit, at.item(1)));
            let (low, high) = (ends.0?, ends.1?);
            if low.number > high.number {
                diagnostics.push(
                    Diagnostic::new("invalid-value", at.span(), "the first value is above the second")
                        .help("write the lower value first"),
                );
                return None;
            }
            Goal::Between(low, high)
        }
        model::Goal::WithinBand(band) => {
            let at = at.step("within_band");
            let of = band.of.as_ref().and_then(|of| quantity(of, unit, at.step("of")));
            let by = band.by.as_ref().and_then(|by| match (unit, by.written) {
                (Unit::Percent, _) => quantity(by, unit, at.step("by")),
                // A percentage on another unit is a share of the middle.
                (_, Written::Percent) => {
                    let of = of.as_ref()?;
                    Some(Quantity::new((&of.number * &by.number).abs(), unit))
                }
                _ => quantity(by, unit, at.step("by")),
            });
            let (of, by) = (of?, by?);
            if by.number.is_negative() {
                diagnostics.push(
                    Diagnostic::new("invalid-value", at.step("by").span(), "a width below 0")
                        .help("write how far a value may be from the middle"),
                );
                return None;
            }
            Goal::WithinBand { of, by }
        }
    })
}

/// Returns the values that `below: target` or `below: minimum`, standing alone, mean: those that miss it.
///
/// Where a lower value is the better one, they are the higher ones.
fn missed_side(written: &model::Bounds, scale: Scale<'_>) -> Option<Range> {
    let goal = match (written, &written.below) {
        (
            model::Bounds {
                at_least: None,
                above: None,
                at_most: None,
                ..
            },
            Some(limit),
        ) => match limit {
            model::Limit::Target => scale.target?,
            model::Limit::Minimum => scale.minimum?,
            model::Limit::Value(_) => return None,
        },
        _ => return None,
    };
    match range::of_goal(goal) {
        Range {
            from: Some(from),
            to: None,
        } => Some(Range {
            from: None,
            to: Some(range::complement(&from)),
        }),
        Range {
            from: None,
            to: Some(to),
        } => Some(Range {
            from: Some(range::complement(&to)),
            to: None,
        }),
        _ => None,
    }
}

/// Returns where a goal stands: the map, or the value in it that an amendment has changed.
fn written_at(goal: Cursor<'_>) -> Span {
    let whole = goal.span();
    let values = goal.node().and_then(Node::as_map).into_iter().flat_map(Map::iter);
    let mut changed = values
        .map(|(_, value)| value.span)
        .filter(|value| !whole.contains(*value));
    changed.next().unwrap_or(whole)
}
