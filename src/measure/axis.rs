//! The periods rows are placed in, as instants.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::quantity::{Period, PeriodScheme};

/// Periods of one scheme in one zone, ascending, each cut where coverage is known to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The zone in which periods start and end.
    pub zone: TimeZone,
    /// The scheme.
    pub scheme: PeriodScheme,
    /// No row at or after this instant counts; `i64::MAX` where only the data tell.
    pub cutoff: i64,
    periods: Vec<Period>,
    starts: Vec<i64>,
    ends: Vec<i64>,
}

impl Axis {
    /// Makes an axis without periods.
    pub fn new(zone: TimeZone, scheme: PeriodScheme, cutoff: i64) -> Self {
        Self {
            zone,
            scheme,
            cutoff,
            periods: Vec::new(),
            starts: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// Adds periods, in any order.
    pub fn add(&mut self, periods: impl IntoIterator<Item = Period>) {
        let known = self.periods.len();
        self.periods.extend(periods);
        self.periods.sort_unstable();
        self.periods.dedup();
        if self.periods.len() == known {
            return;
        }
        self.starts = self.periods.iter().map(|period| period.starts_at(&self.zone)).collect();
        self.ends = self
            .periods
            .iter()
            .map(|period| period.ends_at(&self.zone).min(self.cutoff))
            .collect();
    }

    /// Returns the number of periods.
    pub fn len(&self) -> usize {
        self.periods.len()
    }

    /// Whether there are no periods.
    pub fn is_empty(&self) -> bool {
        self.periods.is_empty()
    }

    /// Returns the index of a period.
    pub fn index(&self, period: Period) -> Option<usize> {
        self.periods.binary_search(&period).ok()
    }

    /// Returns the period of an index.
    pub fn period(&self, index: usize) -> Period {
        self.periods[index]
    }

    /// Returns the instant as of which the period `index` is judged: its end, or where coverage ends.
    pub fn end(&self, index: usize) -> i64 {
        self.ends[index]
    }

    /// Whether `instant` lies in the period `index`.
    pub fn contains(&self, index: usize, instant: i64) -> bool {
        self.starts[index] <= instant && instant < self.ends[index]
    }

    /// Returns the index of the period that `instant` lies in.
    pub fn locate(&self, instant: i64) -> Option<usize> {
        let index = self.starts.partition_point(|start| *start <= instant).checked_sub(1)?;
        (instant < self.ends[index]).then_some(index)
    }

    /// Returns the indices of the periods at whose ends something is open that starts at `start` and
    /// stops at `stop`.
    pub fn open_at_ends(&self, start: i64, stop: Option<i64>) -> std::ops::Range<usize> {
        // Periods that begin after coverage ends have nothing to judge.
        let covered = self.starts.partition_point(|start| *start < self.cutoff);
        let first = self.ends[..covered].partition_point(|end| *end <= start);
        let last = stop.map_or(covered, |stop| self.ends[..covered].partition_point(|end| *end <= stop));
        first..last.max(first)
    }

    /// Returns the periods from `first` on that a window of `length` periods ending in them reaches back from.
    pub fn window_from(&self, first: usize, length: u32) -> std::ops::Range<usize> {
        let from = self.periods[first];
        let inside = |period: &&Period| u32::try_from(period.since(from)).is_ok_and(|apart| apart < length);
        first..first + self.periods[first..].iter().take_while(inside).count()
    }

    /// Returns the first instant of a day.
    pub fn day(&self, day: Date) -> i64 {
        super::calendar::instant(&self.zone, day.at(0, 0, 0, 0)).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(cutoff: i64, labels: &[&str]) -> Axis {
        let mut axis = Axis::new(TimeZone::UTC, PeriodScheme::MONTH, cutoff);
        axis.add(labels.iter().filter_map(|label| PeriodScheme::MONTH.parse(label)));
        axis
    }

    fn at(text: &str) -> i64 {
        let civil = text.parse().expect("a local time");
        super::super::calendar::instant(&TimeZone::UTC, civil).expect("in range")
    }

    #[test]
    fn instants_fall_into_half_open_periods_and_not_between_them() {
        let axis = axis(i64::MAX, &["2026-03", "2026-01", "2026-03"]);
        for (text, expected) in [
            ("2025-12-31T23:59:59", None),
            ("2026-01-01T00:00", Some(0)),
            ("2026-01-31T23:59:59.999999", Some(0)),
            ("2026-02-01T00:00", None),
            ("2026-03-01T00:00", Some(1)),
            ("2026-04-01T00:00", None),
        ] {
            assert_eq!(axis.locate(at(text)), expected, "{text}");
        }
    }

    #[test]
    fn coverage_cuts_a_period_and_those_after_it() {
        let axis = axis(at("2026-02-10T00:00"), &["2026-01", "2026-02", "2026-03"]);
        assert_eq!(axis.locate(at("2026-02-09T23:00")), Some(1));
        assert_eq!(axis.locate(at("2026-02-10T00:00")), None);
        assert_eq!(axis.open_at_ends(at("2026-01-05T00:00"), None), 0..2);
        assert_eq!(axis.open_at_ends(at("2026-02-01T00:00"), None), 1..2);
        assert_eq!(axis.open_at_ends(at("2026-03-05T00:00"), None), 2..2);
    }

    #[test]
    fn a_stop_on_the_end_of_a_period_is_still_open_there() {
        let axis = axis(i64::MAX, &["2026-01", "2026-02", "2026-03"]);
        let start = at("2026-01-05T00:00");
        assert_eq!(axis.open_at_ends(start, Some(at("2026-02-01T00:00"))), 0..1);
        assert_eq!(axis.open_at_ends(start, Some(at("2026-01-31T23:00"))), 0..0);
    }
}
