//! The money of a period that credits are shares of: the charge, the at-risk amount, fees (language.md §6).

use super::in_force::InForce;
use super::memory::Memory;
use super::wording;
use crate::measure::facts::{Absence, AmountKey, Facts};
use crate::quantity::{Period, Rational};
use crate::resolve::terms::{Amount, Contract, CreditBase};

/// The amounts of one period.
#[derive(Debug)]
pub(super) struct Purse<'a> {
    facts: &'a Facts,
    memory: &'a Memory<'a>,
    card: &'a str,
    period: Period,
    contract: &'a Contract,
    in_force: &'a InForce,
}

/// What a credit is a share of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Base {
    pub(super) amount: Rational,
    /// Its arithmetic, such as `42,000.00 × 12 % × 60 %`.
    pub(super) text: String,
}

impl<'a> Purse<'a> {
    pub(super) fn new(
        facts: &'a Facts,
        memory: &'a Memory<'a>,
        card: &'a str,
        period: Period,
        contract: &'a Contract,
        in_force: &'a InForce,
    ) -> Self {
        Self {
            facts,
            memory,
            card,
            period,
            contract,
            in_force,
        }
    }

    /// Writes an amount in the contract's currency.
    pub(super) fn write(&self, amount: &Rational) -> String {
        wording::money(amount, self.contract.minor_units)
    }

    /// Returns the period's charge.
    ///
    /// A written charge of a period that the contract covers in part is due for its days (`prorate`); a
    /// charge summed from a source is what was invoiced, and stands.
    ///
    /// # Errors
    /// Why it is not known.
    pub(super) fn charge(&self) -> Result<Base, String> {
        let Some(amount) = &self.contract.charge else {
            return Err("the contract names no charge".to_string());
        };
        let whole = self.amount(amount, None, self.period)?;
        Ok(match (amount, self.in_force) {
            (Amount::Fixed(_), InForce::Part(days, of)) => Base {
                text: format!("{} × {days} ÷ {of} days", self.write(&whole)),
                amount: &whole * &self.in_force.share(),
            },
            _ => Base {
                text: self.write(&whole),
                amount: whole,
            },
        })
    }

    /// Returns the charge of a whole period, for projections.
    pub(super) fn whole_charge(&self) -> Option<Rational> {
        self.amount(self.contract.charge.as_ref()?, None, self.period).ok()
    }

    fn amount(&self, amount: &Amount, kpi: Option<&str>, period: Period) -> Result<Rational, String> {
        let what = if kpi.is_some() { "fee" } else { "charge" };
        let unknown = |why: &str| format!("the {what} of {period} is not known: {why}");
        match amount {
            Amount::Fixed(amount) => Ok(amount.clone()),
            Amount::Summed { .. } => {
                let key = AmountKey {
                    card: self.card.to_string(),
                    kpi: kpi.map(str::to_string),
                    period,
                };
                match self.facts.amounts.get(&key) {
                    Some(Ok(amount)) => Ok(amount.clone()),
                    Some(Err(Absence::NotApplicable(why) | Absence::NoData(why))) => Err(unknown(why)),
                    None => Err(unknown("not measured in this period")),
                }
            }
        }
    }

    /// Returns what a credit of `kpi` is a share of.
    ///
    /// # Errors
    /// Why it is not known.
    pub(super) fn base(&self, of: &CreditBase, kpi: &str) -> Result<Base, String> {
        match of {
            CreditBase::Charge => self.charge(),
            CreditBase::AtRisk(share) => self.at_risk_of(self.charge()?, share),
            CreditBase::Fee(fee) => {
                let amount = self.amount(fee, Some(kpi), self.period)?;
                Ok(Base {
                    text: self.write(&amount),
                    amount,
                })
            }
        }
    }

    fn at_risk_of(&self, charge: Base, share: &Rational) -> Result<Base, String> {
        let at_risk = self
            .contract
            .at_risk
            .as_ref()
            .ok_or_else(|| "the contract puts no share of the charge at risk".to_string())?;
        Ok(Base {
            amount: &(&charge.amount * at_risk) * share,
            text: format!(
                "{} × {} × {}",
                charge.text,
                wording::percent(at_risk),
                wording::percent(share)
            ),
        })
    }

    /// Returns the base summed over the last `over` periods, this one included (§6, `per_count`): in a
    /// contract's first year, over the periods there have been.
    ///
    /// # Errors
    /// Why it is not known.
    pub(super) fn summed_base(&self, of: &CreditBase, kpi: &str, over: u32) -> Result<Base, String> {
        // The account of this period is not closed yet: its base is taken from the purse.
        let earlier = self
            .memory
            .accounts_back(self.period, over)
            .filter(|(period, account)| *period != self.period && account.in_force);
        let mut sum = match of {
            CreditBase::Fee(fee) => self.amount(fee, Some(kpi), self.period)?,
            CreditBase::Charge | CreditBase::AtRisk(_) => self.charge()?.amount,
        };
        for (period, account) in earlier {
            let amount = match of {
                CreditBase::Fee(fee) => self.amount(fee, Some(kpi), period)?,
                CreditBase::Charge | CreditBase::AtRisk(_) => account
                    .charge
                    .clone()
                    .ok_or_else(|| format!("the charge of {period} is not known"))?,
            };
            sum = sum + amount;
        }
        let base = Base {
            text: self.write(&sum),
            amount: sum,
        };
        match of {
            CreditBase::AtRisk(share) => self.at_risk_of(base, share),
            CreditBase::Charge | CreditBase::Fee(_) => Ok(base),
        }
    }
}
