//! The terms of a scorecard in force for a period: every default explicit, every name bound, every
//! unit known. Later stages read only this.

use indexmap::IndexMap;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

use crate::quantity::{PeriodScheme, Quantity, Rational, Unit};
use crate::source::Span;
use crate::syntax::{Node, Snippet};

/// A kebab-case id, unique within its map.
pub type Id = String;

/// One scorecard through time: the base and every amendment.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// The scorecard's id.
    pub id: Id,
    /// Path of the file that holds it.
    pub path: String,
    /// Versions by effective date; the first is the base and holds from the beginning of time.
    pub versions: Vec<Version>,
    /// The register of claims that belongs to it.
    pub claims: Claims,
}

/// The terms from one effective date on.
#[derive(Clone, Debug)]
pub struct Version {
    /// First day these terms hold; `None` for the base.
    pub effective: Option<Date>,
    /// The amendment that made them; `None` for the base.
    pub amendment: Option<Amendment>,
    /// The terms.
    pub terms: Terms,
    /// The merged tree the terms were lowered from; [`Version::origin`] looks paths up in it.
    pub tree: Node,
}

/// The particulars of an amendment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amendment {
    /// Its id.
    pub id: Id,
    /// First day it holds, the first day of a period.
    pub effective: Date,
    /// When it was signed.
    pub signed: Option<Date>,
    /// The parties' reference, such as a change request.
    pub reference: Option<String>,
    /// People who approved it.
    pub approved_by: Vec<Id>,
    /// Why.
    pub reason: Option<String>,
    /// What it starts counting anew: `default_after`, `triggers`.
    pub resets: Vec<String>,
    /// Where it stands.
    pub span: Span,
}

/// Everything a scorecard says for one period.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The scorecard's id.
    pub id: Id,
    /// Its title.
    pub title: String,
    /// What it is about, in a sentence or two.
    pub description: Option<String>,
    /// The contract; `None` on an internal team's card.
    pub contract: Option<Contract>,
    /// The zone in which periods start and end.
    pub time_zone: TimeZone,
    /// How time is cut into periods.
    pub period: PeriodScheme,
    /// The calendar that "business days" means.
    pub business_days: Option<Id>,
    /// How often the scorecard is reviewed and when it last was.
    pub review: Option<Review>,
    /// The value of each source's scope column that belongs to this scorecard.
    pub scope: Option<String>,
    /// Cards per entity (technician, site, carrier).
    pub for_each: Option<ForEach>,
    /// Calendars by id; `always` is among them.
    pub calendars: IndexMap<Id, Calendar>,
    /// People by id.
    pub people: IndexMap<Id, Person>,
    /// Objectives by id.
    pub objectives: IndexMap<Id, Objective>,
    /// Categories by id; weights sum to 100.
    pub categories: IndexMap<Id, Category>,
    /// Sources by id.
    pub sources: IndexMap<Id, Source>,
    /// KPIs by id in file order, `each` expanded.
    pub kpis: IndexMap<Id, Kpi>,
    /// Carve-outs by id.
    pub carve_outs: IndexMap<Id, CarveOut>,
    /// What follows from verdicts beyond each KPI's own credit.
    pub consequences: Consequences,
    /// Lowest scores of the grades `green` and `amber`.
    pub grades: Option<Grades>,
    /// What a KPI without data does to the score.
    pub missing: Missing,
    /// Audiences that get a report of their own.
    pub views: Vec<String>,
    /// What the customer owes, by id.
    pub obligations: IndexMap<Id, Obligation>,
}

/// The parties, the money and the term of a contract.
#[derive(Clone, Debug)]
pub struct Contract {
    /// The parties' reference.
    pub reference: Option<String>,
    /// Who buys.
    pub customer: Option<String>,
    /// Who sells.
    pub provider: Option<String>,
    /// First day, inclusive.
    pub starts: Date,
    /// Last day, inclusive.
    pub ends: Option<Date>,
    /// The charge per period.
    pub charge: Option<Amount>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// Decimals of the currency's minor unit.
    pub minor_units: u32,
    /// Share of the charge that caps a period's credits.
    pub at_risk: Option<Rational>,
    /// Sum of the KPIs' shares that is allowed; 1 unless `over_allocated` says more.
    pub over_allocated: Rational,
    /// When the report is due after a period's end.
    pub report_due: Option<Deadline>,
    /// What a change decided after publication does.
    pub late_changes: Option<LateChanges>,
    /// What a period that the term covers only partly does.
    pub partial: Option<PartialPeriod>,
}

