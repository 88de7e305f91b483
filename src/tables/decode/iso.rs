use super::Bad;

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 1_440 * MINUTE;

/// A day, a time of day and, where written, an offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Days since 1970-01-01.
    pub(crate) day: i32,
    /// Microseconds of the day.
    pub(crate) time: i64,
    /// Microseconds east of UTC.
    pub(crate) offset: Option<i64>,
}

impl Moment {
    /// Microseconds since 1970-01-01T00:00 on the clock that was read.
    pub(crate) fn local(self) -> i64 {
        i64::from(self.day) * DAY + self.time
    }
}

/// Returns days since 1970-01-01 of a day of the Gregorian calendar.
///
/// Source: Howard Hinnant, "chrono-compatible low-level date algorithms", `days_from_civil`.
pub(crate) fn day(year: i32, month: u32, day: u32) -> Option<i32> {
    const LENGTHS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = *LENGTHS.get(month.checked_sub(1)? as usize)? + u32::from(leap && month == 2);
    if day == 0 || day > length {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400) as u32;
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    Some(era * 146_097 + (of_era * 365 + of_era / 4 - of_era / 100 + of_year) as i32 - 719_468)
}

/// Reads two digits; anything else leaves a mark in `bad`.
#[inline]
fn pair(text: &[u8], at: usize, bad: &mut bool) -> u32 {
    let (a, b) = (text[at].wrapping_sub(b'0'), text[at + 1].wrapping_sub(b'0'));
    *bad |= (a > 9) | (b > 9);
    u32::from(a) * 10 + u32::from(b)
}

fn two(text: &[u8]) -> Option<u32> {
    let (a, b) = (text[0].wrapping_sub(b'0'), text[1].wrapping_sub(b'0'));
    (a <= 9 && b <= 9).then(|| u32::from(a) * 10 + u32::from(b))
}

/// Reads `2026-10-31`.
pub(crate) fn date(text: &[u8]) -> Result<i32, Bad> {
    if text.len() == 10
        && let Some(day) = leading_date(text)
    {
        return Ok(day);
    }
    Err(Bad::new("is no ISO date such as `2026-10-31`"))
}

fn leading_date(text: &[u8]) -> Option<i32> {
    if text[4] != b'-' || text[7] != b'-' {
        return None;
    }
    let mut bad = false;
    let year = pair(text, 0, &mut bad) * 100 + pair(text, 2, &mut bad);
    let (month, of_month) = (pair(text, 5, &mut bad), pair(text, 8, &mut bad));
    if bad { None } else { day(year as i32, month, of_month) }
}

/// Reads `2026-10-31T08:05`, with a space for the `T`, with seconds, a fraction, `Z` or an offset;
/// a day alone is its midnight. Fractions beyond microseconds are cut off.
pub(crate) fn moment(text: &[u8]) -> Result<Moment, Bad> {
    parse(text).ok_or_else(|| Bad::new("is no ISO timestamp such as `2026-10-31T08:05:00Z`"))
}

/// Reads the one form that most files have, `2026-10-31T08:05:00Z`; the last day is remembered.
#[inline]
pub(crate) fn common(text: &[u8], last: &mut ([u8; 10], i32)) -> Option<Moment> {
    let text: &[u8; 20] = text.try_into().ok()?;
    let mut bad = (text[10] != b'T') | (text[13] != b':') | (text[16] != b':') | (text[19] != b'Z');
    let (hour, minute) = (pair(text, 11, &mut bad), pair(text, 14, &mut bad));
    let second = pair(text, 17, &mut bad);
    if bad | (hour > 23) | (minute > 59) | (second > 59) {
        return None;
    }
    let written: [u8; 10] = text[..10].try_into().ok()?;
    if written != last.0 {
        *last = (written, leading_date(&written)?);
    }
    Some(Moment {
        day: last.1,
        time: i64::from(hour * 3600 + minute * 60 + second) * 1_000_000,
        offset: Some(0),
    })
}

fn parse(text: &[u8]) -> Option<Moment> {
    if text.len() < 10 {
        return None;
    }
    let day = leading_date(text)?;
    if text.len() == 10 {
        return Some(Moment {
            day,
            time: 0,
            offset: None,
        });
    }
    if text.len() < 16 || !matches!(text[10], b'T' | b't' | b' ') || text[13] != b':' {
        return None;
    }
    let (hour, minute) = (two(&text[11..13])?, two(&text[14..16])?);
    let mut rest = &text[16..];
    let (mut second, mut micros) = (0, 0);
    if rest.len() >= 3 && rest[0] == b':' {
        second = two(&rest[1..3])?;
        rest = &rest[3..];
        if matches!(rest.first(), Some(b'.' | b',')) {
            (micros, rest) = fraction(&rest[1..])?;
        }
    }
    let offset = match rest {
        [] => None,
        [b' ', rest @ ..] => Some(offset(rest)?),
        _ => Some(offset(rest)?),
    };
    let time = time(hour, minute, second)? + i64::from(micros);
    Some(Moment { day, time, offset })
}

