use super::record::{choice, either, record, words};
use super::value::{Elapsed, Id};
use crate::syntax::Snippet;

record! {
    /// A stop-watch over each row.
    #[noun("clock")]
    pub struct Clock {
        /// When it starts: a column, or the first or last event where a condition holds.
        #[example("opened_at")]
        #[example({ "first": "activity = 'Assigned'" })]
        #[required(complete)]
        pub start: Option<Tick>,
        /// When it stops; empty while it runs.
        #[example("resolved_at")]
        #[example({ "first": "activity = 'Take in charge'" })]
        #[required(complete)]
        pub stop: Option<Tick>,
        /// When it rests.
        #[example({ "minutes": "customer_wait_min" })]
        #[example({ "span": ["waiting_from", "waiting_to"] })]
        pub paused: Option<Pause>,
        /// The calendar it runs in; a measure may set another. Default: `always`.
        #[example("office-hours")]
        pub calendar: Option<Id>,
        /// What reopening does. Default: `resume`.
        #[example("resume")]
        pub reopen: Option<Reopen>,
        /// How long after a stop reopening counts; later it is ignored. Default: `14d`.
        #[example("14d")]
        pub reopen_window: Option<Elapsed>
    }
}

either! {
    /// An end of a clock.
    pub enum Tick {
        /// A column, or an expression over the row.
        scalar => Column(Snippet),
        /// An event of the case.
        map => Event(Event)
    }
}

choice! {
    /// An event of a case.
    pub enum Event {
        /// The first event where a condition holds.
        #[example("activity = 'Take in charge'")]
        "first" => First(Snippet),
        /// The last event where a condition holds.
        #[example("state = 'Closed'")]
        "last" => Last(Snippet)
    }
}

record! {
    /// When a clock rests: one of `minutes`, `span` (with `source` and `on` for intervals of another source) or `while`.
    #[noun("paused")]
    pub struct Pause {
        /// The source of the intervals, with `on` and `span`. Default: the clock's own rows.
        #[example("pauses")]
        pub source: Option<Id>,
        /// The column of both sources that ties them.
        #[example("ticket_id")]
        pub on: Option<String>,
        /// How the time is told.
        #[required(complete)]
        #[flatten(choice)]
        pub by: Option<PauseBy>
    }
}

choice! {
    /// How the time a clock rests is told.
    pub enum PauseBy {
        /// Minutes per row, deducted whole.
        #[example("customer_wait_min")]
        "minutes" => Minutes(Snippet),
        /// The columns with an interval's start and end.
        #[example(["waiting_from", "waiting_to"])]
        "span" => Span((String, String)),
        /// While a condition holds for the case's last event.
        #[example("state = 'Awaiting user'")]
        "while" => While(Snippet)
    }
}

words! {
    /// What reopening a stopped case does to its clock.
    pub enum Reopen {
        /// The time between the stop and the reopening does not count; the clock goes on.
        "resume" => Resume,
        /// The clock starts again at the reopening.
        "reset" => Reset,
        /// The first stop stands.
        "ignore" => Ignore
    }
}
