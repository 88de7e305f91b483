//! What a scenario expects, as a list of single things, each with its place.

use super::Binder;
use crate::model;
use crate::quantity::Unit;
use crate::resolve::bind::{Cursor, unknown};
use crate::resolve::terms::{Expectation, Expected, Id};
use crate::source::Span;

/// Collects expectations with their paths.
#[derive(Default)]
struct List {
    found: Vec<Expectation>,
}

impl List {
    fn push(&mut self, path: impl Into<String>, at: Cursor<'_>, of: Expected) {
        self.found.push(Expectation {
            path: path.into(),
            span: at.span(),
            of,
        });
    }
}

impl Binder<'_> {
    /// Binds `expect`, in the order of its fields; what cannot be bound is reported and left out.
    pub(super) fn expected(&mut self, written: &model::Expected, at: Cursor<'_>) -> Vec<Expectation> {
        let mut list = List::default();
        for (name, expected) in &written.kpis {
            let here = at.step("kpis").step(name);
            for kpi in self.kpis(self.terms, name, here.key_span()) {
                self.expected_kpi(&kpi, expected, here, &mut list);
            }
        }
        type Figures<'w> = (
            &'static str,
            &'w Option<model::Value>,
            Unit,
            fn(super::Figure) -> Expected,
        );
        let figures: [Figures<'_>; 3] = [
            ("score", &written.score, Unit::Number, Expected::Score),
            ("credit", &written.credit, Unit::Money, Expected::Credit),
            ("bonus", &written.bonus, Unit::Money, Expected::Bonus),
        ];
        for (name, value, unit, expected) in figures {
            let here = at.step(name);
            if let Some(figure) = value.as_ref().and_then(|value| self.figure(value, unit, here)) {
                list.push(name, here, expected(figure));
            }
        }
        if let Some(grade) = written.grade {
            list.push("grade", at.step("grade"), Expected::Grade(grade));
        }
        if let Some(triggers) = &written.triggers {
            let here = at.step("triggers");
            let known: Vec<&str> = self.terms.consequences.triggers.keys().map(String::as_str).collect();
            let named = self.named(triggers, here, ("trigger", "consequences.triggers"), &known);
            list.push("triggers", here, Expected::Triggers(named));
        }
        if let Some(notified) = &written.notified {
            self.notified(notified, at.step("notified"), &mut list);
        }
        list.found
    }

    fn expected_kpi(&mut self, kpi: &Id, written: &model::ExpectedKpi, at: Cursor<'_>, list: &mut List) {
        let outcome = match written {
            model::ExpectedKpi::Verdict(verdict) => {
                return list.push(format!("kpis.{kpi}"), at, Expected::Verdict(kpi.clone(), *verdict));
            }
            model::ExpectedKpi::Outcome(outcome) => outcome,
        };
        let unit = self.terms.kpis[kpi].unit;
        type Figures<'w> = (
            &'static str,
            &'w Option<model::Value>,
            Unit,
            fn(Id, super::Figure) -> Expected,
        );
        let figures: [Figures<'_>; 3] = [
            ("value", &outcome.value, unit, Expected::Value),
            ("score", &outcome.score, Unit::Number, Expected::KpiScore),
            ("credit", &outcome.credit, Unit::Money, Expected::KpiCredit),
        ];
        for (name, value, unit, expected) in figures {
            let here = at.step(name);
            if let Some(figure) = value.as_ref().and_then(|value| self.figure(value, unit, here)) {
                list.push(format!("kpis.{kpi}.{name}"), here, expected(kpi.clone(), figure));
            }
        }
        if let Some(verdict) = outcome.verdict {
            let here = at.step("verdict");
            list.push(
                format!("kpis.{kpi}.verdict"),
                here,
                Expected::Verdict(kpi.clone(), verdict),
            );
        }
        if let Some(flags) = &outcome.flags {
            let here = at.step("flags");
            list.push(
                format!("kpis.{kpi}.flags"),
                here,
                Expected::Flags(kpi.clone(), flags.clone()),
            );
        }
    }

    fn notified(&mut self, written: &model::Notified, at: Cursor<'_>, list: &mut List) {
        let known: Vec<&str> = self.terms.people.keys().map(String::as_str).collect();
        let section = ("person", "people");
        match written {
            model::Notified::People(people) => {
                let people = self.named(people, at, section, &known);
                list.push("notified", at, Expected::Told(people));
            }
            model::Notified::By(people) => {
                for (person, day) in people {
                    let here = at.step(person);
                    if self.is_known(person, here.key_span(), section, &known) {
                        let expected = Expected::ToldBy(person.to_string(), *day);
                        list.push(format!("notified.{person}"), here, expected);
                    }
                }
            }
        }
    }

    /// Returns the names of a list that are known, and reports the others.
    fn named(&mut self, names: &[model::Id], at: Cursor<'_>, section: (&str, &str), known: &[&str]) -> Vec<Id> {
        let names = names.iter().enumerate();
        let bound = names.filter(|(index, name)| self.is_known(name, at.item(*index).span(), section, known));
        bound.map(|(_, name)| name.to_string()).collect()
    }

    fn is_known(&mut self, name: &str, span: Span, section: (&str, &str), known: &[&str]) -> bool {
        let is_known = known.contains(&name);
        if !is_known {
            self.diagnostics
                .push(unknown("unknown-reference", span, section, name, known));
        }
        is_known
    }
}
