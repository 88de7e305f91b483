//! A KPI's credit between its model and the statement: what incidents, requests and caps work on.

use num_bigint::BigInt;

use super::credit::Payment;
use super::outcome::MoneyLine;
use super::request::Request;
use super::verdict::Judged;
use crate::quantity::{Period, Rational};
use crate::resolve::terms::{Contract, Terms, Timeline};

/// A credit on its way through incidents and caps.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub(super) one: &'a Judged<'a>,
    pub(super) line: MoneyLine,
    /// What is due before rounding: the exact amount, or nothing once a rule took it away.
    pub(super) due: Rational,
    /// What is due in whole minor units.
    pub(super) units: BigInt,
    /// Whether the customer has yet to select it or another.
    pub(super) unselected: bool,
    pub(super) request: Option<Request>,
    pub(super) effect: Effect,
}

/// What a payment changes in the memory of its KPI.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Effect {
    pub(super) pointed: bool,
    pub(super) spent: u64,
    pub(super) over: u32,
}

/// What the money of a period is computed from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene<'a> {
    pub(super) timeline: &'a Timeline,
    pub(super) terms: &'a Terms,
    pub(super) contract: &'a Contract,
    pub(super) period: Period,
}

impl<'a> Draft<'a> {
    pub(super) fn new(one: &'a Judged<'a>, line: MoneyLine) -> Self {
        Self {
            one,
            line,
            due: Rational::zero(),
            units: BigInt::default(),
            unselected: false,
            request: None,
            effect: Effect::default(),
        }
    }

    pub(super) fn paying(mut self, payment: Payment, over: u32) -> Self {
        self.line.incident = self
            .one
            .fact
            .and_then(|fact| incident(&fact.incidents))
            .map(str::to_string);
        self.line.provisional |= payment.unknown;
        self.line.working = payment.working;
        self.line.remark = payment.remark;
        self.line.exact = payment.exact.clone();
        self.due = payment.exact;
        self.effect = Effect {
            pointed: payment.pointed,
            spent: payment.spent,
            over,
        };
        self
    }

    /// Applies `requests`: a credit that was asked for too late is not due.
    pub(super) fn asked(mut self, request: Option<Request>) -> Self {
        self.request = request.filter(|_| !self.due.is_zero());
        if let Some(request) = &self.request {
            self.line.ask_by = Some(request.by);
            if let Some(day) = request.asked.filter(|day| *day > request.by) {
                self.due = Rational::zero();
                self.line.remark = Some(format!("asked for on {day}, after {}", request.by));
            }
        }
        self
    }

    /// Takes the customer's selection of this credit for a request of it: whoever selects what is to be paid asks for
    /// it. Only an unselected incident is provisional (§5), and a selection that were not enough would decide nothing.
    pub(super) fn select(&mut self) {
        self.line.ask_by = None;
        self.request = None;
    }

    /// Whether the credit is due only if somebody still asks for it.
    pub(super) fn awaits_request(&self) -> bool {
        self.request.as_ref().is_some_and(|request| request.asked.is_none()) && !self.due.is_zero()
    }

    /// Marks a credit that nobody asked for (yet): it is due if somebody does, so it stands, provisionally.
    pub(super) fn await_request(&mut self) {
        if let (true, Some(by)) = (self.awaits_request(), self.line.ask_by) {
            self.line.provisional = true;
            self.line
                .remark
                .get_or_insert_with(|| format!("due if asked for by {by}"));
        }
    }
}

/// Returns the incident that a credit belongs to: the one id that every failing row or outage carries.
fn incident(incidents: &[Option<String>]) -> Option<&str> {
    match incidents {
        [Some(incident)] => Some(incident),
        _ => None,
    }
}
