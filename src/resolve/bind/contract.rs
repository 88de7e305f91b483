//! The contract, the periods and the reviews.

use super::name::Kind;
use super::{Binder, Cursor};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::model::{self, StretchUnit};
use crate::quantity::{Every, PeriodScheme, Rational};
use crate::resolve::terms::{Amount, Contract, Deadline, LateChanges, PartialPeriod, Review};

/// Returns how the scorecard cuts time.
pub(super) fn scheme(rule: &model::PeriodRule, at: Cursor<'_>, diagnostics: &mut Diagnostics) -> Option<PeriodScheme> {
    let (every, from_day) = match rule {
        model::PeriodRule::Whole(unit) => (*unit, 1),
        model::PeriodRule::From(from) => (from.every?, from.from_day.unwrap_or(1)),
    };
    let every = match every {
        model::PeriodUnit::Week => Every::Week,
        model::PeriodUnit::Month => Every::Month,
        model::PeriodUnit::Quarter => Every::Quarter,
        model::PeriodUnit::Year => Every::Year,
    };
    let from_day = match i8::try_from(from_day) {
        Ok(1) => 1,
        Ok(day @ 2..=28) if every != Every::Week => day,
        _ => {
            let at = at.step("from_day");
            let help = match every {
                Every::Week => "remove it: weeks start on Mondays",
                _ => "write a day from 1 to 28: later ones are not in every month",
            };
            diagnostics
                .push(Diagnostic::new("invalid-value", at.span(), "periods cannot start on this day").help(help));
            1
        }
    };
    Some(PeriodScheme { every, from_day })
}

/// Returns the months of a stretch, `None` for one that is not of months.
fn months(stretch: model::Stretch, scheme: PeriodScheme) -> Option<u32> {
    let each = match (stretch.of, scheme.every) {
        (StretchUnit::Months, _) | (StretchUnit::Periods, Every::Month) => 1,
        (StretchUnit::Quarters, _) | (StretchUnit::Periods, Every::Quarter) => 3,
        (StretchUnit::Years, _) | (StretchUnit::Periods, Every::Year) => 12,
        (StretchUnit::Weeks, _) | (StretchUnit::Periods, Every::Week) => return None,
    };
    stretch.count.checked_mul(each)
}

/// Returns the periods of a stretch, `None` where it is not a whole number of them.
pub(super) fn periods(stretch: model::Stretch, scheme: PeriodScheme) -> Option<u32> {
    let each = match (stretch.of, scheme.every) {
        (StretchUnit::Periods, _) | (StretchUnit::Weeks, Every::Week) => return Some(stretch.count),
        (_, Every::Month) => 1,
        (_, Every::Quarter) => 3,
        (_, Every::Year) => 12,
        (_, Every::Week) => return None,
    };
    let months = months(stretch, scheme)?;
    (months % each == 0).then_some(months / each)
}

impl<'a> Binder<'a> {
    pub(super) fn contract(&mut self) -> Option<Contract> {
        let written = self.card.sections.contract.as_ref()?;
        let at = self.at.step("contract");
        let currency = written.currency.as_ref();
        let contract = Contract {
            reference: written.reference.clone(),
            customer: written.customer.clone(),
            provider: written.provider.clone(),
            starts: written.starts?,
            ends: written.ends,
            charge: self.charge(written.charge.as_ref(), at.step("charge")),
            currency: currency.map(|currency| currency.code.clone()),
            minor_units: currency.map_or(2, |currency| currency.minor_units),
            at_risk: written.at_risk.as_ref().map(|share| share.0.clone()),
            over_allocated: written
                .over_allocated
                .as_ref()
                .map_or_else(Rational::one, |share| share.0.clone()),
            report_due: self.deadline(written.report_due, at.step("report_due")),
            late_changes: written.late_changes.map(|word| match word {
                model::LateChanges::Restate => LateChanges::Restate,
                model::LateChanges::AdjustNext => LateChanges::AdjustNext,
            }),
            partial: written.partial.map(|word| match word {
                model::PartialPeriod::Skip => PartialPeriod::Skip,
                model::PartialPeriod::Prorate => PartialPeriod::Prorate,
            }),
        };
        self.check_term(&contract, at);
        if contract.charge.is_some() && currency.is_none() && !self.broken().holds(at) {
            let finding = Diagnostic::new(
                "missing-field",
                at.step("charge").key_span(),
                "the contract has a `charge` and no `currency`",
            );
            self.diagnostics
                .push(finding.help("add `currency: EUR`, or another code of ISO 4217"));
        }
        Some(contract)
    }

