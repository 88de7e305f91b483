use indexmap::IndexMap;
use jiff::civil::Date;

use super::allow::Allowed;
use super::calendar::Calendar;
use super::carve_out::CarveOut;
use super::consequence::Consequences;
use super::contract::{Contract, PeriodRule, Review};
use super::kpi::{Kpi, Missing};
use super::lower::Overlay;
use super::record::{record, words};
use super::source::Source;
use super::value::{Id, Number, PackReference, Version, Zone};

record! {
    /// One contract between a customer and a provider, or one internal team's card.
    #[noun("scorecard")]
    pub struct Scorecard {
        /// The scorecard's id: lower-case letters, digits and hyphens.
        #[example("acme-managed-it")]
        #[required(always)]
        pub id: Option<Id>,
        /// Packs this scorecard builds on, each with its major version; later ones win over earlier ones.
        #[example(["msp-core@1"])]
        pub extends: Vec<PackReference>,
        /// What a scorecard, a pack and an amendment have in common.
        #[flatten(fields)]
        pub sections: Sections,
        /// Changes of the terms by id, in the order in which they take effect. Nothing above is edited in place.
        #[example({ "amendment-1": { "effective": "2025-01-01", "reason": "New data centre", "change": { "kpis": { "erp-uptime": { "target": { "at_least": "99.98%" } } } } } })]
        pub amendments: IndexMap<Id, Amendment>
    }
}

record! {
    /// Reusable definitions that scorecards extend.
    #[noun("pack")]
    pub struct Pack {
        /// The pack's id, as scorecards refer to it.
        #[example("msp-core")]
        #[required(always)]
        pub id: Option<Id>,
        /// The pack's version; scorecards refer to its first number.
        #[example("1.2.0")]
        #[required(always)]
        pub version: Option<Version>,
        /// Paths that no scorecard may change; `*` stands for any one key.
        #[example(["kpis.*.measure"])]
        pub locked: Vec<String>,
        /// Packs this pack builds on.
        #[example(["itil-core@2"])]
        pub extends: Vec<PackReference>,
        /// What a scorecard, a pack and an amendment have in common. The KPIs of a pack are templates: only those that a scorecard lists itself enter its terms.
        #[flatten(fields)]
        pub sections: Sections
    }
}

record! {
    /// What a scorecard, a pack and an amendment have in common.
    #[noun("scorecard")]
    pub struct Sections {
        /// The title, for readers.
        #[example("Acme – managed IT services")]
        #[required(complete)]
        pub title: Option<String>,
        /// What it is about, in a sentence or two.
        #[example("Everything Northwind runs for the plants in Ulm and Gera.")]
        pub description: Option<String>,
        /// The parties, the money and the term. Absent on an internal team's card.
        #[example({ "reference": "MSA-2024-017, Exhibit B", "customer": "Acme Manufacturing", "provider": "Northwind IT", "starts": "2024-07-01", "ends": "2027-06-30" })]
        pub contract: Option<Contract>,
        /// The zone in which periods start and end, by its name in the tz database.
        #[example("Europe/Berlin")]
        #[required(complete)]
        pub time_zone: Option<Zone>,
        /// How time is cut into reporting periods: `week`, `month`, `quarter`, `year`, or one with its first day.
        #[example("month")]
        #[example({ "every": "month", "from_day": 15 })]
        #[required(complete)]
        pub period: Option<PeriodRule>,
        /// The calendar that "business days" means.
        #[example("office-hours")]
        pub business_days: Option<Id>,
        /// How often the scorecard is reviewed, and when it last was.
        #[example({ "every": "3 months", "last": "2026-09-14" })]
        pub review: Option<Review>,
        /// The value of each source's `scope` column that belongs to this scorecard.
        #[example("acme")]
        pub scope: Option<String>,
        /// A card per entity of a list, such as each technician, beside the total.
        #[example({ "technician": { "list": "roster", "key": "id", "title": "name" } })]
        pub for_each: IndexMap<Id, ForEach>,
        /// Open hours and holidays by id; `always` is built in.
        #[example({ "office-hours": { "zone": "Europe/Berlin", "open": { "mon-fri": ["08:00-18:00"] }, "holidays": ["2026-12-25"] } })]
        pub calendars: IndexMap<Id, Calendar>,
        /// People and roles by id.
        #[example({ "sdm": { "name": "Service delivery manager", "party": "provider", "email": "sdm@northwind.example" } })]
        pub people: IndexMap<Id, Person>,
        /// What the customer wants to reach, by id.
        #[example({ "plants-running": { "title": "Keep the plants running", "owner": "cio" } })]
        pub objectives: IndexMap<Id, Objective>,
        /// Groups of KPIs by id; their weights sum to 100.
        #[example({ "availability": { "title": "Availability", "weight": 40 } })]
        pub categories: IndexMap<Id, Category>,
        /// Data files by id.
        #[example({ "outages": { "path": "data/outages.csv", "time_zone": "Europe/Berlin", "span": ["started_at", "ended_at"], "covers": { "through": "2026-10-31" } } })]
        pub sources: IndexMap<Id, Source>,
        /// What is measured, by id.
        #[example({ "csat": { "title": "Satisfied users", "measure": { "ratio": { "source": "surveys", "hit": "score >= 4" } }, "target": { "at_least": "70%" } } })]
        pub kpis: IndexMap<Id, Kpi>,
        /// Time or rows that do not count, by id.
        #[example({ "third-party": { "title": "Third-party or force majeure", "by": "claims", "mode": "deem_available", "needs": ["evidence", "approval"] } })]
        pub carve_outs: IndexMap<Id, CarveOut>,
        /// What follows from verdicts beyond each KPI's own credit.
        #[example({ "single_incident": "highest", "default_after": { "misses": 4, "within": "12 periods" } })]
        pub consequences: Option<Consequences>,
        /// The lowest scores of `green` and `amber`; below is red.
        #[example({ "green": 90, "amber": 75 })]
        pub grades: Option<Grades>,
        /// What a KPI without data does to the score. Default: `renormalise`. A KPI may override it.
        #[example("renormalise")]
        pub missing: Option<Missing>,
        /// Audiences that get a report of their own.
        #[example(["operations", "provider", "leadership", "finance"])]
        pub views: Option<Vec<View>>,
        /// What the customer owes, by id.
        #[example({ "access": { "title": "Site access within one hour", "owner": "cio", "due": "always" } })]
        pub obligations: IndexMap<Id, Obligation>,
        /// Lint findings that are accepted here.
        #[example({ "rule": "too-many-kpis", "reason": "Two plants on one card", "until": "2026-12-31" })]
        pub allow: Option<Allowed>
    }
}

