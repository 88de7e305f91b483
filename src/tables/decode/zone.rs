use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::quantity::MICROS_PER_SECOND;
use crate::resolve::terms::LocalTime;

/// The offsets of a zone as a table, so that a local time costs a comparison and not a rule.
#[derive(Clone, Debug)]
pub(crate) struct Offsets {
    zone: TimeZone,
    ambiguous: LocalTime,
    /// Stretches of one offset, by time.
    stretches: Vec<Stretch>,
    /// Local times for which the table holds.
    range: (i64, i64),
}

#[derive(Clone, Copy, Debug)]
struct Stretch {
    /// First instant, in microseconds of UTC.
    start: i64,
    /// Offset from UTC in microseconds.
    offset: i64,
    /// Local times `[from, to)` that only this stretch has.
    clear: (i64, i64),
}

/// What a local time means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Instant {
    /// One instant, in microseconds of UTC.
    Clear(i64),
    /// A clock change makes the time ambiguous or skips it; this instant was chosen.
    Repaired(i64),
    /// As before, and the source says `local_time: reject`; whether the time was skipped.
    Rejected {
        /// The clock skipped it.
        skipped: bool,
    },
    /// Beyond what an instant can hold.
    OutOfRange,
}

const DAY: i64 = 86_400 * MICROS_PER_SECOND;
/// 1900-01-01 and 2101-01-01 in days since 1970.
const TABLE: (i64, i64) = (-25_567 * DAY, 47_847 * DAY);

impl Offsets {
    pub(crate) fn new(zone: &TimeZone, ambiguous: LocalTime) -> Self {
        let first = Timestamp::from_microsecond(TABLE.0 - DAY).expect("1899");
        let last = Timestamp::from_microsecond(TABLE.1 + DAY).expect("2101");
        let micros = |offset: jiff::tz::Offset| i64::from(offset.seconds()) * MICROS_PER_SECOND;
        let mut stretches = vec![Stretch {
            start: i64::MIN,
            offset: micros(zone.to_offset(first)),
            clear: (i64::MIN, i64::MAX),
        }];
        for change in zone.following(first) {
            if change.timestamp() > last {
                break;
            }
            let (start, offset) = (change.timestamp().as_microsecond(), micros(change.offset()));
            let before = stretches.last_mut().expect("there is a first");
            if before.offset == offset {
                continue;
            }
            before.clear.1 = start + before.offset.min(offset);
            let from = start + before.offset.max(offset);
            stretches.push(Stretch {
                start,
                offset,
                clear: (from, i64::MAX),
            });
        }
        Self {
            zone: zone.clone(),
            ambiguous,
            stretches,
            range: TABLE,
        }
    }

    /// Returns the instant of a local time in microseconds since 1970-01-01T00:00 local; `near` is
    /// where the last one was found.
    pub(crate) fn instant(&self, local: i64, near: &mut usize) -> Instant {
        if local < self.range.0 || local >= self.range.1 {
            return self.by_rule(local);
        }
        let stretch = self.stretches[*near];
        if stretch.clear.0 <= local && local < stretch.clear.1 {
            return Instant::Clear(local - stretch.offset);
        }
        *near = self.stretches.partition_point(|s| s.clear.0 <= local).saturating_sub(1);
        let stretch = self.stretches[*near];
        if local < stretch.clear.1 {
            return Instant::Clear(local - stretch.offset);
        }
        let after = self.stretches[*near + 1];
        let skipped = after.offset > stretch.offset;
        match self.ambiguous {
            LocalTime::Reject => Instant::Rejected { skipped },
            _ if skipped => Instant::Repaired(after.start),
            LocalTime::Earlier => Instant::Repaired(local - stretch.offset),
            LocalTime::Later => Instant::Repaired(local - after.offset),
        }
    }