/// An amount of money: written, or summed from a source per period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Written in the contract.
    Fixed(Rational),
    /// The sum of an expression over a source's rows of the period.
    Summed {
        /// The source.
        source: Id,
        /// The rows that count.
        filter: Option<Snippet>,
        /// The expression summed.
        sum: Snippet,
    },
}

/// See `late_changes` in the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LateChanges {
    /// A new edition with the delta.
    Restate,
    /// A line in the period of the decision.
    AdjustNext,
}

/// See `contract.partial` in the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartialPeriod {
    /// No scorecard.
    Skip,
    /// The charge in proportion to the days.
    Prorate,
}

/// A length of time a rule allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// Elapsed microseconds.
    Elapsed(i64),
    /// The close of the n-th open day after the start.
    BusinessDays(u32),
}

/// How often something is looked at again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Months between reviews.
    pub every_months: u32,
    /// The last one.
    pub last: Option<Date>,
}

/// One card per entity of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForEach {
    /// What an entity is called, such as `technician`.
    pub name: String,
    /// The source that lists the entities.
    pub list: Id,
    /// Its column that identifies one.
    pub key: String,
    /// Its column with a title for people.
    pub title: Option<String>,
}

/// Open hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// The zone its days are in.
    pub zone: TimeZone,
    /// Open intervals per weekday (Monday first), each `[from, to)` in minutes of the day, 0..=1440.
    pub open: [Vec<(u16, u16)>; 7],
    /// Days without open hours.
    pub holidays: Vec<Date>,
    /// Whether it is the built-in calendar that never closes.
    pub always: bool,
}

/// Somebody who is accountable or is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The name or the role.
    pub name: String,
    /// `provider`, `customer` or another party.
    pub party: Option<String>,
    /// Where to write.
    pub email: Option<String>,
}

/// What the customer wants to reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objective {
    /// The title.
    pub title: String,
    /// Who owns it.
    pub owner: Option<Id>,
}

/// A group of KPIs with a weight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// The title.
    pub title: String,
    /// Weight in percent of the card; categories sum to 100.
    pub weight: Rational,
}

/// What the customer owes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// The title.
    pub title: String,
    /// Who owes it.
    pub owner: Option<Id>,
    /// By when, as written.
    pub due: Option<String>,
}

/// A data file or several of one shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Path, glob or path with `{period}`, relative to the workspace root, with `/`.
    pub path: String,
    /// Where the path stands.
    pub path_span: Span,
    /// How the files are written.
    pub format: Format,
    /// Declared columns by the name that expressions use.
    pub columns: IndexMap<String, Column>,
    /// The zone of timestamps without an offset.
    pub time_zone: Option<TimeZone>,
    /// What an ambiguous local time means.
    pub local_time: LocalTime,
    /// Start and end columns of rows that are intervals.
    pub span: Option<(String, String)>,
    /// Up to when absence of rows means that nothing happened.
    pub covers: Covers,
    /// The column that identifies a row; the last row of a key counts.
    pub key: Option<String>,
    /// The column whose value is the scorecard's scope.
    pub scope: Option<String>,
    /// The column whose value is the entity of `for_each`.
    pub entity: Option<String>,
    /// What puts a row in a period.
    pub at: Option<At>,
    /// Clocks by id.
    pub clocks: IndexMap<Id, Clock>,
    /// One row per change instead of one per case.
    pub events: Option<Events>,
    /// Columns added from other sources.
    pub lookups: IndexMap<String, Lookup>,
    /// The column that ties failures together.
    pub incident: Option<String>,
    /// What a row that cannot be read does.
    pub on_bad_row: OnBadRow,
    /// Where the source stands.
    pub declared_at: Span,
}

/// How a source's files are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    /// `None`: by the file's ending.
    pub kind: Option<FileKind>,
    /// Of CSV; `None`: comma (tab for `.tsv`), semicolon where `decimal` is a comma.
    pub delimiter: Option<u8>,
    /// The decimal separator of numbers in text.
    pub decimal: u8,
    /// Texts that mean null.
    pub nulls: Vec<String>,
    /// Text encoding by its WHATWG label; `None`: UTF-8, or as the byte-order mark says.
    pub encoding: Option<String>,
    /// JSON pointer to the array of rows inside a JSON document.
    pub rows: Option<String>,
}

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// Delimited text with a header.
    Csv,
    /// One JSON object per line.
    Ndjson,
    /// A JSON document with an array of objects.
    Json,
    /// Apache Parquet.
    Parquet,
}

