use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use schemars::{Schema, SchemaGenerator};

use super::text::MapKey;
use super::{Read, misread, refuse};
use crate::diagnostics::{Diagnostic, did_you_mean};
use crate::model::lower::{Lower, Lowering};
use crate::model::publish;
use crate::quantity::MONTHS;
use crate::source::Span;
use crate::syntax::{Key, Node};

/// Whole days from the first to the last, both inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateRange {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
}

/// A stretch of local time `[start, end)`, in the scorecard's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstantRange {
    /// Its start.
    pub start: DateTime,
    /// The moment after its end.
    pub end: DateTime,
}

/// A period as it is written, such as `2026-10`; whether it fits the scorecard is not known here.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PeriodLabel(pub String);

/// A time zone of the tz database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(pub TimeZone);

/// Days of the week, Monday first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Weekdays(pub [bool; 7]);

/// Open hours of a day: `[from, to)` in minutes of the day, 0..=1440.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayHours {
    /// The first open minute.
    pub from: u16,
    /// The minute after the last open one.
    pub to: u16,
}

const DATE: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Whether a text has the form `nnnn-nn-nn`.
fn looks_like_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 10
        && bytes.iter().enumerate().all(|(i, b)| {
            if i == 4 || i == 7 {
                *b == b'-'
            } else {
                b.is_ascii_digit()
            }
        })
}

/// Says how many days the month of a day that does not exist has.
fn length_of_month(text: &str) -> String {
    let first = format!("{}-01", &text[..7]).parse::<Date>();
    match first {
        Ok(first) => {
            let name = MONTHS[usize::from(first.month().unsigned_abs()) - 1];
            format!("{name} {} has {} days", &text[..4], first.days_in_month())
        }
        Err(_) => "write a month from `01` to `12`".to_owned(),
    }
}

/// Reads a day such as `2026-10-31`.
pub(super) fn date(text: &str, span: Span) -> Read<Date> {
    if looks_like_date(text) {
        return text.parse().map_err(|_| {
            Diagnostic::new("invalid-date", span, format!("the day `{text}` does not exist"))
                .help(length_of_month(text))
                .into()
        });
    }
    let finding = Diagnostic::new("invalid-date", span, format!("`{text}` is not a date"));
    refuse(finding.help("write year, month and day such as `2026-10-31`"))
}

impl Lower for Date {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        publish::scalar(&["string"], Some(DATE), "")
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let text = cx.text(node)?;
        cx.accept(date(text, node.span))
    }
}

impl Lower for DateRange {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        let pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\.\.[0-9]{4}-[0-9]{2}-[0-9]{2}$";
        publish::scalar(&["string"], Some(pattern), "")
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let text = cx.text(node)?;
        let Some((first, last)) = text.split_once("..") else {
            let finding = Diagnostic::new("invalid-date", node.span, format!("`{text}` is not a range of days"));
            return cx.refuse(finding.help("write the first and the last day such as `2024-04-01..2024-06-30`"));
        };
        let read = date(first, node.span).and_then(|first| Ok((first, date(last, node.span)?)));
        let (first, last) = cx.accept(read)?;
        if last < first {
            let finding = Diagnostic::new("invalid-date", node.span, format!("`{text}` ends before it starts"));
            return cx.refuse(finding.help(format!("write `{last}..{first}`")));
        }
        Some(Self { first, last })
    }
}

/// Reads a local time such as `2026-10-12T09:00`.
fn local_time(text: &str, span: Span) -> Read<DateTime> {
    let written = text.split_once(['T', ' ']).map(|(day, time)| {
        (
            day,
            time.matches(':').count(),
            time.bytes().all(|b| b.is_ascii_digit() || b == b':' || b == b'.'),
        )
    });
    match written {
        Some((day, 1 | 2, true)) if looks_like_date(day) => text.parse().map_err(|_| {
            Diagnostic::new("invalid-date", span, format!("the time `{text}` does not exist"))
                .help("write day and time such as `2026-10-12T09:00`")
                .into()
        }),
        Some((day, _, false)) if looks_like_date(day) => {
            let finding = Diagnostic::new("invalid-date", span, format!("`{text}` is not a local time"));
            refuse(finding.help("times are in the scorecard's zone: write `2026-10-12T09:00`, without an offset"))
        }
        _ => {
            let finding = Diagnostic::new("invalid-date", span, format!("`{text}` is not a time"));
            refuse(finding.help("write day and time such as `2026-10-12T09:00`"))
        }
    }
}

impl Lower for DateTime {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        publish::scalar(&["string"], Some("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}"), "")
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let text = cx.text(node)?;
        cx.accept(local_time(text, node.span))
    }
}

impl Lower for InstantRange {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        let instant = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?";
        publish::scalar(&["string"], Some(&format!("^{instant}/{instant}$")), "")
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let text = cx.text(node)?;
        let Some((start, end)) = text.split_once('/') else {
            let finding = Diagnostic::new("invalid-date", node.span, format!("`{text}` is not a stretch of time"));
            return cx.refuse(finding.help("write start and end such as `2026-10-12T09:00/2026-10-12T11:00`"));
        };
        let read = local_time(start, node.span).and_then(|start| Ok((start, local_time(end, node.span)?)));
        let (start, end) = cx.accept(read)?;
        if end <= start {
            let finding = Diagnostic::new("invalid-date", node.span, format!("`{text}` ends before it starts"));
            return cx.refuse(finding.help("the end is the moment after the last, later than the start"));
        }
        Some(Self { start, end })
    }
}

