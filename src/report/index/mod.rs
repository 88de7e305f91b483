//! The portfolio: an index over scorecards and periods, and a page per scorecard with its periods.
//!
//! Made from what the default audience's reports say, of this build and of earlier ones: an index is as much
//! an internal page as they are.

mod entry;
mod grid;

use std::collections::{BTreeMap, BTreeSet};

use minijinja::Value;
use minijinja::value::Serde;
use schemars::JsonSchema;
use serde::Serialize;

pub use entry::Entry;
use entry::{CardRef, NumberRef, TallyRef, TrendRef};
use grid::Grid;

use super::chart::{Drawn, Scored};
use super::display::money;
use super::template::Renderer;
use super::{RenderedFile, Templates};
use crate::error::Error;
use crate::quantity::Rational;

/// What the index shows; the page of a scorecard sees the same, with one of `cards` as `item`.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Index<'a> {
    /// Of this format.
    version: u32,
    /// The title of the workspace.
    title: &'a str,
    /// What all scorecards came to.
    overview: Overview,
    /// The scorecards by title; `rank` orders them worst first.
    cards: &'a [Card<'a>],
    /// Scores by period, one grid per length of period.
    grids: Vec<Grid>,
}

/// A scorecard as the index lists it.
#[derive(Debug, Serialize, JsonSchema)]
struct Card<'a> {
    /// The scorecard.
    card: &'a CardRef,
    /// Place in the order worst first, from 1.
    rank: usize,
    /// Its reports, the newest first.
    reports: Vec<Report<'a>>,
}

/// A report as the index lists it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Report<'a> {
    #[serde(flatten)]
    entry: &'a Entry,
    /// What it came to in a word.
    verdict: Verdict,
}

/// What a period came to in a word: the grade, or what the KPIs came to where the card has no grades.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
struct Verdict {
    /// As a KPI's: it has the same shape and colour.
    code: &'static str,
    /// Its shape.
    shape: &'static str,
    /// Its word.
    word: &'static str,
}

impl Verdict {
    fn of_grade(grade: &str) -> Self {
        let (code, shape, word) = match grade {
            "green" => ("met", "●", "Green"),
            "amber" => ("below_target", "▲", "Amber"),
            _ => ("default", "■", "Red"),
        };
        Self { code, shape, word }
    }

    fn of(entry: &Entry) -> Self {
        let grade = entry.score.as_ref().and_then(|score| score.grade.as_deref());
        if let Some(grade) = grade {
            return Self::of_grade(grade);
        }
        let TallyRef {
            missed,
            below_target,
            judged,
            ..
        } = entry.tally;
        let (code, shape, word) = match entry.in_force {
            false => ("not_applicable", "◇", "Not in force"),
            true if missed > 0 => ("default", "■", "KPIs missed"),
            true if below_target > 0 => ("below_target", "▲", "KPIs at risk"),
            true if judged > 0 => ("met", "●", "All met"),
            true => ("no_data", "○", "No data"),
        };
        Self { code, shape, word }
    }
}

/// What all scorecards came to in their latest period.
#[derive(Debug, Serialize, JsonSchema)]
struct Overview {
    /// How many scorecards.
    scorecards: usize,
    /// How many reports of them.
    reports: usize,
    /// How many have which verdict, worst first.
    verdicts: Vec<(Verdict, usize)>,
    /// Whether any has a KPI without data.
    no_data: bool,
    /// Credits due, a sum per currency.
    credits: Vec<String>,
}

/// Writes the index, and a page per scorecard, as HTML and Markdown.
///
/// # Errors
/// When a template fails, with its name and line.
pub fn index(title: &str, entries: &[Entry], templates: &Templates) -> Result<Vec<RenderedFile>, Error> {
    let cards = cards(entries);
    let overview = overview(&cards, entries.len());
    let grids: Vec<Grid> = grid::build(&cards);
    let data = Index {
        version: 1,
        title,
        overview,
        cards: &cards,
        grids,
    };
    let trends = cards
        .iter()
        .map(|card| (card.card.id.clone(), trend(card).iter().map(scored).collect()))
        .collect();
    let renderer = Renderer::new(Value::from(Serde(&data)), Drawn::Scores(trends), templates)?;
    let mut files = Vec::new();
    for name in ["index.html", "index.md"] {
        files.push(RenderedFile {
            path: name.to_owned(),
            bytes: renderer.render(name)?.into_bytes(),
        });
    }
    for card in &cards {
        let extra = Value::from(Serde(serde_json::json!({ "item": card })));
        for (name, template) in [("index.html", "card.html"), ("index.md", "card.md")] {
            files.push(RenderedFile {
                path: format!("{}/{name}", card.card.id),
                bytes: renderer.render_with(template, extra.clone())?.into_bytes(),
            });
        }
    }
    Ok(files)
}

