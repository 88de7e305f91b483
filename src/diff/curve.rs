//! Proofs over all values: is one goal inside the other, one score or payment never below the other?
//!
//! Scores are straight between the values named in the terms, payments constant. So it is enough to look at
//! those values, at two points between each two of them, and at one beyond the outermost on either side.

use super::change::Effect;
use crate::assess::outcome::Verdict;
use crate::assess::{by_thresholds, paying_tier, score_of};
use crate::quantity::Rational;
use crate::resolve::terms::{Bound, CreditModel, Goal, Kpi, Range, Scoring, Tier, TierTest};

/// Compares what two goals accept; `None` when it is the same.
pub(super) fn goals(before: &Goal, after: &Goal) -> Option<Effect> {
    let (was, is) = (accepted(before), accepted(after));
    match (inside(&is, &was), inside(&was, &is)) {
        (true, true) => None,
        (true, false) => Some(Effect::Tightened),
        (false, true) => Some(Effect::Loosened),
        (false, false) => Some(Effect::Mixed),
    }
}

/// Compares what two KPIs score for every value; `None` when it is the same.
pub(super) fn scores(before: &Kpi, after: &Kpi) -> Option<Effect> {
    if before.unit != after.unit {
        return Some(Effect::Indeterminate);
    }
    let mut edges = edges(before);
    edges.extend(self::edges(after));
    let difference = |value: &Rational| Some(&score_of(after, value)? - &score_of(before, value)?);
    let mut sign = Sign::default();
    for stretch in stretches(edges) {
        match stretch {
            Stretch::Point(value) => sign.see(&difference(&value).unwrap_or_default()),
            Stretch::Between(first, second) => {
                let (first, second) = (difference(&first)?, difference(&second)?);
                // Straight lines: what holds at both ends holds between them.
                let two = Rational::integer(2);
                sign.see(&(&(&two * &first) - &second));
                sign.see(&(&(&two * &second) - &first));
            }
        }
    }
    sign.effect()
}

/// Whether a larger value never scores less (`rising`), or never more.
pub(super) fn is_monotone(kpi: &Kpi, rising: bool) -> bool {
    let mut last: Option<Rational> = None;
    for stretch in stretches(edges(kpi)) {
        let values = match stretch {
            Stretch::Point(value) => vec![value],
            Stretch::Between(first, second) => vec![first, second],
        };
        for value in values {
            let Some(score) = score_of(kpi, &value) else {
                return false;
            };
            let falls = |last: &Rational| if rising { score < *last } else { score > *last };
            if last.as_ref().is_some_and(falls) {
                return false;
            }
            last = Some(score);
        }
    }
    true
}

/// Compares what two credits pay as a share of their base; `None` when it is the same.
///
/// A verdict may be worse than the value alone says – a repeated miss, a guardrail – but never better where
/// a credit is due; every such pair is looked at.
pub(super) fn payments(before: (&Kpi, &CreditModel), after: (&Kpi, &CreditModel)) -> Option<Effect> {
    let (Some(was), Some(is)) = (Payment::of(before.1), Payment::of(after.1)) else {
        return Some(Effect::Indeterminate);
    };
    if before.0.unit != after.0.unit {
        return Some(Effect::Indeterminate);
    }
    let mut edges = edges(after.0);
    edges.extend(was.edges());
    edges.extend(is.edges());
    let mut sign = Sign::default();
    for stretch in stretches(edges) {
        let (Stretch::Point(value) | Stretch::Between(value, _)) = stretch;
        let by_value = match &after.0.target {
            Some(target) => by_thresholds(target, after.0.minimum.as_ref(), &value),
            None => Verdict::Met,
        };
        for verdict in [Verdict::Met, Verdict::BelowTarget, Verdict::Default] {
            // A failure may be the first, or follow another one.
            for repeated in [false, true] {
                if verdict >= by_value {
                    let share = |payment: &Payment<'_>| payment.share(verdict, &value, repeated);
                    // What pays more tightens: the sign is that of a score.
                    sign.see(&(&share(&was) - &share(&is)));
                }
            }
        }
    }
    sign.effect()
}

/// What a model pays by verdict and value alone.
enum Payment<'a> {
    Tiers(std::borrow::Cow<'a, [Tier]>),
    Points {
        bands: &'a [(Range, Rational)],
        each_pays: &'a Rational,
        repeat_doubles: bool,
    },
}

impl<'a> Payment<'a> {
    fn of(model: &'a CreditModel) -> Option<Self> {
        match model {
            CreditModel::WholeOnDefault => Some(Self::Tiers(super::fields::whole_on_default().into())),
            CreditModel::Tiers(tiers) => Some(Self::Tiers(tiers.as_slice().into())),
            CreditModel::Points {
                bands,
                each_pays,
                repeat_doubles,
            } => Some(Self::Points {
                bands,
                each_pays,
                repeat_doubles: *repeat_doubles,
            }),
            _ => None,
        }
    }

