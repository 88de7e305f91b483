use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

use super::{Frequency, Rule, Until};
use crate::measure::calendar::instant;

/// Steps without a single start after which a rule counts as never matching: no more days lie between two
/// Mondays that are the 29th of February.
const BARREN_STEPS: u32 = 15_000;

impl Rule {
    /// Returns the instants at which the rule starts, ascending, from the day `from` and before `end`.
    ///
    /// Days and hours are local to `zone`; without `BYHOUR` or `BYMINUTE` they are hour 0 and minute 0.
    pub fn starts(&self, from: Date, zone: &TimeZone, end: i64) -> Vec<i64> {
        self.starts_since(from, zone, i64::MIN, end)
    }

    /// Whether the rule starts anything at all from the day `from` on.
    pub fn occurs(&self, from: Date, zone: &TimeZone) -> bool {
        // Most rules start something soon; the last stretch is left to those that hardly ever do.
        [40, 400, 36_600].into_iter().any(|days: i32| {
            let until = from.saturating_add(days.days());
            let end = instant(zone, until.at(0, 0, 0, 0)).unwrap_or(i64::MAX);
            !self.starts(from, zone, end).is_empty()
        })
    }

    /// Returns the instants of [`starts`](Self::starts), perhaps without some before `since`: a rule
    /// that does not count its starts need not be followed from its first day.
    pub fn starts_since(&self, from: Date, zone: &TimeZone, since: i64, end: i64) -> Vec<i64> {
        let hours = if self.by_hour.is_empty() {
            &[0][..]
        } else {
            &self.by_hour
        };
        let minutes = if self.by_minute.is_empty() {
            &[0][..]
        } else {
            &self.by_minute
        };
        let (mut found, mut counted, mut barren) = (Vec::new(), 0, 0);
        for step in self.steps_before(from, zone, since).. {
            let Some(days) = self.step(from, step) else { break };
            barren = if days.days.is_empty() { barren + 1 } else { 0 };
            let mut set: Vec<DateTime> = days
                .days
                .iter()
                .flat_map(|day| hours.iter().map(move |hour| (day, *hour)))
                .flat_map(|(day, hour)| minutes.iter().map(move |minute| day.at(hour, *minute, 0, 0)))
                .collect();
            set.sort_unstable();
            set.dedup();
            for civil in self.positions(set) {
                if civil.date() < from {
                    continue;
                }
                let Some(at) = instant(zone, civil) else { return found };
                if at >= end || self.is_past(civil, at) || self.count.is_some_and(|count| counted >= count) {
                    return found;
                }
                counted += 1;
                found.push(at);
            }
            let passed = instant(zone, days.first.at(0, 0, 0, 0)).is_none_or(|at| at >= end);
            if passed || barren > BARREN_STEPS {
                break;
            }
        }
        found
    }

    /// Returns a number of steps that lie wholly before `since`.
    fn steps_before(&self, from: Date, zone: &TimeZone, since: i64) -> i32 {
        if self.count.is_some() {
            return 0;
        }
        let Ok(since) = jiff::Timestamp::from_microsecond(since) else {
            return 0;
        };
        let day = since.to_zoned(zone.clone()).date();
        let days = day.duration_since(from).as_hours() / 24;
        // The longest each can be, so that never a step too many is passed over.
        let longest = match self.frequency {
            Frequency::Daily => 1,
            Frequency::Weekly => 7,
            Frequency::Monthly => 31,
            Frequency::Yearly => 366,
        };
        let steps = days / (longest * i64::from(self.interval).max(1));
        i32::try_from(steps - 2).unwrap_or(0).max(0)
    }

    fn is_past(&self, civil: DateTime, at: i64) -> bool {
        match self.until {
            None => false,
            Some(Until::Day(day)) => civil.date() > day,
            Some(Until::Local(last)) => civil > last,
            Some(Until::Utc(last)) => instant(&TimeZone::UTC, last).is_some_and(|last| at > last),
        }
    }

    fn positions(&self, set: Vec<DateTime>) -> Vec<DateTime> {
        if self.by_position.is_empty() {
            return set;
        }
        let mut chosen: Vec<_> = self
            .by_position
            .iter()
            .filter_map(|&position| {
                let index = if position > 0 {
                    i64::from(position) - 1
                } else {
                    set.len() as i64 + i64::from(position)
                };
                usize::try_from(index).ok().and_then(|index| set.get(index)).copied()
            })
            .collect();
        chosen.sort_unstable();
        chosen.dedup();
        chosen
    }