/// Microseconds of the day. A leap second is the last microsecond-exact second before it; `24:00` is
/// the end of the day (ISO 8601).
pub(crate) fn time(hour: u32, minute: u32, second: u32) -> Option<i64> {
    let end_of_day = hour == 24 && minute == 0 && second == 0;
    if (hour > 23 && !end_of_day) || minute > 59 || second > 60 {
        return None;
    }
    Some(i64::from(hour) * 60 * MINUTE + i64::from(minute) * MINUTE + i64::from(second.min(59)) * 1_000_000)
}

/// Reads the digits of a fraction of a second; returns microseconds and what follows.
pub(crate) fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        return None;
    }
    let written = text[..digits].iter().map(|byte| u32::from(byte - b'0'));
    let places = written.chain(std::iter::repeat(0)).take(6);
    let micros = places.fold(0, |micros, digit| micros * 10 + digit);
    Some((micros, &text[digits..]))
}

/// Reads `Z`, `UTC`, `+02:00`, `+0200` or `+02`; microseconds east of UTC.
pub(crate) fn offset(text: &[u8]) -> Option<i64> {
    let (sign, digits) = match text {
        b"Z" | b"z" | b"UTC" => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match digits.len() {
        2 => (two(digits)?, 0),
        4 => (two(digits)?, two(&digits[2..])?),
        5 if digits[2] == b':' => (two(digits)?, two(&digits[3..])?),
        _ => return None,
    };
    (hours <= 23 && minutes <= 59).then(|| sign * (i64::from(hours) * 60 + i64::from(minutes)) * MINUTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(text: &str) -> Option<(i64, Option<i64>)> {
        parse(text.as_bytes()).map(|m| (m.local(), m.offset))
    }

    // `date -u -d '2026-10-31T08:05:00Z' +%s` is 1793433900.
    #[test]
    fn iso_timestamps_in_their_usual_forms() {
        let expected = 1_793_433_900_000_000;
        for text in ["2026-10-31T08:05", "2026-10-31 08:05:00", "2026-10-31t08:05:00.000"] {
            assert_eq!(local(text), Some((expected, None)), "{text}");
        }
        for (text, offset) in [
            ("2026-10-31T08:05:00Z", 0),
            ("2026-10-31 08:05:00 UTC", 0),
            ("2026-10-31T08:05+02:00", 120),
            ("2026-10-31T08:05:00-0330", -210),
            ("2026-10-31T08:05:00+05", 300),
        ] {
            assert_eq!(local(text), Some((expected, Some(offset * MINUTE))), "{text}");
        }
        assert_eq!(
            local("2026-10-31T08:05:00.1234567Z"),
            Some((expected + 123_456, Some(0)))
        );
        assert_eq!(local("2026-10-31T24:00"), local("2026-11-01"));
    }

    #[test]
    fn the_common_form_reads_as_any_other() {
        let mut last = ([0; 10], 0);
        for text in [
            "2026-10-31T08:05:00Z",
            "2026-10-31T23:59:59Z",
            "2024-02-29T00:00:00Z",
            "2024-02-30T00:00:00Z",
            "2024-02-29T24:00:00Z",
            "2024-02-29 00:00:00Z",
            "2024-02-29T00:00:0xZ",
        ] {
            if let Some(found) = common(text.as_bytes(), &mut last) {
                assert_eq!(Some(found), parse(text.as_bytes()), "{text}");
            }
        }
        assert_eq!(common(b"2024-02-30T00:00:00Z", &mut last), None);
        assert!(common(b"2024-02-29T00:00:00Z", &mut last).is_some());
    }

    #[test]
    fn what_is_no_timestamp_is_refused() {
        for text in [
            "",
            "2026",
            "2026-02-29",
            "2026-13-01",
            "2026-10-31T",
            "2026-10-31T8:05",
            "2026-10-31T25:00",
            "2026-10-31T08:60",
            "2026-10-31T08:05:61",
            "2026-10-31T08:05:00.",
            "2026-10-31T08:05:00x",
            "31/10/2026 08:05",
            "2026-10-31T24:01",
            "2026-10-31T08:05:00+2",
        ] {
            assert_eq!(local(text), None, "{text}");
        }
    }

    #[test]
    fn days_count_from_1970() {
        assert_eq!(day(1970, 1, 1), Some(0));
        assert_eq!(day(2000, 2, 29), Some(11_016));
        assert_eq!(day(1900, 2, 29), None);
        assert_eq!(day(1969, 12, 31), Some(-1));
    }
}