    /// Checks the first and the last day against each other and against the periods.
    fn check_term(&mut self, contract: &Contract, at: Cursor<'a>) {
        if let Some(ends) = contract.ends.filter(|ends| *ends < contract.starts) {
            let starts = at.step("starts");
            self.diagnostics.push(
                Diagnostic::new(
                    "invalid-date",
                    at.step("ends").span(),
                    format!("the contract ends on {ends}, before it starts"),
                )
                .also(starts.span(), "it starts here")
                .help("days are inclusive: write the last day of the contract"),
            );
            return;
        }
        if contract.partial.is_some() {
            return;
        }
        let inside = |day, first: bool| {
            let period = self.scheme.containing(day);
            let whole = if first {
                period.first_day() == day
            } else {
                period.last_day() == day
            };
            (!whole).then_some(period)
        };
        let starts = inside(contract.starts, true).map(|period| ("starts", contract.starts, period));
        // A year like 9999 says that there is no end; its periods are not counted out.
        let ends = contract.ends.filter(|day| day.year() < 9990);
        let ends = ends.and_then(|day| Some(("ends", day, inside(day, false)?)));
        if let Some((field, day, period)) = starts.or(ends) {
            let message =
                format!("the contract {field} on {day}, inside the period {period}, and does not say `partial`");
            self.diagnostics
                .push(Diagnostic::new("choice-required", at.step(field).span(), message).help(
                    "write `partial: skip` (no scorecard for that period) or `partial: prorate` (the charge by days)",
                ));
        }
    }

    fn charge(&mut self, written: Option<&model::Charge>, at: Cursor<'a>) -> Option<Amount> {
        match written? {
            model::Charge::Fixed(amount) => {
                if amount.0.is_negative() {
                    self.invalid(at, "a charge below 0", "write the charge per period");
                }
                Some(Amount::Fixed(amount.0.clone()))
            }
            model::Charge::Summed(sum) => self.summed(sum, at),
        }
    }

    /// Binds an amount that is summed from a source.
    pub(super) fn summed(&mut self, written: &model::Summed, at: Cursor<'a>) -> Option<Amount> {
        let source = written.source.as_ref()?;
        Some(Amount::Summed {
            source: self.bound(Kind::Source, source, at.step("source").span())?,
            filter: written.r#where.clone(),
            sum: written.sum.clone()?,
        })
    }

    /// Translates a deadline; one in business days needs to know which days these are.
    pub(super) fn deadline(&mut self, written: Option<model::Deadline>, at: Cursor<'a>) -> Option<Deadline> {
        Some(match written? {
            model::Deadline::Elapsed(micros) => Deadline::Elapsed(micros),
            model::Deadline::BusinessDays(days) => {
                if self.card.sections.business_days.is_none() {
                    let finding = Diagnostic::new(
                        "missing-field",
                        at.span(),
                        "business days without a calendar: the scorecard has no `business_days`",
                    );
                    self.diagnostics
                        .push(finding.help("add `business_days: …` with the id of a calendar to the scorecard"));
                }
                Deadline::BusinessDays(days)
            }
        })
    }

    pub(super) fn review(&mut self) -> Option<Review> {
        let written = self.card.sections.review.as_ref()?;
        let at = self.at.step("review").step("every");
        let Some(every_months) = months(written.every?, self.scheme) else {
            self.invalid(
                at,
                "reviews are counted in months",
                "write `3 months` or another number of months",
            );
            return None;
        };
        Some(Review {
            every_months,
            last: written.last,
        })
    }
}