    /// Returns the days of the `step`-th day, week, month or year; `None` past the calendar's end.
    fn step(&self, from: Date, step: i32) -> Option<Step> {
        let ahead = step.checked_mul(i32::try_from(self.interval).ok()?)?;
        let (first, days) = match self.frequency {
            Frequency::Daily => {
                let day = from.checked_add(ahead.days()).ok()?;
                let kept = self.is_in_month(day) && self.is_month_day(day) && self.is_weekday(day);
                (day, if kept { vec![day] } else { Vec::new() })
            }
            Frequency::Weekly => {
                let back = i32::from(from.weekday().since(self.week_start));
                let monday = from
                    .checked_sub(back.days())
                    .ok()?
                    .checked_add(Span::new().try_weeks(ahead).ok()?)
                    .ok()?;
                let week = (0..7).filter_map(|n| monday.checked_add(n.days()).ok());
                let days = week.filter(|day| {
                    self.is_in_month(*day)
                        && if self.by_day.is_empty() {
                            day.weekday() == from.weekday()
                        } else {
                            self.is_weekday(*day)
                        }
                });
                (monday, days.collect())
            }
            Frequency::Monthly => {
                let first = from
                    .first_of_month()
                    .checked_add(Span::new().try_months(ahead).ok()?)
                    .ok()?;
                (first, self.days_of_month(first, from))
            }
            Frequency::Yearly => {
                let first = from
                    .first_of_year()
                    .checked_add(Span::new().try_years(ahead).ok()?)
                    .ok()?;
                (first, self.days_of_year(first, from))
            }
        };
        Some(Step { first, days })
    }

    fn days_of_month(&self, first: Date, from: Date) -> Vec<Date> {
        if !self.is_in_month(first) {
            return Vec::new();
        }
        let days = (0..first.days_in_month()).map(|n| first.saturating_add(i32::from(n).days()));
        if self.by_day.is_empty() && self.by_month_day.is_empty() {
            return days.filter(|day| day.day() == from.day()).collect();
        }
        let length = i32::from(first.days_in_month());
        days.filter(|day| self.is_month_day(*day) && self.is_counted_weekday(*day, i32::from(day.day()), length))
            .collect()
    }

    fn days_of_year(&self, first: Date, from: Date) -> Vec<Date> {
        let months = || (0..12).map(|n| first.saturating_add(Span::new().months(n)));
        if !self.by_month.is_empty() {
            return months().flat_map(|month| self.days_of_month(month, from)).collect();
        }
        if !self.by_month_day.is_empty() {
            return months()
                .flat_map(|month| (0..month.days_in_month()).map(move |n| month.saturating_add(i32::from(n).days())))
                .filter(|day| self.is_month_day(*day) && self.is_weekday(*day))
                .collect();
        }
        let length = i32::from(first.days_in_year());
        let days = (0..length).map(|n| first.saturating_add(n.days()));
        if self.by_day.is_empty() {
            return days
                .filter(|day| (day.month(), day.day()) == (from.month(), from.day()))
                .collect();
        }
        days.filter(|day| self.is_counted_weekday(*day, i32::from(day.day_of_year()), length))
            .collect()
    }

    fn is_in_month(&self, day: Date) -> bool {
        self.by_month.is_empty() || self.by_month.contains(&day.month())
    }

    fn is_month_day(&self, day: Date) -> bool {
        let from_end = day.day() - day.days_in_month() - 1;
        self.by_month_day.is_empty() || self.by_month_day.iter().any(|n| *n == day.day() || *n == from_end)
    }

    fn is_weekday(&self, day: Date) -> bool {
        self.by_day.is_empty() || self.by_day.iter().any(|(_, weekday)| *weekday == day.weekday())
    }

    /// Whether `day`, the `number`-th of `length` days, is one of the weekdays, counted where they are.
    fn is_counted_weekday(&self, day: Date, number: i32, length: i32) -> bool {
        let (from_start, from_end) = ((number - 1) / 7 + 1, -((length - number) / 7 + 1));
        self.by_day.is_empty()
            || self.by_day.iter().any(|&(ordinal, weekday)| {
                let ordinal = i32::from(ordinal);
                weekday == day.weekday() && (ordinal == 0 || ordinal == from_start || ordinal == from_end)
            })
    }
}

