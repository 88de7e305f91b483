use indexmap::IndexMap;
use jiff::civil::Date;

use super::claims::{Attestation, Claim, CreditRequest, Selection};
use super::kpi::OneOrMore;
use super::record::{either, record, words};
use super::value::{Id, PeriodLabel, Value};

record! {
    /// A test: given these facts, the contract must say this.
    #[noun("scenario")]
    pub struct Scenario {
        /// The scenario's id.
        #[example("erp-down-six-hours")]
        #[required(always)]
        pub id: Option<Id>,
        /// The title, for readers.
        #[example("The ERP is down for six hours")]
        pub title: Option<String>,
        /// What it shows, in a sentence or two.
        #[example("An outage in opening hours, none of it excluded.")]
        pub description: Option<String>,
        /// The scorecard it tests.
        #[example("acme-managed-it")]
        #[required(always)]
        pub tests: Option<Id>,
        /// What kind of test it is. Default: `other`.
        #[example("failure")]
        pub r#as: Option<ScenarioKind>,
        /// The period that is judged.
        #[example("2026-10")]
        #[required(always)]
        pub period: Option<PeriodLabel>,
        /// What earlier periods said, by KPI; the rest was met.
        #[example({ "2026-09": { "erp-uptime": "default" } })]
        #[example({ "2026-09": { "erp-uptime": { "verdict": "default", "credit": 1512.00 } } })]
        pub before: IndexMap<PeriodLabel, IndexMap<Id, Before>>,
        /// The rows of sources; a source that is not given is covered and empty, a column that is absent is null.
        #[example({ "outages": [{ "service": "erp", "started_at": "2026-10-12T09:00", "ended_at": "2026-10-12T15:00" }] })]
        pub given: IndexMap<Id, Vec<IndexMap<String, String>>>,
        /// Claims that are tested; the workspace's are ignored.
        #[example({ "grid": { "by": "sdm", "carve_out": "third-party", "kpis": ["erp-uptime"], "window": "2026-10-12T09:00/2026-10-12T11:00" } })]
        pub claims: IndexMap<Id, Claim>,
        /// Which KPI's credit the customer takes, by incident.
        #[example({ "INC-1": { "period": "2026-10", "kpi": "erp-uptime", "by": "cio" } })]
        pub selections: IndexMap<String, Selection>,
        /// Credits that were asked for, by id.
        #[example({ "october": { "period": "2026-10", "by": "cio", "on": "2026-11-12" } })]
        pub credit_requests: IndexMap<Id, CreditRequest>,
        /// Statements that stand in for measurements, by id.
        #[example({ "audit": { "kpi": "audit-pass-rate", "period": "2026-10", "value": "97%", "by": "cio", "on": "2026-11-03" } })]
        pub attestations: IndexMap<Id, Attestation>,
        /// Amendments that are left out, to see what they changed.
        #[example("amendment-1")]
        pub leave_out: Option<OneOrMore>,
        /// What the contract must say.
        #[example({ "kpis": { "erp-uptime": { "value": "99.18%", "verdict": "default" } }, "credit": 3024.00, "notified": ["sdm", "cio"] })]
        #[required(always)]
        pub expect: Option<Expected>
    }
}

words! {
    /// What kind of test a scenario is.
    pub enum ScenarioKind {
        /// Something breaks.
        "failure" => Failure,
        /// A change is taken back.
        "rollback" => Rollback,
        /// Who is told, and by when.
        "communications" => Communications,
        /// Anything else.
        "other" => Other
    }
}

words! {
    /// A verdict.
    pub enum VerdictWord {
        /// The target is met.
        "met" => Met,
        /// The target is missed, the minimum held.
        "below_target" => BelowTarget,
        /// The minimum is missed.
        "default" => Default,
        /// There was nothing to judge.
        "not_applicable" => NotApplicable,
        /// The data do not cover the period.
        "no_data" => NoData
    }
}

either! {
    /// What an earlier period said of a KPI.
    pub enum Before {
        /// The verdict.
        scalar => Verdict(VerdictWord),
        /// The verdict and the credit.
        map => Outcome(BeforeOutcome)
    }
}

record! {
    /// What an earlier period said of a KPI, with money.
    #[noun("outcome")]
    pub struct BeforeOutcome {
        /// The verdict.
        #[example("default")]
        #[required(always)]
        pub verdict: Option<VerdictWord>,
        /// The credit it paid.
        #[example(1512.00)]
        pub credit: Option<Value>
    }
}

