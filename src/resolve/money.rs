//! What the KPIs' credits must say together: shares of the at-risk amount, and one incident's credits.

use super::bind::Cursor;
use super::broken::Broken;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::quantity::Rational;
use crate::resolve::terms::{CreditBase, Kpi, Terms};

/// Reports shares that sum to more than is allowed, and a missing rule for incidents.
pub(super) fn check(terms: &Terms, at: Cursor<'_>, broken: &Broken, diagnostics: &mut Diagnostics) {
    let paying = || {
        terms
            .kpis
            .values()
            .filter(|kpi| kpi.retired.is_none() && kpi.credit.is_some())
    };
    // The contract says how much may be shared out.
    if !broken.holds(at.step("contract")) {
        shares(terms, paying(), at, diagnostics);
    }
    if broken.holds(at.step("consequences")) {
        return;
    }
    let mut credits = paying();
    if let (Some(first), Some(second), None) = (credits.next(), credits.next(), terms.consequences.single_incident) {
        let place = ["consequences", "contract"].into_iter().map(|field| at.step(field));
        let place = place.into_iter().find(|place| place.is_written()).unwrap_or(at);
        let message = format!(
            "KPIs `{}` and `{}` both pay credits, and nothing says what one incident that fails both pays",
            first.id, second.id
        );
        let mut finding = Diagnostic::new("choice-required", place.key_span(), message);
        let spans = [first, second].map(|kpi| kpi.credit.as_ref().map(|credit| credit.span));
        for span in spans
            .into_iter()
            .flatten()
            .take(if spans[0] == spans[1] { 1 } else { 2 })
        {
            finding = finding.also(span, "pays a credit");
        }
        diagnostics
            .push(finding.help("write `single_incident: highest`, `sum` or `customer_selects` under `consequences`"));
    }
}

fn shares<'t>(terms: &'t Terms, paying: impl Iterator<Item = &'t Kpi>, at: Cursor<'_>, diagnostics: &mut Diagnostics) {
    let shares: Vec<(&Kpi, &Rational)> = paying
        .filter_map(|kpi| match &kpi.credit.as_ref()?.of {
            CreditBase::AtRisk(share) => Some((kpi, share)),
            CreditBase::Charge | CreditBase::Fee(_) => None,
        })
        .collect();
    let total: Rational = shares.iter().map(|(_, share)| (*share).clone()).sum();
    let allowed = terms
        .contract
        .as_ref()
        .map_or_else(Rational::one, |contract| contract.over_allocated.clone());
    if total <= allowed {
        return;
    }
    let percent = |share: &Rational| (share * &Rational::integer(100)).to_exact();
    // The finding stands at the share that passes the limit.
    let mut sum = Rational::zero();
    let last = shares.iter().find(|(_, share)| {
        sum = &sum + share;
        sum > allowed
    });
    let span = |kpi: &Kpi| at.step("kpis").step(&kpi.id).step("credit").step("share").span();
    let Some((last, _)) = last else { return };
    let written: Vec<String> = shares.iter().map(|(_, share)| percent(share)).collect();
    let message = format!(
        "shares of the at-risk amount sum to {} %: {}",
        percent(&total),
        written.join(" + ")
    );
    let mut finding = Diagnostic::new("shares-over-100", span(last), message);
    for (kpi, share) in shares.iter().filter(|(kpi, _)| kpi.id != last.id) {
        finding = finding.also(span(kpi), format!("`{}`: {} %", kpi.id, percent(share)));
    }
    diagnostics.push(finding.help(format!(
        "lower them to {} % together, or write `over_allocated: {}%` into the contract",
        percent(&allowed),
        percent(&total)
    )));
}
