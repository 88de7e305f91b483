use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;
use jiff::tz::TimeZone;

use super::{BatchColumn, Out, Variant};
use crate::measure::axis::Axis;
use crate::measure::bind::Reopening;
use crate::measure::calendar::OpenHours;
use crate::measure::interval::Intervals;
use crate::quantity::Period;
use crate::resolve::terms::{AsOf, Id, Overdue, Reduce, Source, Within};
use crate::tables::Wanted;

/// One pass over one source.
pub(in crate::measure) struct ScanPlan {
    pub(in crate::measure) id: Id,
    pub(in crate::measure) source: Source,
    /// The folder its path is relative to.
    pub(in crate::measure) base: String,
    /// Periods whose files a `{period}` path reads.
    pub(in crate::measure) periods: Vec<Period>,
    /// The columns read.
    pub(in crate::measure) wanted: Vec<Wanted>,
    /// Columns added behind them.
    pub(in crate::measure) joins: Vec<Join>,
    pub(in crate::measure) variants: Vec<Variant>,
    pub(in crate::measure) axes: Vec<Axis>,
    /// Scopes by name; their numbers start at 1.
    pub(in crate::measure) scopes: IndexMap<String, u32>,
    pub(in crate::measure) groupings: Vec<Grouping>,
    pub(in crate::measure) placements: Vec<Placement>,
    pub(in crate::measure) clocks: Vec<ClockPlan>,
    pub(in crate::measure) tables: Vec<LimitTable>,
    pub(in crate::measure) accumulators: Vec<Accumulator>,
    /// Values for lookups of other sources.
    pub(in crate::measure) joiners: Vec<JoinerPlan>,
    /// Pauses for clocks of other sources.
    pub(in crate::measure) rests: Vec<RestsPlan>,
    /// Lists of entities.
    pub(in crate::measure) lists: Vec<ListPlan>,
    /// What tells the instant of a row, whose greatest is the last row's.
    pub(in crate::measure) lasts: Vec<LastPlan>,
    /// Conditions over the events of an event log.
    pub(in crate::measure) conditions: Vec<Out>,
    /// For profiles: placements whose rows outside every period are counted, by variant's scope.
    pub(in crate::measure) outside: Vec<(Option<usize>, usize)>,
    /// For profiles: the entity of a row, and the number in `outside` that says whether it counts.
    pub(in crate::measure) entities: Vec<(Out, usize)>,
    /// The KPIs that read it, as `card/kpi`, for `build --plan`.
    pub(in crate::measure) readers: Vec<String>,
}

/// A column looked up in another source.
#[derive(Clone, PartialEq)]
pub(in crate::measure) struct Join {
    pub(in crate::measure) name: String,
    /// The batch column that holds the key.
    pub(in crate::measure) on: BatchColumn,
    pub(in crate::measure) scan: usize,
    pub(in crate::measure) joiner: usize,
}

/// Values that another source looks up here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::measure) struct JoinerPlan {
    pub(in crate::measure) key: Out,
    pub(in crate::measure) of: Option<Out>,
    pub(in crate::measure) reduce: Reduce,
    /// The type of the looked-up column.
    pub(in crate::measure) kind: crate::expression::Type,
}

/// A list of entities.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::measure) struct ListPlan {
    /// The variant and number of the only scope that counts; `None`: all rows.
    pub(in crate::measure) scope: Option<(usize, u32)>,
    pub(in crate::measure) key: Out,
    pub(in crate::measure) title: Option<Out>,
}

/// What tells the instant of a row.
#[derive(Clone, PartialEq)]
pub(in crate::measure) struct LastPlan {
    pub(in crate::measure) by: PlaceBy,
    pub(in crate::measure) zone: TimeZone,
}

/// Pauses that another source's clocks use.
#[derive(Clone, PartialEq)]
pub(in crate::measure) struct RestsPlan {
    pub(in crate::measure) key: Out,
    pub(in crate::measure) from: Out,
    pub(in crate::measure) to: Out,
    pub(in crate::measure) zone: TimeZone,
}