/// What is declared about a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// Its name in the file, where that differs.
    pub from: Option<String>,
    /// Its type; `None`: as the file says, or as it is used.
    pub kind: Option<ColumnKind>,
}

/// The declared type of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text.
    Text,
    /// An exact decimal.
    Number,
    /// A float in the file, rounded half-even to this many decimals.
    Decimal(u32),
    /// True or false.
    Boolean,
    /// An instant in a strftime-like format; `None`: ISO 8601.
    Timestamp(Option<String>),
    /// A day in a strftime-like format; `None`: ISO 8601.
    Date(Option<String>),
}

/// Which of two instants an ambiguous local time means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalTime {
    /// The first.
    Earlier,
    /// The second.
    Later,
    /// An error.
    Reject,
}

/// Up to when absence of rows means that nothing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Covers {
    /// To the end of this day.
    Through(Date),
    /// To the end of the last row's period.
    LastRow,
    /// A period is covered when its file exists.
    File,
}

/// What puts a row in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// A column's instant or day.
    Column(String),
    /// A clock's start.
    ClockStart(Id),
    /// A clock's stop.
    ClockStop(Id),
    /// Every row is of this period, as labelled.
    Period(String),
}

/// What a row that cannot be read does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnBadRow {
    /// Ends the build with its place.
    Error,
    /// Is counted and left out.
    Skip,
}

/// A stop-watch over each row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// When it starts.
    pub start: Tick,
    /// When it stops; null while it runs.
    pub stop: Tick,
    /// When it rests.
    pub paused: Option<Pause>,
    /// The calendar it runs in; a measure may set another.
    pub calendar: Option<Id>,
    /// What reopening does.
    pub reopen: Reopen,
    /// How long after a stop reopening counts, in microseconds.
    pub reopen_window: Option<i64>,
}

/// Where an end of a clock comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tick {
    /// A column (or an expression of type timestamp) of the row.
    Column(Snippet),
    /// The first event for which a condition holds.
    First(Snippet),
    /// The last event for which a condition holds.
    Last(Snippet),
}

/// When a clock rests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pause {
    /// Minutes per row, deducted whole.
    Minutes(Snippet),
    /// One interval per row.
    Span(String, String),
    /// Intervals of another source.
    Source {
        /// The source.
        source: Id,
        /// The column of both sources that ties them.
        on: String,
        /// Start and end columns.
        span: (String, String),
    },
    /// While the case's last event satisfies a condition.
    While(Snippet),
}

/// What reopening a stopped case does to its clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reopen {
    /// The time between the stop and the reopening does not count; the clock goes on.
    Resume,
    /// The clock starts again at the reopening.
    Reset,
    /// The first stop stands.
    Ignore,
}

/// How an event log becomes one row per case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Events {
    /// The column that identifies a case.
    pub case: String,
    /// The column that orders its events; file order breaks ties.
    pub order: String,
    /// Up to when events are taken into account.
    pub as_of: AsOf,
    /// Columns taken from the first event instead of the last.
    pub first: Vec<String>,
}

/// Whether what was logged after a period may still change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// Yes.
    FileEnd,
    /// No.
    PeriodEnd,
}

/// A column from another source by key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// The other source.
    pub from: Id,
    /// The key column of this source.
    pub on: String,
    /// The key column of the other source, where it has another name.
    pub matching: Option<String>,
    /// How several rows become one value.
    pub reduce: Reduce,
    /// The other source's expression.
    pub of: Option<Snippet>,
}

/// How several rows become one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reduce {
    /// The sum.
    Sum,
    /// The number of rows.
    Count,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The first in file order.
    First,
    /// The last in file order.
    Last,
}

