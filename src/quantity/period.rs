use std::fmt;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

/// How long a reporting period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Every {
    /// ISO weeks, Monday to Sunday.
    Week,
    /// Calendar months.
    Month,
    /// Calendar quarters.
    Quarter,
    /// Calendar years.
    Year,
}

/// The rule that cuts time into reporting periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PeriodScheme {
    /// The length of one period.
    pub every: Every,
    /// The day of the month on which a period starts, 1..=28; 1 for weeks.
    pub from_day: i8,
}

/// One reporting period; ordered by time within a scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Period {
    scheme: PeriodScheme,
    /// Weeks since the Monday 1969-12-29, or months, quarters, years since year 0.
    index: i32,
}

const WEEK_ZERO: Date = Date::constant(1969, 12, 29);

impl PeriodScheme {
    /// Calendar months from the first day.
    pub const MONTH: Self = Self {
        every: Every::Month,
        from_day: 1,
    };

    fn months(self) -> i32 {
        match self.every {
            Every::Week => 0,
            Every::Month => 1,
            Every::Quarter => 3,
            Every::Year => 12,
        }
    }

    /// Returns the period that `date` lies in.
    pub fn containing(self, date: Date) -> Period {
        let index = match self.every {
            Every::Week => (date - WEEK_ZERO).get_days().div_euclid(7),
            _ => {
                let month = i32::from(date.year()) * 12 + i32::from(date.month()) - 1;
                let month = if date.day() < self.from_day { month - 1 } else { month };
                month.div_euclid(self.months())
            }
        };
        Period { scheme: self, index }
    }

    /// Reads `2026-10`, `2026-Q4`, `2026` or `2026-W41`; the form must fit the scheme.
    pub fn parse(self, label: &str) -> Option<Period> {
        let digits = |s: &str, n: usize| {
            (s.len() == n && s.bytes().all(|b| b.is_ascii_digit()))
                .then(|| s.parse::<i32>().ok())
                .flatten()
        };
        let (year, rest) = match label.split_once('-') {
            Some((year, rest)) => (digits(year, 4)?, rest),
            None => (digits(label, 4)?, ""),
        };
        let index = match self.every {
            Every::Year if rest.is_empty() => year,
            Every::Quarter => year * 4 + digits(rest.strip_prefix('Q')?, 1).filter(|q| (1..=4).contains(q))? - 1,
            Every::Month => year * 12 + digits(rest, 2).filter(|m| (1..=12).contains(m))? - 1,
            Every::Week => {
                let week = i8::try_from(digits(rest.strip_prefix('W')?, 2)?).ok()?;
                let date = jiff::civil::ISOWeekDate::new(i16::try_from(year).ok()?, week, Weekday::Monday)
                    .ok()?
                    .date();
                return Some(self.containing(date));
            }
            Every::Year => return None,
        };
        Some(Period { scheme: self, index })
    }
}

/// The months' names in reports and messages.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Period {
    /// Returns the scheme this period belongs to.
    pub fn scheme(self) -> PeriodScheme {
        self.scheme
    }

    /// Returns the first day, inclusive.
    pub fn first_day(self) -> Date {
        match self.scheme.every {
            Every::Week => WEEK_ZERO.saturating_add(Span::new().weeks(self.index)),
            _ => {
                let month = self.index * self.scheme.months();
                let year = i16::try_from(month.div_euclid(12)).unwrap_or(i16::MAX).clamp(0, 9998);
                let month = i8::try_from(month.rem_euclid(12) + 1).expect("1..=12");
                Date::constant(year, month, 1).saturating_add(i32::from(self.scheme.from_day - 1).days())
            }
        }
    }

    /// Returns the last day, inclusive.
    pub fn last_day(self) -> Date {
        self.offset(1).first_day().saturating_sub(1.days())
    }

    /// Returns the first instant in `zone`, in microseconds of UTC.
    pub fn starts_at(self, zone: &TimeZone) -> i64 {
        start_of_day(self.first_day(), zone)
    }

    /// Returns the instant after the last in `zone`, in microseconds of UTC.
    pub fn ends_at(self, zone: &TimeZone) -> i64 {
        self.offset(1).starts_at(zone)
    }

    /// Returns the period `n` later, or earlier for a negative `n`.
    pub fn offset(self, n: i32) -> Self {
        Self {
            scheme: self.scheme,
            index: self.index + n,
        }
    }

    /// Returns the earliest period that this one's memory reaches to: a hundred years back.
    ///
    /// A start further in the past says "since ever"; no data are as old.
    pub fn memory(self) -> Self {
        self.offset(match self.scheme().every {
            Every::Week => -5218,
            Every::Month => -1200,
            Every::Quarter => -400,
            Every::Year => -100,
        })
    }

    /// Returns how many periods lie from `earlier` to this one.
    ///
    /// Both must be of one scheme.
    pub fn since(self, earlier: Self) -> i32 {
        debug_assert_eq!(self.scheme, earlier.scheme, "periods of one scheme");
        self.index - earlier.index
    }
}

/// Returns the first instant of `date` in `zone` (after midnight where a clock change skips it).
pub(crate) fn start_of_day(date: Date, zone: &TimeZone) -> i64 {
    date.to_zoned(zone.clone())
        .map_or(i64::MAX, |start| start.timestamp().as_microsecond())
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.scheme.every {
            Every::Week => {
                let week = self.first_day().iso_week_date();
                write!(f, "{:04}-W{:02}", week.year(), week.week())
            }
            Every::Month => write!(
                f,
                "{:04}-{:02}",
                self.index.div_euclid(12),
                self.index.rem_euclid(12) + 1
            ),
            Every::Quarter => write!(f, "{:04}-Q{}", self.index.div_euclid(4), self.index.rem_euclid(4) + 1),
            Every::Year => write!(f, "{:04}", self.index),
        }
    }
}

impl serde::Serialize for Period {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn labels_and_days_agree_in_every_scheme() {
        for (every, label, first, last) in [
            (Every::Month, "2026-10", date(2026, 10, 1), date(2026, 10, 31)),
            (Every::Quarter, "2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
            (Every::Year, "2026", date(2026, 1, 1), date(2026, 12, 31)),
            (Every::Week, "2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ] {
            let scheme = PeriodScheme { every, from_day: 1 };
            let period = scheme.parse(label).expect("a period");
            assert_eq!((period.first_day(), period.last_day()), (first, last));
            assert_eq!(period.to_string(), label);
            assert_eq!(scheme.containing(first), period);
            assert_eq!(scheme.containing(last), period);
        }
    }

    #[test]
    fn a_period_from_day_15_is_named_for_the_month_it_starts_in() {
        let scheme = PeriodScheme {
            every: Every::Month,
            from_day: 15,
        };
        let period = scheme.containing(date(2026, 3, 14));
        assert_eq!(period.to_string(), "2026-02");
        assert_eq!(period.first_day(), date(2026, 2, 15));
        assert_eq!(period.last_day(), date(2026, 3, 14));
    }

    // DST: New York, 2025. March has 31 × 1440 − 60, November 30 × 1440 + 60 minutes.
    #[test]
    fn a_month_has_the_minutes_its_zone_gives_it() {
        let zone = TimeZone::get("America/New_York").expect("bundled");
        for (label, minutes) in [("2025-03", 44_580), ("2025-06", 43_200), ("2025-11", 43_260)] {
            let period = PeriodScheme::MONTH.parse(label).expect("a period");
            assert_eq!((period.ends_at(&zone) - period.starts_at(&zone)) / 60_000_000, minutes);
        }
    }
}
