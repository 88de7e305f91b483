//! The card's score: the sum, its coverage, gates and grade (language.md §5).

use super::outcome::Grade;
use super::score;
use super::verdict::Judged;
use crate::quantity::Rational;
use crate::resolve::terms::{Grades, Id};

/// The score of a card from the verdicts on its KPIs.
#[derive(Debug)]
pub(super) struct Total {
    /// One per KPI; `None` leaves the sum.
    pub(super) scores: Vec<Option<Rational>>,
    /// Σ of the effective weights in the sum.
    pub(super) weight: Rational,
    /// Σ w·score / Σ w; `None` where nothing with a weight is in the sum.
    pub(super) score: Option<Rational>,
    /// Measured weight / weight of the KPIs that can be scored.
    pub(super) coverage: Rational,
}

/// A card is incomplete below this share of measured weight (§5: 70 %).
const COMPLETE_FROM: (i64, i64) = (7, 10);

impl Total {
    /// Sums effective weight × score over the KPIs in the sum.
    ///
    /// Coverage is the weight that was measured *and* is in the sum: a KPI that scores 0 or defaults for
    /// want of data is in the sum but not covered, one in its burn-in or with too few rows is neither. A
    /// KPI without a target is only shown and counts on neither side. A card on which nothing can be
    /// scored has nothing to leave out: its coverage is 1.
    pub(super) fn of(all: &[Judged<'_>]) -> Self {
        let scores: Vec<Option<Rational>> = all.iter().map(score::score).collect();
        let mut weight = Rational::zero();
        let mut sum = Rational::zero();
        let mut covered = Rational::zero();
        let mut whole = Rational::zero();
        for (one, score) in all.iter().zip(&scores) {
            let w = &one.kpi.effective_weight;
            if one.kpi.target.is_some() {
                whole = whole + w.clone();
            }
            if let Some(score) = score {
                weight = weight + w.clone();
                sum = sum + w * score;
                if one.value.is_some() {
                    covered = covered + w.clone();
                }
            }
        }
        Self {
            score: sum.checked_div(&weight),
            coverage: covered.checked_div(&whole).unwrap_or_else(Rational::one),
            scores,
            weight,
        }
    }

    /// Whether too little was measured for the score to speak for the card.
    pub(super) fn incomplete(&self) -> bool {
        let (numerator, denominator) = COMPLETE_FROM;
        self.coverage < Rational::new(numerator, denominator).expect("a denominator of 10")
    }
}

/// Returns the gates that cap `score`: the KPI and its cap, in file order (§5, `gate`).
pub(super) fn gates(all: &[Judged<'_>], score: Option<&Rational>) -> Vec<(Id, Rational)> {
    let Some(score) = score else { return Vec::new() };
    all.iter()
        .filter(|one| one.miss())
        .filter_map(|one| Some((one.kpi.id.clone(), one.kpi.gate.clone()?)))
        .filter(|(_, cap)| cap < score)
        .collect()
}

/// Returns the grade of a score (§2, `grades`).
pub(super) fn grade(grades: &Grades, score: &Rational) -> Grade {
    if *score >= grades.green {
        Grade::Green
    } else if *score >= grades.amber {
        Grade::Amber
    } else {
        Grade::Red
    }
}

/// Whether `missing: fail` strikes on any KPI: no score, no credit.
pub(super) fn failed(all: &[Judged<'_>]) -> bool {
    all.iter().any(Judged::fails_card)
}