/// One key performance indicator.
#[derive(Clone, Debug)]
pub struct Kpi {
    /// Its id, such as `resolution-p1`.
    pub id: Id,
    /// The KPI whose `each` made it and the row's value, such as (`resolution`, `P1`).
    pub each: Option<(Id, String)>,
    /// The title.
    pub title: String,
    /// What it says, for readers.
    pub description: Option<String>,
    /// Its category; `None` when the card has none.
    pub category: Option<Id>,
    /// Weight within its category in percent.
    pub weight: Rational,
    /// Category weight × weight / 100, in percent of the card.
    pub effective_weight: Rational,
    /// Who is accountable.
    pub owner: Option<Id>,
    /// Who does, is asked and is told.
    pub raci: Raci,
    /// The objective it serves.
    pub objective: Option<Id>,
    /// How it is measured.
    pub measure: Measure,
    /// The unit of its value.
    pub unit: Unit,
    /// Decimals shown.
    pub decimals: u32,
    /// Decimals to which the value is rounded half-up before it is compared; `None`: not at all.
    pub compare_rounding: Option<u32>,
    /// What it should reach; `None` on a KPI that is only shown.
    pub target: Option<Goal>,
    /// What it must reach; the target where the author wrote none.
    pub minimum: Option<Goal>,
    /// Whether the author wrote a minimum.
    pub own_minimum: bool,
    /// Where it stood before.
    pub baseline: Option<Baseline>,
    /// Where others stand.
    pub benchmark: Option<Benchmark>,
    /// Carve-outs in order of precedence.
    pub carve_outs: Vec<Id>,
    /// How a value becomes a score.
    pub scoring: Scoring,
    /// Largest score; 100 unless `over` says more.
    pub score_limit: Rational,
    /// What a miss pays.
    pub credit: Option<Credit>,
    /// What a good value earns the provider.
    pub bonus: Option<Bonus>,
    /// A proposal to raise the level after this many periods beyond it.
    pub ratchet: Option<u32>,
    /// What happens on a miss.
    pub on_miss: Option<OnMiss>,
    /// What a miss costs the business.
    pub impact: Option<Impact>,
    /// Fewer rows than this flag `low_volume`.
    pub min_sample: Option<u64>,
    /// Allowed misses for few rows, by rising `up_to`.
    pub low_volume: Vec<LowVolume>,
    /// A KPI that must hold for this one to count as met.
    pub guardrail: Option<Guardrail>,
    /// The card's score is capped at this while the KPI is missed.
    pub gate: Option<Rational>,
    /// Periods from the contract's start in which the KPI does not count.
    pub burn_in: u32,
    /// What happens without data; the card's `missing` where the KPI has none.
    pub missing: Missing,
    /// How many periods back the value reaches, 1 for the period alone.
    pub window: u32,
    /// Stands outside the entity cards.
    pub team_level: bool,
    /// The id it had before.
    pub renamed_from: Option<Id>,
    /// It has left; `replaced_by` names what took its place.
    pub retired: Option<Retired>,
    /// Internal remarks.
    pub notes: Option<String>,
    /// Where it stands.
    pub declared_at: Span,
}

/// A KPI that has left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retired {
    /// What took its place.
    pub replaced_by: Option<Id>,
}

/// Who does, is asked and is told; the owner is accountable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Raci {
    /// Who does the work.
    pub responsible: Vec<Id>,
    /// Who is asked.
    pub consulted: Vec<Id>,
    /// Who is told.
    pub informed: Vec<Id>,
}

/// A condition on a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// value ≥ x
    AtLeast(Quantity),
    /// value > x
    Above(Quantity),
    /// value ≤ x
    AtMost(Quantity),
    /// value < x
    Below(Quantity),
    /// a ≤ value ≤ b
    Between(Quantity, Quantity),
    /// of − by ≤ value ≤ of + by; a relative `by` is already multiplied out.
    WithinBand {
        /// The middle.
        of: Quantity,
        /// Half the width, in the unit of `of`.
        by: Quantity,
    },
}

/// Where a KPI stood before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// The value.
    pub value: Quantity,
    /// First and last day it was measured over.
    pub over: Option<(Date, Date)>,
    /// Who says so.
    pub source: Option<String>,
}

/// Where others stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Benchmark {
    /// The value.
    pub value: Quantity,
    /// Who says so.
    pub source: Option<String>,
}

