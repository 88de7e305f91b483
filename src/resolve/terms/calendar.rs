//! Open hours.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

/// Open hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// The zone its days are in.
    pub zone: TimeZone,
    /// Open intervals per weekday (Monday first), each `[from, to)` in minutes of the day, 0..=1440.
    pub open: [Vec<(u16, u16)>; 7],
    /// Days without open hours.
    pub holidays: Vec<Date>,
    /// Whether it is the built-in calendar that never closes.
    pub always: bool,
}

impl Calendar {
    /// Returns the built-in calendar that never closes.
    pub fn always() -> Self {
        Self {
            zone: TimeZone::UTC,
            open: std::array::from_fn(|_| vec![(0, 1440)]),
            holidays: Vec::new(),
            always: true,
        }
    }

    /// Returns the open intervals of a weekday in minutes of the day.
    pub fn hours(&self, day: Weekday) -> &[(u16, u16)] {
        &self.open[day.to_monday_zero_offset() as usize]
    }
}

/// Returns the minutes of the day of a civil time.
pub fn minutes(time: Time) -> u16 {
    u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs())
}
