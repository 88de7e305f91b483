use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;

use super::group::Groups;
use crate::diagnostics::Diagnostic;
use crate::measure::cell::{Extremes, Sum, Values};
use crate::measure::facts::LeftOut;
use crate::measure::plan::{Accumulator, Cells, Keep, Kind, ScanPlan};
use crate::quantity::Rational;
use crate::tables::{Joiner, Position};

/// What a run of rows has added up to; merging is associative.
#[derive(Debug)]
pub(in crate::measure) struct State {
    /// One per grouping.
    pub(in crate::measure) groups: Vec<Groups>,
    /// One per accumulator.
    pub(in crate::measure) stores: Vec<Store>,
    pub(in crate::measure) joiners: Vec<Joiner>,
    pub(in crate::measure) rests: Vec<HashMap<String, Vec<(i64, i64)>>>,
    /// Key and title per list, in file order.
    pub(in crate::measure) lists: Vec<Vec<(String, String)>>,
    pub(in crate::measure) lasts: Vec<Option<i64>>,
    /// Rows outside every period, by scope.
    pub(in crate::measure) outside: Vec<Vec<u64>>,
    pub(in crate::measure) other_scopes: u64,
    /// Rows that stopped or ended before they started, each once, by scope for each variant whose
    /// scope column counts.
    pub(in crate::measure) negative: BTreeMap<Option<usize>, Vec<u64>>,
    /// Rows by entity.
    pub(in crate::measure) entities: Vec<EntityRows>,
}

/// Rows of the periods asked for by entity, each by scope.
#[derive(Clone, Debug, Default)]
pub(in crate::measure) struct EntityRows {
    pub(in crate::measure) by_name: IndexMap<String, Vec<u64>>,
    /// Those without an entity.
    pub(in crate::measure) none: Vec<u64>,
}

/// The cells of one accumulator, by group and period.
#[derive(Debug)]
pub(in crate::measure) struct Store {
    /// Periods per group: 1 where rows are kept as intervals, unless they stand as of each period's end.
    pub(in crate::measure) periods: usize,
    pub(in crate::measure) left_out: Vec<LeftOut>,
    pub(in crate::measure) cells: Kept,
}

/// Cells of one kind.
#[derive(Debug)]
pub(in crate::measure) enum Kept {
    Counts(Vec<u64>),
    Fails(Vec<Incidents>),
    Sums(Vec<(u64, Sum)>),
    Pairs(Vec<(u64, Sum, Sum)>),
    Values(Vec<Values>),
    Extremes(Vec<Extremes>),
    Distinct(Vec<HashSet<String>>),
    Nps(Vec<[u64; 3]>),
    Ones(Vec<Vec<(Rational, Position)>>),
    OnTime(Vec<OnTime>),
    Outages(Vec<Vec<OutageRow>>),
    Probes(Vec<ProbeRows>),
}

/// Incidents of failing rows; `None` in the set is a failure without one.
pub(in crate::measure) type Incidents = BTreeSet<Option<String>>;

/// Cases of a clock; what is open is kept as changes from one period to the next.
#[derive(Clone, Debug, Default)]
pub(in crate::measure) struct OnTime {
    pub(in crate::measure) in_time: u64,
    pub(in crate::measure) late: u64,
    pub(in crate::measure) negative: u64,
    pub(in crate::measure) overdue_change: i64,
    pub(in crate::measure) not_due_change: i64,
    pub(in crate::measure) fails: Incidents,
}

/// A row that is an interval.
#[derive(Clone, Debug)]
pub(in crate::measure) struct OutageRow {
    pub(in crate::measure) start: i64,
    /// `None`: it goes on.
    pub(in crate::measure) end: Option<i64>,
    pub(in crate::measure) weight: Option<Rational>,
    pub(in crate::measure) incident: Option<Arc<str>>,
}

/// Probes by series.
#[derive(Clone, Debug, Default)]
pub(in crate::measure) struct ProbeRows {
    /// Instant and whether up, by series.
    pub(in crate::measure) series: IndexMap<String, Vec<(i64, bool)>>,
}