fn is_period(text: &str) -> bool {
    let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
    let within = |s: &str, most: u8| s.parse::<u8>().is_ok_and(|n| (1..=most).contains(&n));
    let (year, rest) = text.split_once('-').unwrap_or((text, ""));
    digits(year, 4)
        && match rest.as_bytes().first() {
            None => !text.contains('-'),
            Some(b'Q') => digits(&rest[1..], 1) && within(&rest[1..], 4),
            Some(b'W') => digits(&rest[1..], 2) && within(&rest[1..], 53),
            Some(_) => digits(rest, 2) && within(rest, 12),
        }
}

fn period(text: &str, span: Span) -> Read<PeriodLabel> {
    if is_period(text) {
        return Ok(PeriodLabel(text.to_owned()));
    }
    let finding = Diagnostic::new("invalid-period", span, format!("`{text}` is not a period"));
    refuse(finding.help("write a month `2026-10`, a quarter `2026-Q4`, a year `2026` or a week `2026-W41`"))
}

const PERIOD: &str = "^[0-9]{4}(-[0-9]{2}|-Q[1-4]|-W[0-9]{2})?$";

impl Lower for PeriodLabel {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        publish::scalar(&["string", "number"], Some(PERIOD), "")
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let text = cx.text(node)?;
        cx.accept(period(text, node.span))
    }
}

impl MapKey for PeriodLabel {
    fn pattern() -> Option<&'static str> {
        Some(PERIOD)
    }

    fn read(key: &Key, cx: &mut Lowering<'_>) -> Option<Self> {
        cx.accept(period(&key.text, key.span))
    }
}

impl Lower for Zone {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        publish::scalar(&["string"], Some("^[A-Za-z][A-Za-z0-9_+/-]*$"), "")
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let text = cx.text(node)?;
        if let Ok(zone) = TimeZone::get(text)
            // Names are found in any case; the file says them as the database does.
            && zone.iana_name().is_none_or(|name| name == text)
        {
            return Some(Self(zone));
        }
        let names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        let cities = |text: &str| text.rsplit('/').next().unwrap_or(text).to_lowercase();
        let meant = did_you_mean(text, names.iter().map(String::as_str)).or_else(|| {
            // `Berlin` or `Germany/Berlin`: the city alone decides.
            names
                .iter()
                .map(String::as_str)
                .find(|name| cities(name) == cities(text))
        });
        let help = match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "write a name of the tz database such as `Europe/Berlin`".to_owned(),
        };
        let finding = Diagnostic::new("unknown-time-zone", node.span, format!("unknown time zone `{text}`"));
        cx.refuse(finding.help(help))
    }
}

/// Reads `mon`, `mon-fri` or `sat, sun`; a range may run over the week's end.
fn weekdays(text: &str) -> Option<[bool; 7]> {
    let mut days = [false; 7];
    let index = |name: &str| DAYS.iter().position(|day| *day == name);
    for part in text.split(',') {
        let (first, last) = part.trim().split_once('-').unwrap_or((part.trim(), part.trim()));
        let (first, last) = (index(first)?, index(last)?);
        let mut day = first;
        loop {
            days[day] = true;
            if day == last {
                break;
            }
            day = (day + 1) % 7;
        }
    }
    Some(days)
}

impl MapKey for Weekdays {
    fn pattern() -> Option<&'static str> {
        Some("^(mon|tue|wed|thu|fri|sat|sun)((-|, ?)(mon|tue|wed|thu|fri|sat|sun))*$")
    }

    fn read(key: &Key, cx: &mut Lowering<'_>) -> Option<Self> {
        cx.accept(weekdays(&key.text).map(Self).ok_or_else(|| {
            Diagnostic::new(
                "invalid-value",
                key.span,
                format!("`{}` does not name weekdays", key.text),
            )
            .help("write a day such as `sat` or a range such as `mon-fri`")
            .into()
        }))
    }
}

/// Reads `08:00` or `24:00` as minutes of the day.
fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let two = |s: &str| {
        (s.len() == 2 && s.bytes().all(|b| b.is_ascii_digit()))
            .then(|| s.parse::<u16>().ok())
            .flatten()
    };
    let total = two(hours)? * 60 + two(minutes).filter(|minutes| *minutes < 60)?;
    (total <= 1440).then_some(total)
}

impl Lower for DayHours {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        publish::scalar(&["string"], Some("^[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$"), "")
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let text = cx.text(node)?;
        let read = text
            .split_once('-')
            .and_then(|(from, to)| Some((from, to, minutes(from.trim())?, minutes(to.trim())?)));
        let Some((written_from, written_to, from, to)) = read else {
            let finding = misread("invalid-value", node.span, text, "open hours such as `08:00-18:00`");
            return cx.refuse(finding);
        };
        if to <= from {
            let finding = Diagnostic::new("invalid-value", node.span, format!("`{text}` ends before it starts"));
            return cx.refuse(finding.help(format!(
                "hours over midnight belong to two days: write `{}-24:00` on this day and `00:00-{}` on the next",
                written_from.trim(),
                written_to.trim()
            )));
        }
        Some(Self { from, to })
    }
}

impl Lower for Time {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        publish::scalar(&["string"], Some("^[0-2][0-9]:[0-5][0-9]$"), "")
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let text = cx.text(node)?;
        let read = minutes(text).filter(|minutes| *minutes < 1440).map(|minutes| {
            let part = |n: u16| i8::try_from(n).expect("below 60");
            Self::constant(part(minutes / 60), part(minutes % 60), 0, 0)
        });
        cx.accept(read.ok_or_else(|| misread("invalid-value", node.span, text, "a time of day such as `08:00`").into()))
    }
}
