//! What both versions make of the same facts: verdicts, scores and credits of the last periods, side by side.
//!
//! The data are those of HEAD, and so is the register of claims: what is compared is the contract, not what
//! happened. Behaviour is assumed unchanged: under other terms people might have worked otherwise.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use jiff::civil::Date;

use super::change::{Change, Timing};
use super::timeline::{CardDifference, Difference};
use crate::assess::outcome::{LineKind, Outcome, Statement, Verdict};
use crate::assess::{Figures, Outcome as Judged};
use crate::compile::Compiled;
use crate::diagnostics::Level;
use crate::evaluate::{Asked, Evaluated, evaluate};
use crate::measure::Inputs;
use crate::quantity::{Period, Rational};
use crate::resolve::terms::{Id, Timeline, Version};
use crate::tables::Failure;

/// Closed periods that may be without data at the end of the replay before it is told as such: data of the
/// last months come late.
const LATE: u32 = 12;

/// How to replay.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// How many periods.
    pub periods: u32,
    /// The day of the comparison: the last period is the one that ended before it.
    pub as_of: Date,
    /// What was published, by scorecard and period.
    pub published: &'a BTreeMap<Id, BTreeMap<String, Figures>>,
}

/// Every card whose terms changed, replayed.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    /// One per card and basis, in the order of the difference.
    pub cards: Vec<CardReplay>,
    /// Cards that could not be replayed, and why.
    pub skipped: Vec<(Id, String)>,
}

/// Which terms the periods are judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Each period by the terms that each version has for it: what is rewritten.
    AsWritten,
    /// Every period by the terms of one day: what a change to come would have meant.
    TermsOf(Date),
}

/// One card under both versions.
#[derive(Clone, Debug)]
pub struct CardReplay {
    /// The scorecard.
    pub card: Id,
    /// Its title.
    pub title: String,
    /// Which terms.
    pub basis: Basis,
    /// The currency, where there is money.
    pub currency: String,
    /// Decimals of its minor unit.
    pub minor_units: u32,
    /// The periods, oldest first.
    pub periods: Vec<PeriodReplay>,
}

/// One period under both versions.
#[derive(Clone, Debug)]
pub struct PeriodReplay {
    /// Its label.
    pub period: String,
    /// What was published of it: score and credit.
    pub published: Option<Published>,
    /// The score under either version; `None` where nothing is scored.
    pub score: Sides<Option<Rational>>,
    /// The credit under either version; `None` where there is no statement.
    pub credit: Sides<Option<Rational>>,
    /// KPIs whose verdict differs; a KPI that is only on one side has one verdict.
    pub verdicts: Vec<VerdictChange>,
    /// The KPI that moves most money, else most points.
    pub driver: Option<Id>,
    /// Share of the effective weight that was measured under HEAD, 0..=1.
    pub coverage: Rational,
    /// Whether any KPI was measured under either version.
    pub has_data: bool,
}

/// Both versions of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sides<T> {
    /// Under BASE.
    pub before: T,
    /// Under HEAD.
    pub after: T,
}

/// What was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The score.
    pub score: Option<Rational>,
    /// The credit.
    pub credit: Option<Rational>,
}

/// A KPI that comes out otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerdictChange {
    /// The KPI, by its id in HEAD where it is there.
    pub kpi: Id,
    /// Its verdict under BASE.
    pub before: Option<Verdict>,
    /// Its verdict under HEAD.
    pub after: Option<Verdict>,
}

/// The sums of a replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    /// Periods.
    pub periods: usize,
    /// Of them with any data.
    pub measured: usize,
    /// Of them with another verdict.
    pub verdicts: usize,
    /// Mean difference of the scores, where both sides have one.
    pub score: Option<Rational>,
    /// Sum of the differences of credits, where both sides have a statement.
    pub credit: Option<Rational>,
}

impl CardReplay {
    /// Sums up.
    pub fn total(&self) -> Total {
        let difference = |sides: &Sides<Option<Rational>>| Some(sides.after.as_ref()? - sides.before.as_ref()?);
        let scores: Vec<Rational> = self.periods.iter().filter_map(|one| difference(&one.score)).collect();
        let credits: Vec<Rational> = self.periods.iter().filter_map(|one| difference(&one.credit)).collect();
        let n = Rational::integer(i64::try_from(scores.len()).unwrap_or(i64::MAX));
        Total {
            periods: self.periods.len(),
            measured: self.periods.iter().filter(|one| one.has_data).count(),
            verdicts: self.periods.iter().filter(|one| !one.verdicts.is_empty()).count(),
            score: scores.iter().cloned().sum::<Rational>().checked_div(&n),
            credit: (!credits.is_empty()).then(|| credits.iter().cloned().sum()),
        }
    }
}

/// A pair of timelines under ids of their own, so that one pass over the data measures both.
struct Pair<'a> {
    card: &'a CardDifference,
    basis: Basis,
    before: Timeline,
    after: Timeline,
    last: Period,
}

