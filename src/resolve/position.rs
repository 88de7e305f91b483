//! Where in a scorecard a map stands, as far as overlays care: which maps hold one of several variants.

/// A place in a scorecard, a pack or the `change` of an amendment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    /// The document itself.
    Card,
    Contract,
    Kpis,
    Kpi,
    Each,
    EachRows,
    Measure,
    Formula,
    Aggregate,
    Goal,
    Scoring,
    Credit,
    Sources,
    Source,
    Columns,
    Column,
    Covers,
    At,
    Clocks,
    Clock,
    Tick,
    Pause,
    Lookups,
    Lookup,
    CarveOuts,
    CarveOut,
    CarveOutBy,
    Consequences,
    Triggers,
    Trigger,
    TriggerWhen,
    /// Anywhere else: maps merge by key.
    Plain,
}

/// Keys that stand for one variant each, or several keys for one.
type Variants = &'static [&'static [&'static str]];

const MEASURES: Variants = &[
    &["ratio"],
    &["on_time"],
    &["availability"],
    &["probes"],
    &["mean"],
    &["median"],
    &["min"],
    &["max"],
    &["sum"],
    &["percentile"],
    &["count"],
    &["distinct"],
    &["nps"],
    &["share"],
    &["failures"],
    &["formula"],
    &["value"],
    &["attested"],
];
const OPERANDS: Variants = &[&["of"], &["clock"]];
const GOALS: Variants = &[
    &["at_least"],
    &["above"],
    &["at_most"],
    &["below"],
    &["between"],
    &["within_band"],
];
const SCORINGS: Variants = &[&["binary"], &["linear"], &["bands"], &["piecewise"]];
const CREDIT_MODELS: Variants = &[
    &["tiers"],
    &["points"],
    &["shortfall"],
    &["per_unit"],
    &["per_count"],
    &["proportional"],
];
const COLUMN_TYPES: Variants = &[&["type"], &["timestamp"], &["date"], &["decimal"]];
const COVERS: Variants = &[&["through"]];
const AT: Variants = &[&["period"]];
const TICKS: Variants = &[&["first"], &["last"]];
const PAUSES: Variants = &[&["minutes"], &["span", "source", "on"], &["while"]];
const REDUCTIONS: Variants = &[&["sum"], &["count"], &["min"], &["max"], &["first"], &["last"]];
const CARVE_OUTS: Variants = &[&["schedule"], &["where"]];
const TRIGGERS: Variants = &[&["consecutive"], &["count", "within"], &["cap_reached"]];

impl Position {
    /// Returns the position of the value of `key`.
    pub(super) fn step(self, key: &str) -> Self {
        match (self, key) {
            (Self::Card, "contract") => Self::Contract,
            (Self::Card, "kpis") => Self::Kpis,
            (Self::Card, "sources") => Self::Sources,
            (Self::Card, "carve_outs") => Self::CarveOuts,
            (Self::Card, "consequences") => Self::Consequences,
            (Self::Kpis, _) | (Self::EachRows, _) => Self::Kpi,
            (Self::Kpi, "measure") => Self::Measure,
            (Self::Kpi, "target" | "minimum") => Self::Goal,
            (Self::Kpi, "scoring") => Self::Scoring,
            (Self::Kpi, "credit" | "bonus") => Self::Credit,
            (Self::Kpi, "at") | (Self::Source, "at") => Self::At,
            (Self::Kpi, "each") => Self::Each,
            (Self::Each, "rows") => Self::EachRows,
            (Self::Measure, "formula") => Self::Formula,
            (Self::Measure, "mean" | "median" | "min" | "max" | "sum" | "percentile") => Self::Aggregate,
            (Self::Formula, name) if name != "is" => Self::Measure,
            (Self::Sources, _) => Self::Source,
            (Self::Source, "columns") => Self::Columns,
            (Self::Source, "covers") => Self::Covers,
            (Self::Source, "clocks") => Self::Clocks,
            (Self::Source, "lookup") => Self::Lookups,
            (Self::Columns, _) => Self::Column,
            (Self::Clocks, _) => Self::Clock,
            (Self::Clock, "start" | "stop") => Self::Tick,
            (Self::Clock, "paused") => Self::Pause,
            (Self::Lookups, _) => Self::Lookup,
            (Self::CarveOuts, _) => Self::CarveOut,
            (Self::CarveOut, "by") => Self::CarveOutBy,
            (Self::Consequences, "triggers") => Self::Triggers,
            (Self::Triggers, _) => Self::Trigger,
            (Self::Trigger, "when") => Self::TriggerWhen,
            _ => Self::Plain,
        }
    }

    /// Returns the number of the variant that `key` belongs to, if it belongs to one.
    pub(super) fn variant(self, key: &str) -> Option<u32> {
        let number = self.variants().iter().position(|keys| keys.contains(&key))?;
        u32::try_from(number).ok()
    }

    fn variants(self) -> Variants {
        match self {
            Self::Measure => MEASURES,
            Self::Aggregate => OPERANDS,
            Self::Goal => GOALS,
            Self::Scoring => SCORINGS,
            Self::Credit => CREDIT_MODELS,
            Self::Column => COLUMN_TYPES,
            Self::Covers => COVERS,
            Self::At => AT,
            Self::Tick => TICKS,
            Self::Pause => PAUSES,
            Self::Lookup => REDUCTIONS,
            Self::CarveOutBy => CARVE_OUTS,
            Self::TriggerWhen => TRIGGERS,
            _ => &[],
        }
    }
}
