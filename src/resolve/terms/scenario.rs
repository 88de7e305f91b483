//! Tests of a scorecard: given these facts, the contract must say this.

use indexmap::IndexMap;
use jiff::civil::Date;

use super::{Id, Timeline};
pub use crate::model::{FlagWord, GradeWord, ScenarioKind, VerdictWord};
use crate::quantity::{Period, Quantity, Rational};
use crate::source::Span;

/// A test of a scorecard in one period.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its id.
    pub id: Id,
    /// The title, for readers.
    pub title: Option<String>,
    /// What kind of test it is.
    pub kind: ScenarioKind,
    /// Path of the file that holds it.
    pub path: String,
    /// The scorecard as it is tested: with the scenario's own claims and without the amendments that it
    /// leaves out.
    pub card: Timeline,
    /// The period that is judged.
    pub period: Period,
    /// What earlier periods said; every KPI that is not named was met.
    pub before: IndexMap<Period, IndexMap<Id, Earlier>>,
    /// The rows of sources; one that is not given is covered and empty.
    pub given: IndexMap<Id, GivenRows>,
    /// What the contract must say, at least one thing.
    pub expected: Vec<Expectation>,
    /// Where its id stands.
    pub declared_at: Span,
}

/// What an earlier period said of a KPI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// The verdict.
    pub verdict: VerdictWord,
    /// The credit it paid, after caps.
    pub credit: Option<Rational>,
}

/// The rows of a source.
#[derive(Clone, Debug)]
pub struct GivenRows {
    /// Where the source is named.
    pub span: Span,
    /// The rows in file order.
    pub rows: Vec<GivenRow>,
}

/// One row; a column that it does not have is null.
#[derive(Clone, Debug)]
pub struct GivenRow {
    /// Where it stands.
    pub span: Span,
    /// Its values by column.
    pub cells: IndexMap<String, Cell>,
}

/// One value of a row.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The text; the source's declarations and the expressions decide what it is.
    pub text: String,
    /// Where the column is named.
    pub key: Span,
    /// Where the value stands.
    pub span: Span,
}

/// One thing that the contract must say.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// Its path below `expect`, such as `kpis.erp-uptime.value`.
    pub path: String,
    /// Where the expected value stands.
    pub span: Span,
    /// The entity whose card must say it, by its key; `None`: the scorecard itself.
    pub entity: Option<String>,
    /// What is expected.
    pub of: Expected,
}

/// What is expected. Lists are whole: what they do not name must not be there; their order says nothing.
#[derive(Clone, Debug)]
pub enum Expected {
    /// The value of a KPI.
    Value(Id, Figure),
    /// The verdict on a KPI.
    Verdict(Id, VerdictWord),
    /// The score of a KPI.
    KpiScore(Id, Figure),
    /// The credit of a KPI, after caps.
    KpiCredit(Id, Figure),
    /// The flags beside a KPI's verdict.
    Flags(Id, Vec<FlagWord>),
    /// The card's score.
    Score(Figure),
    /// The card's grade.
    Grade(GradeWord),
    /// The period's credit, after caps.
    Credit(Figure),
    /// The period's bonus.
    Bonus(Figure),
    /// The sum of earlier credits that return to the provider, not negative.
    EarnedBack(Figure),
    /// The triggers that fire.
    Triggers(Vec<Id>),
    /// A trigger that fires, whatever follows.
    Fires(Id),
    /// The party that gets a right by a trigger.
    Right(Id, String),
    /// The clause of a trigger that fires.
    Clause(Id, String),
    /// Everyone who is told.
    Told(Vec<Id>),
    /// The last day by which a person is told.
    ToldBy(Id, Date),
}

/// A number that is compared at the precision at which it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The number.
    pub quantity: Quantity,
    /// One of its last written digit, in the base of its unit: of `99.18%` 0.0001, of `2h 30m` a minute.
    pub step: Rational,
}