/// Replays every card of `difference` whose results may differ, each source read once for both versions.
///
/// # Errors
/// As [`evaluate`]; findings name places in either version.
pub fn replay(
    before: &Compiled,
    after: &Compiled,
    difference: &Difference,
    options: Options<'_>,
    inputs: Inputs<'_>,
) -> Result<Replay, Failure> {
    let mut replayed = Replay::default();
    let mut pairs = Vec::new();
    for card in &difference.cards {
        if !card.changes.iter().any(is_replayed) {
            continue;
        }
        match pairs_of(before, after, card, options) {
            Ok(found) => pairs.extend(found),
            Err(why) => replayed.skipped.push((card.id.clone(), why.to_owned())),
        }
    }
    let asked: Vec<Asked<'_>> = pairs
        .iter()
        .flat_map(|pair| {
            [&pair.before, &pair.after].map(|card| Asked {
                card,
                period: pair.last,
            })
        })
        .collect();
    let evaluation = evaluate(&asked, options.periods.saturating_add(LATE), inputs, None)?;
    for (pair, sides) in pairs.iter().zip(evaluation.cards.chunks(2)) {
        let [was, is] = sides else { continue };
        let replay = pair.compare(was, is, options);
        match replay.periods.is_empty() {
            true => {
                let why = "no period of the contract has ended";
                replayed.skipped.push((pair.card.id.clone(), why.to_owned()));
            }
            false => replayed.cards.push(replay),
        }
    }
    Ok(replayed)
}

/// Whether a change may move a result, and is not itself one of the facts.
fn is_replayed(change: &Change) -> bool {
    change.effect.matters() && !change.is_about_facts()
}

fn pairs_of<'a>(
    before: &Compiled,
    after: &Compiled,
    card: &'a CardDifference,
    options: Options<'_>,
) -> Result<Vec<Pair<'a>>, &'static str> {
    let find = |compiled: &'_ Compiled| compiled.workspace.cards.iter().find(|it| it.id == card.id).cloned();
    let (Some(was), Some(is)) = (find(before), find(after)) else {
        return Err("it is on one side only");
    };
    let scheme = is.latest().period;
    if was.latest().period != scheme {
        return Err("its periods are other ones on either side");
    }
    let last = scheme.containing(options.as_of).offset(-1);
    let back = i32::try_from(options.periods.max(1) - 1).unwrap_or(i32::MAX);
    let first = last.offset(-back).first_day();
    let changes = || card.changes.iter().filter(|change| is_replayed(change));
    let mut pairs = Vec::new();
    let mut add = |basis, mut before: Timeline, mut after: Timeline| {
        take_facts(&mut before, &after);
        name(&mut before, &format!("{} before, {basis:?}", card.id));
        name(&mut after, &format!("{} after, {basis:?}", card.id));
        pairs.push(Pair {
            card,
            basis,
            before,
            after,
            last,
        });
    };
    if changes().any(|change| change.timing >= Timing::Retroactive) {
        add(Basis::AsWritten, was.clone(), is.clone());
    }
    // What does not reach back over the whole stretch shows only if its terms had always held.
    let partial =
        |change: &&Change| change.from.is_some_and(|from| from > first) || change.timing < Timing::Retroactive;
    let coming: Vec<Date> = changes()
        .filter(partial)
        .map(|change| change.from.unwrap_or(options.as_of))
        .collect();
    if let Some(day) = coming
        .iter()
        .find(|day| **day >= options.as_of)
        .or_else(|| coming.iter().max())
    {
        add(Basis::TermsOf(*day), always(&was, *day), always(&is, *day));
    }
    Ok(pairs)
}

/// Takes over from HEAD what is no term: claims, where data lie and how far they reach.
fn take_facts(before: &mut Timeline, after: &Timeline) {
    before.claims = after.claims.clone();
    for version in &mut before.versions {
        for (id, source) in &mut version.terms.sources {
            if let Some(now) = after.latest().sources.get(id) {
                source.path.clone_from(&now.path);
                source.path_span = now.path_span;
                source.format.clone_from(&now.format);
                source.covers = now.covers;
            }
        }
    }
}

/// The terms of one day, as if they had always held.
fn always(card: &Timeline, day: Date) -> Timeline {
    let version = Version {
        effective: None,
        amendment: None,
        ..card.version_on(day).clone()
    };
    Timeline {
        versions: vec![version],
        ..card.clone()
    }
}

fn name(card: &mut Timeline, id: &str) {
    id.clone_into(&mut card.id);
    for version in &mut card.versions {
        id.clone_into(&mut version.terms.id);
    }
}