impl Store {
    fn new(plan: &ScanPlan, accumulator: &Accumulator) -> Self {
        let placement = &plan.placements[accumulator.placement];
        let cells = match &accumulator.kind {
            Kind::Count(_) => Kept::Counts(Vec::new()),
            Kind::Fails(..) => Kept::Fails(Vec::new()),
            Kind::Pair(..) => Kept::Pairs(Vec::new()),
            Kind::OnTime { .. } => Kept::OnTime(Vec::new()),
            Kind::Outages { .. } => Kept::Outages(Vec::new()),
            Kind::Probes { .. } => Kept::Probes(Vec::new()),
            Kind::Cells(_, Cells::Distinct) => Kept::Distinct(Vec::new()),
            Kind::Cells(_, Cells::Nps) => Kept::Nps(Vec::new()),
            Kind::Cells(_, Cells::One) => Kept::Ones(Vec::new()),
            Kind::Cells(_, Cells::Kept(keep)) | Kind::Elapsed { keep, .. } => match keep {
                Keep::Sum => Kept::Sums(Vec::new()),
                Keep::Extremes => Kept::Extremes(Vec::new()),
                Keep::Values => Kept::Values(Vec::new()),
            },
        };
        let periods = match cells {
            Kept::Outages(_) | Kept::Probes(_) if !plan.stands_at_each_end() => 1,
            _ => plan.axes[placement.axis].len().max(1),
        };
        Self {
            periods,
            left_out: Vec::new(),
            cells,
        }
    }

    /// Returns what was left out at a slot, to be added to.
    pub(super) fn left_out(&mut self, slot: usize) -> &mut LeftOut {
        at(&mut self.left_out, slot)
    }

    /// Adds the cells of rows further on; `groups` are their groups' numbers here.
    fn merge(&mut self, later: Self, groups: &[u32]) {
        let periods = self.periods;
        let slot = |slot: usize| groups[slot / periods] as usize * periods + slot % periods;
        for (from, left) in later.left_out.into_iter().enumerate() {
            if left != LeftOut::default() {
                add_left_out(self.left_out(slot(from)), &left);
            }
        }
        macro_rules! each {
            ($own:expr, $other:expr, $add:expr) => {
                for (from, cell) in $other.into_iter().enumerate() {
                    let add: fn(&mut _, _) = $add;
                    add(at($own, slot(from)), cell);
                }
            };
        }
        match (&mut self.cells, later.cells) {
            (Kept::Counts(own), Kept::Counts(other)) => each!(own, other, |own, other| *own += other),
            (Kept::Fails(own), Kept::Fails(other)) => each!(own, other, |own: &mut Incidents, other| own.extend(other)),
            (Kept::Sums(own), Kept::Sums(other)) => each!(own, other, |own: &mut (u64, Sum), other: (u64, Sum)| {
                own.0 += other.0;
                own.1.merge(&other.1);
            }),
            (Kept::Pairs(own), Kept::Pairs(other)) => {
                each!(own, other, |own: &mut (u64, Sum, Sum), other: (u64, Sum, Sum)| {
                    own.0 += other.0;
                    own.1.merge(&other.1);
                    own.2.merge(&other.2);
                });
            }
            (Kept::Values(own), Kept::Values(other)) => each!(own, other, |own: &mut Values, other| own.merge(&other)),
            (Kept::Extremes(own), Kept::Extremes(other)) => {
                each!(own, other, |own: &mut Extremes, other| own.merge(&other));
            }
            (Kept::Distinct(own), Kept::Distinct(other)) => {
                each!(own, other, |own: &mut HashSet<String>, other| own.extend(other));
            }
            (Kept::Nps(own), Kept::Nps(other)) => each!(own, other, |own: &mut [u64; 3], other: [u64; 3]| {
                for (own, other) in own.iter_mut().zip(other) {
                    *own += other;
                }
            }),
            (Kept::Ones(own), Kept::Ones(other)) => {
                each!(own, other, |own: &mut Vec<_>, other: Vec<_>| own.extend(other));
            }
            (Kept::OnTime(own), Kept::OnTime(other)) => each!(own, other, OnTime::merge),
            (Kept::Outages(own), Kept::Outages(other)) => {
                each!(own, other, |own: &mut Vec<_>, other: Vec<_>| own.extend(other));
            }
            (Kept::Probes(own), Kept::Probes(other)) => {
                each!(own, other, |own: &mut ProbeRows, other: ProbeRows| {
                    for (name, rows) in other.series {
                        own.series.entry(name).or_default().extend(rows);
                    }
                });
            }
            _ => unreachable!("both stores are of one accumulator"),
        }
    }
}

