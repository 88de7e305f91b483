//! Open time of a calendar: its days expanded to instants in its own zone, once, and added up.

use std::collections::HashSet;
use std::sync::OnceLock;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};

use super::interval::Intervals;
use crate::resolve::terms::Calendar;

/// A calendar whose open time can be asked for between any two instants.
///
/// Days are expanded in stretches of a good year, each when it is first needed and then kept.
#[derive(Debug)]
pub struct OpenHours {
    calendar: Calendar,
    holidays: HashSet<Date>,
    stretches: Vec<OnceLock<Box<Stretch>>>,
}

/// The open intervals of one stretch and, for each, the open time before it.
#[derive(Debug, Default)]
struct Stretch {
    open: Intervals,
    before: Vec<i64>,
    total: i64,
}

/// Microseconds of a stretch as a power of two: about 407 days.
const STRETCH_BITS: u32 = 45;
/// The stretches that hold the years 1 to 9999; outside them everything is closed.
const FIRST_STRETCH: i64 = -1767;
const LAST_STRETCH: i64 = 7201;
/// Days looked ahead for an open day before a calendar counts as never open.
const LONGEST_CLOSURE: u32 = 3660;

impl OpenHours {
    /// Takes a calendar; nothing is expanded yet.
    pub fn new(calendar: &Calendar) -> Self {
        let stretches = if calendar.always {
            0
        } else {
            (LAST_STRETCH - FIRST_STRETCH + 1) as usize
        };
        Self {
            calendar: calendar.clone(),
            holidays: calendar.holidays.iter().copied().collect(),
            stretches: (0..stretches).map(|_| OnceLock::new()).collect(),
        }
    }

    /// Whether this calendar never closes.
    pub fn is_always(&self) -> bool {
        self.calendar.always
    }

    /// Returns the open microseconds from `from` to `to`; negative when `to` is the earlier one.
    pub fn business(&self, from: i64, to: i64) -> i64 {
        if to < from {
            return -self.business(to, from);
        }
        if self.calendar.always {
            return to.saturating_sub(from);
        }
        let (first, last) = (stretch_of(from), stretch_of(to));
        let (a, b) = (self.stretch(first), self.stretch(last));
        if first == last {
            return b.before(to) - a.before(from);
        }
        let between: i64 = (first + 1..last).map(|index| self.stretch(index).total).sum();
        a.total - a.before(from) + between + b.before(to)
    }

    /// Returns the open intervals in `[from, to)`.
    pub fn open(&self, from: i64, to: i64) -> Intervals {
        if self.calendar.always {
            return Intervals::one(from, to);
        }
        if to <= from {
            return Intervals::empty();
        }
        Intervals::union_of(
            (stretch_of(from)..=stretch_of(to))
                .flat_map(|index| self.stretch(index).open.clip(from, to).iter().collect::<Vec<_>>()),
        )
    }

    /// Returns the open time that lies in `set`, in microseconds.
    pub fn within(&self, set: &Intervals) -> i64 {
        set.iter().map(|(start, end)| self.business(start, end)).sum()
    }

    /// Returns the earliest instant by which `amount` open microseconds have passed since `from`.
    ///
    /// `None` when the calendar does not open that long.
    pub fn advance(&self, from: i64, amount: i64) -> Option<i64> {
        if amount <= 0 {
            return Some(from);
        }
        if self.calendar.always {
            return from.checked_add(amount);
        }
        let (mut left, mut closed) = (amount, 0);
        for index in stretch_of(from)..=LAST_STRETCH {
            let stretch = self.stretch(index);
            closed = if stretch.total == 0 { closed + 1 } else { 0 };
            if closed > LONGEST_CLOSURE / 365 {
                return None;
            }
            let skipped = stretch.before(from.max(index << STRETCH_BITS));
            if left > stretch.total - skipped {
                left -= stretch.total - skipped;
                continue;
            }
            let wanted = skipped + left;
            let at = stretch.before.partition_point(|before| *before < wanted) - 1;
            return Some(stretch.open.as_slice()[at].0 + wanted - stretch.before[at]);
        }
        None
    }