impl Pair<'_> {
    fn compare(&self, was: &Evaluated<'_>, is: &Evaluated<'_>, options: Options<'_>) -> CardReplay {
        let figures = options.published.get(&self.card.id);
        let mut periods: Vec<PeriodReplay> = Vec::new();
        for after in is.outcomes.iter().filter(|outcome| outcome.in_force) {
            // A contract that starts on another day has other periods: those of both are compared.
            let Some(before) = was.outcomes.iter().find(|it| it.period == after.period && it.in_force) else {
                continue;
            };
            let published = figures.and_then(|figures| figures.get(&after.period.to_string()));
            periods.push(self.period(before, after, published));
        }
        while periods.last().is_some_and(|period| !period.has_data) && periods.iter().any(|period| period.has_data) {
            periods.pop();
        }
        let surplus = periods.len().saturating_sub(options.periods as usize);
        periods.drain(..surplus);
        let contract = self.after.latest().contract.as_ref();
        CardReplay {
            card: self.card.id.clone(),
            title: self.card.title.clone(),
            basis: self.basis,
            currency: contract.and_then(|it| it.currency.clone()).unwrap_or_default(),
            minor_units: contract.map_or(2, |it| it.minor_units),
            periods,
        }
    }

    fn period(&self, before: &Outcome, after: &Outcome, published: Option<&Figures>) -> PeriodReplay {
        let kpis = self.kpis(before, after);
        let credit = |outcome: &Outcome| outcome.statement.as_ref().map(|it| it.credit.clone());
        let has_data = |outcome: &Outcome| outcome.kpis.iter().any(|kpi| kpi.value.is_some());
        let verdicts = kpis.iter().filter(|(_, one)| one.before.verdict != one.after.verdict);
        let largest = |of: fn(&Sides<One>) -> Rational| {
            let mut best: Option<(&Id, Rational)> = None;
            for (id, one) in &kpis {
                let size = of(one).abs();
                if !size.is_zero() && best.as_ref().is_none_or(|(_, most)| size > *most) {
                    best = Some((id, size));
                }
            }
            best.map(|(id, _)| id.clone())
        };
        PeriodReplay {
            period: after.period.to_string(),
            published: published.map(|figures| Published {
                score: figures.score.clone(),
                credit: figures.money.as_ref().map(|money| money.credit.clone()),
            }),
            score: Sides {
                before: before.score.clone(),
                after: after.score.clone(),
            },
            credit: Sides {
                before: credit(before),
                after: credit(after),
            },
            verdicts: verdicts
                .map(|(id, one)| VerdictChange {
                    kpi: id.clone(),
                    before: one.before.verdict,
                    after: one.after.verdict,
                })
                .collect(),
            driver: largest(|one| &one.after.credit - &one.before.credit)
                .or_else(|| largest(|one| &one.after.points - &one.before.points)),
            coverage: after.coverage.clone(),
            has_data: has_data(before) || has_data(after),
        }
    }

    /// Every KPI on both sides, by its id in HEAD.
    fn kpis(&self, before: &Judged, after: &Judged) -> IndexMap<Id, Sides<One>> {
        let mut kpis: IndexMap<Id, Sides<One>> = IndexMap::new();
        let terms = self.after.terms(after.period);
        for kpi in &after.kpis {
            kpis.entry(kpi.id.clone()).or_default().after = One::of(after, &kpi.id);
        }
        for kpi in &before.kpis {
            let heir = terms.kpis.values().find(|it| it.renamed_from.as_ref() == Some(&kpi.id));
            let id = heir.map_or(&kpi.id, |heir| &heir.id);
            kpis.entry(id.clone()).or_default().before = One::of(before, &kpi.id);
        }
        kpis
    }
}

impl Default for Sides<One> {
    fn default() -> Self {
        Self {
            before: One::default(),
            after: One::default(),
        }
    }
}

/// What one KPI contributes.
#[derive(Clone, Debug, Default)]
struct One {
    verdict: Option<Verdict>,
    points: Rational,
    credit: Rational,
}

impl One {
    fn of(outcome: &Outcome, id: &str) -> Self {
        let kpi = outcome.kpis.iter().find(|kpi| kpi.id == id);
        let paid = |statement: &Statement| {
            let lines = statement.lines.iter();
            let credits = lines.filter(|line| line.kind == LineKind::Credit && line.kpi.as_deref() == Some(id));
            credits.map(|line| line.amount.clone()).sum()
        };
        Self {
            verdict: kpi.map(|kpi| kpi.verdict),
            points: kpi.and_then(|kpi| kpi.points.clone()).unwrap_or_default(),
            credit: outcome.statement.as_ref().map(paid).unwrap_or_default(),
        }
    }
}

/// Raises the level of changes that the replay shows to matter; it never lowers one.
pub fn raise(difference: &mut Difference, replay: &Replay) {
    for card in &mut difference.cards {
        let replayed: Vec<&CardReplay> = replay.cards.iter().filter(|it| it.card == card.id).collect();
        let moved = |kpi: &Id| {
            let mut periods = replayed.iter().flat_map(|card| &card.periods);
            periods.any(|period| {
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
