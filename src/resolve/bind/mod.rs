//! A scorecard as lowered from its merged tree → its [`Terms`]: names bound, units known, defaults explicit.
//!
//! The tree is walked beside the types, so that whatever is wrong is reported where it stands. What
//! cannot be bound is left out, so that one run finds as much as possible.

mod calendar;
mod carve_out;
mod consequence;
mod contract;
mod credit;
mod cursor;
mod goal;
mod kpi;
mod measure;
mod name;
mod party;
mod scoring;
mod source;
mod unit;

pub(super) use cursor::Cursor;
pub(super) use goal::goal;

pub(super) use measure::{row_times, sources_of};
pub(super) use name::unknown;
pub(super) use source::misfitting_period;

use std::collections::HashSet;

use indexmap::IndexMap;

use super::each::Rows;
use crate::diagnostics::Diagnostics;
use crate::model;
use crate::quantity::{PeriodScheme, Unit};
use crate::resolve::terms::{Grades, Id, Missing, Terms};
use crate::source::Span;
use crate::syntax::Node;

/// What is at hand while a scorecard is bound.
pub(super) struct Binder<'a> {
    card: &'a model::Scorecard,
    /// The root of the merged tree.
    at: Cursor<'a>,
    rows: &'a Rows,
    scheme: PeriodScheme,
    /// What something names.
    named: HashSet<(name::Kind, Id)>,
    /// What names without a definition come close to.
    unknown: Vec<(name::Kind, Id)>,
    diagnostics: &'a mut Diagnostics,
}

/// What a card says, and the definitions in it whose ids seem to be misspelt.
pub(super) type Bound = (Terms, Vec<Span>);

/// Binds `card`, which was lowered from `tree`; nothing where it says not even how it cuts time.
pub(super) fn bind(card: &model::Scorecard, tree: &Node, rows: &Rows, diagnostics: &mut Diagnostics) -> Option<Bound> {
    let at = Cursor::new(tree);
    let scheme = contract::scheme(card.sections.period.as_ref()?, at.step("period"), diagnostics)?;
    let mut binder = Binder {
        card,
        at,
        rows,
        scheme,
        named: HashSet::new(),
        unknown: Vec::new(),
        diagnostics,
    };
    let terms = binder.terms()?;
    Some((terms, binder.misspelt()))
}

impl<'a> Binder<'a> {
    fn terms(&mut self) -> Option<Terms> {
        let sections = &self.card.sections;
        let zone = sections.time_zone.as_ref()?.0.clone();
        let id = self.card.id.as_ref()?.to_string();
        let contract = self.contract();
        let missing = sections.missing.map_or(Missing::Renormalise, missing);
        let at = self.at;
        let calendars = self.calendars(&zone);
        let sources = self.sources();
        let mut terms = Terms {
            title: sections.title.clone().unwrap_or_else(|| id.clone()),
            id,
            description: sections.description.clone(),
            time_zone: zone,
            period: self.scheme,
            business_days: self.bound_field(
                name::Kind::Calendar,
                sections.business_days.as_ref(),
                at,
                "business_days",
            ),
            review: self.review(),
            scope: sections.scope.clone(),
            for_each: self.for_each(),
            calendars,
            people: self.everyone(),
            objectives: self.objectives(),
            categories: self.categories(),
            kpis: IndexMap::with_capacity(sections.kpis.len()),
            carve_outs: self.carve_outs(),
            consequences: self.consequences(),
            grades: self.grades(),
            missing,
            views: sections
                .views
                .iter()
                .flatten()
                .map(|view| view.word().to_owned())
                .collect(),
            obligations: self.obligations(),
            sources,
            contract,
        };
        for (id, kpi) in &sections.kpis {
            if let Some(kpi) = self.kpi(id, kpi, &terms) {
                terms.kpis.insert(id.to_string(), kpi);
            }
        }
        Some(terms)
    }

    fn grades(&mut self) -> Option<Grades> {
        let written = self.card.sections.grades.as_ref()?;
        let grades = Grades {
            green: written.green.as_ref()?.0.clone(),
            amber: written.amber.as_ref()?.0.clone(),
        };
        if grades.amber >= grades.green {
            let at = self.at.step("grades").step("amber");
            self.invalid(
                at,
                "`amber` starts no lower than `green`",
                "write a lower score: amber reaches from `amber` up to `green`",
            );
        }
        Some(grades)
    }

    /// Reports that the value at `at` does not fit.
    fn invalid(&mut self, at: Cursor<'_>, message: impl Into<String>, help: impl Into<String>) {
        let finding = crate::diagnostics::Diagnostic::new("invalid-value", at.span(), message);
        self.diagnostics.push(finding.help(help));
    }

    /// Reads a value in `unit`.
    fn quantity(&mut self, value: &model::Value, unit: Unit, at: Cursor<'_>) -> Option<crate::quantity::Quantity> {
        value.quantity(unit, at.span(), self.diagnostics)
    }
}

/// Translates what a KPI without data does.
fn missing(word: model::Missing) -> Missing {
    match word {
        model::Missing::Renormalise => Missing::Renormalise,
        model::Missing::Zero => Missing::Zero,
        model::Missing::Default => Missing::Default,
        model::Missing::Fail => Missing::Fail,
    }
}

/// Writes an optional id of the model as one of the terms.
fn id(name: Option<&model::Id>) -> Option<Id> {
    name.map(ToString::to_string)
}
