//! What both versions make of the same facts: verdicts, scores and credits of the last periods, side by side.
//!
//! The data are those of HEAD, and so is the register of claims: what is compared is the contract, not what
//! happened. Behaviour is assumed unchanged: under other terms people might have worked otherwise. [`facts`] does
//! the opposite: one contract, and what either side says has happened.

mod entity;
mod pair;
mod row;
mod total;

use std::collections::BTreeMap;

use jiff::civil::Date;

pub use entity::{EntityReplay, Team};
pub use row::{PeriodReplay, Published, Sides, VerdictChange};
pub use total::{LoneKpi, Total};

use self::pair::Pair;
use super::change::Change;
use super::timeline::Difference;
use crate::assess::Figures;
use crate::compile::Compiled;
use crate::diagnostics::Level;
use crate::evaluate::{Evaluated, evaluate};
use crate::measure::Inputs;
use crate::resolve::terms::Id;
use crate::tables::Failure;

/// Closed periods that may be without data at the end of the replay before it is told as such: data of the
/// last months come late.
const LATE: u32 = 12;

/// How to replay.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// How many periods; of two kinds of periods, the shorter ones count.
    pub periods: u32,
    /// The day of the comparison: the last period is the one that ended before it.
    pub as_of: Date,
    /// What was published, by scorecard and period.
    pub published: &'a BTreeMap<Id, BTreeMap<String, Figures>>,
}

/// Every card whose terms or facts changed, replayed.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    /// One per card and basis, in the order of the difference.
    pub cards: Vec<CardReplay>,
    /// Cards that could not be replayed, and why.
    pub skipped: Vec<(Id, String)>,
}

/// What differs between the two sides of a replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Each period by the terms that each version has for it: what is rewritten.
    AsWritten,
    /// Every period by the terms of one day: what a change to come would have meant.
    TermsOf(Date),
    /// Not the terms but the facts: those of BASE and those of HEAD under the terms of HEAD.
    Facts,
}

/// On which sides a card is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// On both.
    Both,
    /// In HEAD only.
    Added,
    /// In BASE only.
    Removed,
}

/// One card under both versions.
#[derive(Clone, Debug)]
pub struct CardReplay {
    /// The scorecard.
    pub card: Id,
    /// Its title.
    pub title: String,
    /// What differs.
    pub basis: Basis,
    /// On which sides it is.
    pub presence: Presence,
    /// The currency, where there is money.
    pub currency: String,
    /// Decimals of its minor unit.
    pub minor_units: u32,
    /// The periods, oldest first.
    pub periods: Vec<PeriodReplay>,
    /// KPIs that are judged on one side only, and how they come out there.
    pub lone: Vec<LoneKpi>,
    /// The entities of a `for_each` card.
    pub team: Option<Team>,
}

impl CardReplay {
    /// Sums up.
    pub fn total(&self) -> Total {
        Total::of(&self.periods)
    }

    /// Whether the terms differ, not the facts.
    pub fn is_about_terms(&self) -> bool {
        self.basis != Basis::Facts
    }
}

/// Replays every card of `difference` whose results may differ, each source read once for both versions.
///
/// Where the data of HEAD do not fit the terms of BASE – another column, another file – that card is skipped. A
/// card that is gone is assessed on the data of BASE, where there are any: its own may have gone with it.
///
/// # Errors
/// As [`evaluate`], for what is wrong with HEAD.
pub fn replay(
    before: &Compiled,
    after: &Compiled,
    difference: &Difference,
    options: Options<'_>,
    (inputs, of_base): (Inputs<'_>, Option<Inputs<'_>>),
) -> Result<Replay, Failure> {
    let mut replayed = Replay::default();
    let cards = difference
        .cards
        .iter()
        .filter(|card| card.changes.iter().any(is_replayed));
    let (pairs, gone): (Vec<_>, Vec<_>) = cards
        .flat_map(|card| pair::of_terms(before, after, card, options))
        .partition(|pair| pair.after.is_some());
    let trend = options.periods.saturating_add(LATE);
    let asked: Vec<_> = pairs.iter().flat_map(Pair::asked).collect();
    match evaluate(&asked, trend, inputs, None) {
        Ok(evaluation) => {
            let mut sides = evaluation.cards.iter();
            for pair in &pairs {
                replayed.add(pair, &mut sides, options);
            }
        }
        Err(Failure::World(error)) => return Err(Failure::World(error)),
        Err(Failure::Found(_)) => {
            let head: Vec<_> = pairs.iter().filter_map(Pair::asked_after).collect();
            evaluate(&head, trend, inputs, None)?;
            for pair in &pairs {
                match evaluate(&pair.asked(), trend, inputs, None) {
                    Ok(evaluation) => replayed.add(pair, &mut evaluation.cards.iter(), options),
                    Err(failure) => replayed.skip(pair, MISFIT, failure)?,
                }
            }
        }
    }
    for pair in &gone {
        match evaluate(&pair.asked(), trend, of_base.unwrap_or(inputs), None) {
            Ok(evaluation) => replayed.add(pair, &mut evaluation.cards.iter(), options),
            Err(failure) => replayed.skip(pair, MISFIT, failure)?,
        }
    }
    Ok(replayed)
}

