use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Card, Verdict, trend};

/// Columns of a grid: a year of months, and no more of anything else.
const COLUMNS: usize = 12;

/// Scorecards down, periods across: of all cards whose periods have one form.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Grid {
    /// `week`, `month`, `quarter` or `year`.
    every: String,
    /// The labels of the newest periods, oldest first.
    periods: Vec<String>,
    /// One per scorecard, by title.
    rows: Vec<Row>,
}

/// A scorecard through the periods.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
struct Row {
    /// The scorecard.
    id: String,
    /// Its title.
    title: String,
    /// Its place in the order worst first, from 1.
    rank: usize,
    /// One per period.
    cells: Vec<Option<Cell>>,
}

/// The score of one card in one period.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
struct Cell {
    /// What it came to in a word.
    verdict: Verdict,
    /// The score, or the verdict's word where there is none.
    text: String,
    /// Whether a report of that period exists; else the newest one remembers its score.
    reported: bool,
    /// Whether that report has a page for the default audience.
    html: bool,
    /// Whether it has Markdown.
    markdown: bool,
}

/// Builds a grid per form of period, months first.
pub(super) fn build(cards: &[Card<'_>]) -> Vec<Grid> {
    let every = |card: &Card<'_>| card.reports[0].entry.period.every.clone();
    ["month", "week", "quarter", "year"]
        .into_iter()
        .filter_map(|form| {
            let cards: Vec<&Card<'_>> = cards.iter().filter(|card| every(card) == form).collect();
            let labels: BTreeSet<String> = cards
                .iter()
                .flat_map(|card| trend(card))
                .map(|point| point.period)
                .collect();
            let skipped = labels.len().saturating_sub(COLUMNS);
            let periods: Vec<String> = labels.into_iter().skip(skipped).collect();
            (!periods.is_empty()).then(|| Grid {
                every: form.to_owned(),
                rows: cards.into_iter().map(|card| row(card, &periods)).collect(),
                periods,
            })
        })
        .collect()
}

fn row(card: &Card<'_>, periods: &[String]) -> Row {
    let trend = trend(card);
    let cells = periods.iter().map(|label| {
        let report = card.reports.iter().find(|report| report.entry.period.label == *label);
        let point = trend.iter().find(|point| point.period == *label)?;
        let verdict = match (report, &point.score, &point.grade) {
            (Some(report), ..) => report.verdict,
            (None, _, Some(grade)) => Verdict::of_grade(grade),
            // Without a report or a grade there is nothing to say but the number.
            (None, Some(_), None) => Verdict {
                code: "",
                shape: "",
                word: "",
            },
            (None, None, None) => return None,
        };
        Some(Cell {
            verdict,
            text: point
                .score
                .as_ref()
                .map_or_else(|| verdict.word.to_owned(), |score| score.display.clone()),
            reported: report.is_some(),
            html: report.is_some_and(|report| report.entry.html),
            markdown: report.is_some_and(|report| report.entry.markdown),
        })
    });
    Row {
        id: card.card.id.clone(),
        title: card.card.title.clone(),
        rank: card.rank,
        cells: cells.collect(),
    }
}
