//! What the contract says about a period. Reports are a function of this, the terms and the facts.

use jiff::civil::Date;

use crate::measure::facts::{Entity, Fact};
use crate::quantity::{Period, Quantity, Rational};
use crate::resolve::terms::{Id, VerdictWord};

/// The judgement of one card for one period.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The scorecard.
    pub card: Id,
    /// The entity of a `for_each` card; `None` for the card itself.
    pub entity: Option<Entity>,
    /// The period.
    pub period: Period,
    /// Whether the contract is in force in this period; where not, everything else is empty.
    pub in_force: bool,
    /// One per KPI in file order; retired ones are not in force.
    pub kpis: Vec<KpiOutcome>,
    /// The card's score, 0..=100 (or its `over` limit), after gates; `None` where nothing is scored.
    pub score: Option<Rational>,
    /// The score before gates.
    pub ungated_score: Option<Rational>,
    /// The score of gross values, before gates.
    pub gross_score: Option<Rational>,
    /// Share of the effective weight that was measured and is in the sum, 0..=1; KPIs that are only
    /// shown count nowhere.
    pub coverage: Rational,
    /// Coverage is below 70 %.
    pub incomplete: bool,
    /// `missing: fail` struck: no score, no credit, `build` exits 1.
    pub failed: bool,
    /// The grade of the score.
    pub grade: Option<Grade>,
    /// Gates that capped the score: the KPI and its cap.
    pub gates: Vec<(Id, Rational)>,
    /// Money.
    pub statement: Option<Statement>,
    /// Triggers that fired.
    pub triggers: Vec<Fired>,
}

/// The judgement of one KPI.
#[derive(Clone, Debug)]
pub struct KpiOutcome {
    /// The KPI.
    pub id: Id,
    /// The verdict on the net value.
    pub verdict: Verdict,
    /// The verdict on the gross value, by thresholds alone.
    pub gross_verdict: Verdict,
    /// Flags beside the verdict.
    pub flags: Vec<Flag>,
    /// Why, as lowercase phrases in the order they were applied, such as `4th miss within 12 periods`.
    pub reasons: Vec<String>,
    /// What kind each reason is, in the same order.
    pub reason_codes: Vec<ReasonCode>,
    /// The rule that decided in place of the thresholds, as its reason says it, such as
    /// `1 miss among 6 rows: up to 10 rows 1 miss is allowed`.
    pub decided_by: Option<String>,
    /// The net value in the KPI's base unit.
    pub value: Option<Rational>,
    /// The gross value in the KPI's base unit.
    pub gross: Option<Rational>,
    /// The value that was judged: the net value, rounded where `compare_rounding` says so.
    pub judged: Option<Rational>,
    /// Score, 0..=100 (or its limit); `None` when it leaves the sum without one.
    pub score: Option<Rational>,
    /// The scoring with its numbers, such as `(4h − 6h) ÷ (3h − 6h) × 100 = 66.67`; `None` without a score.
    pub score_working: Option<String>,
    /// Whether the KPI is in the score's sum.
    pub in_sum: bool,
    /// Effective weight in percent of the card.
    pub weight: Rational,
    /// Points of the card's score this KPI can give: its weight over the weights in the sum × 100.
    pub points_available: Option<Rational>,
    /// Points it gave: score / 100 × available.
    pub points: Option<Rational>,
    /// Whether it counts as a miss.
    pub miss: bool,
    /// The facts behind it.
    pub fact: Option<Fact>,
}

/// What a period's value means.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The target is reached.
    Met,
    /// The target is missed, the minimum held.
    BelowTarget,
    /// The minimum is missed.
    Default,
    /// There is nothing to judge.
    NotApplicable,
    /// There are no data.
    NoData,
}

/// What kind of reason led to a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// There is no target: the value is only shown.
    ShownOnly,
    /// There is no value: the measure does not apply, or data are missing.
    Absent,
    /// Nothing was measured in the period.
    NotMeasured,
    /// What the contract makes of missing data.
    Missing,
    /// A row of `low_volume` decided.
    LowVolume,
    /// The value against target and minimum.
    Thresholds,
    /// Fewer rows than the sample needs.
    FewRows,
    /// The KPI does not count yet.
    BurnIn,
    /// The guardrail is missed.
    Guardrail,
    /// So many misses make a default.
    DefaultAfter,
    /// Claims are undecided.
    Disputed,
    /// The data end inside the period.
    Partial,
    /// The customer has yet to select a credit.
    Unselected,
    /// The KPI is retired.
    Retired,
}

