//! What a scorecard says about itself: who, why, how often and for whom.

use jiff::civil::Date;

use super::Id;
use crate::quantity::Rational;

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
