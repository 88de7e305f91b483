use indexmap::IndexMap;

use super::allow::Allowed;
use super::credit::{Bonus, Credit};
use super::lower::Overlay;
use super::measure::{Measure, Window, Within};
use super::record::{choice, either, record, words};
use super::scoring::Scoring;
use super::source::At;
use super::value::{DateRange, Id, Money, Number, Periods, Value};

record! {
    /// One key performance indicator.
    #[noun("KPI")]
    pub struct Kpi {
        /// The title.
        #[example("ERP availability")]
        #[required(complete)]
        pub title: Option<String>,
        /// What it says, for readers.
        #[example("Share of opening hours in which orders can be booked.")]
        pub description: Option<String>,
        /// Its category.
        #[example("availability")]
        pub category: Option<Id>,
        /// Weight within its category in percent; the weights of a category sum to 100.
        #[example(40)]
        pub weight: Option<Number>,
        /// Who is accountable.
        #[example("sdm")]
        pub owner: Option<Id>,
        /// Who does, is asked and is told; the owner is accountable.
        #[example({ "responsible": "sdm", "consulted": ["cio"], "informed": ["cio"] })]
        pub raci: Option<Raci>,
        /// The objective it serves.
        #[example("plants-running")]
        pub objective: Option<Id>,
        /// How it is measured: exactly one form.
        #[example({ "ratio": { "source": "tickets", "hit": "reopened" } })]
        #[required(complete)]
        pub measure: Option<Measure>,
        /// The unit of its value, where the form does not fix it.
        #[example("money")]
        pub unit: Option<UnitWord>,
        /// Decimals shown.
        #[example(2)]
        pub decimals: Option<u32>,
        /// Decimals to which the value is rounded (half up) before it is compared. Default: not at all.
        #[example(2)]
        pub compare_rounding: Option<u32>,
        /// What it should reach.
        #[example({ "at_least": "99.95%" })]
        pub target: Option<Goal>,
        /// What it must reach. Default: the target.
        #[example({ "at_least": "99.9%" })]
        pub minimum: Option<Goal>,
        /// Where it stood before.
        #[example({ "value": "99.7%", "over": "2024-04-01..2024-06-30", "source": "90-day baseline" })]
        pub baseline: Option<Baseline>,
        /// Where others stand.
        #[example({ "value": "99.9%", "source": "tier-1 hosting SLAs" })]
        pub benchmark: Option<Benchmark>,
        /// What does not count; the order is the precedence.
        #[example(["planned-maintenance", "customer-caused"])]
        pub carve_outs: Option<Vec<Id>>,
        /// How its value becomes a score. Default: `binary`, 100 when met and else 0.
        #[example({ "linear": { "zero_at": "99.5%", "full_at": "target" } })]
        pub scoring: Option<Scoring>,
        /// What a miss pays. A KPI with it is a critical service level.
        #[example({ "of": "at_risk", "share": "60%" })]
        pub credit: Option<Credit>,
        /// What a good value earns the provider, outside the caps.
        #[example({ "of": "charge", "tiers": [{ "above": "98%", "pays": "1%" }] })]
        pub bonus: Option<Bonus>,
        /// Proposes to raise the level after periods that were all beyond it; a proposal, no money.
        #[example({ "over": "12 periods" })]
        pub ratchet: Option<Ratchet>,
        /// What happens on a miss.
        #[example({ "action": "Root-cause review within 5 business days", "owner": "sdm", "notify": ["cio"] })]
        pub on_miss: Option<OnMiss>,
        /// What a miss costs the business.
        #[example({ "per": "1h of net downtime", "costs": 12500.00, "as": "lost production" })]
        pub impact: Option<Impact>,
        /// Fewer rows than this flag `low_volume`.
        #[example(20)]
        pub min_sample: Option<u64>,
        /// Allowed misses for few rows.
        #[example([{ "up_to": 10, "allowed_misses": 1 }])]
        pub low_volume: Option<Vec<LowVolume>>,
        /// A KPI that must hold for this one to count as met.
        #[example({ "kpi": "reopen-rate", "effect": "not_met" })]
        pub guardrail: Option<Guardrail>,
        /// Caps the card's score while this KPI is missed.
        #[example({ "cap": 60 })]
        pub gate: Option<Gate>,
        /// Periods from the contract's start in which it does not count.
        #[example("3 periods")]
        pub burn_in: Option<Periods>,
        /// What it does without data. Default: the card's `missing`.
        #[example("zero")]
        pub missing: Option<Missing>,
        /// The stretch it is measured over. Default: the period.
        #[example({ "rolling": "3 months" })]
        pub window: Option<Window>,
        /// What puts a row in a period. Default: the source's `at`.
        #[example("closed_at")]
        pub at: Option<At>,
        /// `team`: it stands outside the entity cards. Default: `entity`.
        #[example("team")]
        pub level: Option<KpiLevel>,
        /// One KPI per value of a column.
        #[example({ "column": "priority", "rows": { "P1": { "within": "4h", "target": { "at_least": "95%" } } } })]
        pub each: Option<Each>,
        /// The id it had before.
        #[example("uptime")]
        pub renamed_from: Option<Id>,
        /// It has left; its history stays.
        #[example({ "replaced_by": "fcr" })]
        pub retired: Option<Retired>,
        /// Internal remarks, shown in the operations view only.
        #[example("Data of the Gera plant arrive a day late.")]
        pub notes: Option<String>,
        /// Lint findings that are accepted here.
        #[example([{ "rule": "no-baseline", "reason": "New service", "until": "2026-12-31" }])]
        pub allow: Option<Allowed>
    }
}

