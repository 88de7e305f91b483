//! How far a maturity model is climbed (language.md §11).

use std::collections::BTreeMap;

use super::memory::{Memory, STREAK_LIMIT};
use super::outcome::{Flag, KpiOutcome, Outcome, Verdict};
use super::{goal, wording};
use crate::quantity::{Period, Rational};
use crate::resolve::terms::{Criterion, Dimension, Goal, Id, Kpi, Maturity, Subject, Timeline, VerdictWord};

/// Where a maturity model stands at the end of a period.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The model.
    pub model: Maturity,
    /// The period; evidence counts as of its last day.
    pub period: Period,
    /// One per dimension, in file order.
    pub dimensions: Vec<Climb>,
    /// The whole: the lowest level, or the sum of all; `None` while a dimension is not assessed.
    pub overall: Option<u32>,
    /// The mean level of the dimensions; `None` while one is not assessed.
    pub mean: Option<Rational>,
    /// The dimensions that hold the whole back: those not assessed, else those at the lowest level.
    pub bottleneck: Vec<Id>,
    /// What has to become so for the whole to rise by one; empty at the top, and where something must first
    /// be assessed or said.
    pub path: Vec<Step>,
}

/// How far one dimension is climbed.
#[derive(Clone, Debug)]
pub struct Climb {
    /// The dimension.
    pub id: Id,
    /// Its level; `None`: not assessed, for nothing is said of level 2.
    pub level: Option<u8>,
    /// Every criterion: those of level 2 first, those that hold the last level at the end.
    pub criteria: Vec<Finding>,
    /// The level that comes next; `None` at the top.
    pub next: Option<u8>,
    /// Whether nothing is said of the next level, so that nothing leads up.
    pub gap: bool,
}

impl Climb {
    /// Returns the criteria that are missing for the next level.
    pub fn missing(&self) -> impl Iterator<Item = &Finding> {
        let next = self.next;
        self.criteria
            .iter()
            .filter(move |finding| Some(finding.level) == next && !finding.met)
    }
}

/// What was found about a criterion.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The criterion.
    pub id: Id,
    /// The level that it leads to; of one that holds the last level, that level.
    pub level: u8,
    /// Whether it holds the last level instead of leading to one.
    pub holds: bool,
    /// Whether it is met, and shown to be.
    pub met: bool,
    /// Why, as a phrase.
    pub because: String,
}

/// One step of the way up: a criterion that must be met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The dimension.
    pub dimension: Id,
    /// The level that it leads to.
    pub level: u8,
    /// The criterion.
    pub criterion: Id,
}

/// Returns how many periods back a model may have to look, this one included.
///
/// Periods in which a KPI has nothing to judge are passed over, as streaks pass over them (§5), so that the
/// number of periods a criterion names is not enough.
pub fn periods_of(model: &Maturity) -> u32 {
    let criteria = model.dimensions.values().flat_map(all);
    let longest = criteria.filter_map(|(_, _, _, criterion)| match &criterion.subject {
        Subject::Kpis { periods, .. } => Some(*periods),
        Subject::Practice { .. } => None,
    });
    longest.max().map_or(1, |longest| longest.max(STREAK_LIMIT))
}

