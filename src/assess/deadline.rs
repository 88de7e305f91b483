//! By which day something is due (language.md §3.1: "3 business days means the close of the third open day
//! after the start").

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::resolve::terms::{Calendar, Deadline, Terms};

/// Days that are looked at before a calendar is taken to be closed for good.
const PATIENCE: u32 = 3660;

/// Microseconds of a day without a clock change.
const DAY: i64 = 86_400 * crate::quantity::MICROS_PER_SECOND;

/// Returns the last day within `deadline`, counted from the end of `day`.
///
/// A whole number of days ends with a day, whatever clock changes lie between: 30 days after 31 October is
/// 30 November. Business days are
/// those of the scorecard's calendar; without one they are Monday to Friday.
pub(crate) fn after(terms: &Terms, day: Date, deadline: &Deadline) -> Date {
    match deadline {
        Deadline::BusinessDays(n) => {
            let calendar = terms.business_days.as_ref().and_then(|id| terms.calendars.get(id));
            business_days(calendar, day, *n)
        }
        Deadline::Elapsed(micros) if micros % DAY == 0 => day.saturating_add((micros / DAY).days()),
        Deadline::Elapsed(micros) => {
            let end = day.saturating_add(1.day()).to_zoned(terms.time_zone.clone());
            end.ok()
                // The end of a day is the instant before the next one starts.
                .and_then(|end| end.checked_add((*micros - 1).microseconds()).ok())
                .map_or(day, |due| due.date())
        }
    }
}

fn business_days(calendar: Option<&Calendar>, day: Date, n: u32) -> Date {
    let open = |day: Date| match calendar {
        Some(calendar) => {
            calendar.always || (!calendar.hours(day.weekday()).is_empty() && !calendar.holidays.contains(&day))
        }
        None => !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday),
    };
    let mut left = n;
    let mut day = day;
    for _ in 0..PATIENCE {
        if left == 0 {
            break;
        }
        day = day.saturating_add(1.day());
        left -= u32::from(open(day));
    }
    day
}
