use jiff::civil::Date;

use super::record::{either, record};
use super::value::Id;

either! {
    /// Lint findings that are accepted.
    pub enum Allowed {
        /// One.
        map => One(Allow),
        /// Several.
        list => More(Vec<Allow>)
    }
}

record! {
    /// A lint finding that is accepted.
    #[noun("allow")]
    pub struct Allow {
        /// The rule.
        #[example("no-baseline")]
        pub rule: Id,
        /// Why it is accepted.
        #[example("New service")]
        pub reason: Option<String>,
        /// The last day it is accepted.
        #[example("2026-12-31")]
        pub until: Option<Date>
    }
}