/// Assesses a model at the end of the last of `outcomes`, which are those of its scorecard, oldest first.
///
/// # Panics
/// Without an outcome.
pub fn mature(model: &Maturity, timeline: &Timeline, outcomes: &[Outcome]) -> Standing {
    let period = outcomes.last().expect("the outcome of the period").period;
    let witness = Witness {
        timeline,
        memory: Memory::new(timeline, outcomes[0].period),
        outcomes,
        period,
    };
    let top = u8::try_from(model.levels.len()).expect("at most five levels");
    let dimensions: Vec<Climb> = model
        .dimensions
        .iter()
        .map(|(id, of)| climb(id, of, top, &witness))
        .collect();
    let levels: Option<Vec<u8>> = dimensions.iter().map(|climb| climb.level).collect();
    let levels = levels.filter(|levels| !levels.is_empty());
    let sum = |levels: &[u8]| levels.iter().map(|level| u32::from(*level)).sum::<u32>();
    let lowest = levels.as_ref().and_then(|levels| levels.iter().min().copied());
    let bottleneck = dimensions
        .iter()
        .filter(|climb| climb.level == lowest)
        .map(|climb| climb.id.clone());
    Standing {
        overall: match model.summed {
            true => levels.as_deref().map(sum),
            false => lowest.map(u32::from),
        },
        mean: levels
            .as_deref()
            .and_then(|levels| Rational::new(sum(levels), levels.len())),
        bottleneck: bottleneck.collect(),
        path: path(model, &dimensions, lowest),
        dimensions,
        period,
        model: model.clone(),
    }
}

/// Every criterion with its level, whether it holds that level, and its id.
fn all(dimension: &Dimension) -> impl Iterator<Item = (u8, bool, &Id, &Criterion)> {
    let reach = dimension.to_reach.iter().flat_map(|(level, criteria)| {
        criteria
            .iter()
            .map(move |(id, criterion)| (*level, false, id, criterion))
    });
    // Its level is the last, which the caller knows.
    let hold = dimension
        .to_hold
        .iter()
        .map(|(id, criterion)| (u8::MAX, true, id, criterion));
    reach.chain(hold)
}

/// Climbs one dimension: level by level, as long as each has criteria and all of them are met. The last one is
/// held only while what holds it is met as well.
fn climb(id: &Id, dimension: &Dimension, top: u8, witness: &Witness<'_>) -> Climb {
    let criteria: Vec<Finding> = all(dimension)
        .map(|(level, holds, id, criterion)| {
            let (met, because) = witness.judge(criterion);
            Finding {
                id: id.clone(),
                level: level.min(top),
                holds,
                met,
                because,
            }
        })
        .collect();
    let mut by_level: BTreeMap<u8, Vec<&Finding>> = BTreeMap::new();
    for finding in &criteria {
        by_level.entry(finding.level).or_default().push(finding);
    }
    let leads = |level: u8| {
        by_level
            .get(&level)
            .is_some_and(|found| found.iter().any(|finding| !finding.holds))
    };
    let reached = |level: &u8| leads(*level) && by_level[level].iter().all(|finding| finding.met);
    let level = 1 + u8::try_from((2..=top).take_while(reached).count()).expect("at most five levels");
    let next = (level < top).then_some(level + 1);
    Climb {
        id: id.clone(),
        // With a single level there is nothing to climb.
        level: (top == 1 || leads(2)).then_some(level),
        gap: next.is_some_and(|next| !leads(next)),
        next,
        criteria,
    }
}

/// The criteria that have to be met for the whole to rise by one: every one missing in every dimension at the
/// lowest level, or, where levels add up, those of the dimension that misses the fewest.
fn path(model: &Maturity, dimensions: &[Climb], lowest: Option<u8>) -> Vec<Step> {
    let Some(lowest) = lowest else { return Vec::new() };
    let steps = |climb: &Climb| -> Vec<Step> {
        let step = |finding: &Finding| Step {
            dimension: climb.id.clone(),
            level: finding.level,
            criterion: finding.id.clone(),
        };
        climb.missing().map(step).collect()
    };
    if model.summed {
        let open = dimensions.iter().filter(|climb| climb.next.is_some() && !climb.gap);
        return open.map(steps).min_by_key(Vec::len).unwrap_or_default();
    }
    let held: Vec<&Climb> = dimensions.iter().filter(|climb| climb.level == Some(lowest)).collect();
    if held.iter().any(|climb| climb.gap) {
        return Vec::new();
    }
    held.into_iter().flat_map(steps).collect()
}

/// What the criteria are judged by.
struct Witness<'a> {
    timeline: &'a Timeline,
    memory: Memory<'a>,
    /// Oldest first.
    outcomes: &'a [Outcome],
    period: Period,
}

