use indexmap::IndexMap;
use jiff::civil::Date;

use super::kpi::Goal;
use super::lower::Lowering;
use super::record::{choice, record, words};
use super::scenario::VerdictWord;
use super::value::{Id, MapKey, Periods};
use crate::diagnostics::Diagnostic;
use crate::syntax::Key;

record! {
    /// A levelled maturity model and its evidence.
    #[noun("maturity model")]
    pub struct Maturity {
        /// The model's id.
        #[example("acme-provider-maturity")]
        #[required(always)]
        pub id: Option<Id>,
        /// The title, for readers.
        #[example("How Northwind runs the service")]
        pub title: Option<String>,
        /// What it is about, in a sentence or two.
        #[example("Assessed once a year with the annual review.")]
        pub description: Option<String>,
        /// The scorecard whose KPIs it looks at.
        #[example("acme-managed-it")]
        #[required(always)]
        pub of: Option<Id>,
        /// The names of the levels, from 1 on.
        #[example({ "1": "Beginning", "2": "Emerging", "3": "Scaling", "4": "Optimizing", "5": "Innovating" })]
        #[required(always)]
        pub levels: Option<IndexMap<Level, String>>,
        /// How the dimensions' levels become one. Default: `gated`.
        #[example("gated")]
        pub overall: Option<Overall>,
        /// What is assessed, by id.
        #[example({ "controls": { "title": "Operational controls", "owner": "sdm", "to_reach": { "3": { "satisfied": { "kpi": "csat", "at_least": "70%", "for": "3 periods" } } } } })]
        #[required(always)]
        pub dimensions: IndexMap<Id, Dimension>
    }
}

/// A level of a maturity model, 1..=5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Level(pub u8);

impl MapKey for Level {
    fn pattern() -> Option<&'static str> {
        Some("^[1-5]$")
    }

    fn read(key: &Key, cx: &mut Lowering<'_>) -> Option<Self> {
        match key.text.as_bytes() {
            [digit @ b'1'..=b'5'] => Some(Self(digit - b'0')),
            _ => {
                let message = format!("`{}` is not a level", key.text);
                cx.refuse(Diagnostic::new("invalid-value", key.span, message).help("levels are `1` to `5`"))
            }
        }
    }
}

words! {
    /// How the dimensions' levels become one.
    pub enum Overall {
        /// The lowest.
        "gated" => Gated,
        /// Their sum.
        "sum" => Sum
    }
}

record! {
    /// Something that is assessed.
    #[noun("dimension")]
    pub struct Dimension {
        /// The title.
        #[example("Operational controls")]
        #[required(always)]
        pub title: Option<String>,
        /// What it means, in a sentence or two.
        #[example("Whether work is tracked, reviewed and corrected.")]
        pub description: Option<String>,
        /// Who owns it.
        #[example("sdm")]
        pub owner: Option<Id>,
        /// What must be so to reach each level from 2 on, by id.
        #[example({ "2": { "time-tracking": { "practice": "Time is tracked on every ticket", "evidence": "DOC-12", "owner": "sdm", "expires": "2027-01-31" } } })]
        pub to_reach: IndexMap<Level, IndexMap<Id, Criterion>>,
        /// What must stay so at the last level, by id.
        #[example({ "steady": { "kpi": "erp-uptime", "verdict": "met", "for": "6 periods" } })]
        pub to_hold: IndexMap<Id, Criterion>
    }
}

record! {
    /// Something that must be so: a KPI's value or verdict, or a practice with evidence.
    #[noun("criterion")]
    pub struct Criterion {
        /// What must be so.
        #[required(always)]
        #[flatten(choice)]
        pub subject: Option<CriterionSubject>,
        /// The value a KPI must have.
        #[flatten(choice)]
        pub value: Option<Goal>,
        /// The verdict a KPI must have.
        #[example("met")]
        pub verdict: Option<VerdictWord>,
        /// For how many periods in a row. Default: `1 period`.
        #[example("3 periods")]
        pub r#for: Option<Periods>,
        /// The evidence of a practice.
        #[example("DOC-12")]
        pub evidence: Option<String>,
        /// Who answers for it.
        #[example("sdm")]
        pub owner: Option<Id>,
        /// The last day the evidence holds.
        #[example("2027-01-31")]
        pub expires: Option<Date>
    }
}

choice! {
    /// What a criterion is about: exactly one.
    pub enum CriterionSubject {
        /// A KPI of the scorecard.
        #[example("csat")]
        "kpi" => Kpi(Id),
        /// What people do.
        #[example("Time is tracked on every ticket")]
        "practice" => Practice(String)
    }
}
