use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use jiff::tz::{AmbiguousOffset, TimeZone};

pub(crate) const MICROS_PER_DAY: i64 = 86_400_000_000;

/// Where a text says a local time and not an instant, what kept it from becoming one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It is no timestamp or date in ISO 8601.
    NotIso,
    /// It has no offset, and there is no zone.
    NoZone,
}

/// Returns the instant of a local time in microseconds of UTC, and whether a clock change made it
/// ambiguous (its first occurrence) or skipped it (the next valid instant).
pub fn instant(local: DateTime, zone: &TimeZone) -> Option<(i64, bool)> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    let offset = match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { offset } => {
            return Some((offset.to_timestamp(local).ok()?.as_microsecond(), false));
        }
        AmbiguousOffset::Fold { before, .. } => before,
        AmbiguousOffset::Gap { before, .. } => {
            // With the offset before the gap the time lands behind the clock change by what it lies
            // in the gap; the change itself is the next valid instant.
            let behind = before.to_timestamp(local).ok()?;
            let just_after = behind.checked_add(jiff::SignedDuration::from_nanos(1)).ok()?;
            let change = zone.preceding(just_after).next()?.timestamp();
            return Some((change.as_microsecond(), true));
        }
    };
    Some((offset.to_timestamp(local).ok()?.as_microsecond(), true))
}

/// Whether a text is a date without a time of day.
pub(crate) fn is_date_only(text: &str) -> bool {
    text.len() == 10 && has_iso_date(text)
}

