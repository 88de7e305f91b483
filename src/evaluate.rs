//! The back half in one call: timelines and data → facts and outcomes of a period, with its trend.
//!
//! Every card is measured in one pass over the sources, back to the earliest period that a verdict or a
//! cap of the reported ones looks at; then each card is assessed on its own.

use jiff::civil::Date;
use rayon::prelude::*;

use crate::assess::maturity::{self, Standing};
use crate::assess::{self, Outcome};
use crate::measure::facts::Facts;
use crate::measure::{self, Inputs, Request};
use crate::quantity::Period;
use crate::resolve::terms::Timeline;
use crate::tables::Failure;

/// One card and the period to report.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The card.
    pub card: &'a Timeline,
    /// The period, of the card's scheme.
    pub period: Period,
}

/// What came out.
#[derive(Debug)]
pub struct Evaluation<'a> {
    /// Everything that was measured.
    pub facts: Facts,
    /// One per card that was asked for, in that order.
    pub cards: Vec<Evaluated<'a>>,
}

/// What came out for one card.
#[derive(Debug)]
pub struct Evaluated<'a> {
    /// The card.
    pub card: &'a Timeline,
    /// The outcomes of the trend periods, oldest first; the last is the reported one.
    pub outcomes: Vec<Outcome>,
    /// The same for each entity of a `for_each` card, in list order.
    pub entities: Vec<Vec<Outcome>>,
    /// Where the card's maturity models stand at the end of the reported period.
    pub maturity: Vec<Standing>,
}

/// A card whose outcomes in single periods are wanted beside the reported ones.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// The card; its id is that of no other card.
    pub card: &'a Timeline,
    /// The periods, at least one.
    pub periods: &'a [Period],
}

/// Measures and assesses every card for its period and the `trend` periods that end with it.
///
/// # Errors
/// As [`measure::measure`].
pub fn evaluate<'a>(
    asked: &[Asked<'a>],
    trend: u32,
    inputs: Inputs<'_>,
    data_through: Option<Date>,
) -> Result<Evaluation<'a>, Failure> {
    evaluate_beside(asked, &[], trend, inputs, data_through).map(|(evaluation, _)| evaluation)
}

/// Does as [`evaluate`], and assesses further cards in the same pass over the sources; their outcomes come in
/// the order of `beside` and of its periods.
///
/// # Errors
/// As [`measure::measure`].
pub fn evaluate_beside<'a>(
    asked: &[Asked<'a>],
    beside: &[Beside<'_>],
    trend: u32,
    inputs: Inputs<'_>,
    data_through: Option<Date>,
) -> Result<(Evaluation<'a>, Vec<Vec<Outcome>>), Failure> {
    let mut requests: Vec<Request<'_>> = asked.iter().map(|asked| request(asked, trend)).collect();
    requests.extend(beside.iter().filter_map(|beside| {
        let (first, last) = (*beside.periods.iter().min()?, *beside.periods.iter().max()?);
        Some(Request {
            card: beside.card,
            periods: through(assess::horizon(beside.card, first).min(first), last),
        })
    }));
    let options = measure::Options {
        data_through,
        ..measure::Options::default()
    };
    let evaluation = assessed(asked, trend, measure::measure(&requests, inputs, options)?);
    let beside = beside
        .iter()
        .map(|beside| assess::assess(beside.card, &evaluation.facts, None, beside.periods))
        .collect();
    Ok((evaluation, beside))
}

/// Assesses what has been measured.
pub fn assessed<'a>(asked: &[Asked<'a>], trend: u32, facts: Facts) -> Evaluation<'a> {
    let cards = asked
        .par_iter()
        .map(|asked| {
            let periods = shown(asked, trend);
            let entities = facts.entities.get(&asked.card.id).map_or(&[][..], Vec::as_slice);
            Evaluated {
                card: asked.card,
                outcomes: assess::assess(asked.card, &facts, None, &periods),
                entities: entities
                    .iter()
                    .map(|entity| assess::assess(asked.card, &facts, Some(entity), &periods))
                    .collect(),
                maturity: standings(asked, &facts),
            }
        })
        .collect();
    Evaluation { facts, cards }
}

/// Returns the periods from `first` through `last`.
fn through(first: Period, last: Period) -> Vec<Period> {
    (0..=last.since(first)).map(|n| first.offset(n)).collect()
}

/// Returns what has to be measured for a card, back to what its memory reaches.
pub fn request<'a>(asked: &Asked<'a>, trend: u32) -> Request<'a> {
    let first = shown(asked, trend.max(looked_back(asked)))[0];
    let earliest = assess::horizon(asked.card, first).min(first);
    Request {
        card: asked.card,
        periods: through(earliest, asked.period),
    }
}

/// Assesses the maturity models of a card; none where it is not in force.
fn standings(asked: &Asked<'_>, facts: &Facts) -> Vec<Standing> {
    if asked.card.maturity.is_empty() {
        return Vec::new();
    }
    let outcomes = assess::assess(asked.card, facts, None, &shown(asked, looked_back(asked)));
    let in_force = outcomes.last().is_some_and(|outcome| outcome.in_force);
    let models = asked.card.maturity.iter().filter(|_| in_force);
    models
        .map(|model| maturity::mature(model, asked.card, &outcomes))
        .collect()
}

/// Returns how many periods a card's maturity models look at; 1 without one.
fn looked_back(asked: &Asked<'_>) -> u32 {
    asked.card.maturity.iter().map(maturity::periods_of).max().unwrap_or(1)
}

/// Returns the periods of the trend, oldest first, none before the contract starts but the reported one.
fn shown(asked: &Asked<'_>, trend: u32) -> Vec<Period> {
    let back = i32::try_from(trend.max(1) - 1).unwrap_or(i32::MAX);
    let first = asked.period.offset(-back);
    let contract = asked.card.terms(asked.period).contract.as_ref();
    let start = contract.map(|contract| asked.period.scheme().containing(contract.starts));
    let first = start.map_or(first, |start| first.max(start)).min(asked.period);
    through(first, asked.period)
}
