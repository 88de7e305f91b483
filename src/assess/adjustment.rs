//! What was found out after a period was published, as lines of a later one (language.md §6, "After publication").

use indexmap::{IndexMap, IndexSet};

use super::figures::Figures;
use super::outcome::{Flag, LineKind, MoneyLine, Outcome, Verdict};
use super::wording;
use crate::quantity::{Period, Rational};
use crate::resolve::terms::Id;

/// What a period's money comes to, KPI by KPI, in favour of the customer: credits and what of them was earned back,
/// less bonuses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    currency: String,
    charge_is_known: bool,
    /// Zero where nothing is due; a KPI whose amount nobody knows is not among them.
    amounts: IndexMap<Id, Rational>,
    /// KPIs whose amount may still change.
    provisional: IndexSet<Id>,
}

impl Balance {
    /// The balance that figures commit to; `None` where they are not about money.
    pub fn published(figures: &Figures) -> Option<Self> {
        let money = figures.money.as_ref()?;
        let known = figures.kpis.iter().filter(|(_, kpi)| kpi.verdict != Verdict::NoData);
        let mut balance = Self {
            currency: money.currency.clone(),
            charge_is_known: money.charge.is_some(),
            amounts: known.map(|(id, _)| (id.clone(), Rational::zero())).collect(),
            provisional: IndexSet::new(),
        };
        for line in &money.lines {
            let Some(kpi) = &line.kpi else { continue };
            match line.kind {
                // What is earned back is below zero already.
                LineKind::Credit | LineKind::EarnBack => balance.add(kpi, &line.amount),
                LineKind::Bonus => balance.add(kpi, &-line.amount.clone()),
                // An adjustment belongs to the period it adjusts, and a proposal is no money.
                LineKind::Adjustment | LineKind::Ratchet => {}
            }
        }
        Some(balance)
    }

    /// The balance of a period as it is computed now.
    pub fn computed(outcome: &Outcome) -> Option<Self> {
        if outcome.failed {
            return None;
        }
        let mut balance = Self::published(&Figures::of(outcome, [], &[]))?;
        let open = |flag: &Flag| matches!(flag, Flag::Disputed | Flag::Provisional);
        let flagged = outcome.kpis.iter().filter(|kpi| kpi.flags.iter().any(open));
        balance.provisional = flagged.map(|kpi| kpi.id.clone()).collect();
        let lines = outcome.statement.iter().flat_map(|statement| &statement.lines);
        for line in lines.filter(|line| line.provisional) {
            let Some(kpi) = &line.kpi else { continue };
            balance.provisional.insert(kpi.clone());
            // A credit of nothing that may still change is one whose base is not known.
            if line.kind == LineKind::Credit && line.amount.is_zero() {
                balance.amounts.shift_remove(kpi);
            }
        }
        Some(balance)
    }

    /// Adds the lines by which `figures` of a later period have adjusted `period` already.
    pub fn adjusted_by(&mut self, figures: &Figures, period: &str) {
        let Some(money) = figures.money.as_ref().filter(|money| money.currency == self.currency) else {
            return;
        };
        for line in &money.lines {
            if let (LineKind::Adjustment, Some(kpi), Some(of)) = (line.kind, &line.kpi, &line.of_period)
                && of == period
            {
                self.add(kpi, &line.amount);
            }
        }
    }

    fn add(&mut self, kpi: &Id, amount: &Rational) {
        let sum = self.amounts.entry(kpi.clone()).or_default();
        *sum = &*sum + amount;
    }
}

/// Adds to `outcome` a line for every KPI whose amount in the earlier `period` is another one `now` than it `was`.
///
/// Missing data are no decision: what cannot be computed again keeps its amount, and a line without money says so.
pub fn adjust(outcome: &mut Outcome, period: Period, was: &Balance, now: Option<&Balance>) {
    let Some(statement) = &mut outcome.statement else {
        return;
    };
    let write = |amount: &Rational| wording::money(amount, statement.minor_units);
    let now = now
        .filter(|now| now.currency == was.currency && (now.charge_is_known || !was.charge_is_known))
        .cloned()
        .unwrap_or_default();
    let kpis: IndexSet<&Id> = was.amounts.keys().chain(now.amounts.keys()).collect();
    for kpi in kpis {
        let before = was.amounts.get(kpi).cloned().unwrap_or_default();
        let mut line = MoneyLine::new(LineKind::Adjustment, kpi);
        line.of_period = Some(period);
        match now.amounts.get(kpi) {
            Some(after) if *after == before => continue,
            None if before.is_zero() => continue,
            None => {
                line.remark = Some(format!("{} stands: it cannot be computed again now", write(&before)));
            }
            Some(after) => {
                let difference = after - &before;
                line.working = format!("{} − {}", write(after), write(&before));
                line.provisional = now.provisional.contains(kpi);
                line.exact = difference.clone();
                // Nothing is summed across currencies.
                if was.currency == statement.currency {
                    let party = if difference.is_negative() {
                        "provider"
                    } else {
                        "customer"
                    };
                    line.remark = Some(format!("in favour of the {party}"));
                    line.amount = difference;
                } else {
                    line.remark = Some(format!("in {}, to be settled apart", was.currency));
                }
            }
        }
        statement.provisional |= line.provisional;
        statement.adjusted = &statement.adjusted + &line.amount;
        statement.lines.push(line);
    }
}
