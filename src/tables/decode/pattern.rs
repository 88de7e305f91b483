use super::Bad;
use super::iso::{self, Moment};

/// A strftime-like pattern, compiled.
///
/// Numbers may be written without leading zeros; spaces in the pattern fit any number of spaces.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    text: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(u8),
    Space,
    Year,
    ShortYear,
    Month,
    MonthName,
    Day,
    DayOfYear,
    WeekdayName,
    Hour,
    Hour12,
    HalfDay,
    Minute,
    Second,
    Fraction,
    /// `%.f`: a point and a fraction, or nothing.
    OptionalFraction,
    Offset,
    EpochSeconds,
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

impl Pattern {
    /// Compiles a pattern; the error is a lowercase phrase.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        compile(text, &mut parts)?;
        Ok(Self {
            text: text.to_owned(),
            parts,
        })
    }

    /// Reads a date and time; what the pattern does not have is the start of the day.
    pub(crate) fn moment(&self, text: &[u8]) -> Result<Moment, Bad> {
        self.read(text)
            .ok_or_else(|| Bad::new(format!("does not fit `{}`", self.text)))
    }

    fn read(&self, text: &[u8]) -> Option<Moment> {
        let mut rest = text;
        let (mut year, mut month, mut day, mut of_year) = (1970, 1, 1, None);
        let (mut hour, mut minute, mut second, mut micros) = (0, 0, 0, 0);
        let (mut afternoon, mut offset) = (None, None);
        for part in &self.parts {
            match part {
                Part::Literal(byte) => {
                    let (first, others) = rest.split_first()?;
                    if first != byte {
                        return None;
                    }
                    rest = others;
                }
                Part::Space => {
                    let trimmed = rest.trim_ascii_start();
                    if trimmed.len() == rest.len() {
                        return None;
                    }
                    rest = trimmed;
                }
                Part::Year => year = digits(&mut rest, 4)? as i32,
                // POSIX: 69–99 are of the twentieth century.
                Part::ShortYear => {
                    let short = digits(&mut rest, 2)? as i32;
                    year = if short >= 69 { 1900 + short } else { 2000 + short };
                }
                Part::Month => month = digits(&mut rest, 2)?,
                Part::MonthName => month = name(&mut rest, &MONTHS)? + 1,
                Part::Day => day = digits(&mut rest, 2)?,
                Part::DayOfYear => of_year = Some(digits(&mut rest, 3)?),
                Part::WeekdayName => _ = name(&mut rest, &WEEKDAYS)?,
                Part::Hour => hour = digits(&mut rest, 2)?,
                Part::Hour12 => {
                    hour = digits(&mut rest, 2).filter(|hour| (1..=12).contains(hour))?;
                    afternoon = Some(afternoon.unwrap_or(false));
                }
                Part::HalfDay => {
                    afternoon = match rest.get(..2)?.to_ascii_lowercase().as_slice() {
                        b"am" => Some(false),
                        b"pm" => Some(true),
                        _ => return None,
                    };
                    rest = &rest[2..];
                }
                Part::Minute => minute = digits(&mut rest, 2)?,
                Part::Second => second = digits(&mut rest, 2)?,
                Part::Fraction => (micros, rest) = iso::fraction(rest)?,
                Part::OptionalFraction => {
                    if let Some(after) = rest.strip_prefix(b".") {
                        (micros, rest) = iso::fraction(after)?;
                    }
                }
                Part::Offset => {
                    let length = rest
                        .iter()
                        .position(|byte| byte.is_ascii_whitespace())
                        .unwrap_or(rest.len());
                    offset = Some(iso::offset(&rest[..length])?);
                    rest = &rest[length..];
                }
                Part::EpochSeconds => return epoch(rest),
            }
        }
        if !rest.is_empty() {
            return None;
        }
        if let Some(afternoon) = afternoon {
            hour = hour % 12 + if afternoon { 12 } else { 0 };
        }
        let day = match of_year {
            None => iso::day(year, month, day)?,
            Some(n) => {
                let found = iso::day(year, 1, 1)? + n as i32 - 1;
                let last = iso::day(year, 12, 31)?;
                (n >= 1 && found <= last).then_some(found)?
            }
        };
        let time = iso::time(hour, minute, second)? + i64::from(micros);
        Some(Moment { day, time, offset })
    }
}

