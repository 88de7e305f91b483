use indexmap::IndexMap;
use schemars::{Schema, SchemaGenerator};
use serde_json::json;

use super::allow::Allowed;
use super::kpi::OneOrMore;
use super::lower::{Lower, Lowering};
use super::publish;
use super::record::{choice, record, words};
use super::value::{Deadline, Id, Percent, Periods};
use crate::syntax::{Node, NodeKind};

record! {
    /// What follows from verdicts beyond each KPI's own credit.
    #[noun("consequences")]
    pub struct Consequences {
        /// What one incident that fails several KPIs pays. Contracts differ: no default.
        #[example("highest")]
        pub single_incident: Option<SingleIncident>,
        /// Turns the n-th miss into a default.
        #[example({ "misses": 4, "within": "12 periods" })]
        pub default_after: Option<DefaultAfter>,
        /// How a credit is earned back.
        #[example({ "over": "12 periods", "test": "every_period", "forbid": "default", "if_short": "lapse" })]
        pub earn_back: Option<EarnBack>,
        /// Caps beyond the period's.
        #[example({ "rolling": { "over": "12 periods", "at_most": "10%", "before_full": "projected" } })]
        pub caps: Option<Caps>,
        /// What happens when verdicts pile up, by id.
        #[example({ "escalate": { "when": { "consecutive": 2, "verdict": "default" }, "notify": ["cio"], "within": "2 business days" } })]
        pub triggers: IndexMap<Id, Trigger>,
        /// Lint findings that are accepted here.
        #[example({ "rule": "no-credit-cap", "reason": "Capped in the master agreement", "until": "2026-12-31" })]
        pub allow: Option<Allowed>
    }
}

words! {
    /// What one incident that fails several KPIs pays.
    pub enum SingleIncident {
        /// The highest credit.
        "highest" => Highest,
        /// All credits.
        "sum" => Sum,
        /// The one the customer selects in the Claims file; until then the highest, provisionally.
        "customer_selects" => CustomerSelects
    }
}

record! {
    /// Turns the n-th miss into a default.
    #[noun("default_after")]
    pub struct DefaultAfter {
        /// How many misses.
        #[example(4)]
        #[required(complete)]
        pub misses: Option<u32>,
        /// Within how many periods.
        #[example("12 periods")]
        #[required(complete)]
        pub within: Option<Periods>
    }
}

record! {
    /// How a credit is earned back.
    #[noun("earn_back")]
    pub struct EarnBack {
        /// Later periods that are looked at.
        #[example("12 periods")]
        #[required(complete)]
        pub over: Option<Periods>,
        /// What they must show.
        #[example("every_period")]
        #[required(complete)]
        pub test: Option<EarnBackTest>,
        /// A verdict that forbids it in any of them.
        #[example("default")]
        pub forbid: Option<ForbiddenVerdict>,
        /// What happens when the contract ends before.
        #[example("lapse")]
        pub if_short: Option<IfShort>
    }
}

words! {
    /// What later periods must show.
    pub enum EarnBackTest {
        /// All of them met.
        "every_period" => EveryPeriod,
        /// On average the value is not worse than the period's own target.
        "mean_margin" => MeanMargin
    }
}

words! {
    /// A verdict that forbids earning back.
    pub enum ForbiddenVerdict {
        /// A default.
        "default" => Default,
        /// A missed target, or a default.
        "below_target" => BelowTarget
    }
}

words! {
    /// What happens when the contract ends before enough periods have passed.
    pub enum IfShort {
        /// The credit stays: the chance is forfeited.
        "lapse" => Lapse
    }
}

record! {
    /// Caps beyond the period's.
    #[noun("caps")]
    pub struct Caps {
        /// A cap over several periods.
        #[example({ "over": "12 periods", "at_most": "10%", "before_full": "projected" })]
        pub rolling: Option<RollingCap>
    }
}

record! {
    /// A cap over several periods.
    #[noun("rolling cap")]
    pub struct RollingCap {
        /// How many periods.
        #[example("12 periods")]
        #[required(complete)]
        pub over: Option<Periods>,
        /// The most they pay together, as a share of their charges.
        #[example("10%")]
        #[required(complete)]
        pub at_most: Option<Percent>,
        /// What it is a share of before as many periods have passed.
        #[example("projected")]
        #[required(complete)]
        pub before_full: Option<BeforeFull>
    }
}

words! {
    /// What a rolling cap is a share of at first.
    pub enum BeforeFull {
        /// The current charge × the number of periods.
        "projected" => Projected,
        /// The charges so far.
        "to_date" => ToDate
    }
}

record! {
    /// What happens when verdicts pile up.
    #[noun("trigger")]
    pub struct Trigger {
        /// When.
        #[example({ "consecutive": 2, "kpis": "with_credit", "verdict": "default" })]
        #[required(complete)]
        pub when: Option<When>,
        /// Who is told.
        #[example(["sdm", "cio"])]
        pub notify: Option<OneOrMore>,
        /// By when.
        #[example("2 business days")]
        pub within: Option<Deadline>,
        /// The party that gets a right, such as to terminate.
        #[example("customer")]
        pub right: Option<String>,
        /// The clause.
        #[example("B.9.1")]
        pub clause: Option<String>
    }
}

record! {
    /// When a trigger fires: one of `consecutive`, `count` (with `within`) or `cap_reached`.
    #[noun("when")]
    pub struct When {
        /// Within how many periods, with `count`.
        #[example("6 periods")]
        pub within: Option<Periods>,
        /// The KPIs that count: ids, `with_credit` or `all`. Default: all.
        #[example("with_credit")]
        #[example(["erp-uptime"])]
        pub kpis: Option<CountedKpis>,
        /// The verdict that counts; `below_target` counts defaults too. Default: `default`.
        #[example("default")]
        pub verdict: Option<ForbiddenVerdict>,
        /// Whether the failures must be of one KPI. Default: `true`.
        #[example(true)]
        pub same_kpi: Option<bool>,
        /// What is counted.
        #[required(complete)]
        #[flatten(choice)]
        pub counts: Option<Counts>
    }
}

choice! {
    /// What a trigger counts.
    pub enum Counts {
        /// So many periods in a row.
        #[example(2)]
        "consecutive" => Consecutive(u32),
        /// So many within some periods.
        #[example(3)]
        "count" => Count(u32),
        /// The credits reach a cap.
        #[example("period")]
        "cap_reached" => CapReached(ReachedCap)
    }
}

words! {
    /// The cap that is reached.
    pub enum ReachedCap {
        /// The period's: `at_risk`.
        "period" => Period
    }
}

/// The KPIs that count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CountedKpis {
    /// All.
    All,
    /// Those with a credit.
    WithCredit,
    /// Some, by id.
    Listed(Vec<Id>),
}

impl Lower for CountedKpis {
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        publish::object(json!({ "anyOf": [
            publish::words(&[], &[
                ("with_credit", &["Those with a credit."]),
                ("all", &["All."]),
            ]),
            Id::schema(generator),
            Vec::<Id>::schema(generator),
        ] }))
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        match &node.kind {
            NodeKind::Scalar(scalar) => match &*scalar.text {
                "all" => Some(Self::All),
                "with_credit" => Some(Self::WithCredit),
                _ => Id::lower(node, cx).map(|id| Self::Listed(vec![id])),
            },
            NodeKind::List(_) => Vec::lower(node, cx).map(Self::Listed),
            _ => cx.misfit(node, "a list or a value"),
        }
    }
}
