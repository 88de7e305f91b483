//! Replays as data.

use schemars::JsonSchema;
use serde::Serialize;

use super::team::TeamView;
use crate::diff::replay::{Basis, CardReplay, LoneKpi, PeriodReplay, Presence, Sides, Total};
use crate::quantity::Rational;
use crate::report::display::{self, Shown};
use crate::report::view::verdict_word;

/// One replay.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReplayView {
    /// `as_written`, `terms_of` or `facts`.
    pub basis: &'static str,
    /// The day whose terms were taken to hold throughout.
    pub day: Option<String>,
    /// Which terms on which facts, in words.
    pub about: String,
    /// On which sides the card is.
    pub presence: Presence,
    /// What it comes to, in a line.
    pub headline: String,
    /// What is assumed.
    pub assumption: Option<&'static str>,
    /// Mean difference of the scores.
    pub score: Option<Shown>,
    /// Difference of the credits.
    pub credit: Option<Shown>,
    /// What was summed and averaged, both sides in words; nothing where neither differs.
    pub sums: Option<String>,
    /// Whether any period was published.
    pub has_published: bool,
    /// Whether there is any money.
    pub has_money: bool,
    /// In how many rows anything comes out otherwise.
    pub changed: usize,
    /// Rows in which nothing does.
    pub same: usize,
    /// The periods, oldest first.
    pub periods: Vec<PeriodView>,
    /// KPIs that are judged on one side only.
    pub lone: Vec<LoneView>,
    /// The entities of a `for_each` card.
    pub team: Option<TeamView>,
    /// What a reader of the figures must know, a sentence each.
    pub notes: Vec<String>,
}

/// One period of a replay.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PeriodView {
    /// Its label.
    pub period: String,
    /// The shorter periods that make it up, where the sides have periods of another length.
    pub made_of: Vec<String>,
    /// The published score.
    pub published_score: Option<Shown>,
    /// The published credit.
    pub published_credit: Option<Shown>,
    /// Whether it was published.
    pub is_published: bool,
    /// The score under BASE.
    pub score_before: Option<Shown>,
    /// The score under HEAD.
    pub score_after: Option<Shown>,
    /// The credit under BASE.
    pub credit_before: Option<Shown>,
    /// The credit under HEAD.
    pub credit_after: Option<Shown>,
    /// Both scores in a cell.
    pub score: String,
    /// Both credits in a cell, with the bonus and what was earned back where they differ.
    pub credit: String,
    /// Verdicts that differ.
    pub verdicts: Vec<VerdictView>,
    /// KPIs that have data on one side only.
    pub unmeasured: Vec<String>,
    /// The same in words, for the cell of the verdicts.
    pub unmeasured_text: Option<String>,
    /// The KPI that moves most.
    pub driver: Option<String>,
    /// Share of the weight that was measured.
    pub coverage: Shown,
    /// What is known of the period: the coverage, `no data`, and whether it may still change.
    pub data: String,
    /// Whether there are any data.
    pub has_data: bool,
    /// Whether any of it may still change.
    pub provisional: bool,
    /// Whether anything comes out otherwise.
    pub differs: bool,
}

/// A verdict that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VerdictView {
    /// The KPI.
    pub kpi: String,
    /// Both verdicts in words.
    pub text: String,
}

/// A KPI that is judged on one side only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LoneView {
    /// The KPI.
    pub kpi: String,
    /// Whether it is HEAD that has it.
    pub is_new: bool,
    /// How often it comes out how, in words.
    pub text: String,
}

impl ReplayView {
    pub(super) fn of(replay: &CardReplay) -> Self {
        let total = replay.total();
        let (basis, day, about) = match replay.basis {
            Basis::AsWritten if replay.presence == Presence::Added => {
                ("as_written", None, "the terms of HEAD; BASE has none".to_owned())
            }
            Basis::AsWritten if replay.presence == Presence::Removed => {
                ("as_written", None, "the terms of BASE; HEAD has none".to_owned())
            }
            Basis::AsWritten => (
                "as_written",
                None,
                "each period under the terms that each side has for it".to_owned(),
            ),
            Basis::TermsOf(day) => (
                "terms_of",
                Some(day.to_string()),
                format!("the terms of {day}, as if they had always held"),
            ),
            Basis::Facts => (
                "facts",
                None,
                "the terms of HEAD on the data and claims of each side".to_owned(),
            ),
        };
        Self {
            basis,
            day,
            about,
            presence: replay.presence,
            headline: headline(replay, &total),
            assumption: (replay.is_about_terms() && replay.presence == Presence::Both)
                .then_some("behaviour assumed unchanged"),
            score: total
                .score
                .as_ref()
                .map(|score| Shown::new(score, display::signed(score, 1))),
            credit: total
                .credit
                .as_ref()
                .map(|credit| Shown::new(credit, signed_money(replay, credit))),
            sums: sums(replay, &total),
            has_published: replay.periods.iter().any(|period| period.published.is_some()),
            has_money: total.credit.is_some(),
            changed: total.changed,
            same: replay
                .periods
                .iter()
                .filter(|it| it.is_known() && !it.differs())
                .count(),
            periods: replay
                .periods
                .iter()
                .map(|period| PeriodView::of(period, replay))
                .collect(),
            lone: replay.lone.iter().map(LoneView::of).collect(),
            team: replay.team.as_ref().map(TeamView::of),
            notes: notes(replay),
        }
    }
}