/// What tells the groups of rows apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::measure) struct Grouping {
    /// The variant whose scope column counts; `None`: rows of every scope.
    pub(in crate::measure) scoped: Option<usize>,
    pub(in crate::measure) each: Option<Out>,
    pub(in crate::measure) entity: Option<Out>,
    /// Conditions of carve-outs.
    pub(in crate::measure) wheres: Vec<Out>,
    /// The key that claims over tickets name.
    pub(in crate::measure) ticket: Option<Out>,
    /// Values of the `each` column; their numbers start at 1. Filled while planning.
    pub(in crate::measure) values: IndexMap<String, u32>,
    /// Claims by scope and ticket. Filled while planning.
    pub(in crate::measure) tickets: HashMap<(u32, String), Vec<u32>>,
    /// The number of claims over tickets so far.
    pub(in crate::measure) claims: u32,
}

/// What puts rows in the periods of an axis.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::measure) struct Placement {
    pub(in crate::measure) axis: usize,
    pub(in crate::measure) by: PlaceBy,
}

/// See [`Placement`].
#[derive(Clone, Debug, PartialEq)]
pub(in crate::measure) enum PlaceBy {
    /// An instant or a day of the row.
    Moment(Moment),
    /// One period for every row.
    Period(Period),
    /// A clock's own ends: the accumulator knows.
    Clock,
    /// No periods at all: rows are kept as intervals.
    Nothing,
}

/// Something that is an instant.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::measure) struct Moment {
    pub(in crate::measure) tick: TickPlan,
    /// The zone of days.
    pub(in crate::measure) zone: TimeZone,
}

/// An end of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::measure) enum TickPlan {
    /// A value of the row.
    Value(Out),
    /// The first event that satisfies a condition, by its number in the scan.
    First(usize),
    /// The last one.
    Last(usize),
    /// The start of a clock as reopening leaves it, by its number in the scan.
    Start(usize),
    /// Its stop.
    Stop(usize),
}

/// A clock over the rows of a scan.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::measure) struct ClockPlan {
    pub(in crate::measure) start: TickPlan,
    pub(in crate::measure) stop: TickPlan,
    pub(in crate::measure) rest: Option<RestPlan>,
    pub(in crate::measure) reopen: Reopening,
    pub(in crate::measure) zone: TimeZone,
}

/// When a clock rests.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::measure) enum RestPlan {
    Minutes(Out),
    Span(Out, Out),
    /// The tie's value here, the scan and its rests.
    Source(Out, usize, usize),
    /// While a condition holds, by its number in the scan.
    While(usize),
    /// The other source has no file yet.
    Nothing,
}

/// The constants of a clock measure by scope and `each` value.
#[derive(Default)]
pub(in crate::measure) struct LimitTable {
    pub(in crate::measure) slots: HashMap<(u32, u32), usize>,
    pub(in crate::measure) limits: Vec<Limit>,
}

/// The constants of one clock measure.
#[derive(Clone)]
pub(in crate::measure) struct Limit {
    /// How long the clock may run; `None` where its time is aggregated.
    pub(in crate::measure) within: Option<Within>,
    pub(in crate::measure) hours: Arc<OpenHours>,
    pub(in crate::measure) days: Arc<OpenHours>,
    /// Windows that stop the clock.
    pub(in crate::measure) windows: Arc<Intervals>,
}

/// Something that is added up per group and period.
pub(in crate::measure) struct Accumulator {
    pub(in crate::measure) grouping: usize,
    pub(in crate::measure) placement: usize,
    pub(in crate::measure) filter: Option<Out>,
    pub(in crate::measure) incident: Option<Out>,
    pub(in crate::measure) kind: Kind,
    /// For each scope and `each` value the periods that anything asks for.
    pub(in crate::measure) asked: HashMap<(u32, u32), Vec<Period>>,
}