fn compile(text: &str, parts: &mut Vec<Part>) -> Result<(), String> {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            match byte {
                b' ' if parts.last() == Some(&Part::Space) => {}
                b' ' => parts.push(Part::Space),
                _ => parts.push(Part::Literal(byte)),
            }
            continue;
        }
        let mut directive = bytes.next();
        let mut point = false;
        // Padding flags only matter for writing: numbers are read with or without zeros.
        while let Some(flag @ (b'-' | b'_' | b'0' | b'.' | b'3' | b'6' | b'9' | b':')) = directive {
            point |= flag == b'.';
            directive = bytes.next();
        }
        parts.push(match directive {
            Some(b'Y') => Part::Year,
            Some(b'y') => Part::ShortYear,
            Some(b'm') => Part::Month,
            Some(b'b' | b'B' | b'h') => Part::MonthName,
            Some(b'd' | b'e') => Part::Day,
            Some(b'j') => Part::DayOfYear,
            Some(b'a' | b'A') => Part::WeekdayName,
            Some(b'H' | b'k') => Part::Hour,
            Some(b'I' | b'l') => Part::Hour12,
            Some(b'p' | b'P') => Part::HalfDay,
            Some(b'M') => Part::Minute,
            Some(b'S') => Part::Second,
            Some(b'f' | b'N') if point => Part::OptionalFraction,
            Some(b'f' | b'N') => Part::Fraction,
            Some(b'z') => Part::Offset,
            Some(b's') => Part::EpochSeconds,
            Some(b'%') => Part::Literal(b'%'),
            Some(b'n' | b't') => Part::Space,
            Some(short @ (b'F' | b'T' | b'R' | b'D')) => {
                let long = match short {
                    b'F' => "%Y-%m-%d",
                    b'T' => "%H:%M:%S",
                    b'R' => "%H:%M",
                    _ => "%m/%d/%y",
                };
                compile(long, parts)?;
                continue;
            }
            Some(other) => return Err(format!("`%{}` is not read", char::from(other))),
            None => return Err("a `%` ends it".to_owned()),
        });
    }
    Ok(())
}

/// Reads up to `most` digits, at least one.
fn digits(rest: &mut &[u8], most: usize) -> Option<u32> {
    let mut number = 0;
    let mut n = 0;
    while n < most
        && let Some(byte) = rest.get(n)
        && byte.is_ascii_digit()
    {
        number = number * 10 + u32::from(byte - b'0');
        n += 1;
    }
    *rest = &rest[n..];
    // A year of fewer than four digits is another year than the one meant.
    (n > 0 && (most != 4 || n == 4)).then_some(number)
}

/// Reads an English name, in full or its first three letters; returns its index.
fn name(rest: &mut &[u8], names: &[&str]) -> Option<u32> {
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = rest[..length].to_ascii_lowercase();
    let index = names
        .iter()
        .position(|name| word == name.as_bytes() || word == name.as_bytes()[..3])?;
    *rest = &rest[length..];
    Some(index as u32)
}

/// Seconds since 1970-01-01T00:00Z.
fn epoch(text: &[u8]) -> Option<Moment> {
    let seconds: i64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    Some(Moment {
        day: i32::try_from(seconds.div_euclid(86_400)).ok()?,
        time: seconds.rem_euclid(86_400) * 1_000_000,
        offset: Some(0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pattern: &str, text: &str) -> Option<(i32, i64)> {
        let pattern = Pattern::new(pattern).expect("a pattern");
        pattern.read(text.as_bytes()).map(|m| (m.day, m.time / 60_000_000))
    }

    #[test]
    fn day_first_without_leading_zeros() {
        let day = iso::day(2016, 2, 29).expect("a leap year");
        assert_eq!(read("%d/%m/%Y %H:%M", "29/2/2016 07:08"), Some((day, 428)));
        assert_eq!(read("%d/%m/%Y %H:%M", "29/02/2016 7:08"), Some((day, 428)));
        assert_eq!(read("%d/%m/%Y %H:%M", "29/2/2015 07:08"), None);
        assert_eq!(read("%d/%m/%Y %H:%M", "29/2/16 07:08"), None);
        assert_eq!(read("%d/%m/%Y %H:%M", "29/2/2016 07:08:00"), None);
    }

    #[test]
    fn names_halves_of_the_day_and_short_years() {
        let day = iso::day(2026, 10, 3).expect("a day");
        assert_eq!(read("%b %d, %Y %I:%M %p", "Oct 3, 2026 12:05 AM"), Some((day, 5)));
        assert_eq!(read("%b %d, %Y %I:%M %p", "october 3, 2026 12:05 PM"), Some((day, 725)));
        assert_eq!(read("%m/%d/%y", "10/03/26"), Some((day, 0)));
        assert_eq!(read("%Y%j", "2026276"), Some((day, 0)));
        assert_eq!(read("%I:%M", "13:00"), None);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert_eq!(Pattern::new("%Q").expect_err("unknown"), "`%Q` is not read");
        assert!(Pattern::new("%d%").is_err());
    }
}