    /// The same for years without a table.
    fn by_rule(&self, local: i64) -> Instant {
        let utc = |micros| Timestamp::from_microsecond(micros).map(|t| TimeZone::UTC.to_datetime(t));
        let Ok(local) = utc(local) else {
            return Instant::OutOfRange;
        };
        let local: DateTime = local;
        let ambiguous = self.zone.to_ambiguous_timestamp(local);
        let clear = !ambiguous.is_ambiguous();
        let skipped = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
        let chosen = match self.ambiguous {
            LocalTime::Reject if !clear => return Instant::Rejected { skipped },
            // The instant of the change: both readings of a skipped time lie on its two sides.
            _ if skipped => ambiguous.earlier().ok().and_then(|before| {
                let change = self.zone.following(before).next()?;
                Some(change.timestamp())
            }),
            LocalTime::Later => ambiguous.later().ok(),
            _ => ambiguous.earlier().ok(),
        };
        match chosen {
            Some(instant) if clear => Instant::Clear(instant.as_microsecond()),
            Some(instant) => Instant::Repaired(instant.as_microsecond()),
            None => Instant::OutOfRange,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn local(year: i16, month: i8, day: i8, hour: i8, minute: i8) -> i64 {
        let time = date(year, month, day).at(hour, minute, 0, 0);
        TimeZone::UTC.to_timestamp(time).expect("in range").as_microsecond()
    }

    fn offsets(zone: &str, ambiguous: LocalTime) -> Offsets {
        Offsets::new(&TimeZone::get(zone).expect("bundled"), ambiguous)
    }

    // Berlin 2026: forward on 29 March at 02:00 (01:00 UTC), back on 25 October at 03:00 (01:00 UTC).
    #[test]
    fn a_skipped_time_is_the_change_itself_and_an_ambiguous_one_its_first_occurrence() {
        let berlin = offsets("Europe/Berlin", LocalTime::Earlier);
        let mut near = 0;
        let skipped = berlin.instant(local(2026, 3, 29, 2, 30), &mut near);
        assert_eq!(skipped, Instant::Repaired(local(2026, 3, 29, 1, 0)));
        let twice = berlin.instant(local(2026, 10, 25, 2, 30), &mut near);
        assert_eq!(twice, Instant::Repaired(local(2026, 10, 25, 0, 30)));
        let later = offsets("Europe/Berlin", LocalTime::Later).instant(local(2026, 10, 25, 2, 30), &mut 0);
        assert_eq!(later, Instant::Repaired(local(2026, 10, 25, 1, 30)));
        let reject = offsets("Europe/Berlin", LocalTime::Reject);
        assert_eq!(
            reject.instant(local(2026, 10, 25, 2, 0), &mut 0),
            Instant::Rejected { skipped: false }
        );
        assert_eq!(
            reject.instant(local(2026, 3, 29, 2, 0), &mut 0),
            Instant::Rejected { skipped: true }
        );
    }

    #[test]
    fn the_ends_of_a_change_are_clear() {
        let berlin = offsets("Europe/Berlin", LocalTime::Reject);
        let mut near = 0;
        for (time, utc) in [
            (local(2026, 3, 29, 1, 59), local(2026, 3, 29, 0, 59)),
            (local(2026, 3, 29, 3, 0), local(2026, 3, 29, 1, 0)),
            (local(2026, 10, 25, 1, 59), local(2026, 10, 24, 23, 59)),
            (local(2026, 10, 25, 3, 0), local(2026, 10, 25, 2, 0)),
        ] {
            assert_eq!(berlin.instant(time, &mut near), Instant::Clear(utc));
        }
    }

    #[test]
    fn the_table_and_the_rules_agree() {
        for zone in [
            "America/New_York",
            "Australia/Lord_Howe",
            "Asia/Kolkata",
            "UTC",
            "Africa/Casablanca",
        ] {
            let offsets = offsets(zone, LocalTime::Earlier);
            let mut near = 0;
            for step in 0..40_000 {
                let time = local(1960, 1, 1, 0, 0) + step * 17 * 3600 * MICROS_PER_SECOND + step * 60_000_000;
                assert_eq!(offsets.instant(time, &mut near), offsets.by_rule(time), "{zone} {time}");
            }
        }
    }

    #[test]
    fn years_beyond_the_table_follow_the_rule() {
        let berlin = offsets("Europe/Berlin", LocalTime::Earlier);
        let summer = berlin.instant(local(2150, 7, 1, 12, 0), &mut 0);
        assert_eq!(summer, Instant::Clear(local(2150, 7, 1, 10, 0)));
    }
}