/// How a KPI is measured.
#[derive(Clone, Debug, PartialEq)]
pub enum Measure {
    /// Rows where `hit` holds / rows.
    Ratio {
        /// The rows.
        rows: Rows,
        /// The condition.
        hit: Snippet,
    },
    /// Cases stopped in time.
    OnTime {
        /// The rows.
        rows: Rows,
        /// The clock.
        clock: Id,
        /// The limit.
        within: Within,
        /// The calendar: the measure's, else the clock's, else `always`.
        calendar: Id,
        /// What an unresolved case does.
        overdue: Overdue,
        /// Under `opened_in_period`: whether cases that are open and not yet due are left out.
        leave_out_not_due: bool,
    },
    /// Scheduled time without downtime / scheduled time.
    Availability {
        /// The outages; their source declares a `span`.
        rows: Rows,
        /// The scheduled time.
        outage: Outage,
    },
    /// Time or samples in which probes answer.
    Probes {
        /// The probes.
        rows: Rows,
        /// Whether a probe is up.
        up: Snippet,
        /// Whether a state holds until the next probe, or probes are counted.
        method: ProbeMethod,
        /// The scheduled time.
        calendar: Id,
        /// How often a probe runs, in microseconds.
        every: Option<i64>,
        /// A state holds no longer than this, in microseconds.
        max_gap: Option<i64>,
        /// The column that keeps several services apart.
        series: Option<String>,
    },
    /// One number from many values.
    Aggregate {
        /// The rows.
        rows: Rows,
        /// How.
        function: Function,
        /// Of what.
        of: Operand,
    },
    /// The number of rows.
    Count {
        /// The rows.
        rows: Rows,
    },
    /// The number of different values.
    Distinct {
        /// The rows.
        rows: Rows,
        /// The values.
        of: Snippet,
    },
    /// The net promoter score of answers 0–10, −100..=100.
    Nps {
        /// The rows.
        rows: Rows,
        /// The answer.
        of: Snippet,
    },
    /// Σ part / Σ whole.
    Share {
        /// The rows.
        rows: Rows,
        /// The part.
        part: Snippet,
        /// The whole.
        whole: Snippet,
    },
    /// Mean time between failures and its kin.
    Failures {
        /// The outages.
        rows: Rows,
        /// Which of the three.
        is: FailureMean,
        /// The scheduled time.
        outage: Outage,
    },
    /// Arithmetic over named measures.
    Formula {
        /// The arithmetic; its names are those of `parts`.
        is: Snippet,
        /// The measures by name.
        parts: IndexMap<String, Measure>,
    },
    /// Measured elsewhere, one row per period.
    Value {
        /// The rows.
        rows: Rows,
        /// The value.
        of: Snippet,
    },
    /// A person's statement in the Claims file.
    Attested,
}

/// The rows a measure is over.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// The source.
    pub source: Id,
    /// The population.
    pub filter: Option<Snippet>,
    /// The column and value of the KPI's `each` row: the rows where they are equal.
    pub each: Option<(String, String)>,
    /// What puts a row in a period: the KPI's `at`, else the source's.
    pub at: Option<At>,
}

/// How outages become downtime.
#[derive(Clone, Debug, PartialEq)]
pub struct Outage {
    /// The scheduled time.
    pub calendar: Id,
    /// Only whole clock minutes inside an outage count.
    pub whole_minutes: bool,
    /// Outages strictly shorter than this many microseconds do not count.
    pub ignore_shorter: Option<i64>,
    /// What an instant of an outage weighs, 0..=1.
    pub weight: Option<Snippet>,
}

/// Reduces many values to one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Function {
    /// The sum / the number of values.
    Mean,
    /// The middle; between the two middle ones for an even number.
    Median,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The sum.
    Sum,
    /// Linear interpolation between closest ranks (type 7); the share, 0..=1.
    Percentile(Rational),
}

/// What an aggregate is of.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// An expression over the row.
    Expression(Snippet),
    /// The elapsed time of a clock in a calendar.
    Clock {
        /// The clock.
        clock: Id,
        /// The calendar.
        calendar: Id,
    },
}

/// How long a clock may run.
#[derive(Clone, Debug, PartialEq)]
pub enum Within {
    /// One limit for all rows.
    Same(Deadline),
    /// A limit per value of a column; a row with another value is an error.
    By {
        /// The column.
        column: String,
        /// The limits.
        limits: IndexMap<String, Deadline>,
    },
}

/// What an unresolved case does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Overdue {
    /// In time / (resolved + open and overdue at the period's end).
    CountUntilResolved,
    /// In time / resolved.
    ResolvedOnly,
    /// In time / opened in the period.
    OpenedInPeriod,
}