impl OnTime {
    fn merge(&mut self, other: Self) {
        self.in_time += other.in_time;
        self.late += other.late;
        self.negative += other.negative;
        self.overdue_change += other.overdue_change;
        self.not_due_change += other.not_due_change;
        self.fails.extend(other.fails);
    }
}

impl State {
    /// Starts with nothing.
    pub(super) fn new(plan: &ScanPlan) -> Self {
        let scopes = plan.scopes.len() + 1;
        Self {
            groups: plan.groupings.iter().map(|_| Groups::default()).collect(),
            stores: plan
                .accumulators
                .iter()
                .map(|accumulator| Store::new(plan, accumulator))
                .collect(),
            joiners: plan.joiners.iter().map(|joiner| Joiner::new(joiner.reduce)).collect(),
            rests: plan.rests.iter().map(|_| HashMap::new()).collect(),
            lists: plan.lists.iter().map(|_| Vec::new()).collect(),
            lasts: plan.lasts.iter().map(|_| None).collect(),
            outside: plan.outside.iter().map(|_| vec![0; scopes]).collect(),
            other_scopes: 0,
            negative: BTreeMap::new(),
            entities: plan.entities.iter().map(|_| EntityRows::default()).collect(),
        }
    }

    /// Takes what rows further on have added up to.
    pub(super) fn merge(&mut self, later: Self, plan: &ScanPlan) -> Result<(), Box<Diagnostic>> {
        let groups: Vec<Vec<u32>> = self
            .groups
            .iter_mut()
            .zip(&later.groups)
            .map(|(own, later)| own.merge(later))
            .collect();
        for ((own, later), accumulator) in self.stores.iter_mut().zip(later.stores).zip(&plan.accumulators) {
            own.merge(later, &groups[accumulator.grouping]);
        }
        for (own, later) in self.joiners.iter_mut().zip(later.joiners) {
            if own.merge(later).is_err() {
                let message = format!("a sum looked up in `{}` has more than 38 digits", plan.id);
                return Err(Box::new(Diagnostic::new(
                    "number-overflow",
                    plan.source.declared_at,
                    message,
                )));
            }
        }
        for (own, later) in self.rests.iter_mut().zip(later.rests) {
            // The order of keys does not matter: each is merged on its own.
            #[expect(clippy::iter_over_hash_type, reason = "each key is merged on its own")]
            for (key, rests) in later {
                own.entry(key).or_default().extend(rests);
            }
        }
        for (own, later) in self.lists.iter_mut().zip(later.lists) {
            own.extend(later);
        }
        for (own, later) in self.lasts.iter_mut().zip(later.lasts) {
            *own = (*own).max(later);
        }
        for (own, later) in self.outside.iter_mut().zip(later.outside) {
            for (own, later) in own.iter_mut().zip(later) {
                *own += later;
            }
        }
        self.other_scopes += later.other_scopes;
        for (scoped, later) in later.negative {
            add_counts(self.negative.entry(scoped).or_default(), &later);
        }
        for (own, later) in self.entities.iter_mut().zip(later.entities) {
            add_counts(&mut own.none, &later.none);
            for (name, later) in later.by_name {
                add_counts(own.by_name.entry(name).or_default(), &later);
            }
        }
        Ok(())
    }
}

fn add_counts(own: &mut Vec<u64>, later: &[u64]) {
    for (index, later) in later.iter().enumerate() {
        *at(own, index) += later;
    }
}

/// Returns a cell, made where it is not there yet.
pub(super) fn at<T: Default>(cells: &mut Vec<T>, slot: usize) -> &mut T {
    if slot >= cells.len() {
        cells.resize_with(slot + 1, T::default);
    }
    &mut cells[slot]
}

/// Adds what was left out elsewhere.
pub(in crate::measure) fn add_left_out(own: &mut LeftOut, other: &LeftOut) {
    own.null_condition += other.null_condition;
    own.null_value += other.null_value;
    own.zero_division += other.zero_division;
    own.negative_elapsed += other.negative_elapsed;
}