record! {
    /// A numbered change of the terms.
    #[noun("amendment")]
    pub struct Amendment {
        /// First day it holds: the first day of a period.
        #[example("2025-01-01")]
        #[required(complete)]
        pub effective: Option<Date>,
        /// When it was signed.
        #[example("2024-12-11")]
        pub signed: Option<Date>,
        /// The parties' reference, such as a change request.
        #[example("CR-112")]
        pub reference: Option<String>,
        /// People who approved it.
        #[example(["cio", "sdm"])]
        pub approved_by: Vec<Id>,
        /// Why.
        #[example("New data centre")]
        pub reason: Option<String>,
        /// What starts counting anew on that day.
        #[example(["default_after", "triggers"])]
        pub resets: Vec<Reset>,
        /// The change: it merges into the terms by key; `null` removes.
        #[example({ "kpis": { "erp-uptime": { "target": { "at_least": "99.98%" } } } })]
        #[required(complete)]
        pub change: Option<Overlay<Sections>>,
        /// Lint findings that are accepted here.
        #[example({ "rule": "amendment-out-of-order", "reason": "Signed late, agreed early", "until": "2026-12-31" })]
        pub allow: Option<Allowed>
    }
}

words! {
    /// What an amendment starts counting anew.
    pub enum Reset {
        /// The misses that `default_after` counts.
        "default_after" => DefaultAfter,
        /// What triggers count.
        "triggers" => Triggers
    }
}

words! {
    /// An audience with a report of its own.
    pub enum View {
        /// Those who run the service: everything.
        "operations" => Operations,
        /// The provider: its KPIs, its actions by date, no internal notes.
        "provider" => Provider,
        /// Leadership: the verdict first, what was missed, trends.
        "leadership" => Leadership,
        /// Finance: credits with their full working.
        "finance" => Finance
    }
}

record! {
    /// One card per entity of a list.
    #[noun("for_each")]
    pub struct ForEach {
        /// The source that lists the entities.
        #[example("roster")]
        #[required(complete)]
        pub list: Option<Id>,
        /// Its column that identifies one.
        #[example("id")]
        #[required(complete)]
        pub key: Option<String>,
        /// Its column with a title for readers.
        #[example("name")]
        pub title: Option<String>
    }
}

record! {
    /// Somebody who is accountable or is told.
    #[noun("person")]
    pub struct Person {
        /// The name or the role.
        #[example("Service delivery manager")]
        #[required(complete)]
        pub name: Option<String>,
        /// The side they are on: `provider`, `customer` or another party.
        #[example("provider")]
        pub party: Option<String>,
        /// Where to write.
        #[example("sdm@northwind.example")]
        pub email: Option<String>
    }
}

record! {
    /// What the customer wants to reach.
    #[noun("objective")]
    pub struct Objective {
        /// The title.
        #[example("Keep the plants running")]
        #[required(complete)]
        pub title: Option<String>,
        /// What it means, in a sentence or two.
        #[example("No shift stops for IT.")]
        pub description: Option<String>,
        /// Who owns it.
        #[example("cio")]
        pub owner: Option<Id>
    }
}

record! {
    /// A group of KPIs with a weight.
    #[noun("category")]
    pub struct Category {
        /// The title.
        #[example("Availability")]
        #[required(complete)]
        pub title: Option<String>,
        /// Weight in percent of the card; the categories' weights sum to 100.
        #[example(40)]
        pub weight: Option<Number>,
        /// Lint findings that are accepted here.
        #[example({ "rule": "weights-not-100", "reason": "Rest follows with amendment 2", "until": "2026-12-31" })]
        pub allow: Option<Allowed>
    }
}

record! {
    /// The lowest scores of grades.
    #[noun("grades")]
    pub struct Grades {
        /// Green from this score on.
        #[example(90)]
        #[required(complete)]
        pub green: Option<Number>,
        /// Amber from this score on, red below.
        #[example(75)]
        #[required(complete)]
        pub amber: Option<Number>
    }
}

record! {
    /// What the customer owes.
    #[noun("obligation")]
    pub struct Obligation {
        /// The title.
        #[example("Name a contact for every site")]
        #[required(complete)]
        pub title: Option<String>,
        /// Who owes it.
        #[example("cio")]
        pub owner: Option<Id>,
        /// By when, in words or as a date.
        #[example("within 5 business days of the start")]
        pub due: Option<String>
    }
}