    fn edges(&self) -> Vec<Rational> {
        match self {
            Self::Tiers(tiers) => tiers
                .iter()
                .filter_map(|tier| match &tier.when {
                    TierTest::Value(range) => Some(ends(range)),
                    TierTest::BelowTarget | TierTest::BelowMinimum => None,
                })
                .flatten()
                .collect(),
            Self::Points { bands, .. } => bands.iter().flat_map(|(range, _)| ends(range)).collect(),
        }
    }

    fn share(&self, verdict: Verdict, value: &Rational, repeated: bool) -> Rational {
        match self {
            Self::Tiers(tiers) => paying_tier(tiers, verdict, Some(value))
                .map(|tier| tier.pays.clone())
                .unwrap_or_default(),
            Self::Points {
                bands,
                each_pays,
                repeat_doubles,
            } => {
                let covered = bands
                    .iter()
                    .filter(|(range, _)| crate::assess::goal::covers(range, value));
                let points = covered.map(|(_, points)| points).max().cloned().unwrap_or_default();
                let times = if repeated && *repeat_doubles { 2 } else { 1 };
                &(&points * *each_pays) * &Rational::integer(times)
            }
        }
    }
}

/// Which signs differences have.
#[derive(Default)]
struct Sign {
    above: bool,
    below: bool,
}

impl Sign {
    fn see(&mut self, difference: &Rational) {
        if difference.is_negative() {
            self.below = true;
        } else if !difference.is_zero() {
            self.above = true;
        }
    }

    fn effect(&self) -> Option<Effect> {
        match (self.above, self.below) {
            (false, false) => None,
            (true, false) => Some(Effect::Loosened),
            (false, true) => Some(Effect::Tightened),
            (true, true) => Some(Effect::Mixed),
        }
    }
}

/// Values to look at.
enum Stretch {
    Point(Rational),
    /// Two points inside an open stretch, at a third and two thirds of it.
    Between(Rational, Rational),
}

fn stretches(mut edges: Vec<Rational>) -> Vec<Stretch> {
    edges.sort();
    edges.dedup();
    let (Some(least), Some(greatest)) = (edges.first(), edges.last()) else {
        return vec![Stretch::Point(Rational::zero())];
    };
    let mut stretches = vec![Stretch::Point(least - &Rational::one())];
    let last = Stretch::Point(greatest + &Rational::one());
    for (index, edge) in edges.iter().enumerate() {
        stretches.push(Stretch::Point(edge.clone()));
        if let Some(next) = edges.get(index + 1) {
            let third = (next - edge)
                .checked_div(&Rational::integer(3))
                .expect("three is not zero");
            stretches.push(Stretch::Between(edge + &third, next - &third));
        }
    }
    stretches.push(last);
    stretches
}

/// The values at which the verdict or the score of a KPI turns.
fn edges(kpi: &Kpi) -> Vec<Rational> {
    let mut edges: Vec<Rational> = [&kpi.target, &kpi.minimum]
        .into_iter()
        .flatten()
        .flat_map(|goal| ends(&accepted(goal)))
        .collect();
    match &kpi.scoring {
        Scoring::Binary => {}
        Scoring::Linear { zero_at, full_at } => {
            let (zero, full) = (&zero_at.number, &full_at.number);
            // Where the straight line meets the limit, which `over` may set beyond 100.
            let share = kpi.score_limit.checked_div(&Rational::integer(100)).unwrap_or_default();
            edges.extend([zero.clone(), full.clone(), zero + &(&(full - zero) * &share)]);
        }
        Scoring::Bands(bands) => edges.extend(bands.iter().flat_map(|band| ends(&band.range))),
        Scoring::Piecewise(points) => edges.extend(points.iter().map(|(at, _)| at.number.clone())),
    }
    edges
}

fn ends(range: &Range) -> Vec<Rational> {
    let ends = range.from.iter().chain(&range.to);
    ends.map(|bound| bound.value.number.clone()).collect()
}

/// The values that a goal accepts.
fn accepted(goal: &Goal) -> Range {
    let bound = |value: &crate::quantity::Quantity, inclusive| {
        Some(Bound {
            value: value.clone(),
            inclusive,
        })
    };
    let (from, to) = match goal {
        Goal::AtLeast(x) => (bound(x, true), None),
        Goal::Above(x) => (bound(x, false), None),
        Goal::AtMost(x) => (None, bound(x, true)),
        Goal::Below(x) => (None, bound(x, false)),
        Goal::Between(low, high) => (bound(low, true), bound(high, true)),
        Goal::WithinBand { of, by } => {
            let at = |number| crate::quantity::Quantity::new(number, of.unit);
            let by = by.number.abs();
            (bound(&at(&of.number - &by), true), bound(&at(&of.number + &by), true))
        }
    };
    Range { from, to }
}

/// Whether every value of `inner` is in `outer`.
fn inside(inner: &Range, outer: &Range) -> bool {
    let from = match (&inner.from, &outer.from) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(inner), Some(outer)) => {
            let (a, b) = (&inner.value.number, &outer.value.number);
            a > b || (a == b && (outer.inclusive || !inner.inclusive))
        }
    };
    let to = match (&inner.to, &outer.to) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(inner), Some(outer)) => {
            let (a, b) = (&inner.value.number, &outer.value.number);
            a < b || (a == b && (outer.inclusive || !inner.inclusive))
        }
    };
    from && to
}
