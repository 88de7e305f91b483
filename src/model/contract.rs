use jiff::civil::Date;

use super::allow::Allowed;
use super::record::{either, record, words};
use super::value::{Currency, Deadline, Id, Money, Percent, Stretch};
use crate::syntax::Snippet;

record! {
    /// The parties, the money and the term of a contract.
    #[noun("contract")]
    pub struct Contract {
        /// The parties' reference.
        #[example("MSA-2024-017, Exhibit B")]
        pub reference: Option<String>,
        /// Who buys.
        #[example("Acme Manufacturing")]
        pub customer: Option<String>,
        /// Who sells.
        #[example("Northwind IT")]
        pub provider: Option<String>,
        /// First day, inclusive.
        #[example("2024-07-01")]
        #[required(complete)]
        pub starts: Option<Date>,
        /// Last day, inclusive.
        #[example("2027-06-30")]
        pub ends: Option<Date>,
        /// The charge per period: an amount, or a sum over a source.
        #[example(42000.00)]
        #[example({ "source": "invoices", "sum": "net" })]
        pub charge: Option<Charge>,
        /// The currency of every amount, an ISO 4217 code.
        #[example("EUR")]
        pub currency: Option<Currency>,
        /// The share of the charge that caps a period's credits.
        #[example("12%")]
        pub at_risk: Option<Percent>,
        /// The sum that the KPIs' shares of the at-risk amount may reach. Default: `100%`.
        #[example("200%")]
        pub over_allocated: Option<Percent>,
        /// When the report is due after a period's end.
        #[example("10 business days")]
        pub report_due: Option<Deadline>,
        /// What a claim, a correction or an amendment decided after publication does. Contracts differ: no default.
        #[example("restate")]
        #[required(choose)]
        pub late_changes: Option<LateChanges>,
        /// What a period that the term covers only in part does. Contracts differ: no default.
        #[example("prorate")]
        pub partial: Option<PartialPeriod>,
        /// Lint findings that are accepted here.
        #[example({ "rule": "no-exit", "reason": "Part of the master agreement", "until": "2026-12-31" })]
        pub allow: Option<Allowed>
    }
}

either! {
    /// An amount of money: written, or summed from a source per period.
    pub enum Charge {
        /// An amount in the contract's currency.
        scalar => Fixed(Money),
        /// The sum over a source's rows of the period.
        map => Summed(Summed)
    }
}

record! {
    /// The sum of an expression over a source's rows of the period.
    #[noun("charge")]
    pub struct Summed {
        /// The source.
        #[example("invoices")]
        #[required(complete)]
        pub source: Option<Id>,
        /// The rows that count. Default: all.
        #[example("service = 'managed-it'")]
        pub r#where: Option<Snippet>,
        /// The expression summed.
        #[example("net")]
        #[required(complete)]
        pub sum: Option<Snippet>
    }
}

words! {
    /// What a change decided after publication does.
    pub enum LateChanges {
        /// The sealed period gets a new edition with the difference.
        "restate" => Restate,
        /// The sealed report stands; the difference is a line in the period of the decision.
        "adjust_next" => AdjustNext
    }
}

words! {
    /// What a period that the term covers only in part does.
    pub enum PartialPeriod {
        /// It has no scorecard.
        "skip" => Skip,
        /// The charge counts in proportion to the days.
        "prorate" => Prorate
    }
}

either! {
    /// How time is cut into reporting periods.
    pub enum PeriodRule {
        /// Whole calendar units.
        scalar => Whole(PeriodUnit),
        /// Calendar units from another day of the month.
        map => From(PeriodFrom)
    }
}

words! {
    /// A calendar unit.
    pub enum PeriodUnit {
        /// ISO weeks, Monday to Sunday.
        "week" => Week,
        /// Calendar months.
        "month" => Month,
        /// Calendar quarters.
        "quarter" => Quarter,
        /// Calendar years.
        "year" => Year
    }
}

record! {
    /// Calendar units from a day of the month.
    #[noun("period")]
    pub struct PeriodFrom {
        /// The calendar unit.
        #[example("month")]
        #[required(complete)]
        pub every: Option<PeriodUnit>,
        /// The day of the month on which a period starts, 1 to 28. Default: 1.
        #[example(15)]
        pub from_day: Option<u32>
    }
}

record! {
    /// How often something is looked at again.
    #[noun("review")]
    pub struct Review {
        /// The time between reviews.
        #[example("3 months")]
        #[required(complete)]
        pub every: Option<Stretch>,
        /// The day of the last one.
        #[example("2026-09-14")]
        pub last: Option<Date>
    }
}
