//! Whether the contract holds in a period, and how much of it (language.md §6, "Outside whole periods").

use jiff::civil::Date;

use crate::quantity::{Period, PeriodScheme, Rational};
use crate::resolve::terms::{Contract, PartialPeriod, Terms, Timeline};

/// How much of a period the contract covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum InForce {
    /// Nothing, or a part under `partial: skip`: no scorecard.
    No,
    /// All of it; always so on a card without a contract.
    Whole,
    /// Some days of it under `partial: prorate`: the days covered, the days of the period.
    Part(i64, i64),
}

impl InForce {
    /// Returns how much of `period` the terms cover.
    ///
    /// `partial` has no default; where an author left it out in spite of the error, a period that is covered
    /// in part has no scorecard, since nobody agreed on a charge for it.
    pub(super) fn of(terms: &Terms, period: Period) -> Self {
        let Some(contract) = &terms.contract else {
            return Self::Whole;
        };
        let (first, last) = (period.first_day(), period.last_day());
        let from = first.max(contract.starts);
        let to = contract.ends.map_or(last, |ends| last.min(ends));
        if from > to {
            return Self::No;
        }
        if (from, to) == (first, last) {
            return Self::Whole;
        }
        match contract.partial {
            Some(PartialPeriod::Prorate) => Self::Part(days(from, to), days(first, last)),
            Some(PartialPeriod::Skip) | None => Self::No,
        }
    }

    /// Whether there is a scorecard.
    pub(super) fn holds(&self) -> bool {
        *self != Self::No
    }

    /// The share of a fixed charge that is due, 0..=1.
    pub(super) fn share(&self) -> Rational {
        match self {
            Self::No => Rational::zero(),
            Self::Whole => Rational::one(),
            Self::Part(days, of) => Rational::new(*days, *of).expect("a period has days"),
        }
    }
}

/// The number of days from `from` to `to`, both included.
fn days(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days()) + 1
}

/// Returns the first period with a scorecard; `None` on a card without a contract.
pub(super) fn first_period(contract: &Contract, scheme: PeriodScheme) -> Period {
    let period = scheme.containing(contract.starts);
    let whole = period.first_day() == contract.starts;
    if whole || contract.partial == Some(PartialPeriod::Prorate) {
        period
    } else {
        period.offset(1)
    }
}

/// Returns the first whole period that starts on or after `day`.
pub(super) fn first_from(day: Date, scheme: PeriodScheme) -> Period {
    let period = scheme.containing(day);
    if period.first_day() < day {
        period.offset(1)
    } else {
        period
    }
}

/// Whether `period` is the contract's last one with a scorecard.
pub(super) fn is_last(timeline: &Timeline, period: Period) -> bool {
    let next = period.offset(1);
    !InForce::of(timeline.terms(next), next).holds()
}