    /// Returns the close of the `n`-th open day after `start`; for 0 `start` itself.
    ///
    /// The day of `start` does not count, whatever its hour: a term in days begins with the next day.
    /// `None` when the calendar has no such day.
    pub fn nth_close(&self, start: i64, n: u32) -> Option<i64> {
        if n == 0 {
            return Some(start);
        }
        let zone = &self.calendar.zone;
        let mut day = Timestamp::from_microsecond(start).ok()?.to_zoned(zone.clone()).date();
        let (mut opened, mut closed) = (0, 0);
        loop {
            day = day.tomorrow().ok()?;
            if let Some((_, close)) = self.day(day).last() {
                opened += 1;
                closed = 0;
                if opened == n {
                    return Some(*close);
                }
            } else {
                closed += 1;
                if closed > LONGEST_CLOSURE {
                    return None;
                }
            }
        }
    }

    /// Returns the open intervals of one day as instants, in order.
    fn day(&self, day: Date) -> Vec<(i64, i64)> {
        if self.holidays.contains(&day) {
            return Vec::new();
        }
        let mut open: Vec<_> = self
            .calendar
            .hours(day.weekday())
            .iter()
            .map(|&(from, to)| (self.minute(day, from), self.minute(day, to)))
            .filter(|(from, to)| from < to)
            .collect();
        open.sort_unstable_by_key(|&(_, to)| to);
        open
    }

    fn minute(&self, day: Date, minute: u16) -> i64 {
        let minute = i64::from(minute);
        let civil = day.at(0, 0, 0, 0).saturating_add(minute.minutes());
        instant(&self.calendar.zone, civil).unwrap_or(i64::MAX)
    }

    fn stretch(&self, index: i64) -> &Stretch {
        static CLOSED: OnceLock<Stretch> = OnceLock::new();
        usize::try_from(index - FIRST_STRETCH)
            .ok()
            .and_then(|slot| self.stretches.get(slot))
            .map_or_else(
                || CLOSED.get_or_init(Stretch::default),
                |slot| slot.get_or_init(|| Box::new(self.expand(index))),
            )
    }

    fn expand(&self, index: i64) -> Stretch {
        let (start, end) = (index << STRETCH_BITS, (index + 1) << STRETCH_BITS);
        let zone = &self.calendar.zone;
        let date = |at: i64| {
            let at = Timestamp::from_microsecond(at).ok()?;
            Some(at.to_zoned(zone.clone()).date())
        };
        let first = date(start).map_or(Date::MIN, |day| day.saturating_sub(1.day()));
        let last = date(end).map_or(Date::MAX, |day| day.saturating_add(1.day()));
        let days = first.series(1.day()).take_while(|day| *day <= last);
        let open = Intervals::union_of(days.flat_map(|day| self.day(day))).clip(start, end);
        let mut total = 0;
        let before = open
            .iter()
            .map(|(from, to)| {
                let before = total;
                total += to - from;
                before
            })
            .collect();
        Stretch { open, before, total }
    }
}

impl Stretch {
    /// Returns the open time of this stretch before `instant`.
    fn before(&self, instant: i64) -> i64 {
        let started = self.open.as_slice().partition_point(|(start, _)| *start < instant);
        match started.checked_sub(1) {
            None => 0,
            Some(last) => {
                let (start, end) = self.open.as_slice()[last];
                self.before[last] + instant.min(end) - start
            }
        }
    }
}

fn stretch_of(instant: i64) -> i64 {
    instant >> STRETCH_BITS
}

