//! Sets of instants as sorted, disjoint, non-touching half-open intervals of microseconds.

/// A set of instants: intervals `[start, end)` in microseconds, sorted, neither overlapping nor touching.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Intervals(Vec<(i64, i64)>);

impl Intervals {
    /// Returns the set without an instant.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Returns the one interval `[start, end)`; empty when `end` is not after `start`.
    pub fn one(start: i64, end: i64) -> Self {
        Self(if start < end { vec![(start, end)] } else { Vec::new() })
    }

    /// Returns the union of intervals in any order; empty and backward ones hold no instant.
    pub fn union_of(intervals: impl IntoIterator<Item = (i64, i64)>) -> Self {
        let mut sorted: Vec<_> = intervals.into_iter().filter(|(start, end)| start < end).collect();
        sorted.sort_unstable();
        Self::merge_sorted(sorted)
    }

    fn merge_sorted(sorted: impl IntoIterator<Item = (i64, i64)>) -> Self {
        let mut merged: Vec<(i64, i64)> = Vec::new();
        for (start, end) in sorted {
            match merged.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                _ => merged.push((start, end)),
            }
        }
        Self(merged)
    }

    /// Returns the intervals in order of time.
    pub fn as_slice(&self) -> &[(i64, i64)] {
        &self.0
    }

    /// Returns the intervals in order of time.
    pub fn iter(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.0.iter().copied()
    }

    /// Whether no instant is in the set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the number of intervals.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the total length in microseconds.
    pub fn length(&self) -> i64 {
        self.0.iter().fold(0i64, |total, (start, end)| {
            total.saturating_add(end.saturating_sub(*start))
        })
    }

    /// Returns the instants of either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        if self.is_empty() {
            return other.clone();
        }
        if other.is_empty() {
            return self.clone();
        }
        Self::union_of(self.iter().chain(other.iter()))
    }

    /// Returns the instants of both sets.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        let (mut a, mut b) = (self.0.as_slice(), other.0.as_slice());
        let mut both = Vec::new();
        while let (Some(&(a_start, a_end)), Some(&(b_start, b_end))) = (a.first(), b.first()) {
            let (start, end) = (a_start.max(b_start), a_end.min(b_end));
            if start < end {
                both.push((start, end));
            }
            if a_end <= b_end {
                a = &a[1..];
            } else {
                b = &b[1..];
            }
        }
        Self(both)
    }

    /// Returns the instants of this set that are not in `other`.
    #[must_use]
    pub fn subtract(&self, other: &Self) -> Self {
        let mut rest = Vec::new();
        let mut holes = other.0.as_slice();
        for &(mut start, end) in &self.0 {
            while let Some(&(_, hole_end)) = holes.first()
                && hole_end <= start
            {
                holes = &holes[1..];
            }
            for &(hole_start, hole_end) in holes {
                if hole_start >= end {
                    break;
                }
                if start < hole_start {
                    rest.push((start, hole_start));
                }
                start = start.max(hole_end);
            }
            if start < end {
                rest.push((start, end));
            }
        }
        Self(rest)
    }

    /// Returns the instants in `[start, end)`.
    #[must_use]
    pub fn clip(&self, start: i64, end: i64) -> Self {
        let first = self.0.partition_point(|interval| interval.1 <= start);
        Self(
            self.0[first..]
                .iter()
                .take_while(|interval| interval.0 < end)
                .map(|interval| (interval.0.max(start), interval.1.min(end)))
                .filter(|(from, to)| from < to)
                .collect(),
        )
    }

    /// Whether `instant` is in the set.
    pub fn contains(&self, instant: i64) -> bool {
        let after = self.0.partition_point(|interval| interval.1 <= instant);
        self.0.get(after).is_some_and(|interval| interval.0 <= instant)
    }

    /// Splits the set in time order: the instants of the first `amount` microseconds, and the rest.
    #[must_use]
    pub fn split_at_length(&self, amount: i64) -> (Self, Self) {
        let mut left = amount.max(0);
        let (mut taken, mut rest) = (Vec::new(), Vec::new());
        for &(start, end) in &self.0 {
            let take = left.min(end - start);
            if take > 0 {
                taken.push((start, start + take));
            }
            if start + take < end {
                rest.push((start + take, end));
            }
            left -= take;
        }
        (Self(taken), Self(rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(intervals: &[(i64, i64)]) -> Intervals {
        Intervals::union_of(intervals.iter().copied())
    }

    // conformance: overlapping-outages. 10:00–10:40 and 10:30–11:00 are 60 minutes of downtime.
    #[test]
    fn overlapping_intervals_count_once_and_touching_ones_merge() {
        let minute = 60_000_000;
        let outages = set(&[(600 * minute, 640 * minute), (630 * minute, 660 * minute)]);
        assert_eq!(outages.length() / minute, 60);
        assert_eq!(set(&[(5, 7), (1, 3), (3, 5)]).as_slice(), [(1, 7)]);
    }

    #[test]
    fn backward_and_empty_intervals_hold_nothing() {
        assert!(set(&[(5, 5), (9, 2)]).is_empty());
    }

    #[test]
    fn sets_intersect_subtract_and_clip() {
        let a = set(&[(0, 10), (20, 30), (40, 50)]);
        let b = set(&[(5, 25), (28, 45), (60, 70)]);
        assert_eq!(a.intersect(&b).as_slice(), [(5, 10), (20, 25), (28, 30), (40, 45)]);
        assert_eq!(a.subtract(&b).as_slice(), [(0, 5), (25, 28), (45, 50)]);
        assert_eq!(b.subtract(&a).as_slice(), [(10, 20), (30, 40), (60, 70)]);
        assert_eq!(a.clip(5, 41).as_slice(), [(5, 10), (20, 30), (40, 41)]);
        assert_eq!(a.union(&b).as_slice(), [(0, 50), (60, 70)]);
        assert!(a.contains(0) && a.contains(29) && !a.contains(10) && !a.contains(30));
    }

    #[test]
    fn the_first_minutes_of_a_set_run_across_its_gaps() {
        let (first, rest) = set(&[(0, 4), (10, 14), (20, 24)]).split_at_length(6);
        assert_eq!(first.as_slice(), [(0, 4), (10, 12)]);
        assert_eq!(rest.as_slice(), [(12, 14), (20, 24)]);
    }
}