/// How probes are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProbeMethod {
    /// A probe's state holds until the next.
    State,
    /// The share of probes.
    Samples,
}

/// Which mean of outages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureMean {
    /// Uptime per failure: (A − B − D) / n.
    Mtbf,
    /// Downtime per failure: D / n.
    Mtrs,
    /// Time per failure: (A − B) / n.
    Mtbsi,
}

/// Time or rows that do not count.
#[derive(Clone, Debug, PartialEq)]
pub struct CarveOut {
    /// Its id.
    pub id: Id,
    /// The title.
    pub title: String,
    /// The clause that allows it.
    pub clause: Option<String>,
    /// `provider`, `customer` or `external`.
    pub cause: Option<String>,
    /// What it covers.
    pub by: CarveOutBy,
    /// What excluded time becomes.
    pub mode: CarveOutMode,
    /// How much it may exclude.
    pub cap: Option<CarveOutCap>,
    /// What a claim must have.
    pub needs: Needs,
    /// By when a claim must be notified, from its window's start.
    pub notice: Option<Deadline>,
    /// Where it stands.
    pub declared_at: Span,
}

/// What a claim must have to apply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Evidence.
    pub evidence: bool,
    /// The other party's approval.
    pub approval: bool,
}

/// What a carve-out covers.
#[derive(Clone, Debug, PartialEq)]
pub enum CarveOutBy {
    /// Windows by a recurrence rule in the scorecard's zone.
    Schedule {
        /// The rule as RFC 5545 writes it.
        rrule: Snippet,
        /// First day the rule is expanded from: `from`, else the contract's start.
        from: Option<Date>,
        /// Length of a window in microseconds of elapsed time.
        lasts: i64,
    },
    /// Rows of the measured source.
    Where(Snippet),
    /// Windows or tickets of the Claims register.
    Claims,
}

/// What excluded time becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CarveOutMode {
    /// It leaves both sides.
    Remove,
    /// It counts as up.
    DeemAvailable,
}

/// How much a carve-out may exclude.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarveOutCap {
    /// Microseconds.
    pub time: i64,
    /// Per reporting period or another stretch.
    pub per: CapPer,
    /// What spends it.
    pub counts: CapCounts,
}

/// The stretch a cap renews with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CapPer {
    /// The reporting period.
    Period,
    /// Calendar months.
    Month,
    /// Calendar quarters.
    Quarter,
    /// Calendar years.
    Year,
}

/// What spends a cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CapCounts {
    /// Every minute of a window.
    Windows,
    /// Only down minutes.
    Downtime,
}

/// How a value becomes a score, before the limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scoring {
    /// 100 when met, else 0.
    Binary,
    /// A straight line from 0 to 100.
    Linear {
        /// The value that scores 0.
        zero_at: Quantity,
        /// The value that scores 100.
        full_at: Quantity,
    },
    /// Steps, each with the values it covers.
    Bands(Vec<Band>),
    /// Straight lines between points by rising value.
    Piecewise(Vec<(Quantity, Rational)>),
}

/// A step of a scoring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Band {
    /// The values it covers.
    pub range: Range,
    /// The score.
    pub score: Rational,
    /// Where it stands.
    pub span: Span,
}

/// A stretch of values; `None` is open to that side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// Lower bound.
    pub from: Option<Bound>,
    /// Upper bound.
    pub to: Option<Bound>,
}

/// An end of a [`Range`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The value.
    pub value: Quantity,
    /// Whether the value itself is inside.
    pub inclusive: bool,
}

/// What a miss pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credit {
    /// What a share is of.
    pub of: CreditBase,
    /// How much of it.
    pub model: CreditModel,
    /// Largest share of the base, 0..=1.
    pub cap: Option<Rational>,
    /// Within what time after the report it must be asked for, in microseconds.
    pub request_within: Option<Deadline>,
    /// Where it stands.
    pub span: Span,
}

/// What a credit is a share of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CreditBase {
    /// The period's charge.
    Charge,
    /// The at-risk amount × this KPI's share of it, 0..=1.
    AtRisk(Rational),
    /// A fee of its own.
    Fee(Amount),
}