record! {
    /// Who does, is asked and is told.
    #[noun("raci")]
    pub struct Raci {
        /// Who does the work.
        #[example("sdm")]
        pub responsible: Option<OneOrMore>,
        /// Who is asked.
        #[example(["cio"])]
        pub consulted: Option<OneOrMore>,
        /// Who is told.
        #[example(["cio"])]
        pub informed: Option<OneOrMore>
    }
}

either! {
    /// One person, or several.
    pub enum OneOrMore {
        /// One.
        scalar => One(Id),
        /// Several.
        list => More(Vec<Id>)
    }
}

impl OneOrMore {
    /// Returns the ids.
    pub fn ids(&self) -> &[Id] {
        match self {
            Self::One(id) => std::slice::from_ref(id),
            Self::More(ids) => ids,
        }
    }
}

words! {
    /// The unit of a value.
    pub enum UnitWord {
        /// A share, written `99.95%`.
        "percent" => Percent,
        /// Elapsed time, written `4h`.
        "duration" => Duration,
        /// Days as the data count them.
        "days" => Days,
        /// An amount in the contract's currency.
        "money" => Money,
        /// A plain number.
        "number" => Number
    }
}

words! {
    /// The cards a KPI stands on.
    pub enum KpiLevel {
        /// Each entity's and the total.
        "entity" => Entity,
        /// The total only.
        "team" => Team
    }
}

words! {
    /// What a KPI without data does to the score.
    pub enum Missing {
        /// It leaves the sum.
        "renormalise" => Renormalise,
        /// It scores 0.
        "zero" => Zero,
        /// It is a default.
        "default" => Default,
        /// There is no score and no credit, and `build` exits 1.
        "fail" => Fail
    }
}

choice! {
    /// A condition on a value: exactly one.
    pub enum Goal {
        /// The value or more.
        #[example("99.95%")]
        "at_least" => AtLeast(Value),
        /// Strictly more than the value.
        #[example("80%")]
        "above" => Above(Value),
        /// The value or less.
        #[example("5%")]
        "at_most" => AtMost(Value),
        /// Strictly less than the value.
        #[example(0.25)]
        "below" => Below(Value),
        /// Between two values, both inside.
        #[example(["95%", "105%"])]
        "between" => Between((Value, Value)),
        /// Not further from a value than allowed, the ends inside.
        #[example({ "of": "0%", "by": "5%" })]
        "within_band" => WithinBand(Band)
    }
}

record! {
    /// A value and how far from it is allowed.
    #[noun("band")]
    pub struct Band {
        /// The middle.
        #[example("0%")]
        #[required(complete)]
        pub of: Option<Value>,
        /// Half the width, in the KPI's unit, or relative when it is a percentage on another unit.
        #[example("5%")]
        #[required(complete)]
        pub by: Option<Value>
    }
}

