//! Writes a history: as text, Markdown, HTML, JSON and CSV. All of them are functions of one [`Page`], which is the
//! JSON.

mod csv;
mod page;
mod text;

pub use page::{CommitView, FieldView, GapView, Page, PersonView, PublishedView, RowView, SignatureView};

use std::collections::BTreeMap;

use super::History;
use crate::error::Error;
use crate::report::chart::{Step, Steps};
use crate::report::{self, Templates};

/// Writes a history for a terminal.
pub fn text(page: &Page) -> String {
    text::history(page)
}

/// Writes who set what for a terminal, a line per field.
pub fn blame_text(page: &Page) -> String {
    text::blame(page)
}

/// Writes a page as comma-separated values, a line per row.
pub fn csv(page: &Page) -> String {
    csv::page(page)
}

/// Writes a page as JSON.
pub fn json(page: &Page) -> String {
    let mut text = serde_json::to_string_pretty(page).expect("a page has only string keys");
    text.push('\n');
    text
}

/// Writes a history as Markdown for git.
///
/// # Errors
/// When a template of the workspace fails.
pub fn markdown(page: &Page, templates: &Templates) -> Result<String, Error> {
    report::page("history.md", page, BTreeMap::new(), templates)
}

/// Writes `page`, which is of `history`, as one HTML page, with a stepped chart for each target and minimum.
///
/// # Errors
/// When a template of the workspace fails.
pub fn html(history: &History, page: &Page, templates: &Templates) -> Result<String, Error> {
    report::page("history.html", page, charts(history, page), templates)
}

/// What the charts of targets and minimums are drawn from: what is in force for known days.
fn charts(history: &History, page: &Page) -> BTreeMap<String, Steps> {
    let drawn = history.lives.iter().zip(&page.fields).filter_map(|(life, view)| {
        let of_row = |row: &super::Row| {
            Some(Step {
                from: row.from?,
                to: row.to,
                goal: row.goal.clone()?,
                label: row.value.clone()?,
                stands: row.superseded.is_none(),
            })
        };
        let steps = life.rows.iter().filter_map(of_row).collect();
        Some((
            view.label.clone(),
            Steps {
                unit: life.unit?,
                steps,
            },
        ))
    });
    drawn.collect()
}