/// How a miss becomes a share of the base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CreditModel {
    /// All of it on a default.
    WholeOnDefault,
    /// Steps; nested one-sided `below` tiers pay the highest that matches.
    Tiers(Vec<Tier>),
    /// Points that each pay a share.
    Points {
        /// Points per stretch of values.
        bands: Vec<(Range, Rational)>,
        /// Share of the base one point pays.
        each_pays: Rational,
        /// Whether second and later consecutive failures count twice.
        repeat_doubles: bool,
    },
    /// Target − actual, in percentage points.
    Shortfall,
    /// A share per stretch of net downtime.
    PerUnit {
        /// The stretch in microseconds.
        each: i64,
        /// Share of the base.
        pays: Rational,
        /// Whether a part of a stretch counts.
        ceil: bool,
    },
    /// A share per number of failures over several periods.
    PerCount {
        /// The number.
        each: u32,
        /// Share of the charges summed over `over`.
        pays: Rational,
        /// Periods.
        over: u32,
    },
    /// D / (A − B).
    Proportional,
}

/// A step of a credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tier {
    /// When it applies.
    pub when: TierTest,
    /// Share of the base it pays, 0..=1.
    pub pays: Rational,
    /// Where it stands.
    pub span: Span,
}

/// When a tier applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TierTest {
    /// The verdict is below_target or default.
    BelowTarget,
    /// The verdict is default.
    BelowMinimum,
    /// The value is in a range.
    Value(Range),
}

/// What a good value earns the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bonus {
    /// What a share is of.
    pub of: CreditBase,
    /// Steps.
    pub tiers: Vec<Tier>,
}

/// What happens on a miss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnMiss {
    /// What is done.
    pub action: String,
    /// Who does it.
    pub owner: Option<Id>,
    /// Who is told.
    pub notify: Vec<Id>,
}

/// What a miss costs the business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Impact {
    /// Per what, as written.
    pub per: String,
    /// How much money.
    pub costs: Rational,
    /// As what.
    pub what: Option<String>,
}

/// Allowed misses for few rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LowVolume {
    /// Largest number of rows.
    pub up_to: u64,
    /// Misses that are still met.
    pub allowed_misses: u64,
}

/// A KPI that must hold for another to count as met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guardrail {
    /// The KPI that must hold.
    pub kpi: Id,
    /// Turns met into below_target (`true`), or only reports it.
    pub not_met: bool,
}

/// What a KPI without data does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Leaves the sum.
    Renormalise,
    /// Scores 0.
    Zero,
    /// Is a default.
    Default,
    /// No score, no credit, and `build` exits 1.
    Fail,
}

/// The lowest scores of grades.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grades {
    /// Green from here.
    pub green: Rational,
    /// Amber from here, red below.
    pub amber: Rational,
}

/// What follows from verdicts beyond each KPI's own credit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consequences {
    /// What one incident that fails several KPIs pays.
    pub single_incident: Option<SingleIncident>,
    /// The n-th miss is a default: misses, within periods.
    pub default_after: Option<(u32, u32)>,
    /// How a credit is earned back.
    pub earn_back: Option<EarnBack>,
    /// A cap over several periods.
    pub rolling_cap: Option<RollingCap>,
    /// Triggers by id.
    pub triggers: IndexMap<Id, Trigger>,
}

/// What one incident that fails several KPIs pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SingleIncident {
    /// The highest credit.
    Highest,
    /// All credits.
    Sum,
    /// The one the customer selects.
    CustomerSelects,
}

/// How a credit is earned back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarnBack {
    /// Later periods that are looked at.
    pub over: u32,
    /// All of them met (`true`), or a mean margin of at least 0.
    pub every_period: bool,
    /// A verdict that forbids it.
    pub forbid_default: bool,
    /// Whether the contract's end forfeits it.
    pub lapse: bool,
}

/// A cap over several periods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollingCap {
    /// Periods.
    pub over: u32,
    /// Share of the charges, 0..=1.
    pub at_most: Rational,
    /// Before `over` periods have passed: on the current charge × `over`, or on the charges so far.
    pub projected: bool,
}

/// Something that happens when verdicts pile up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// When.
    pub when: TriggerWhen,
    /// Who is told.
    pub notify: Vec<Id>,
    /// By when.
    pub within: Option<Deadline>,
    /// The party that gets a right, such as to terminate.
    pub right: Option<String>,
    /// The clause.
    pub clause: Option<String>,
}

