//! The sums of a replay.

use indexmap::IndexMap;

use super::row::{PeriodReplay, Sides};
use crate::assess::outcome::{Flag, Outcome, Verdict};
use crate::quantity::{Period, Rational};
use crate::resolve::terms::Id;

/// The sums of a replay: of the rows of its table, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    /// Periods.
    pub periods: usize,
    /// Of them with any data.
    pub measured: usize,
    /// Of them with another verdict.
    pub verdicts: usize,
    /// Of them in which anything comes out otherwise.
    pub changed: usize,
    /// Mean difference of the scores, where both sides have one.
    pub score: Option<Rational>,
    /// Mean of the scores of each side.
    pub scores: Sides<Option<Rational>>,
    /// Sum of the differences of credits, where they can be known.
    pub credit: Option<Rational>,
    /// Sum of the credits of each side, over the same periods.
    pub credits: Sides<Rational>,
    /// Sum of the differences of bonuses.
    pub bonus: Rational,
    /// Sum of the differences of what was earned back.
    pub earned_back: Rational,
}

impl Total {
    /// Sums up periods.
    pub(super) fn of(periods: &[PeriodReplay]) -> Self {
        let known = || periods.iter().filter(|period| period.is_known());
        let both = || known().filter(|it| it.score.before.is_some() && it.score.after.is_some());
        let has_both = both().next().is_some();
        let mean = |side: fn(&Sides<Option<Rational>>) -> &Option<Rational>| {
            let scores: Vec<Rational> = match has_both {
                true => both().filter_map(|it| side(&it.score).clone()).collect(),
                false => known().filter_map(|it| side(&it.score).clone()).collect(),
            };
            let n = Rational::integer(i64::try_from(scores.len()).unwrap_or(i64::MAX));
            scores.into_iter().sum::<Rational>().checked_div(&n)
        };
        let scores = Sides {
            before: mean(|it| &it.before),
            after: mean(|it| &it.after),
        };
        let paid = || known().filter(|period| period.credit_change.is_some());
        let sum = |side: fn(&Sides<Option<Rational>>) -> &Option<Rational>| -> Rational {
            paid().filter_map(|it| side(&it.credit).clone()).sum()
        };
        let credits = Sides {
            before: sum(|it| &it.before),
            after: sum(|it| &it.after),
        };
        let difference = |of: fn(&PeriodReplay) -> &Sides<Option<Rational>>| -> Rational {
            let amount = |side: &Option<Rational>| side.clone().unwrap_or_default();
            paid().map(|it| &amount(&of(it).after) - &amount(&of(it).before)).sum()
        };
        Self {
            periods: periods.len(),
            measured: periods.iter().filter(|it| it.has_data).count(),
            verdicts: periods.iter().filter(|it| !it.verdicts.is_empty()).count(),
            changed: periods.iter().filter(|it| it.differs()).count(),
            score: match (&scores.before, &scores.after) {
                (Some(before), Some(after)) if has_both => Some(after - before),
                _ => None,
            },
            scores,
            credit: paid().next().map(|_| &credits.after - &credits.before),
            credits,
            bonus: difference(|it| &it.bonus),
            earned_back: difference(|it| &it.earned_back),
        }
    }
}

/// A KPI that is judged on one side only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoneKpi {
    /// The KPI.
    pub kpi: Id,
    /// Whether it is HEAD that has it.
    pub is_new: bool,
    /// How often it comes out how, in the order of the verdicts.
    pub verdicts: Vec<(Verdict, usize)>,
}

/// Finds the KPIs that no period of the other side judges, and counts how they come out.
pub(super) fn lone(
    before: &[Outcome],
    after: &[Outcome],
    periods: &[PeriodReplay],
    heir: &dyn Fn(&str, Period) -> Id,
) -> Vec<LoneKpi> {
    let is_shown = |outcome: &&Outcome| {
        let label = outcome.period.to_string();
        let of = |row: &PeriodReplay| {
            row.period == label || row.made_of.before.contains(&label) || row.made_of.after.contains(&label)
        };
        periods.iter().any(of)
    };
    let judged = |outcomes: &[Outcome], id_of: &dyn Fn(&str, Period) -> Id| {
        let mut kpis: IndexMap<Id, Vec<Verdict>> = IndexMap::new();
        for outcome in outcomes.iter().filter(is_shown) {
            for kpi in outcome.kpis.iter().filter(|kpi| !kpi.flags.contains(&Flag::NotInForce)) {
                kpis.entry(id_of(&kpi.id, outcome.period))
                    .or_default()
                    .push(kpi.verdict);
            }
        }
        kpis
    };
    let (old, new) = (judged(before, heir), judged(after, &|id, _| id.to_owned()));
    let only = |side: &IndexMap<Id, Vec<Verdict>>, other: &IndexMap<Id, Vec<Verdict>>, is_new| {
        let alone = side.iter().filter(|(kpi, _)| !other.contains_key(*kpi));
        alone
            .map(|(kpi, verdicts)| {
                let mut counts: Vec<(Verdict, usize)> = Vec::new();
                for verdict in verdicts {
                    match counts.iter_mut().find(|(known, _)| known == verdict) {
                        Some((_, n)) => *n += 1,
                        None => counts.push((*verdict, 1)),
                    }
                }
                counts.sort();
                LoneKpi {
                    kpi: kpi.clone(),
                    is_new,
                    verdicts: counts,
                }
            })
            .collect::<Vec<_>>()
    };
    let mut lone = only(&new, &old, true);
    lone.extend(only(&old, &new, false));
    lone
}