record! {
    /// What the contract must say; values match at the precision written.
    #[noun("expectation")]
    pub struct Expected {
        /// What it says of KPIs.
        #[example({ "erp-uptime": { "value": "99.18%", "verdict": "default" } })]
        pub kpis: IndexMap<Id, ExpectedKpi>,
        /// The card's score.
        #[example(77.14)]
        pub score: Option<Value>,
        /// The card's grade.
        #[example("amber")]
        pub grade: Option<GradeWord>,
        /// The period's credit.
        #[example(3024.00)]
        pub credit: Option<Value>,
        /// The period's bonus.
        #[example(420.00)]
        pub bonus: Option<Value>,
        /// The credits of earlier periods that return to the provider.
        #[example(1512.00)]
        pub earned_back: Option<Value>,
        /// The triggers that fire: a list names them all, a map says of some what follows.
        #[example(["escalate"])]
        #[example({ "terminate": { "right": "customer", "clause": "B.9.1" } })]
        pub triggers: Option<ExpectedTriggers>,
        /// Who is told: a list names everyone, a map says of some by when.
        #[example(["sdm", "cio"])]
        #[example({ "sdm": "2026-11-03" })]
        pub notified: Option<Notified>,
        /// What the cards of entities say, by the key of each in the list of `for_each`.
        #[example({ "ann": { "kpis": { "csat": "met" }, "score": 92.50 } })]
        pub entities: IndexMap<String, ExpectedEntity>
    }
}

record! {
    /// What the card of one entity must say. It has no money: the charge is the scorecard's.
    #[noun("expectation")]
    pub struct ExpectedEntity {
        /// What it says of KPIs.
        #[example({ "csat": { "value": "95%", "verdict": "met" } })]
        pub kpis: IndexMap<Id, ExpectedKpi>,
        /// The card's score.
        #[example(77.14)]
        pub score: Option<Value>,
        /// The card's grade.
        #[example("amber")]
        pub grade: Option<GradeWord>
    }
}

either! {
    /// The triggers that fire.
    pub enum ExpectedTriggers {
        /// What follows from each of these, which all fire.
        map => Each(IndexMap<Id, ExpectedTrigger>),
        /// All that fire.
        list => All(Vec<Id>)
    }
}

record! {
    /// What follows from a trigger that fires.
    #[noun("expectation")]
    pub struct ExpectedTrigger {
        /// The party that gets a right.
        #[example("customer")]
        pub right: Option<String>,
        /// The clause.
        #[example("B.9.1")]
        pub clause: Option<String>
    }
}

either! {
    /// What the contract must say of a KPI.
    pub enum ExpectedKpi {
        /// The verdict.
        scalar => Verdict(VerdictWord),
        /// Any of value, verdict, score and credit.
        map => Outcome(Box<ExpectedOutcome>)
    }
}

record! {
    /// What the contract must say of a KPI, in detail.
    #[noun("expectation")]
    pub struct ExpectedOutcome {
        /// The value.
        #[example("99.18%")]
        pub value: Option<Value>,
        /// The verdict.
        #[example("default")]
        pub verdict: Option<VerdictWord>,
        /// The score.
        #[example(66.67)]
        pub score: Option<Value>,
        /// The credit.
        #[example(3024.00)]
        pub credit: Option<Value>,
        /// The flags beside the verdict: these and no others.
        #[example(["low_volume"])]
        pub flags: Option<Vec<FlagWord>>
    }
}

words! {
    /// A flag beside a verdict.
    pub enum FlagWord {
        /// Inside the KPI's first periods.
        "burn_in" => BurnIn,
        /// Too few rows.
        "low_volume" => LowVolume,
        /// A claim is pending.
        "disputed" => Disputed,
        /// It may still change.
        "provisional" => Provisional,
        /// The contract does not hold in the period.
        "not_in_force" => NotInForce
    }
}

words! {
    /// A grade.
    pub enum GradeWord {
        /// At least the lowest green score.
        "green" => Green,
        /// At least the lowest amber score.
        "amber" => Amber,
        /// Below amber.
        "red" => Red
    }
}

either! {
    /// Who is told.
    pub enum Notified {
        /// The last day by which each is told.
        map => By(IndexMap<Id, Date>),
        /// Everyone who is told.
        list => People(Vec<Id>)
    }
}