fn money(replay: &CardReplay, amount: &Rational) -> String {
    display::money(amount, &replay.currency, replay.minor_units)
}

pub(super) fn signed_money(replay: &CardReplay, amount: &Rational) -> String {
    display::signed_money(amount, &replay.currency, replay.minor_units)
}

/// `3 of 12 periods change verdict; score −1.4; credits +EUR 4,200.00`
fn headline(replay: &CardReplay, total: &Total) -> String {
    let periods = |n: usize| display::count(n as u64, "period", "periods");
    let mut parts = Vec::new();
    match replay.presence {
        Presence::Both if total.changed == 0 => {
            parts.push(format!(
                "no verdict, score or money comes out otherwise in {}",
                periods(total.periods)
            ));
        }
        Presence::Both => {
            // What is known on one side only is no change.
            let any = |of: fn(&PeriodReplay) -> &Sides<Option<Rational>>| {
                let both = |sides: &Sides<Option<Rational>>| sides.before.is_some() && sides.after.is_some();
                let mut sides = replay.periods.iter().map(of);
                sides.any(|sides| both(sides) && sides.differ())
            };
            let mut same = Vec::new();
            if !any(|it| &it.score) && total.score.is_some() {
                same.push("score");
            }
            if total.credit.as_ref().is_some_and(Rational::is_zero) && !any(|it| &it.credit) {
                same.push("credit");
            }
            let differing = total.score.as_ref().filter(|_| !same.contains(&"score"));
            let differing = differing.map(|score| format!("score {}", display::signed(score, 1)));
            let credit = total.credit.as_ref().filter(|_| !same.contains(&"credit"));
            let credit = credit.map(|credit| format!("credits {}", signed_money(replay, credit)));
            // What does not change is said once, with the verdicts where they are among it.
            let (first, last) = match total.verdicts {
                0 => {
                    same.insert(0, "verdict");
                    (
                        format!("no {} changes in {}", same.join(" or "), periods(total.periods)),
                        None,
                    )
                }
                1 if total.periods == 1 => ("1 of 1 period changes verdict".to_owned(), Some(same)),
                n => (format!("{n} of {} change verdict", periods(total.periods)), Some(same)),
            };
            parts.push(first);
            parts.extend(differing);
            parts.extend(credit);
            let earned_back = -total.earned_back.clone();
            for (name, amount) in [("bonus", &total.bonus), ("earned back", &earned_back)] {
                if !amount.is_zero() {
                    parts.push(format!("{name} {}", signed_money(replay, amount)));
                }
            }
            let last = last.filter(|same| !same.is_empty());
            parts.extend(last.map(|same| format!("no {} changes", same.join(" or "))));
        }
        Presence::Added | Presence::Removed => {
            let (score, credit) = match replay.presence {
                Presence::Added => (&total.scores.after, &total.credits.after),
                _ => (&total.scores.before, &total.credits.before),
            };
            parts.push(format!("{} on one side only", periods(total.periods)));
            parts.extend(
                score
                    .iter()
                    .map(|score| format!("mean score {}", display::plain(score, 1))),
            );
            if total.credit.is_some() {
                parts.push(format!("credits {}", money(replay, credit)));
            }
        }
    }
    match replay.periods.iter().filter(|it| it.is_half_known).count() {
        0 => {}
        n => parts.push(format!("{n} with data on one side only")),
    }
    if total.measured < total.periods {
        parts.push(format!("{} without data", total.periods - total.measured));
    }
    parts.join("; ")
}

/// `credits EUR 4,200.00 → EUR 0.00, mean score 90.0 → 91.5`
fn sums(replay: &CardReplay, total: &Total) -> Option<String> {
    let mut parts = Vec::new();
    if total.credits.differ() {
        let Sides { before, after } = &total.credits;
        parts.push(format!("credits {} → {}", money(replay, before), money(replay, after)));
    }
    if let Sides {
        before: Some(before),
        after: Some(after),
    } = &total.scores
        && before != after
    {
        let score = |score| display::plain(score, 1);
        parts.push(format!("mean score {} → {}", score(before), score(after)));
    }
    Some(parts.join(", ")).filter(|text| !text.is_empty())
}

