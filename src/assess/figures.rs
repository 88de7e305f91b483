use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::maturity::Standing;
use super::outcome::{Flag, Grade, LineKind, Outcome, Verdict};
use crate::quantity::Rational;
use crate::resolve::terms::Id;
use crate::source::sha256;

/// What a published report commits to, as exact numbers: all that a later computation of the same period is
/// compared with.
///
/// Whatever follows from these (points, shares, sentences) or only explains them is left out: two outcomes with
/// equal figures say the same about the contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// The card's score.
    pub score: Option<Rational>,
    /// Its grade.
    pub grade: Option<Grade>,
    /// One per KPI in file order.
    pub kpis: IndexMap<Id, KpiFigures>,
    /// The money, where the card is about money.
    pub money: Option<MoneyFigures>,
    /// Triggers that fired.
    pub triggers: Vec<Id>,
    /// The levels of each maturity model over the card.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub maturity: IndexMap<Id, MaturityFigures>,
    /// SHA-256 over the figures of each entity of a `for_each` card: that they are others can be told, whose they
    /// are cannot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entities: Option<String>,
}

/// What was published of one KPI.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KpiFigures {
    /// The verdict.
    pub verdict: Verdict,
    /// The flags beside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<Flag>,
    /// The net value in the KPI's base unit.
    pub value: Option<Rational>,
    /// The score.
    pub score: Option<Rational>,
}

/// What was published of the money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyFigures {
    /// ISO 4217 code; empty where the contract names none.
    pub currency: String,
    /// The period's charge.
    pub charge: Option<Rational>,
    /// Sum of the credits after caps.
    pub credit: Rational,
    /// Lines that are due or propose something, in the order of the statement.
    pub lines: Vec<LineFigures>,
}

/// What was published of one line of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineFigures {
    /// What it is.
    pub kind: LineKind,
    /// The KPI it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kpi: Option<Id>,
    /// Label of the earlier period it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_period: Option<String>,
    /// The amount due.
    pub amount: Rational,
    /// The level it proposes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Rational>,
}

/// What was published of a maturity model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaturityFigures {
    /// The level of the whole, or the sum of levels; none while a dimension is not assessed.
    pub overall: Option<u32>,
    /// The level of each dimension; none: not assessed.
    pub dimensions: IndexMap<Id, Option<u8>>,
}

impl MaturityFigures {
    fn of(standing: &Standing) -> (Id, Self) {
        let dimensions = standing.dimensions.iter().map(|climb| (climb.id.clone(), climb.level));
        let figures = Self {
            overall: standing.overall,
            dimensions: dimensions.collect(),
        };
        (standing.model.id.clone(), figures)
    }
}

impl Figures {
    /// Takes the figures of an outcome, of those of the card's entities in the same period, and of the maturity models
    /// at its end.
    pub fn of<'a>(outcome: &Outcome, entities: impl IntoIterator<Item = &'a Outcome>, maturity: &[Standing]) -> Self {
        let entities: Vec<(&str, Self)> = entities
            .into_iter()
            .map(|outcome| {
                let key = outcome.entity.as_ref().map_or("", |entity| &*entity.key);
                (key, Self::of(outcome, [], &[]))
            })
            .collect();
        let kpis = outcome.kpis.iter().map(|kpi| {
            let figures = KpiFigures {
                verdict: kpi.verdict,
                flags: kpi.flags.clone(),
                value: kpi.value.clone(),
                score: kpi.score.clone(),
            };
            (kpi.id.clone(), figures)
        });
        let money = outcome.statement.as_ref().map(|statement| MoneyFigures {
            currency: statement.currency.clone(),
            charge: statement.charge.clone(),
            credit: statement.credit.clone(),
            lines: statement
                .lines
                .iter()
                .filter(|line| !line.amount.is_zero() || line.level.is_some())
                .map(|line| LineFigures {
                    kind: line.kind,
                    kpi: line.kpi.clone(),
                    of_period: line.of_period.map(|period| period.to_string()),
                    amount: line.amount.clone(),
                    level: line.level.as_ref().map(|level| level.number.clone()),
                })
                .collect(),
        });
        Self {
            score: outcome.score.clone(),
            grade: outcome.grade,
            kpis: kpis.collect(),
            money,
            triggers: outcome.triggers.iter().map(|fired| fired.id.clone()).collect(),
            maturity: maturity.iter().map(MaturityFigures::of).collect(),
            entities: (!entities.is_empty())
                .then(|| sha256(serde_json::to_vec(&entities).expect("figures have only string keys"))),
        }
    }

    /// Returns the sum of the lines of a kind.
    pub fn total(&self, kind: LineKind) -> Rational {
        let lines = self.money.iter().flat_map(|money| &money.lines);
        lines
            .filter(|line| line.kind == kind)
            .map(|line| line.amount.clone())
            .sum()
    }

    /// Returns the levels that ratchets propose, by KPI.
    pub fn proposals(&self) -> BTreeMap<&str, &Rational> {
        let lines = self.money.iter().flat_map(|money| &money.lines);
        lines
            .filter_map(|line| Some((line.kpi.as_deref()?, line.level.as_ref()?)))
            .collect()
    }

    /// Returns the service credit of a KPI, after caps; zero where it has none.
    pub fn credit_of(&self, kpi: &str) -> Rational {
        let lines = self.money.iter().flat_map(|money| &money.lines);
        lines
            .filter(|line| line.kind == LineKind::Credit && line.kpi.as_deref() == Some(kpi))
            .map(|line| line.amount.clone())
            .sum()
    }
}
