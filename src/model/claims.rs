use indexmap::IndexMap;
use jiff::civil::Date;

use super::record::{choice, record, words};
use super::value::{Id, InstantRange, PeriodLabel, Value};

record! {
    /// The register of carve-out claims, selections, credit requests and attestations of a scorecard.
    #[noun("register of claims")]
    pub struct Claims {
        /// The scorecard it belongs to.
        #[example("acme-managed-it")]
        #[required(complete)]
        pub r#for: Option<Id>,
        /// Claims that time or tickets do not count, by id.
        #[example({ "fm-2026-10": { "by": "sdm", "carve_out": "third-party", "kpis": ["erp-uptime"], "window": "2026-10-12T09:00/2026-10-12T11:00", "notified": "2026-10-13", "evidence": "CHG-4411" } })]
        pub claims: IndexMap<Id, Claim>,
        /// Which KPI's credit the customer takes, by incident.
        #[example({ "INC-1": { "period": "2026-10", "kpi": "erp-uptime", "by": "cio" } })]
        pub selections: IndexMap<String, Selection>,
        /// Credits that were asked for, by id.
        #[example({ "october": { "period": "2026-10", "by": "cio", "on": "2026-11-12" } })]
        pub credit_requests: IndexMap<Id, CreditRequest>,
        /// Statements that stand in for measurements, by id.
        #[example({ "audit-2026-10": { "kpi": "audit-pass-rate", "period": "2026-10", "value": "97%", "by": "cio", "on": "2026-11-03", "evidence": "DOC-31" } })]
        pub attestations: IndexMap<Id, Attestation>
    }
}

record! {
    /// A claim that time or tickets do not count.
    #[noun("claim")]
    pub struct Claim {
        /// Who claims.
        #[example("sdm")]
        #[required(complete)]
        pub by: Option<Id>,
        /// The carve-out claimed.
        #[example("third-party")]
        #[required(complete)]
        pub carve_out: Option<Id>,
        /// The KPIs it is claimed for.
        #[example(["erp-uptime"])]
        #[required(complete)]
        pub kpis: Vec<Id>,
        /// When the other party was told.
        #[example("2026-10-13")]
        pub notified: Option<Date>,
        /// The evidence.
        #[example("CHG-4411")]
        pub evidence: Option<String>,
        /// What it is about, for readers.
        #[example("Regional power cut.")]
        pub reason: Option<String>,
        /// What the other party decided; without it the claim is pending.
        #[example({ "result": "approved", "by": "cio", "on": "2026-10-20" })]
        pub decision: Option<Decision>,
        /// What is claimed.
        #[required(complete)]
        #[flatten(choice)]
        pub covers: Option<ClaimCovers>
    }
}

choice! {
    /// What a claim covers: exactly one.
    pub enum ClaimCovers {
        /// The time claimed, `start/end` in the scorecard's zone.
        #[example("2026-10-12T09:00/2026-10-12T11:00")]
        "window" => Window(InstantRange),
        /// The tickets claimed, by the source's `key`.
        #[example(["INC-1", "INC-2"])]
        "tickets" => Tickets(Vec<String>)
    }
}

record! {
    /// What the other party decided.
    #[noun("decision")]
    pub struct Decision {
        /// Whether it agreed.
        #[example("approved")]
        #[required(complete)]
        pub result: Option<DecisionResult>,
        /// Who decided; of the other party than the claimant.
        #[example("cio")]
        #[required(complete)]
        pub by: Option<Id>,
        /// When.
        #[example("2026-10-20")]
        #[required(complete)]
        pub on: Option<Date>,
        /// A narrower window it agreed to.
        #[example("2026-10-12T09:00/2026-10-12T10:00")]
        pub window: Option<InstantRange>,
        /// Whether it waives late notice. Default: `false`.
        #[example(true)]
        pub waive_notice: Option<bool>,
        /// Why.
        #[example("The cut is on the grid operator's page.")]
        pub reason: Option<String>
    }
}

words! {
    /// Whether the other party agreed.
    pub enum DecisionResult {
        /// It agreed.
        "approved" => Approved,
        /// It did not.
        "rejected" => Rejected
    }
}

record! {
    /// Which KPI's credit of an incident the customer takes.
    #[noun("selection")]
    pub struct Selection {
        /// The period.
        #[example("2026-10")]
        #[required(complete)]
        pub period: Option<PeriodLabel>,
        /// The KPI whose credit it is.
        #[example("erp-uptime")]
        #[required(complete)]
        pub kpi: Option<Id>,
        /// Who selected.
        #[example("cio")]
        #[required(complete)]
        pub by: Option<Id>
    }
}

record! {
    /// A credit that was asked for.
    #[noun("credit request")]
    pub struct CreditRequest {
        /// The period.
        #[example("2026-10")]
        #[required(complete)]
        pub period: Option<PeriodLabel>,
        /// The KPIs. Default: all.
        #[example(["erp-uptime"])]
        pub kpis: Vec<Id>,
        /// Who asked.
        #[example("cio")]
        #[required(complete)]
        pub by: Option<Id>,
        /// When.
        #[example("2026-11-12")]
        #[required(complete)]
        pub on: Option<Date>
    }
}

record! {
    /// A person's statement of a value.
    #[noun("attestation")]
    pub struct Attestation {
        /// The KPI.
        #[example("audit-pass-rate")]
        #[required(complete)]
        pub kpi: Option<Id>,
        /// The period.
        #[example("2026-10")]
        #[required(complete)]
        pub period: Option<PeriodLabel>,
        /// The value, in the KPI's unit.
        #[example("97%")]
        #[required(complete)]
        pub value: Option<Value>,
        /// Who says so.
        #[example("cio")]
        #[required(complete)]
        pub by: Option<Id>,
        /// When.
        #[example("2026-11-03")]
        #[required(complete)]
        pub on: Option<Date>,
        /// The evidence.
        #[example("DOC-31")]
        pub evidence: Option<String>
    }
}