fn notes(replay: &CardReplay) -> Vec<String> {
    let mut notes = Vec::new();
    if replay.periods.iter().any(|it| it.length() > 1) {
        notes.push(
            "the sides have periods of another length: of the shorter ones the mean score, the sum of credits and the \
             worst verdict count"
                .to_owned(),
        );
    }
    // What is assumed to have held all the time was not published.
    if replay.basis == Basis::AsWritten && replay.presence == Presence::Both {
        let stale = replay.periods.iter().filter(|it| it.has_data && it.is_stale());
        notes.extend(stale.map(|it| {
            let figures = |score: Option<&Rational>, credit: Option<&Rational>| {
                let score = score.map(|score| format!("score {}", display::plain(score, 1)));
                let credit = credit.map(|credit| format!("credit {}", money(replay, credit)));
                let parts: Vec<String> = score.into_iter().chain(credit).collect();
                if parts.is_empty() {
                    "no figures".to_owned()
                } else {
                    parts.join(", ")
                }
            };
            let published = it.published.as_ref();
            format!(
                "{} was published with {}; under BASE the facts of today give {}: they have changed since",
                it.period,
                figures(
                    published.and_then(|it| it.score.as_ref()),
                    published.and_then(|it| it.credit.as_ref())
                ),
                figures(it.score.before.as_ref(), it.credit.before.as_ref())
            )
        }));
    }
    notes
}

impl PeriodView {
    fn of(period: &PeriodReplay, replay: &CardReplay) -> Self {
        let score = |score: &Rational| Shown::number(score, 1);
        let amount = |amount: &Rational| Shown::money(amount, &replay.currency, replay.minor_units);
        let absent = if period.is_known() { "–" } else { "no data" };
        let both = |before: &Option<Shown>, after: &Option<Shown>| match (before, after) {
            (None, None) => absent.to_owned(),
            (before, after) if before == after => before.as_ref().map_or(absent, |it| &it.display).to_owned(),
            (before, after) => {
                let text = |side: &Option<Shown>| side.as_ref().map_or("–".to_owned(), |it| it.display.clone());
                format!("{} → {}", text(before), text(after))
            }
        };
        // Without data nothing is known of credits either: 0 would be a claim.
        let known = |amount_of: &Option<Rational>| amount_of.as_ref().filter(|_| period.is_known()).map(amount);
        let scored = |side: &Option<Rational>| side.as_ref().filter(|_| period.is_known()).map(score);
        let (score_before, score_after) = (scored(&period.score.before), scored(&period.score.after));
        let (credit_before, credit_after) = (known(&period.credit.before), known(&period.credit.after));
        let mut credit = both(&credit_before, &credit_after);
        let back = |side: &Option<Rational>| side.clone().map(|amount| -amount);
        let earned_back = Sides {
            before: back(&period.earned_back.before),
            after: back(&period.earned_back.after),
        };
        for (name, sides) in [("bonus", &period.bonus), ("earned back", &earned_back)] {
            if sides.differ() {
                let both = both(&known(&sides.before), &known(&sides.after));
                credit.push_str(&format!(", {name} {both}"));
            }
        }
        let published = period.published.as_ref();
        let coverage = Shown::percent(&period.coverage, 0);
        let data = match (period.has_data, period.provisional) {
            (false, _) => "no data".to_owned(),
            (true, false) => coverage.display.clone(),
            (true, true) => format!("{}, provisional", coverage.display),
        };
        let made_of = [&period.made_of.before, &period.made_of.after];
        Self {
            period: period.period.clone(),
            made_of: made_of.into_iter().flatten().cloned().collect(),
            published_score: published.and_then(|it| it.score.as_ref()).map(score),
            published_credit: published.and_then(|it| it.credit.as_ref()).map(amount),
            is_published: published.is_some(),
            score: both(&score_before, &score_after),
            credit,
            score_before,
            score_after,
            credit_before,
            credit_after,
            verdicts: period
                .verdicts
                .iter()
                .map(|one| VerdictView {
                    kpi: one.kpi.clone(),
                    text: format!("{} → {}", verdict_word(one.before), verdict_word(one.after)),
                })
                .collect(),
            unmeasured_text: match period.unmeasured.as_slice() {
                [] => None,
                [kpi] => Some(format!("{kpi}: data on one side only")),
                many => Some(format!("{} KPIs: data on one side only", many.len())),
            },
            unmeasured: period.unmeasured.clone(),
            driver: period.driver.clone(),
            coverage,
            data,
            has_data: period.has_data,
            provisional: period.provisional,
            differs: period.differs(),
        }
    }
}

impl LoneView {
    fn of(lone: &LoneKpi) -> Self {
        let counts = lone
            .verdicts
            .iter()
            .map(|(verdict, n)| format!("{n} × {}", verdict_word(*verdict)));
        let counts = counts.collect::<Vec<_>>().join(", ");
        Self {
            kpi: lone.kpi.clone(),
            is_new: lone.is_new,
            text: match lone.is_new {
                true => format!("new; it would have been {counts}"),
                false => format!("no longer judged; it was {counts}"),
            },
        }
    }
}
