//! What a scorecard has promised over time, in both times: when terms were in force (amendments), and when
//! they were recorded (commits).
//!
//! Comes in: a repository, the folder of the workspace in it, and the working tree. Every revision that
//! touches the files of the scorecard is compiled exactly as the working tree is; revisions that say the
//! same are one. Goes out: a [`History`], for each field its [`Row`]s from the first to the last, and where
//! the evidence ends. It decides nothing about signatures and dates: it says what the commits say.

mod blame;
mod content;
mod field;
mod life;
mod name;
mod reading;
pub mod render;
mod revision;
mod subject;

pub use blame::{Blame, Line, blame};
pub use subject::Subject;

use std::sync::Arc;

use jiff::civil::Date;

use crate::error::Error;
use crate::quantity::Unit;
use crate::resolve::terms::{Goal, Id};
use crate::source::Tree;
use crate::source::git::{Commit, CommitId, Repository};

/// Where a history is read from.
#[derive(Clone, Copy)]
pub struct From<'a> {
    /// The repository and the folder of the workspace in it; `None` where the workspace lies in none.
    pub repository: Option<(&'a Repository, &'a str)>,
    /// The last commit; `None` where there is none.
    pub tip: Option<CommitId>,
    /// The working tree, where what it says counts as well.
    pub working: Option<&'a dyn Tree>,
}

/// What a scorecard, or a part of it, has promised over time.
#[derive(Debug)]
pub struct History {
    /// What was asked.
    pub subject: Subject,
    /// Its title in the newest revision that has it.
    pub title: String,
    /// The last commit that was read.
    pub tip: Option<Arc<Commit>>,
    /// Whether the working tree was read.
    pub has_working_tree: bool,
    /// Each field with its rows; targets and minimums lead, in the order of the card.
    pub lives: Vec<Life>,
    /// Revisions that nobody can read.
    pub gaps: Vec<Gap>,
    /// The commits at which a shallow clone ends: what they say may have been recorded before.
    pub boundary: Vec<Arc<Commit>>,
}

/// One field over time.
#[derive(Clone, Debug)]
pub struct Life {
    /// The KPI, by its newest id; `None` for a field of the card.
    pub kpi: Option<Id>,
    /// The KPI's title.
    pub title: Option<String>,
    /// The keys that lead to the field, below the KPI or the card.
    pub field: Vec<String>,
    /// The unit of the KPI's value.
    pub unit: Option<Unit>,
    /// The rows by the day they took force, then as they were recorded.
    pub rows: Vec<Row>,
}

/// One value of a field, from a day on, as one revision recorded it.
#[derive(Clone, Debug)]
pub struct Row {
    /// The value; `None` where an amendment takes the field away.
    pub value: Option<String>,
    /// The value of a target or minimum.
    pub goal: Option<Goal>,
    /// The first day in force: of the amendment, or of the contract; `None` on a card without one.
    pub from: Option<Date>,
    /// The last day in force as far as its revisions know; `None` while it is open.
    pub to: Option<Date>,
    /// What set it.
    pub basis: Basis,
    /// The revision that recorded it.
    pub record: Record,
    /// Where it stands in that revision.
    pub place: Place,
    /// Whether a shallow clone ends here, so that it may have been recorded before.
    pub at_or_before: bool,
    /// Whole days from the first day in force to the day of recording, where that was late: after the first
    /// instant of that day in the card's zone. 0 is on the day itself.
    pub late_days: Option<i32>,
    /// What took its place in the record; `None` while it stands.
    pub superseded: Option<Superseded>,
}

/// What set a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Basis {
    /// The amendment; `None` for the original terms.
    pub amendment: Option<Amended>,
    /// The pack that it stands in, with its version.
    pub pack: Option<String>,
}

/// The particulars of an amendment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amended {
    /// Its id.
    pub id: Id,
    /// The parties' reference.
    pub reference: Option<String>,
    /// When it was signed.
    pub signed: Option<Date>,
    /// Who approved it: ids and names.
    pub approved_by: Vec<(Id, String)>,
    /// Why.
    pub reason: Option<String>,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, from the workspace.
    pub path: String,
    /// The line, from 1.
    pub line: Option<u32>,
}

/// Who recorded something.
#[derive(Clone, Debug)]
pub enum Record {
    /// A commit.
    Commit(Arc<Commit>),
    /// Nobody yet: it stands in the working tree.
    NotCommitted,
}

/// What took a row's place in the record.
#[derive(Clone, Debug)]
pub struct Superseded {
    /// The revision that no longer has the row.
    pub by: Record,
    /// What it has from the row's first day on; `None` where it has nothing.
    pub value: Option<String>,
}

/// A revision that nobody can read.
#[derive(Clone, Debug)]
pub struct Gap {
    /// The revision.
    pub record: Record,
    /// What is wrong with it.
    pub message: String,
    /// Where.
    pub place: Place,
    /// The next revision; `None` where it is the last one.
    pub until: Option<Record>,
}

impl Record {
    /// The commit, where there is one.
    pub fn commit(&self) -> Option<&Commit> {
        match self {
            Self::Commit(commit) => Some(commit),
            Self::NotCommitted => None,
        }
    }
}

impl Row {
    /// Whether the row says that it is in force on `day`.
    pub fn covers(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

impl History {
    /// Whether nothing lies beyond what was read: the workspace is in a repository, and that is no shallow clone.
    pub fn is_complete(&self) -> bool {
        self.tip.is_some() && self.boundary.is_empty()
    }

    /// Leaves out what was never in force on `day`.
    pub fn on(mut self, day: Date) -> Self {
        for life in &mut self.lives {
            life.rows.retain(|row| row.covers(day));
        }
        self.lives.retain(|life| !life.rows.is_empty());
        self
    }
}

/// Reads the history of `subject`.
///
/// A whole card or KPI shows its targets and minimums and every other field that ever changed; a field shows
/// everything below it.
///
/// # Errors
/// When an object cannot be read; [`Error::Unknown`] when no revision has the scorecard, the KPI or the field.
pub fn history(subject: &Subject, from: &From<'_>) -> Result<History, Error> {
    let (mut history, _) = reading::read(subject, from)?;
    if subject.field.is_empty() {
        let is_goal = |life: &Life| {
            life.kpi.is_some() && matches!(&life.field[..], [only] if only == "target" || only == "minimum")
        };
        history.lives.retain(|life| is_goal(life) || life.rows.len() > 1);
    }
    Ok(history)
}