/// The days of one step of a rule and the step's first day.
struct Step {
    first: Date,
    days: Vec<Date>,
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::date;

    use super::super::read;
    use super::*;

    fn starts(rule: &str, from: Date, until: Date) -> Vec<String> {
        let zone = TimeZone::get("America/New_York").expect("bundled");
        let end = instant(&zone, until.at(0, 0, 0, 0)).expect("in range");
        let rule = read(rule).expect("a rule");
        let local = |at: i64| {
            let at = Timestamp::from_microsecond(at).expect("in range");
            at.to_zoned(zone.clone()).datetime().strftime("%m-%d %H:%M").to_string()
        };
        rule.starts(from, &zone, end).into_iter().map(local).collect()
    }

    #[test]
    fn weekly_windows_fall_on_their_weekday() {
        assert_eq!(
            starts("FREQ=WEEKLY;BYDAY=SU;BYHOUR=2", date(2026, 9, 30), date(2026, 11, 1)),
            ["10-04 02:00", "10-11 02:00", "10-18 02:00", "10-25 02:00"]
        );
        assert_eq!(
            starts(
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;BYHOUR=22;BYMINUTE=30",
                date(2026, 10, 1),
                date(2026, 10, 27)
            ),
            ["10-02 22:30", "10-12 22:30", "10-16 22:30", "10-26 22:30"]
        );
    }

    // RFC 5545, 3.3.10: with an interval of 2 the start of the week decides which days follow.
    #[test]
    fn the_start_of_the_week_decides_which_weeks_are_skipped() {
        let days = |start| {
            let rule = format!("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST={start}");
            starts(&rule, date(1997, 8, 5), date(1998, 1, 1))
        };
        assert_eq!(days("MO"), ["08-05 00:00", "08-10 00:00", "08-19 00:00", "08-24 00:00"]);
        assert_eq!(days("SU"), ["08-05 00:00", "08-17 00:00", "08-19 00:00", "08-31 00:00"]);
    }

    #[test]
    fn counted_weekdays_and_last_days_of_a_month() {
        let (from, until) = (date(2026, 1, 1), date(2026, 4, 1));
        assert_eq!(
            starts("FREQ=MONTHLY;BYDAY=1SU", from, until),
            ["01-04 00:00", "02-01 00:00", "03-01 00:00"]
        );
        assert_eq!(
            starts("FREQ=MONTHLY;BYDAY=-1FR", from, until),
            ["01-30 00:00", "02-27 00:00", "03-27 00:00"]
        );
        assert_eq!(
            starts("FREQ=MONTHLY;BYMONTHDAY=-1", from, until),
            ["01-31 00:00", "02-28 00:00", "03-31 00:00"]
        );
        assert_eq!(
            starts("FREQ=MONTHLY;BYMONTHDAY=31", from, until),
            ["01-31 00:00", "03-31 00:00"]
        );
        // The last working day, as RFC 5545 writes it.
        assert_eq!(
            starts("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", from, until),
            ["01-30 00:00", "02-27 00:00", "03-31 00:00"]
        );
    }

    #[test]
    fn yearly_and_daily_rules() {
        assert_eq!(
            starts("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", date(2026, 1, 1), date(2028, 1, 1)),
            ["11-26 00:00", "11-25 00:00"]
        );
        assert_eq!(
            starts("FREQ=YEARLY", date(2024, 2, 29), date(2029, 1, 1)),
            ["02-29 00:00", "02-29 00:00"]
        );
        assert_eq!(
            starts(
                "FREQ=DAILY;INTERVAL=10;BYMONTH=1;UNTIL=20260121",
                date(2026, 1, 1),
                date(2028, 1, 1)
            ),
            ["01-01 00:00", "01-11 00:00", "01-21 00:00"]
        );
        assert!(
            starts(
                "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31",
                date(2026, 1, 1),
                date(9000, 1, 1)
            )
            .is_empty()
        );
    }

    // 2025-03-09 02:30 does not exist in New York: the window starts when the clocks change, at 03:00.
    #[test]
    fn a_start_that_a_clock_change_skips_is_the_change() {
        assert_eq!(
            starts(
                "FREQ=WEEKLY;BYDAY=SU;BYHOUR=2;BYMINUTE=30",
                date(2025, 3, 2),
                date(2025, 3, 17)
            ),
            ["03-02 02:30", "03-09 03:00", "03-16 02:30"]
        );
    }
}