/// Whether a text starts like `2026-10-31`.
pub(crate) fn has_iso_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10
        && bytes[..10].iter().enumerate().all(|(index, byte)| match index {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

/// Reads `2026-10-12`, `2026-10-12T09:00`, with or without seconds, fraction and offset; a blank may
/// stand for the `T`. Midnight where there is no time.
pub(crate) fn parse_timestamp(text: &str, zone: Option<&TimeZone>) -> Result<i64, Unreadable> {
    let pieces = has_iso_date(text)
        .then(|| Pieces::parse(text).ok())
        .flatten()
        .filter(|pieces| pieces.time_zone_annotation().is_none())
        .ok_or(Unreadable::NotIso)?;
    let local = DateTime::from_parts(pieces.date(), pieces.time().unwrap_or_default());
    let instant = match pieces.offset() {
        Some(PiecesOffset::Zulu) => jiff::tz::Offset::UTC.to_timestamp(local).ok(),
        Some(PiecesOffset::Numeric(offset)) => offset.offset().to_timestamp(local).ok(),
        Some(_) => None,
        None => {
            let zone = zone.ok_or(Unreadable::NoZone)?;
            return instant(local, zone).map(|(micros, _)| micros).ok_or(Unreadable::NotIso);
        }
    };
    instant.map(Timestamp::as_microsecond).ok_or(Unreadable::NotIso)
}

/// Reads `2026-10-12` as days since 1970-01-01.
pub(crate) fn parse_date(text: &str) -> Option<i32> {
    let date: Date = is_date_only(text).then(|| text.parse().ok()).flatten()?;
    Some(days(date))
}

fn days(date: Date) -> i32 {
    (date - Date::constant(1970, 1, 1)).get_days()
}

/// Returns year, month and day of a number of days since 1970-01-01, in the Gregorian calendar.
///
/// H. Hinnant, *chrono-compatible low-level date algorithms*, `civil_from_days`.
pub(crate) fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Returns the day of the week of a number of days since 1970-01-01: Monday is 1.
pub(crate) fn weekday(days: i64) -> i64 {
    (days + 3).rem_euclid(7) + 1
}

/// A zone with the stretches of constant offset that were asked for, so that rows near each other in
/// time do not search the zone again.
#[derive(Debug)]
pub(crate) struct LocalClock<'a> {
    zone: &'a TimeZone,
    /// `(start, end, offset)` in microseconds, ascending, without overlaps.
    stretches: Vec<(i64, i64, i64)>,
    current: (i64, i64, i64),
}

impl<'a> LocalClock<'a> {
    pub(crate) fn new(zone: &'a TimeZone) -> Self {
        Self {
            zone,
            stretches: Vec::new(),
            current: (1, 0, 0),
        }
    }

    /// Returns the local time of an instant, in microseconds since 1970-01-01T00:00 of the local clock.
    #[inline]
    pub(crate) fn local(&mut self, micros: i64) -> i64 {
        if !(self.current.0 <= micros && micros < self.current.1) {
            self.move_to(micros);
        }
        micros.saturating_add(self.current.2)
    }

    /// Returns the local day of an instant, in days since 1970-01-01.
    #[inline]
    pub(crate) fn day(&mut self, micros: i64) -> i64 {
        self.local(micros).div_euclid(MICROS_PER_DAY)
    }

    #[cold]
    fn move_to(&mut self, micros: i64) {
        let index = self.stretches.partition_point(|(start, ..)| *start <= micros);
        if let Some(known) = index.checked_sub(1).map(|before| self.stretches[before])
            && micros < known.1
        {
            self.current = known;
            return;
        }
        self.current = self.find(micros);
        self.stretches.insert(index, self.current);
    }

    fn find(&self, micros: i64) -> (i64, i64, i64) {
        // Instants beyond the years of the tz database have no offset of their own.
        let Ok(at) = Timestamp::from_microsecond(micros) else {
            return (micros, micros.saturating_add(1), 0);
        };
        let offset = i64::from(self.zone.to_offset(at).seconds()) * 1_000_000;
        let micro = jiff::SignedDuration::from_micros(1);
        let start = at
            .checked_add(micro)
            .ok()
            .and_then(|after| self.zone.preceding(after).next())
            .map_or_else(
                || Timestamp::MIN.as_microsecond(),
                |change| change.timestamp().as_microsecond(),
            );
        let end = self.zone.following(at).next().map_or_else(
            || Timestamp::MAX.as_microsecond(),
            |change| change.timestamp().as_microsecond(),
        );
        (start, end, offset)
    }
}

/// Returns the first instant of a day in a zone, in microseconds of UTC.
pub(crate) fn start_of_day(days: i32, zone: &TimeZone) -> Option<i64> {
    let (year, month, day) = civil(i64::from(days));
    let date = Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()?;
    instant(date.to_datetime(jiff::civil::Time::midnight()), zone).map(|(micros, _)| micros)
}

/// Writes an instant in a zone as ISO 8601 with its offset; in UTC with `Z` where there is no zone.
pub(crate) fn write_timestamp(micros: i64, zone: Option<&TimeZone>) -> String {
    let Ok(at) = Timestamp::from_microsecond(micros) else {
        return format!("{micros} µs after 1970");
    };
    match zone {
        None => at.to_string(),
        Some(zone) => {
            let offset = zone.to_offset(at);
            at.display_with_offset(offset).to_string()
        }
    }
}

/// Writes a number of days since 1970-01-01 as ISO 8601.
pub(crate) fn write_date(days: i32) -> String {
    let (year, month, day) = civil(i64::from(days));
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").expect("bundled")
    }

    fn utc(text: &str) -> i64 {
        text.parse::<Timestamp>().expect("an instant").as_microsecond()
    }

    // Berlin 2026: clocks go forward on 29 March at 02:00, back on 25 October at 03:00.
    #[test]
    fn a_skipped_time_is_the_change_and_a_doubled_one_its_first_occurrence() {
        for (local, instant) in [
            ("2026-03-29T01:59:59", "2026-03-29T00:59:59Z"),
            ("2026-03-29T02:00", "2026-03-29T01:00Z"),
            ("2026-03-29T02:30", "2026-03-29T01:00Z"),
            ("2026-03-29T03:00", "2026-03-29T01:00Z"),
            ("2026-10-25T02:30", "2026-10-25T00:30Z"),
            ("2026-10-25T03:00", "2026-10-25T02:00Z"),
            ("2026-10-25 02:30+01:00", "2026-10-25T01:30Z"),
            ("2026-07-01", "2026-06-30T22:00Z"),
        ] {
            assert_eq!(parse_timestamp(local, Some(&berlin())), Ok(utc(instant)), "{local}");
        }
    }

    #[test]
    fn only_iso_texts_are_read() {
        for bad in [
            "",
            "2026",
            "12.10.2026",
            "2026-13-01",
            "2026-02-30",
            "20261012T0900",
            "2026-10-12T25:00",
            "2026-10-12T09:00[Europe/Berlin]",
        ] {
            assert_eq!(parse_timestamp(bad, Some(&berlin())), Err(Unreadable::NotIso), "{bad}");
        }
        assert_eq!(parse_timestamp("2026-10-12T09:00", None), Err(Unreadable::NoZone));
        assert_eq!(parse_date("2026-10-12T09:00"), None);
        assert_eq!(parse_date("1970-01-02"), Some(1));
    }

    #[test]
    fn a_clock_knows_its_offset_on_both_sides_of_every_change() {
        let zone = berlin();
        let mut clock = LocalClock::new(&zone);
        for (instant, hour) in [
            ("2026-03-29T00:59:59.999999Z", 1),
            ("2026-03-29T01:00Z", 3),
            ("2026-10-25T00:59Z", 2),
            ("2026-10-25T01:00Z", 2),
            ("2026-10-25T02:00Z", 3),
            ("2026-03-29T00:59:59.999999Z", 1),
        ] {
            let local = clock.local(utc(instant));
            assert_eq!(local.rem_euclid(MICROS_PER_DAY) / 3_600_000_000, hour, "{instant}");
        }
    }

    #[test]
    fn days_have_the_calendar_dates_jiff_gives_them() {
        for days in (-800_000..800_000).step_by(997) {
            let date = Date::constant(1970, 1, 1).saturating_add(jiff::Span::new().days(days));
            let expected = (i64::from(date.year()), i64::from(date.month()), i64::from(date.day()));
            assert_eq!(civil(days), expected);
            assert_eq!(weekday(days), i64::from(date.weekday().to_monday_one_offset()));
        }
    }
}