/// What is added up.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::measure) enum Kind {
    /// Rows; those where a condition holds, which must not be null.
    Count(Option<Out>),
    /// Incidents of the rows where a condition holds, or does not.
    Fails(Out, bool),
    /// Cells of a number.
    Cells(Out, Cells),
    /// Two sums over rows where neither is null.
    Pair(Out, Out),
    /// Cells of a clock's elapsed time.
    Elapsed { clock: usize, table: usize, keep: Keep },
    /// Cases in time.
    OnTime {
        clock: usize,
        table: usize,
        by: Option<Out>,
        overdue: Overdue,
        /// At the ends of how many periods a case that counts where it was opened is judged.
        window: u32,
    },
    /// Rows that are intervals.
    Outages {
        start: Out,
        end: Out,
        weight: Option<Out>,
        zone: TimeZone,
    },
    /// Probes.
    Probes { at: Moment, up: Out, series: Option<Out> },
}

/// What is kept of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::measure) enum Cells {
    Kept(Keep),
    /// Different values, of any type.
    Distinct,
    /// Promoters, passives, detractors.
    Nps,
    /// One value per period.
    One,
}

/// What is kept of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::measure) enum Keep {
    Sum,
    Extremes,
    Values,
}

impl Limit {
    fn is(&self, other: &Self) -> bool {
        self.within == other.within
            && Arc::ptr_eq(&self.hours, &other.hours)
            && Arc::ptr_eq(&self.days, &other.days)
            && self.windows == other.windows
    }
}

impl LimitTable {
    /// Puts a limit into the table; `false` when its slot holds another.
    pub(super) fn take(&mut self, slot: (u32, u32), limit: &Limit) -> bool {
        if let Some(&number) = self.slots.get(&slot) {
            return self.limits[number].is(limit);
        }
        let number = self.limits.iter().position(|known| known.is(limit));
        let number = number.unwrap_or_else(|| {
            self.limits.push(limit.clone());
            self.limits.len() - 1
        });
        self.slots.insert(slot, number);
        true
    }
}

impl Grouping {
    /// Whether two groupings tell rows apart in the same way.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.scoped == other.scoped
            && self.each == other.each
            && self.entity == other.entity
            && self.wheres == other.wheres
            && self.ticket == other.ticket
    }
}

impl ScanPlan {
    pub(super) fn new(id: &str, source: &Source, base: String) -> Self {
        Self {
            id: id.to_owned(),
            source: source.clone(),
            base,
            periods: Vec::new(),
            wanted: Vec::new(),
            joins: Vec::new(),
            variants: Vec::new(),
            axes: Vec::new(),
            scopes: IndexMap::new(),
            groupings: Vec::new(),
            placements: Vec::new(),
            clocks: Vec::new(),
            tables: Vec::new(),
            accumulators: Vec::new(),
            joiners: Vec::new(),
            rests: Vec::new(),
            lists: Vec::new(),
            lasts: Vec::new(),
            conditions: Vec::new(),
            outside: Vec::new(),
            entities: Vec::new(),
            readers: Vec::new(),
        }
    }

    /// Whether the rows are cases that are looked at as they stood at the end of every period.
    pub(in crate::measure) fn stands_at_each_end(&self) -> bool {
        let events = self.source.events.as_ref();
        events.is_some_and(|events| events.as_of == AsOf::PeriodEnd)
    }

    /// Whether reading `source`, of the same id and folder, is the same reading.
    pub(in crate::measure) fn reads(&self, source: &Source) -> bool {
        let own = &self.source;
        own.path == source.path
            && own.format == source.format
            && own.columns == source.columns
            && own.time_zone == source.time_zone
            && own.local_time == source.local_time
            && own.key == source.key
            && own.events == source.events
            && own.on_bad_row == source.on_bad_row
            && own.lookups == source.lookups
    }

    /// Returns the number of `item` in `list`, added where it is new.
    pub(super) fn intern<T: PartialEq>(list: &mut Vec<T>, item: T) -> usize {
        list.iter().position(|known| *known == item).unwrap_or_else(|| {
            list.push(item);
            list.len() - 1
        })
    }
}
