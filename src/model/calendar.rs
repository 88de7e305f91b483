use indexmap::IndexMap;
use jiff::civil::Date;

use super::allow::Allowed;
use super::record::record;
use super::value::{DayHours, Weekdays, Zone};

record! {
    /// Open hours and holidays.
    #[noun("calendar")]
    pub struct Calendar {
        /// The zone its days are in. Default: the scorecard's `time_zone`.
        #[example("Europe/Berlin")]
        pub zone: Option<Zone>,
        /// Open hours by weekday or range of weekdays; hours over midnight are split at `24:00`.
        #[example({ "mon-fri": ["08:00-18:00"], "sat": ["09:00-13:00"] })]
        #[required(complete)]
        pub open: Option<IndexMap<Weekdays, Vec<DayHours>>>,
        /// Days without open hours.
        #[example(["2026-12-25"])]
        pub holidays: Option<Vec<Date>>,
        /// Lint findings that are accepted here.
        #[example({ "rule": "calendar-without-holidays", "reason": "Staffed on every day", "until": "2026-12-31" })]
        pub allow: Option<Allowed>
    }
}
