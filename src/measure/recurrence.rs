//! Recurrence rules: the subset of RFC 5545 that maintenance windows and the like need.
//!
//! Understood are `FREQ` (daily, weekly, monthly, yearly), `INTERVAL`, `COUNT`, `UNTIL`, `WKST`, `BYDAY`
//! (with ordinals such as `1SU`), `BYMONTHDAY`, `BYMONTH`, `BYHOUR`, `BYMINUTE` and `BYSETPOS`. The
//! `rrule` crate brings a second time-zone database and its own date types; expanding with the zones
//! the rest of the program uses keeps every local time under one rule.

mod expand;

use jiff::civil::{Date, DateTime, Weekday};

use crate::diagnostics::{Diagnostic, Diagnostics, did_you_mean};
use crate::syntax::Snippet;

/// A parsed recurrence rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    frequency: Frequency,
    interval: u32,
    count: Option<u32>,
    until: Option<Until>,
    week_start: Weekday,
    by_month: Vec<i8>,
    by_month_day: Vec<i8>,
    by_day: Vec<(i16, Weekday)>,
    by_hour: Vec<i8>,
    by_minute: Vec<i8>,
    by_position: Vec<i32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// The last start a rule may give, inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Until {
    Day(Date),
    Local(DateTime),
    Utc(DateTime),
}

/// What is wrong with a part of a rule: bytes of the text, what, and what to type.
#[derive(Debug, PartialEq, Eq)]
struct Fault {
    start: usize,
    end: usize,
    message: String,
    help: Option<String>,
}

const PARTS: [&str; 11] = [
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "WKST",
    "BYDAY",
    "BYMONTHDAY",
    "BYMONTH",
    "BYHOUR",
    "BYMINUTE",
    "BYSETPOS",
];
const EXAMPLE: &str = "for example `FREQ=WEEKLY;BYDAY=SU;BYHOUR=2`";

/// Reads a recurrence rule; what is wrong is a finding at its part.
pub fn parse(rule: &Snippet, diagnostics: &mut Diagnostics) -> Option<Rule> {
    match read(&rule.text) {
        Ok(rule) => Some(rule),
        Err(fault) => {
            let mut finding = Diagnostic::new("invalid-value", rule.locate(fault.start, fault.end), fault.message);
            finding.help = fault.help;
            diagnostics.push(finding);
            None
        }
    }
}

fn read(text: &str) -> Result<Rule, Fault> {
    let mut rule = Rule {
        frequency: Frequency::Daily,
        interval: 1,
        count: None,
        until: None,
        week_start: Weekday::Monday,
        by_month: Vec::new(),
        by_month_day: Vec::new(),
        by_day: Vec::new(),
        by_hour: Vec::new(),
        by_minute: Vec::new(),
        by_position: Vec::new(),
    };
    let mut seen: Vec<&str> = Vec::new();
    let mut start = 0;
    for part in text.split(';') {
        let end = start + part.len();
        let fault = |message: String, help: Option<String>| Fault {
            start,
            end,
            message,
            help,
        };
        let Some((name, value)) = part.split_once('=') else {
            return Err(fault(
                format!("`{part}` is no part of a recurrence rule"),
                Some(EXAMPLE.into()),
            ));
        };
        if !PARTS.contains(&name) {
            let upper = name.to_uppercase();
            let help = did_you_mean(&upper, PARTS).map(|known| format!("did you mean `{known}`?"));
            return Err(fault(format!("`{name}` is not understood in a recurrence rule"), help));
        }
        if seen.contains(&name) {
            return Err(fault(format!("`{name}` stands twice"), None));
        }
        seen.push(name);
        rule.take(name, value)
            .map_err(|help| fault(format!("`{value}` is no value of `{name}`"), Some(help)))?;
        start = end + 1;
    }
    let whole = |message: &str, help: &str| Fault {
        start: 0,
        end: text.len(),
        message: message.into(),
        help: Some(help.into()),
    };
    if !seen.contains(&"FREQ") {
        return Err(whole("a recurrence rule needs a `FREQ`", EXAMPLE));
    }
    if rule.count.is_some() && rule.until.is_some() {
        return Err(whole("`COUNT` and `UNTIL` exclude each other", "write one of them"));
    }
    let counted = rule.by_day.iter().any(|(ordinal, _)| *ordinal != 0);
    if counted && matches!(rule.frequency, Frequency::Daily | Frequency::Weekly) {
        return Err(whole(
            "a counted weekday such as `1SU` needs a monthly or yearly rule",
            "write `FREQ=MONTHLY`, or the weekday without a number",
        ));
    }
    if rule.frequency == Frequency::Weekly && !rule.by_month_day.is_empty() {
        return Err(whole(
            "`BYMONTHDAY` has no meaning in a weekly rule",
            "write `FREQ=MONTHLY`",
        ));
    }
    Ok(rule)
}

