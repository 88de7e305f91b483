use jiff::civil::Date;

use super::content::Content;
use super::{From, History, Life, Row, Subject, reading};
use crate::error::Error;

/// Who set each field of the terms in force on a day.
#[derive(Debug)]
pub struct Blame {
    /// The day; `None` for the latest terms of a card without amendments or a contract.
    pub day: Option<Date>,
    /// The fields in the order of the card.
    pub lines: Vec<Line>,
    /// The history that it was taken from.
    pub history: History,
}

/// A field and the row that set it.
#[derive(Debug)]
pub struct Line {
    /// The field, without its other rows.
    pub life: Life,
    /// What set it.
    pub row: Row,
}

/// Returns for each field of `subject` in force on `day` the revision that set it; without a day, for the latest terms.
///
/// # Errors
/// As [`super::history`].
pub fn blame(subject: &Subject, from: &From<'_>, day: Option<Date>) -> Result<Blame, Error> {
    let (mut history, newest) = reading::read(subject, from)?;
    let day = day.or_else(|| match newest.as_deref() {
        Some(Content::Card(recorded)) => recorded.timeline.latest_day(),
        _ => None,
    });
    let lives = std::mem::take(&mut history.lives);
    let lines = lives.into_iter().filter_map(|mut life| {
        let rows = std::mem::take(&mut life.rows);
        let mut standing = rows
            .into_iter()
            .filter(|row| row.superseded.is_none() && row.value.is_some());
        let row = standing.find(|row| day.is_none_or(|day| row.covers(day)))?;
        Some(Line { life, row })
    });
    let lines = lines.collect();
    Ok(Blame { day, lines, history })
}