impl Witness<'_> {
    fn judge(&self, criterion: &Criterion) -> (bool, String) {
        match &criterion.subject {
            Subject::Practice { evidence: None, .. } => (false, "there is no evidence".to_owned()),
            Subject::Practice {
                evidence: Some(evidence),
                expires,
                ..
            } => match expires {
                Some(day) if *day < self.period.last_day() => {
                    (false, format!("the evidence {evidence} expired on {day}"))
                }
                Some(day) => (true, format!("shown by {evidence}, which holds until {day}")),
                None => (true, format!("shown by {evidence}")),
            },
            Subject::Kpis {
                kpis,
                goal,
                verdict,
                periods,
                ..
            } => {
                let found = kpis.iter().map(|kpi| self.kpi(kpi, goal.as_ref(), *verdict, *periods));
                let found: Vec<Result<String, String>> = found.collect();
                match found.iter().find_map(|found| found.as_ref().err()) {
                    Some(why) => (false, why.clone()),
                    None => (true, found.into_iter().flatten().collect::<Vec<_>>().join("; ")),
                }
            }
        }
    }

    /// Looks at the last periods with a value, latest first; `Err` says which one refutes it or what is missing.
    fn kpi(&self, id: &str, goal: Option<&Goal>, verdict: Option<VerdictWord>, periods: u32) -> Result<String, String> {
        let terms = self.timeline.terms(self.period);
        let kpi = terms.kpis.get(id).or_else(|| self.timeline.latest().kpis.get(id));
        let mut shown = Vec::new();
        for outcome in self.outcomes.iter().rev().take_while(|outcome| outcome.in_force) {
            if shown.len() == periods as usize {
                break;
            }
            let root = self.memory.root(id);
            let Some(found) = outcome.kpis.iter().find(|kpi| self.memory.root(&kpi.id) == root) else {
                break;
            };
            if verdict.is_none_or(|word| Verdict::from(word) != found.verdict) && is_passed_over(found) {
                continue;
            }
            let said = said(kpi, found, verdict.is_some());
            let met = verdict.is_none_or(|word| Verdict::from(word) == found.verdict)
                && goal.is_none_or(|goal| found.judged.as_ref().is_some_and(|value| goal::holds(goal, value)));
            if !met {
                return Err(format!("{id}: {said} in {}", outcome.period));
            }
            shown.push(format!("{said} in {}", outcome.period));
        }
        if shown.len() < periods as usize {
            let of = wording::count(u64::from(periods), "period", "periods");
            return Err(format!("{id}: {} of {of} have a value", shown.len()));
        }
        shown.reverse();
        Ok(format!("{id}: {}", shown.join(", ")))
    }
}

/// Whether a period says nothing either way (§5, first table): nothing to judge, or a value that does not count.
fn is_passed_over(kpi: &KpiOutcome) -> bool {
    let is_only_shown = kpi.value.is_some() && kpi.verdict == Verdict::NotApplicable;
    (kpi.verdict == Verdict::NotApplicable && !is_only_shown)
        || kpi
            .flags
            .iter()
            .any(|flag| matches!(flag, Flag::BurnIn | Flag::LowVolume))
}

/// Writes what a period says: the value, and the verdict where that is asked for.
fn said(kpi: Option<&Kpi>, found: &KpiOutcome, with_verdict: bool) -> String {
    let verdict = match found.verdict {
        Verdict::Met => "met",
        Verdict::BelowTarget => "at risk",
        Verdict::Default => "missed",
        Verdict::NotApplicable => "not applicable",
        Verdict::NoData => return "no data".to_owned(),
    };
    match (kpi, &found.judged) {
        (Some(kpi), Some(value)) if with_verdict => format!("{} ({verdict})", wording::measured(kpi, value)),
        (Some(kpi), Some(value)) => wording::measured(kpi, value),
        _ => verdict.to_owned(),
    }
}