/// Sorts entries into cards by title, their reports newest first.
fn cards(entries: &[Entry]) -> Vec<Card<'_>> {
    let mut by_id: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        by_id.entry(&entry.card.id).or_default().push(entry);
    }
    let mut cards: Vec<Card<'_>> = by_id
        .into_values()
        .map(|mut reports| {
            reports.sort_by(|a, b| b.period.first_day.cmp(&a.period.first_day));
            Card {
                // As the newest report has it: a card may have been renamed.
                card: &reports[0].card,
                rank: 0,
                reports: reports
                    .into_iter()
                    .map(|entry| Report {
                        entry,
                        verdict: Verdict::of(entry),
                    })
                    .collect(),
            }
        })
        .collect();
    cards.sort_by_key(|card| (card.card.title.to_lowercase(), &card.card.id));
    let mut order: Vec<usize> = (0..cards.len()).collect();
    order.sort_by_cached_key(|&index| {
        let latest = &cards[index].reports[0];
        let score = latest
            .entry
            .score
            .as_ref()
            .and_then(|score| Rational::parse_decimal(&score.value.raw));
        (severity(latest.verdict), score.is_none(), score, index)
    });
    for (place, index) in order.into_iter().enumerate() {
        cards[index].rank = place + 1;
    }
    cards
}

/// How bad a verdict is, for ordering: smaller is worse.
fn severity(verdict: Verdict) -> usize {
    let order = ["default", "below_target", "no_data", "met", "not_applicable"];
    order
        .iter()
        .position(|code| *code == verdict.code)
        .unwrap_or(order.len())
}

fn overview(cards: &[Card<'_>], reports: usize) -> Overview {
    let latest: Vec<&Report<'_>> = cards.iter().map(|card| &card.reports[0]).collect();
    let mut verdicts: Vec<(Verdict, usize)> = Vec::new();
    for report in &latest {
        match verdicts.iter_mut().find(|(verdict, _)| *verdict == report.verdict) {
            Some((_, count)) => *count += 1,
            None => verdicts.push((report.verdict, 1)),
        }
    }
    verdicts.sort_by_key(|(verdict, _)| severity(*verdict));
    // Nothing is summed across currencies.
    let mut sums: BTreeMap<(&str, u32), Rational> = BTreeMap::new();
    for due in latest.iter().filter_map(|report| report.entry.money.as_ref()) {
        let sum = sums.entry((&due.currency, due.minor_units)).or_default();
        *sum = &*sum + &Rational::parse_decimal(&due.credit.raw).unwrap_or_default();
    }
    Overview {
        scorecards: cards.len(),
        reports,
        verdicts,
        no_data: latest.iter().any(|report| report.entry.tally.no_data > 0),
        credits: sums
            .iter()
            .map(|((currency, minor_units), sum)| money(sum, currency, *minor_units))
            .collect(),
    }
}

/// The scores of a card's periods, oldest first: as its reports say, and where there is no report, as the
/// newest one remembers.
fn trend(card: &Card<'_>) -> Vec<TrendRef> {
    let own: BTreeSet<&str> = card
        .reports
        .iter()
        .map(|report| report.entry.period.label.as_str())
        .collect();
    let remembered = card.reports[0]
        .entry
        .score_trend
        .iter()
        .filter(|point| !own.contains(point.period.as_str()));
    // A trend ends with the period that its report is about.
    let reported = card.reports.iter().filter_map(|report| report.entry.score_trend.last());
    let mut points: Vec<TrendRef> = remembered.chain(reported).cloned().collect();
    // Labels of one card sort as its periods do.
    points.sort_by(|a, b| a.period.cmp(&b.period));
    points
}

fn scored(point: &TrendRef) -> Scored {
    let pair = |number: &NumberRef| (number.raw.parse().unwrap_or(0.0), number.display.clone());
    Scored {
        period: point.period.clone(),
        score: point.score.as_ref().map(pair),
        code: point
            .grade
            .as_ref()
            .map_or("score", |grade| Verdict::of_grade(grade).code),
        bounds: [
            point.bounds.as_ref().map(|bounds| pair(&bounds.green)),
            point.bounds.as_ref().map(|bounds| pair(&bounds.amber)),
        ],
    }
}
