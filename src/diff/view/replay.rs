//! Replays as data.

use schemars::JsonSchema;
use serde::Serialize;

use crate::assess::outcome::Verdict;
use crate::diff::replay::{Basis, CardReplay, PeriodReplay, Total};
use crate::quantity::Rational;
use crate::report::display::{self, Shown};
use crate::report::view::verdict_word;

/// One replay.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReplayView {
    /// `as_written` or `terms_of`.
    pub basis: &'static str,
    /// The day whose terms were taken to hold throughout.
    pub day: Option<String>,
    /// Which terms, in words.
    pub about: String,
    /// What it comes to, in a line.
    pub headline: String,
    /// What is assumed.
    pub assumption: &'static str,
    /// Mean difference of the scores.
    pub score: Option<Shown>,
    /// Difference of the credits.
    pub credit: Option<Shown>,
    /// Whether any period was published.
    pub has_published: bool,
    /// The periods, oldest first.
    pub periods: Vec<PeriodView>,
}

/// One period of a replay.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PeriodView {
    /// Its label.
    pub period: String,
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
    /// Both credits in a cell.
    pub credit: String,
    /// Verdicts that differ.
    pub verdicts: Vec<VerdictView>,
    /// The KPI that moves most.
    pub driver: Option<String>,
    /// Share of the weight that was measured.
    pub coverage: Shown,
    /// Whether there are any data.
    pub has_data: bool,
}

/// A verdict that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VerdictView {
    /// The KPI.
    pub kpi: String,
    /// Both verdicts in words.
    pub text: String,
}

impl ReplayView {
    pub(super) fn of(replay: &CardReplay) -> Self {
        let total = replay.total();
        let money = |amount: &Rational| {
            Shown::new(
                amount,
                display::signed_money(amount, &replay.currency, replay.minor_units),
            )
        };
        let (basis, day, about) = match replay.basis {
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
        };
        Self {
            basis,
            day,
            about,
            headline: replay_headline(replay, &total),
            assumption: "behaviour assumed unchanged",
            score: total
                .score
                .as_ref()
                .map(|score| Shown::new(score, display::signed(score, 1))),
            credit: total.credit.as_ref().map(money),
            has_published: replay.periods.iter().any(|period| period.published.is_some()),
            periods: replay
                .periods
                .iter()
                .map(|period| PeriodView::of(period, replay))
                .collect(),
        }
    }
}

/// `3 of 12 periods change verdict; score −1.4; credits +EUR 4,200.00`
fn replay_headline(replay: &CardReplay, total: &Total) -> String {
    let mut parts = vec![match total.verdicts {
        0 => format!(
            "no verdict changes in {}",
            display::count(total.periods as u64, "period", "periods")
        ),
        n => format!(
            "{n} of {} {} verdict",
            display::count(total.periods as u64, "period", "periods"),
            if n == 1 && total.periods == 1 {
                "changes"
            } else {
                "change"
            }
        ),
    }];
    if let Some(score) = &total.score {
        parts.push(format!("score {}", display::signed(score, 1)));
    }
    if let Some(credit) = &total.credit {
        parts.push(format!(
            "credits {}",
            display::signed_money(credit, &replay.currency, replay.minor_units)
        ));
    }
    if total.measured < total.periods {
        parts.push(format!("{} without data", total.periods - total.measured));
    }
    parts.join("; ")
}

impl PeriodView {
    fn of(period: &PeriodReplay, replay: &CardReplay) -> Self {
        let score = |score: &Rational| Shown::number(score, 1);
        let money = |amount: &Rational| Shown::money(amount, &replay.currency, replay.minor_units);
        let absent = if period.has_data { "–" } else { "no data" };
        let both = |before: &Option<Shown>, after: &Option<Shown>| match (before, after) {
            (None, None) => absent.to_owned(),
            (before, after) if before == after => before.as_ref().map_or(absent, |it| &it.display).to_owned(),
            (before, after) => {
                let text = |side: &Option<Shown>| side.as_ref().map_or(absent.to_owned(), |it| it.display.clone());
                format!("{} → {}", text(before), text(after))
            }
        };
        let (score_before, score_after) = (
            period.score.before.as_ref().map(score),
            period.score.after.as_ref().map(score),
        );
        // Without data nothing is known of credits either: 0 would be a claim.
        let known = |credit: &Option<Rational>| credit.as_ref().filter(|_| period.has_data).map(money);
        let (credit_before, credit_after) = (known(&period.credit.before), known(&period.credit.after));
        let published = period.published.as_ref();
        Self {
            period: period.period.clone(),
            published_score: published.and_then(|it| it.score.as_ref()).map(score),
            published_credit: published.and_then(|it| it.credit.as_ref()).map(money),
            is_published: published.is_some(),
            score: both(&score_before, &score_after),
            credit: both(&credit_before, &credit_after),
            score_before,
            score_after,
            credit_before,
            credit_after,
            verdicts: period
                .verdicts
                .iter()
                .map(|one| {
                    let word = |verdict: Option<Verdict>, absent: &'static str| verdict.map_or(absent, verdict_word);
                    VerdictView {
                        kpi: one.kpi.clone(),
                        text: format!("{} → {}", word(one.before, "not there"), word(one.after, "gone")),
                    }
                })
                .collect(),
            driver: period.driver.clone(),
            coverage: Shown::percent(&period.coverage, 0),
            has_data: period.has_data,
        }
    }
}