impl Rule {
    /// Takes one part; the error says what may stand there.
    fn take(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "FREQ" => {
                self.frequency = match value {
                    "DAILY" => Frequency::Daily,
                    "WEEKLY" => Frequency::Weekly,
                    "MONTHLY" => Frequency::Monthly,
                    "YEARLY" => Frequency::Yearly,
                    _ => return Err("write `DAILY`, `WEEKLY`, `MONTHLY` or `YEARLY`".into()),
                };
            }
            "INTERVAL" => self.interval = positive(value)?,
            "COUNT" => self.count = Some(positive(value)?),
            "UNTIL" => self.until = Some(until(value).ok_or("write a day such as `20271231`")?),
            "WKST" => self.week_start = weekday(value).ok_or("write `MO` to `SU`")?,
            "BYDAY" => {
                self.by_day = list(value, |item| {
                    let (ordinal, day) = item.split_at_checked(item.len().checked_sub(2)?)?;
                    let ordinal = if ordinal.is_empty() {
                        0
                    } else {
                        number(ordinal, -53, 53).filter(|n| *n != 0)?
                    };
                    Some((ordinal as i16, weekday(day)?))
                })
                .ok_or("write weekdays such as `SU`, `MO,WE` or `1SU`")?;
            }
            "BYMONTHDAY" => {
                self.by_month_day = list(value, |item| number(item, -31, 31).filter(|n| *n != 0).map(|n| n as i8))
                    .ok_or("write days 1 to 31, or -1 for the last")?;
            }
            "BYMONTH" => {
                self.by_month =
                    list(value, |item| number(item, 1, 12).map(|n| n as i8)).ok_or("write months 1 to 12")?;
            }
            "BYHOUR" => {
                self.by_hour = list(value, |item| number(item, 0, 23).map(|n| n as i8)).ok_or("write hours 0 to 23")?;
            }
            "BYMINUTE" => {
                self.by_minute =
                    list(value, |item| number(item, 0, 59).map(|n| n as i8)).ok_or("write minutes 0 to 59")?;
            }
            _ => {
                self.by_position = list(value, |item| number(item, -366, 366).filter(|n| *n != 0))
                    .ok_or("write positions such as `1` or `-1`")?;
            }
        }
        Ok(())
    }
}

fn list<T>(value: &str, item: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    value.split(',').map(item).collect()
}

fn number(text: &str, least: i32, most: i32) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|n| (least..=most).contains(n))
}

fn positive(text: &str) -> Result<u32, String> {
    number(text, 1, 100_000)
        .map(i32::unsigned_abs)
        .ok_or_else(|| "write a whole number from 1".into())
}

fn weekday(text: &str) -> Option<Weekday> {
    Some(match text {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    })
}

fn until(text: &str) -> Option<Until> {
    let (day, time) = match text.split_once('T') {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let digits =
        |text: &str, length: usize| (text.len() == length && text.bytes().all(|b| b.is_ascii_digit())).then_some(());
    digits(day, 8)?;
    let part = |text: &str| text.parse::<i8>().ok();
    let day = Date::new(day[..4].parse().ok()?, part(&day[4..6])?, part(&day[6..8])?).ok()?;
    let Some(time) = time else {
        return Some(Until::Day(day));
    };
    let local = time.strip_suffix('Z').unwrap_or(time);
    digits(local, 6)?;
    let clock = jiff::civil::Time::new(part(&local[..2])?, part(&local[2..4])?, part(&local[4..6])?, 0).ok()?;
    let at = day.to_datetime(clock);
    Some(if time.ends_with('Z') {
        Until::Utc(at)
    } else {
        Until::Local(at)
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::source::{FileId, Span};

    fn problem(text: &str) -> Option<(String, u32, u32)> {
        let snippet = Snippet {
            text: Arc::from(text),
            span: Span::new(FileId(0), 100, 100 + text.len() as u32),
            start: 100,
            offsets: None,
        };
        let mut diagnostics = Diagnostics::default();
        let rule = parse(&snippet, &mut diagnostics);
        assert_eq!(rule.is_some(), diagnostics.is_empty());
        diagnostics.iter().next().map(|found| {
            let crate::diagnostics::Place::Text(span) = found.primary.place else {
                unreachable!("a place in the text")
            };
            (found.message.clone(), span.start - 100, span.end - 100)
        })
    }

    #[test]
    fn a_fault_is_found_at_its_part() {
        assert_eq!(problem("FREQ=WEEKLY;BYDAY=SU;BYHOUR=2"), None);
        let (message, start, end) = problem("FREQ=WEEKLY;BYDAY=SO").expect("a finding");
        assert_eq!((message.as_str(), start, end), ("`SO` is no value of `BYDAY`", 12, 20));
        for bad in [
            "",
            "FREQ=HOURLY",
            "BYDAY=SU",
            "FREQ=WEEKLY;BYDAY=1SU",
            "FREQ=WEEKLY;BYMONTHDAY=1",
            "FREQ=DAILY;BYHOUR=24",
            "FREQ=DAILY;BYSECOND=1",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=DAILY;COUNT=2;UNTIL=20270101",
            "FREQ=DAILY;FREQ=DAILY",
            "FREQ=DAILY;UNTIL=2027-01-01",
            "FREQ=DAILY;",
        ] {
            assert!(problem(bad).is_some(), "{bad}");
        }
    }
}