impl From<VerdictWord> for Verdict {
    fn from(word: VerdictWord) -> Self {
        match word {
            VerdictWord::Met => Self::Met,
            VerdictWord::BelowTarget => Self::BelowTarget,
            VerdictWord::Default => Self::Default,
            VerdictWord::NotApplicable => Self::NotApplicable,
            VerdictWord::NoData => Self::NoData,
        }
    }
}

/// A remark beside a verdict.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// The KPI does not count yet.
    BurnIn,
    /// Too few rows to judge.
    LowVolume,
    /// A claim is undecided.
    Disputed,
    /// Partly covered, an unselected incident, or disputed.
    Provisional,
    /// The KPI is retired: what is said of it says nothing of the period.
    NotInForce,
}

/// A grade of the score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// From the green bound.
    Green,
    /// From the amber bound.
    Amber,
    /// Below.
    Red,
}

/// The money of a period.
#[derive(Clone, Debug)]
pub struct Statement {
    /// ISO 4217 code; empty where the contract names none.
    pub currency: String,
    /// Decimals of the minor unit.
    pub minor_units: u32,
    /// The period's charge; `None` when its source has none.
    pub charge: Option<Rational>,
    /// The at-risk amount.
    pub at_risk: Option<Rational>,
    /// Lines in file order.
    pub lines: Vec<MoneyLine>,
    /// Caps in the order they were applied, also those that did not cut.
    pub caps: Vec<CapStep>,
    /// Sum of the credit lines after caps.
    pub credit: Rational,
    /// Sum of the bonus lines.
    pub bonus: Rational,
    /// Sum of the earn-back lines, zero or negative.
    pub earned_back: Rational,
    /// Sum of the adjustment lines; above zero in favour of the customer.
    pub adjusted: Rational,
    /// Whether any of it may still change.
    pub provisional: bool,
}

/// One line of a statement.
#[derive(Clone, Debug)]
pub struct MoneyLine {
    /// What it is.
    pub kind: LineKind,
    /// The KPI it belongs to.
    pub kpi: Option<Id>,
    /// The exact amount before rounding and caps.
    pub exact: Rational,
    /// Of a credit: what is due before caps, whole minor units; nothing where a rule set it aside.
    pub before_caps: Rational,
    /// The amount due, whole minor units; earn-backs are negative.
    pub amount: Rational,
    /// The inputs and the arithmetic in words, such as `42,000.00 × 12 % × 60 % × 50 %`.
    pub working: String,
    /// Why it pays nothing or less, as a lowercase phrase.
    pub remark: Option<String>,
    /// Whether it may still change.
    pub provisional: bool,
    /// The incident that every failure behind a credit belongs to.
    pub incident: Option<String>,
    /// Last day on which the credit can be asked for, where it must be.
    pub ask_by: Option<Date>,
    /// Of an earn-back: the period of the credit that comes back.
    pub of_period: Option<Period>,
    /// Of a ratchet: the level it proposes.
    pub level: Option<Quantity>,
}

impl MoneyLine {
    /// Returns a line of `kind` for a KPI that pays nothing yet.
    pub fn new(kind: LineKind, kpi: &str) -> Self {
        Self {
            kind,
            kpi: Some(kpi.to_string()),
            exact: Rational::zero(),
            before_caps: Rational::zero(),
            amount: Rational::zero(),
            working: String::new(),
            remark: None,
            provisional: false,
            incident: None,
            ask_by: None,
            of_period: None,
            level: None,
        }
    }
}

/// What a money line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// A service credit.
    Credit,
    /// A credit that comes back to the provider.
    EarnBack,
    /// A bonus.
    Bonus,
    /// A proposal to raise a level; no money.
    Ratchet,
    /// A difference from an earlier, published period; above zero in favour of the customer.
    Adjustment,
}

/// A cap and what it did.
#[derive(Clone, Debug)]
pub struct CapStep {
    /// Which, such as `at-risk amount` or `rolling 12 periods`.
    pub name: String,
    /// The most it allows.
    pub limit: Rational,
    /// What came in.
    pub before: Rational,
    /// What went on.
    pub after: Rational,
}

/// A trigger that fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fired {
    /// The trigger.
    pub id: Id,
    /// What completed it, such as `erp-uptime: default in 2026-09 and 2026-10`.
    pub because: String,
    /// Who is told.
    pub notify: Vec<Id>,
    /// By when.
    pub due: Option<Date>,
    /// The party that gets a right.
    pub right: Option<String>,
    /// The clause.
    pub clause: Option<String>,
    /// The KPIs whose verdicts completed it; empty for a cap.
    pub kpis: Vec<Id>,
    /// Whether a disputed or provisional verdict takes part.
    pub provisional: bool,
}