/// Assesses the terms of HEAD on the facts of either side: data and claims. Only cards whose results differ are
/// returned.
///
/// # Errors
/// As [`evaluate`], for what is wrong with HEAD.
pub fn facts(
    before: &Compiled,
    after: &Compiled,
    options: Options<'_>,
    (old, new): (Inputs<'_>, Inputs<'_>),
) -> Result<Replay, Failure> {
    let mut replayed = Replay::default();
    let pairs = pair::of_facts(before, after, options);
    let trend = options.periods.saturating_add(LATE);
    let now: Vec<_> = pairs.iter().filter_map(Pair::asked_after).collect();
    let now = evaluate(&now, trend, new, None)?;
    let then: Vec<_> = pairs.iter().filter_map(Pair::asked_before).collect();
    match evaluate(&then, trend, old, None) {
        Ok(then) => {
            for ((pair, was), is) in pairs.iter().zip(&then.cards).zip(&now.cards) {
                replayed.add(pair, &mut [was, is].into_iter(), options);
            }
        }
        Err(Failure::World(error)) => return Err(Failure::World(error)),
        // What does not fit costs its own card only.
        Err(Failure::Found(_)) => {
            for ((pair, was), is) in pairs.iter().zip(&then).zip(&now.cards) {
                match evaluate(std::slice::from_ref(was), trend, old, None) {
                    Ok(then) => replayed.add(pair, &mut then.cards.iter().chain([is]), options),
                    Err(failure) => replayed.skip(pair, "the data of BASE do not fit the terms of HEAD", failure)?,
                }
            }
        }
    }
    replayed
        .cards
        .retain(|card| card.periods.iter().any(PeriodReplay::differs));
    replayed.skipped.retain(|(_, why)| why != NOTHING_ENDED);
    Ok(replayed)
}

const MISFIT: &str = "the data do not fit the terms of BASE";
const NOTHING_ENDED: &str = "no period of the contract has ended";

impl Replay {
    fn add<'e>(&mut self, pair: &Pair<'_>, sides: &mut impl Iterator<Item = &'e Evaluated<'e>>, options: Options<'_>) {
        let was = pair.before.as_ref().and_then(|_| sides.next());
        let is = pair.after.as_ref().and_then(|_| sides.next());
        let replay = pair.compare(was, is, options);
        if !replay.periods.is_empty() {
            self.cards.push(replay);
            return;
        }
        let ended = |side: Option<&Evaluated<'_>>| side.is_some_and(|it| it.outcomes.iter().any(|it| it.in_force));
        let why = if ended(was) && ended(is) {
            "its periods never begin and end on the same days on both sides"
        } else {
            NOTHING_ENDED
        };
        self.skipped.push((pair.card.to_owned(), why.to_owned()));
    }

    fn skip(&mut self, pair: &Pair<'_>, why: &str, failure: Failure) -> Result<(), Failure> {
        let Failure::Found(found) = failure else {
            return Err(failure);
        };
        let first = found.iter().find(|finding| finding.level == Level::Error);
        let what = first.map_or(String::new(), |finding| format!(": {}", finding.message));
        self.skipped.push((pair.card.to_owned(), format!("{why}{what}")));
        Ok(())
    }
}

/// Whether a change may move a result, and is not itself one of the facts.
fn is_replayed(change: &Change) -> bool {
    change.effect.matters() && !change.is_about_facts()
}

/// Raises the level of changes that the replay shows to matter; it never lowers one.
pub fn raise(difference: &mut Difference, replay: &Replay) {
    for card in &mut difference.cards {
        let replayed: Vec<&CardReplay> = replay
            .cards
            .iter()
            .filter(|it| it.card == card.id && it.is_about_terms())
            .collect();
        let moved = |kpi: &Id| {
            let of_card = replayed.iter().flat_map(|card| &card.periods);
            let teams = replayed.iter().filter_map(|card| card.team.as_ref());
            let of_entities = teams.flat_map(|team| &team.entities).flat_map(|entity| &entity.periods);
            of_card.chain(of_entities).any(|period| {
                let judged = period.verdicts.iter().any(|verdict| verdict.kpi == *kpi);
                judged || (period.driver.as_ref() == Some(kpi) && period.credit.before != period.credit.after)
            })
        };
        for change in card.changes.iter_mut().filter(|change| change.effect.matters()) {
            if change.kpi.as_ref().is_some_and(moved) {
                change.level = change.level.max(Level::Warn);
            }
        }
        card.changes.sort_by_key(|change| std::cmp::Reverse(change.level));
    }
}
