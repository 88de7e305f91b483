use jiff::civil::Date;

use super::allow::Allowed;
use super::record::{choice, record, words};
use super::value::{Deadline, Elapsed, Number};
use crate::syntax::Snippet;

record! {
    /// Time or rows that do not count.
    #[noun("carve-out")]
    pub struct CarveOut {
        /// The title.
        #[example("Planned maintenance")]
        #[required(complete)]
        pub title: Option<String>,
        /// What it means, for readers.
        #[example("Announced a week ahead, Sundays from 2 to 6.")]
        pub description: Option<String>,
        /// The clause that allows it.
        #[example("B.4.2")]
        pub clause: Option<String>,
        /// Who causes it.
        #[example("provider")]
        pub cause: Option<Cause>,
        /// What it covers: a schedule, rows by a condition, or claims.
        #[example("claims")]
        #[example({ "where": "cause_code = 'customer'" })]
        #[required(complete)]
        pub by: Option<CarveOutBy>,
        /// What excluded time becomes. Contracts differ: no default.
        #[example("remove")]
        #[required(choose)]
        pub mode: Option<CarveOutMode>,
        /// How much it may exclude.
        #[example({ "hours": 12, "per": "month", "counts": "windows" })]
        pub cap: Option<CarveOutCap>,
        /// What a claim must have.
        #[example(["evidence", "approval"])]
        pub needs: Option<Vec<Need>>,
        /// By when a claim must be notified, from its window's start.
        #[example("5 business days")]
        pub notice: Option<Deadline>,
        /// Lint findings that are accepted here.
        #[example({ "rule": "uncapped-carve-out", "reason": "Capped by the change calendar", "until": "2026-12-31" })]
        pub allow: Option<Allowed>
    }
}

words! {
    /// Who causes what is carved out.
    pub enum Cause {
        /// The provider.
        "provider" => Provider,
        /// The customer.
        "customer" => Customer,
        /// Neither.
        "external" => External
    }
}

choice! {
    /// What a carve-out covers.
    pub enum CarveOutBy {
        /// Windows by a recurrence rule.
        #[example({ "rrule": "FREQ=WEEKLY;BYDAY=SU;BYHOUR=2", "lasts": "4h" })]
        "schedule" => Schedule(Schedule),
        /// Rows of the measured source for which a condition holds.
        #[example("cause_code = 'customer'")]
        "where" => Where(Snippet),
        /// Windows or tickets of the Claims register.
        "claims" => Claims
    }
}

record! {
    /// Windows by a recurrence rule, in the scorecard's zone.
    #[noun("schedule")]
    pub struct Schedule {
        /// The rule as RFC 5545 writes it.
        #[example("FREQ=WEEKLY;BYDAY=SU;BYHOUR=2")]
        #[required(complete)]
        pub rrule: Option<Snippet>,
        /// The length of a window.
        #[example("4h")]
        #[required(complete)]
        pub lasts: Option<Elapsed>,
        /// The day the rule starts from. Default: the contract's `starts`.
        #[example("2024-07-01")]
        pub from: Option<Date>
    }
}

words! {
    /// What excluded time becomes.
    pub enum CarveOutMode {
        /// It leaves both sides.
        "remove" => Remove,
        /// It counts as up.
        "deem_available" => DeemAvailable
    }
}

record! {
    /// How much a carve-out may exclude.
    #[noun("cap")]
    pub struct CarveOutCap {
        /// Hours.
        #[example(12)]
        #[required(complete)]
        pub hours: Option<Number>,
        /// The stretch it renews with.
        #[example("month")]
        #[required(complete)]
        pub per: Option<CapPer>,
        /// What spends it. Contracts differ: no default.
        #[example("windows")]
        #[required(choose)]
        pub counts: Option<CapCounts>
    }
}

words! {
    /// The stretch a cap renews with.
    pub enum CapPer {
        /// The reporting period.
        "period" => Period,
        /// Calendar months.
        "month" => Month,
        /// Calendar quarters.
        "quarter" => Quarter,
        /// Calendar years.
        "year" => Year
    }
}

words! {
    /// What spends a cap.
    pub enum CapCounts {
        /// Every minute of a window.
        "windows" => Windows,
        /// Only down minutes.
        "downtime" => Downtime
    }
}

words! {
    /// What a claim must have.
    pub enum Need {
        /// Evidence.
        "evidence" => Evidence,
        /// The other party's approval.
        "approval" => Approval
    }
}