record! {
    /// Where a KPI stood before.
    #[noun("baseline")]
    pub struct Baseline {
        /// The value.
        #[example("99.7%")]
        #[required(complete)]
        pub value: Option<Value>,
        /// First and last day it was measured over.
        #[example("2024-04-01..2024-06-30")]
        pub over: Option<DateRange>,
        /// Who says so.
        #[example("90-day baseline")]
        pub source: Option<String>
    }
}

record! {
    /// Where others stand.
    #[noun("benchmark")]
    pub struct Benchmark {
        /// The value.
        #[example("99.9%")]
        #[required(complete)]
        pub value: Option<Value>,
        /// Who says so.
        #[example("tier-1 hosting SLAs")]
        pub source: Option<String>
    }
}

record! {
    /// A proposal to raise the level.
    #[noun("ratchet")]
    pub struct Ratchet {
        /// Periods that must all be strictly beyond the level.
        #[example("12 periods")]
        #[required(complete)]
        pub over: Option<Periods>
    }
}

record! {
    /// What happens on a miss.
    #[noun("on_miss")]
    pub struct OnMiss {
        /// What is done.
        #[example("Root-cause review within 5 business days")]
        #[required(complete)]
        pub action: Option<String>,
        /// Who does it.
        #[example("sdm")]
        pub owner: Option<Id>,
        /// Who is told.
        #[example(["cio"])]
        pub notify: Option<OneOrMore>
    }
}

record! {
    /// What a miss costs the business.
    #[noun("impact")]
    pub struct Impact {
        /// Per what.
        #[example("1h of net downtime")]
        #[required(complete)]
        pub per: Option<String>,
        /// How much, in the contract's currency.
        #[example(12500.00)]
        #[required(complete)]
        pub costs: Option<Money>,
        /// As what.
        #[example("lost production")]
        pub r#as: Option<String>
    }
}

record! {
    /// Allowed misses for few rows.
    #[noun("low_volume row")]
    pub struct LowVolume {
        /// Largest number of rows this holds for.
        #[example(10)]
        pub up_to: u64,
        /// Misses that are still met.
        #[example(1)]
        pub allowed_misses: u64
    }
}

record! {
    /// A KPI that must hold for another to count as met.
    #[noun("guardrail")]
    pub struct Guardrail {
        /// The KPI that must hold; of one with `each`, all its rows.
        #[example("reopen-rate")]
        #[required(complete)]
        pub kpi: Option<Id>,
        /// What happens when it does not.
        #[example("not_met")]
        #[required(complete)]
        pub effect: Option<GuardrailEffect>
    }
}

words! {
    /// What a guardrail that does not hold does.
    pub enum GuardrailEffect {
        /// Turns met into below_target.
        "not_met" => NotMet,
        /// Is only reported.
        "report" => Report
    }
}

record! {
    /// A cap on the card's score.
    #[noun("gate")]
    pub struct Gate {
        /// The highest score while the KPI is missed.
        #[example(60)]
        #[required(complete)]
        pub cap: Option<Number>
    }
}

record! {
    /// A KPI that has left.
    #[noun("retired")]
    pub struct Retired {
        /// The KPI that took its place.
        #[example("fcr")]
        pub replaced_by: Option<Id>
    }
}

record! {
    /// One KPI per value of a column.
    #[noun("each")]
    pub struct Each {
        /// The column.
        #[example("priority")]
        #[required(complete)]
        pub column: Option<String>,
        /// What is particular about each value; the rest is the KPI's.
        #[example({ "P1": { "within": "4h", "weight": 40, "target": { "at_least": "95%" } } })]
        #[required(complete)]
        pub rows: Option<IndexMap<String, Row>>
    }
}

record! {
    /// What is particular about one value of `each`.
    #[noun("row")]
    pub struct Row {
        /// The limit of the clock, in place of the measure's.
        #[example("4h")]
        pub within: Option<Within>,
        /// The calendar, in place of the measure's.
        #[example("office-hours")]
        pub calendar: Option<Id>,
        /// Everything else overlays the KPI.
        #[flatten(fields)]
        pub kpi: Overlay<Kpi>
    }
}