/// Returns the instant of a local time in microseconds of UTC.
///
/// An ambiguous time is its first occurrence; one that a clock change skips is the next valid
/// instant, the change itself. `None` outside the years the tz database knows.
pub fn instant(zone: &TimeZone, civil: DateTime) -> Option<i64> {
    let ambiguous = zone.to_ambiguous_timestamp(civil);
    let at = match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(civil).ok()?,
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(civil).ok()?,
        AmbiguousOffset::Gap { after, .. } => {
            // Read with the later offset, a skipped time lies before the change that skips it.
            let earlier = after.to_timestamp(civil).ok()?;
            let change = zone.following(earlier).next();
            change.map_or(earlier, |change| change.timestamp())
        }
    };
    Some(at.as_microsecond())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const HOUR: i64 = 3_600_000_000;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("bundled")
    }

    fn weekdays(zone_name: &str, from: u16, to: u16, holidays: &[Date]) -> OpenHours {
        OpenHours::new(&Calendar {
            zone: zone(zone_name),
            open: std::array::from_fn(|day| {
                if day < 5 {
                    vec![(from * 60, to * 60)]
                } else {
                    Vec::new()
                }
            }),
            holidays: holidays.to_vec(),
            always: false,
        })
    }

    fn at(zone_name: &str, text: &str) -> i64 {
        instant(&zone(zone_name), text.parse().expect("a local time")).expect("in range")
    }

    // Friday 2026-10-02 16:00 to Monday 2026-10-05 09:00, open 08–18: 2 h + 1 h.
    #[test]
    fn nights_and_weekends_do_not_count() {
        let hours = weekdays("Europe/Berlin", 8, 18, &[]);
        let (from, to) = (
            at("Europe/Berlin", "2026-10-02T16:00"),
            at("Europe/Berlin", "2026-10-05T09:00"),
        );
        assert_eq!(hours.business(from, to), 3 * HOUR);
        assert_eq!(hours.business(to, from), -3 * HOUR);
        assert_eq!(hours.open(from, to).len(), 2);
    }

    // 2026 has 261 weekdays; two holidays on weekdays leave 259 days of 10 h.
    #[test]
    fn a_year_adds_up_across_stretches() {
        let hours = weekdays("Europe/Berlin", 8, 18, &[date(2026, 12, 25), date(2026, 1, 1)]);
        let (from, to) = (
            at("Europe/Berlin", "2026-01-01T00:00"),
            at("Europe/Berlin", "2027-01-01T00:00"),
        );
        assert_eq!(hours.business(from, to), 259 * 10 * HOUR);
        assert_eq!(hours.open(from, to).length(), 259 * 10 * HOUR);
    }

    // Open around the clock on Sundays: 23 h in New York when clocks go forward, 25 h when back.
    #[test]
    fn a_day_has_the_hours_its_zone_gives_it() {
        let mut open: [Vec<(u16, u16)>; 7] = Default::default();
        open[6] = vec![(0, 1440)];
        let hours = OpenHours::new(&Calendar {
            zone: zone("America/New_York"),
            open,
            holidays: Vec::new(),
            always: false,
        });
        for (day, next, expected) in [
            ("2025-03-08T12:00", "2025-03-11T00:00", 23),
            ("2025-11-01T12:00", "2025-11-04T00:00", 25),
        ] {
            let span = (at("America/New_York", day), at("America/New_York", next));
            assert_eq!(hours.business(span.0, span.1), expected * HOUR);
        }
    }

    #[test]
    fn a_skipped_local_time_is_the_change_and_an_ambiguous_one_its_first_occurrence() {
        assert_eq!(
            at("America/New_York", "2025-03-09T02:30"),
            at("UTC", "2025-03-09T07:00")
        );
        assert_eq!(
            at("America/New_York", "2025-11-02T01:30"),
            at("UTC", "2025-11-02T05:30")
        );
    }

    // Friday; Monday is a holiday: the third open day after it is Thursday.
    #[test]
    fn n_business_days_end_at_the_close_of_the_nth_open_day_after_the_start() {
        let hours = weekdays("Europe/Berlin", 8, 18, &[date(2026, 10, 5)]);
        let third = Some(at("Europe/Berlin", "2026-10-08T18:00"));
        for start in [
            "2026-10-02T07:00",
            "2026-10-02T10:00",
            "2026-10-02T23:00",
            "2026-10-03T12:00",
        ] {
            assert_eq!(hours.nth_close(at("Europe/Berlin", start), 3), third, "{start}");
        }
        let never = OpenHours::new(&Calendar {
            open: Default::default(),
            always: false,
            ..Calendar::always()
        });
        assert_eq!(never.nth_close(0, 1), None);
        assert_eq!(never.advance(0, 1), None);
    }

    #[test]
    fn advancing_is_the_inverse_of_adding_up() {
        let hours = weekdays("Europe/Berlin", 8, 18, &[]);
        let close = at("Europe/Berlin", "2026-10-02T18:00");
        assert_eq!(hours.advance(close, 0), Some(close));
        assert_eq!(
            hours.advance(close, 2 * HOUR),
            Some(at("Europe/Berlin", "2026-10-05T10:00"))
        );
        assert_eq!(
            hours.advance(close, 10 * HOUR),
            Some(at("Europe/Berlin", "2026-10-05T18:00"))
        );
        assert_eq!(
            hours.advance(close, 2610 * HOUR).map(|to| hours.business(close, to)),
            Some(2610 * HOUR)
        );
    }

    #[test]
    fn absurd_instants_are_closed_and_do_not_overflow() {
        let hours = weekdays("Europe/Berlin", 8, 18, &[]);
        assert_eq!(hours.business(i64::MAX - 1, i64::MAX), 0);
        assert!(OpenHours::new(&Calendar::always()).business(i64::MIN, i64::MAX) > 0);
    }
}