/// When a trigger fires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TriggerWhen {
    /// This many periods in a row.
    Consecutive {
        /// Periods.
        periods: u32,
        /// What counts.
        counting: Counting,
    },
    /// This many within some periods.
    Count {
        /// How many.
        count: u32,
        /// Within how many periods.
        within: u32,
        /// What counts.
        counting: Counting,
    },
    /// The period's credits reach the cap.
    CapReached,
}

/// What a trigger counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counting {
    /// KPIs; `None`: all. `with_credit` is already bound to those with a credit.
    pub kpis: Option<Vec<Id>>,
    /// Counts below_target too, not only default.
    pub below_target: bool,
    /// Whether the failures must be of one KPI.
    pub same_kpi: bool,
}

/// The register of a scorecard's claims and statements.
#[derive(Clone, Debug, Default)]
pub struct Claims {
    /// Carve-out claims by id.
    pub claims: IndexMap<Id, Claim>,
    /// Which credit the customer selected, by incident.
    pub selections: IndexMap<String, Selection>,
    /// Credits that were asked for.
    pub credit_requests: IndexMap<Id, CreditRequest>,
    /// Statements that stand in for measurements.
    pub attestations: IndexMap<Id, Attestation>,
}

/// A claim that time or tickets do not count.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Who claims.
    pub by: Id,
    /// The carve-out claimed.
    pub carve_out: Id,
    /// The KPIs it is claimed for.
    pub kpis: Vec<Id>,
    /// What it is claimed for.
    pub covers: ClaimCovers,
    /// When the other party was told.
    pub notified: Option<Date>,
    /// The evidence.
    pub evidence: Option<String>,
    /// What the other party decided; `None` is pending.
    pub decision: Option<Decision>,
    /// Where it stands.
    pub declared_at: Span,
}

/// What a claim covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimCovers {
    /// `[start, end)` in microseconds of UTC.
    Window(i64, i64),
    /// Rows of the measured source by key.
    Tickets(Vec<String>),
}

/// What the other party decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether it agreed.
    pub approved: bool,
    /// Who decided.
    pub by: Id,
    /// When.
    pub on: Date,
    /// A narrower window it agreed to.
    pub window: Option<(i64, i64)>,
    /// Whether it waived late notice.
    pub waives_notice: bool,
}

/// Which credit of an incident the customer takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The period's label.
    pub period: String,
    /// The KPI whose credit it is.
    pub kpi: Id,
    /// Who selected.
    pub by: Id,
}

/// A credit that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditRequest {
    /// The period's label.
    pub period: String,
    /// The KPIs; empty: all.
    pub kpis: Vec<Id>,
    /// Who asked.
    pub by: Id,
    /// When.
    pub on: Date,
}

/// A person's statement of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    /// The KPI.
    pub kpi: Id,
    /// The period's label.
    pub period: String,
    /// The value.
    pub value: Quantity,
    /// Who says so.
    pub by: Id,
    /// When.
    pub on: Date,
    /// The evidence.
    pub evidence: Option<String>,
}

impl Timeline {
    /// Returns the terms in force on `day` (for a period: its first day).
    pub fn version_on(&self, day: Date) -> &Version {
        self.versions
            .iter()
            .rev()
            .find(|version| version.effective.is_none_or(|effective| effective <= day))
            .expect("the base version has no effective date")
    }

    /// Returns the terms in force for `period`.
    pub fn terms(&self, period: crate::quantity::Period) -> &Terms {
        &self.version_on(period.first_day()).terms
    }

    /// Returns the latest terms.
    pub fn latest(&self) -> &Terms {
        &self.versions.last().expect("at least the base version").terms
    }
}

impl Calendar {
    /// Returns the built-in calendar that never closes.
    pub fn always() -> Self {
        Self {
            zone: TimeZone::UTC,
            open: std::array::from_fn(|_| vec![(0, 1440)]),
            holidays: Vec::new(),
            always: true,
        }
    }

    /// Returns the open intervals of a weekday in minutes of the day.
    pub fn hours(&self, day: Weekday) -> &[(u16, u16)] {
        &self.open[day.to_monday_zero_offset() as usize]
    }
}

/// Returns the minutes of the day of a civil time.
pub fn minutes(time: Time) -> u16 {
    u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs())
}
