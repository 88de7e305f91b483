//! The stop-watch: elapsed open time without pauses, deadlines, reopening.

use super::calendar::OpenHours;
use super::interval::Intervals;
use crate::resolve::terms::{Deadline, Reopen};

/// Time during which a clock rests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rests {
    /// Intervals; only their open time between start and stop is deducted.
    pub intervals: Intervals,
    /// Microseconds that are deducted whole, as the data state them.
    pub whole: i64,
}

/// When a case started and, in order, when it was stopped and reopened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// The start.
    pub start: i64,
    /// Each stop and the reopening after it, if any; only the last may lack one.
    pub stops: Vec<(i64, Option<i64>)>,
}

/// A case as its clock sees it once reopening is settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// When the clock starts.
    pub start: i64,
    /// When it stops; `None` while it runs.
    pub stop: Option<i64>,
    /// Time between a stop and a reopening, in which it rests.
    pub rests: Intervals,
}

/// Returns the elapsed open microseconds from `start` to `stop` without the rests; negative when the
/// stop comes first.
pub fn elapsed(hours: &OpenHours, start: i64, stop: i64, rests: &Rests) -> i64 {
    let gross = hours.business(start, stop);
    let rested = if rests.intervals.is_empty() || stop <= start {
        0
    } else {
        hours.within(&rests.intervals.clip(start, stop))
    };
    gross.saturating_sub(rested).saturating_sub(rests.whole)
}

/// Whether a clock that started at `start` and stands at `at` is within its limit; exactly on it is.
///
/// `days` is the calendar that counts business days.
pub fn in_time(hours: &OpenHours, days: &OpenHours, limit: &Deadline, start: i64, at: i64, rests: &Rests) -> bool {
    match limit {
        Deadline::Elapsed(limit) => elapsed(hours, start, at, rests) <= *limit,
        Deadline::BusinessDays(n) => due(days, *n, start, at, rests).is_none_or(|due| at <= due),
    }
}

/// Returns the close of the n-th open day after `start`, later by the open time of the rests before it.
///
/// A rest that begins when the deadline has passed moves nothing, as it would not lower an elapsed
/// time either. `None`: the calendar never opens that long, so nothing is ever due.
fn due(days: &OpenHours, n: u32, start: i64, at: i64, rests: &Rests) -> Option<i64> {
    let close = days.nth_close(start, n)?;
    let mut extension = rests.whole.max(0);
    let mut due = days.advance(close, extension)?;
    for (from, to) in rests.intervals.clip(start, at.max(start)).iter() {
        if from >= due {
            break;
        }
        extension = extension.saturating_add(days.business(from, to));
        due = days.advance(close, extension)?;
    }
    Some(due)
}

