//! What is asked for → what has to be read and added up, each source once.
//!
//! Measures that differ only in constants – a literal, a limit, an `each` value – share one
//! accumulator: the constants are looked up by the row's scope and `each` value.

mod build;
mod measure;
mod output;
mod scan;

use std::sync::Arc;

use indexmap::IndexMap;

use super::calendar::OpenHours;
use super::carve_out::ClaimState;
use crate::expression::Expression;
use crate::quantity::{Period, Rational};
use crate::resolve::terms::{Calendar, Covers, FailureMean, Function, Id, Kpi, Overdue, ProbeMethod, Terms, Timeline};

pub(super) use build::{build, needed};
pub(super) use output::{BatchColumn, Out, Variant};
pub(super) use scan::{
    Accumulator, Cells, ClockPlan, Grouping, Join, JoinerPlan, Keep, Kind, LastPlan, Limit, LimitTable, ListPlan,
    Moment, PlaceBy, Placement, RestPlan, RestsPlan, ScanPlan, TickPlan,
};

/// What a card is asked.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The card.
    pub card: &'a Timeline,
    /// The periods to report, of the card's scheme.
    pub periods: Vec<Period>,
}

/// Everything that has to be done.
pub(super) struct Plan<'a> {
    /// The scans, those that others need first.
    pub(super) scans: Vec<ScanPlan>,
    /// The cards in the order of the requests.
    pub(super) cards: Vec<CardPlan<'a>>,
}

/// One card's part.
pub(super) struct CardPlan<'a> {
    pub(super) card: &'a Timeline,
    pub(super) periods: Vec<Period>,
    /// KPIs by the version they are measured under.
    pub(super) kpis: Vec<KpiPlan<'a>>,
    /// Summed amounts: whose, and under which version.
    pub(super) amounts: Vec<AmountPlan<'a>>,
    /// The list of entities: scan and list within it.
    pub(super) entities: Option<(usize, usize)>,
    /// The sources of the card.
    pub(super) sources: IndexMap<Id, SourcePlan>,
}

/// How one source of a card is read.
pub(super) struct SourcePlan {
    pub(super) scan: usize,
    pub(super) scope: u32,
    /// The scan's count of rows outside every period, by scope.
    pub(super) outside: Option<usize>,
    pub(super) last: Option<usize>,
    /// The variant whose scope column says which rows are the card's; `None`: all are.
    pub(super) scoped: Option<usize>,
    /// The scan's count of rows by entity, on a card for each of several.
    pub(super) entities: Option<usize>,
}

/// A KPI under one version of the terms.
pub(super) struct KpiPlan<'a> {
    pub(super) terms: &'a Terms,
    pub(super) kpi: &'a Kpi,
    /// The periods reported under this version.
    pub(super) periods: Vec<Period>,
    pub(super) claims: Vec<ClaimState>,
    pub(super) handle: Handle<'a>,
}

/// An amount under one version of the terms.
pub(super) struct AmountPlan<'a> {
    pub(super) terms: &'a Terms,
    pub(super) kpi: Option<Id>,
    pub(super) periods: Vec<Period>,
    pub(super) rows: RowsHandle,
    pub(super) sum: usize,
}

/// Where the numbers of a measure are found.
pub(super) enum Handle<'a> {
    /// Over the rows of one source.
    Rows(Box<RowsHandle>, Parts),
    /// Arithmetic over named measures.
    Formula(&'a Expression, IndexMap<String, Handle<'a>>),
    /// A person's statement.
    Attested,
    /// No file of the source is there, or nothing puts its rows in a period: why.
    Nothing(String),
}

/// Which groups of which scan.
pub(super) struct RowsHandle {
    pub(super) source: Id,
    pub(super) scan: usize,
    pub(super) grouping: usize,
    pub(super) axis: usize,
    /// 0 without a scope.
    pub(super) scope: u32,
    /// 0 without `each`.
    pub(super) each: u32,
    /// Whether rows know their entity.
    pub(super) entity: bool,
    pub(super) covers: Covers,
    /// For each carve-out of the KPI the place of its condition in the grouping.
    pub(super) wheres: Vec<(usize, usize)>,
    /// For each claim of the KPI its number in the grouping, where it is over tickets.
    pub(super) tickets: Vec<(usize, u32)>,
    /// How many periods a value reaches back, 1 for its own.
    pub(super) window: u32,
    /// The index of the last-row observation of the scan.
    pub(super) last: Option<usize>,
}

/// The accumulators of a measure.
pub(super) enum Parts {
    Ratio {
        rows: usize,
        hits: usize,
        fails: Option<usize>,
    },
    /// One accumulator per windows that stop the clock: see [`Variants`].
    OnTime {
        variants: Variants,
        overdue: Overdue,
        leave_out_not_due: bool,
        fails: bool,
    },
    Clock {
        variants: Variants,
        function: Function,
    },
    Time {
        outages: usize,
        hours: Arc<OpenHours>,
        whole_minutes: bool,
        ignore_shorter: Option<i64>,
        mean: Option<FailureMean>,
    },
    Probes {
        probes: usize,
        hours: Arc<OpenHours>,
        method: ProbeMethod,
        max_gap: Option<i64>,
    },
    Aggregate {
        cells: usize,
        function: Function,
        factor: Rational,
    },
    Count(usize),
    Distinct(usize),
    Nps(usize),
    Share(usize),
    Value(usize),
}

impl Parts {
    /// Returns the accumulator that all rows of the measure go through; of a clock the one with its windows.
    pub(super) fn accumulator(&self) -> usize {
        match self {
            Self::Ratio { rows, .. } => *rows,
            Self::OnTime { variants, .. } | Self::Clock { variants, .. } => variants.net,
            Self::Time { outages, .. } => *outages,
            Self::Probes { probes, .. } => *probes,
            Self::Aggregate { cells, .. } => *cells,
            Self::Count(number)
            | Self::Distinct(number)
            | Self::Nps(number)
            | Self::Share(number)
            | Self::Value(number) => *number,
        }
    }
}

/// The accumulators of a clock under different windows that stop it.
pub(super) struct Variants {
    /// Without any window.
    pub(super) gross: usize,
    /// With those that apply.
    pub(super) net: usize,
    /// For each claim over a window, with that claim the other way round.
    pub(super) otherwise: Vec<(usize, usize)>,
}

/// Calendars that have been expanded, each once.
#[derive(Default)]
pub(super) struct HoursCache {
    known: Vec<(Calendar, Arc<OpenHours>)>,
}

impl HoursCache {
    pub(super) fn of(&mut self, calendar: &Calendar) -> Arc<OpenHours> {
        if let Some((_, hours)) = self.known.iter().find(|(known, _)| known == calendar) {
            return hours.clone();
        }
        let hours = Arc::new(OpenHours::new(calendar));
        self.known.push((calendar.clone(), hours.clone()));
        hours
    }
}