/// Settles what reopening does, as of the instant `as_of`: what happens at or after it has not happened.
///
/// A case reopened later than `window` after its stop stays stopped, and so does everything after.
pub fn settle(history: &History, reopen: Reopen, window: Option<i64>, as_of: i64) -> Settled {
    let mut settled = Settled {
        start: history.start,
        stop: None,
        rests: Intervals::empty(),
    };
    let mut rests = Vec::new();
    for &(stop, reopened) in &history.stops {
        if stop >= as_of {
            break;
        }
        settled.stop = Some(stop);
        let Some(again) = reopened.filter(|again| *again < as_of) else {
            break;
        };
        if reopen == Reopen::Ignore || window.is_some_and(|window| again.saturating_sub(stop) > window) {
            break;
        }
        settled.stop = None;
        if reopen == Reopen::Reset {
            settled.start = again;
        } else {
            rests.push((stop, again));
        }
    }
    settled.rests = Intervals::union_of(rests);
    settled
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::super::calendar::instant;
    use super::*;
    use crate::resolve::terms::Calendar;

    const HOUR: i64 = 3_600_000_000;

    fn at(zone: &str, text: &str) -> i64 {
        let zone = TimeZone::get(zone).expect("bundled");
        instant(&zone, text.parse().expect("a local time")).expect("in range")
    }

    fn daily(from: u16, to: u16) -> OpenHours {
        OpenHours::new(&Calendar {
            zone: TimeZone::UTC,
            open: std::array::from_fn(|_| vec![(from * 60, to * 60)]),
            holidays: Vec::new(),
            always: false,
        })
    }

    fn rest(from: i64, to: i64) -> Rests {
        Rests {
            intervals: Intervals::one(from, to),
            whole: 0,
        }
    }

    // conformance: dst-elapsed
    #[test]
    fn a_clock_change_in_between_changes_the_elapsed_time() {
        let (start, stop) = (
            at("America/New_York", "2025-03-09T00:30"),
            at("America/New_York", "2025-03-09T04:30"),
        );
        let always = OpenHours::new(&Calendar::always());
        assert_eq!(elapsed(&always, start, stop, &Rests::default()), 3 * HOUR);
    }

    // conformance: pause-inside-hours
    #[test]
    fn a_pause_inside_open_hours_is_deducted() {
        let hours = daily(9, 17);
        let (start, stop) = (at("UTC", "2026-10-05T10:00"), at("UTC", "2026-10-05T16:00"));
        let pause = rest(at("UTC", "2026-10-05T11:00"), at("UTC", "2026-10-05T14:00"));
        assert_eq!(elapsed(&hours, start, stop, &Rests::default()), 6 * HOUR);
        assert_eq!(elapsed(&hours, start, stop, &pause), 3 * HOUR);
    }

    // conformance: pause-outside-hours
    #[test]
    fn a_pause_outside_open_hours_deducts_nothing() {
        let hours = daily(9, 17);
        let (start, stop) = (at("UTC", "2026-10-05T16:00"), at("UTC", "2026-10-06T10:00"));
        let pause = rest(at("UTC", "2026-10-05T20:00"), at("UTC", "2026-10-06T08:00"));
        assert_eq!(elapsed(&hours, start, stop, &pause), 2 * HOUR);
    }

    #[test]
    fn minutes_are_deducted_whole_and_a_stop_before_the_start_is_negative() {
        let hours = daily(9, 17);
        let start = at("UTC", "2026-10-05T10:00");
        let whole = Rests {
            whole: 5 * HOUR,
            ..Rests::default()
        };
        assert_eq!(elapsed(&hours, start, start + 2 * HOUR, &whole), -3 * HOUR);
        assert_eq!(elapsed(&hours, start, start - HOUR, &rest(0, i64::MAX)), -HOUR);
    }

    #[test]
    fn exactly_on_the_limit_is_in_time() {
        let always = OpenHours::new(&Calendar::always());
        let check = |at| in_time(&always, &always, &Deadline::Elapsed(HOUR), 0, at, &Rests::default());
        assert!(check(HOUR));
        assert!(!check(HOUR + 1));
    }

    // Open daily 09–17, start on the 5th: one business day ends on the 6th at 17:00; 2 h paused on the
    // 6th move it to the 7th at 11:00. A stop at night is after the close that was due.
    #[test]
    fn pauses_move_a_deadline_in_business_days() {
        let hours = daily(9, 17);
        let start = at("UTC", "2026-10-05T10:00");
        let check = |text, rests: &Rests| {
            in_time(
                &hours,
                &hours,
                &Deadline::BusinessDays(1),
                start,
                at("UTC", text),
                rests,
            )
        };
        let none = Rests::default();
        assert!(check("2026-10-06T17:00", &none));
        assert!(!check("2026-10-06T20:00", &none));
        let pause = rest(at("UTC", "2026-10-06T12:00"), at("UTC", "2026-10-06T14:00"));
        assert!(check("2026-10-07T11:00", &pause));
        assert!(!check("2026-10-07T11:01", &pause));
        let too_late = rest(at("UTC", "2026-10-07T09:00"), at("UTC", "2026-10-07T16:00"));
        assert!(!check("2026-10-07T12:00", &too_late));
    }

    // conformance: reopen-modes
    #[test]
    fn reopening_resumes_resets_or_is_ignored() {
        let history = History {
            start: 0,
            stops: vec![(2 * HOUR, Some(10 * HOUR)), (11 * HOUR, None)],
        };
        let always = OpenHours::new(&Calendar::always());
        for (reopen, expected) in [(Reopen::Resume, 3), (Reopen::Reset, 1), (Reopen::Ignore, 2)] {
            let settled = settle(&history, reopen, None, i64::MAX);
            let rests = Rests {
                intervals: settled.rests,
                whole: 0,
            };
            let stop = settled.stop.expect("stopped");
            assert_eq!(
                elapsed(&always, settled.start, stop, &rests),
                expected * HOUR,
                "{reopen:?}"
            );
        }
    }

    #[test]
    fn reopening_counts_inside_its_window_and_as_of_an_instant() {
        let history = History {
            start: 0,
            stops: vec![(2 * HOUR, Some(10 * HOUR)), (11 * HOUR, None)],
        };
        let stop = |window, as_of| settle(&history, Reopen::Resume, window, as_of).stop;
        assert_eq!(stop(Some(8 * HOUR), i64::MAX), Some(11 * HOUR));
        assert_eq!(stop(Some(8 * HOUR - 1), i64::MAX), Some(2 * HOUR));
        assert_eq!(stop(None, 10 * HOUR), Some(2 * HOUR));
        assert_eq!(stop(None, 11 * HOUR), None);
        assert_eq!(stop(None, 2 * HOUR), None);
    }
}
