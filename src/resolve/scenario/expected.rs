//! What a scenario expects, as a list of single things, each with its place.

use indexmap::IndexMap;

use super::Binder;
use crate::diagnostics::Diagnostic;
use crate::model;
use crate::quantity::Unit;
use crate::resolve::bind::{Cursor, unknown};
use crate::resolve::terms::{Expectation, Expected, Id};
use crate::source::Span;

/// Collects expectations with their paths.
#[derive(Default)]
struct List {
    found: Vec<Expectation>,
    /// The entity whose card is looked at.
    entity: Option<String>,
}

impl List {
    fn push(&mut self, path: impl std::fmt::Display, at: Cursor<'_>, of: Expected) {
        self.found.push(Expectation {
            path: match &self.entity {
                Some(entity) => format!("entities.{entity}.{path}"),
                None => path.to_string(),
            },
            span: at.span(),
            entity: self.entity.clone(),
            of,
        });
    }
}

impl Binder<'_> {
    /// Binds `expect`, in the order of its fields; what cannot be bound is reported and left out.
    pub(super) fn expected(&mut self, written: &model::Expected, at: Cursor<'_>) -> Vec<Expectation> {
        let mut list = List::default();
        self.expected_kpis(&written.kpis, at.step("kpis"), &mut list);
        type Figures<'w> = (
            &'static str,
            &'w Option<model::Value>,
            Unit,
            fn(super::Figure) -> Expected,
        );
        let figures: [Figures<'_>; 4] = [
            ("score", &written.score, Unit::Number, Expected::Score),
            ("credit", &written.credit, Unit::Money, Expected::Credit),
            ("bonus", &written.bonus, Unit::Money, Expected::Bonus),
            ("earned_back", &written.earned_back, Unit::Money, Expected::EarnedBack),
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
            self.triggers(triggers, at.step("triggers"), &mut list);
        }
        if let Some(notified) = &written.notified {
            self.notified(notified, at.step("notified"), &mut list);
        }
        self.entities(written, at.step("entities"), &mut list);
        list.found
    }

    /// Binds what the cards of entities must say; which entities there are only the given list tells.
    fn entities(&mut self, written: &model::Expected, at: Cursor<'_>, list: &mut List) {
        if !written.entities.is_empty() && self.terms.for_each.is_none() {
            let message = "the scorecard has no cards of entities";
            self.diagnostics.push(
                Diagnostic::new("invalid-value", at.key_span(), message)
                    .help("remove it, or say in the scorecard which there are: `for_each: { … }`"),
            );
            return;
        }
        for (entity, written) in &written.entities {
            let here = at.step(entity);
            list.entity = Some(entity.clone());
            self.expected_kpis(&written.kpis, here.step("kpis"), list);
            let score = written.score.as_ref();
            if let Some(figure) = score.and_then(|score| self.figure(score, Unit::Number, here.step("score"))) {
                list.push("score", here.step("score"), Expected::Score(figure));
            }
            if let Some(grade) = written.grade {
                list.push("grade", here.step("grade"), Expected::Grade(grade));
            }
        }
        list.entity = None;
    }

    fn expected_kpis(&mut self, written: &IndexMap<model::Id, model::ExpectedKpi>, at: Cursor<'_>, list: &mut List) {
        for (name, expected) in written {
            let here = at.step(name);
            for kpi in self.kpis(self.terms, name, here.key_span()) {
                if list.entity.is_some() && !self.is_of_entities(&kpi, expected, here) {
                    continue;
                }
                self.expected_kpi(&kpi, expected, here, list);
            }
        }
    }

    /// Whether what is expected of a KPI can stand on an entity's card; reports what cannot.
    fn is_of_entities(&mut self, kpi: &Id, written: &model::ExpectedKpi, at: Cursor<'_>) -> bool {
        let pays = match written {
            model::ExpectedKpi::Verdict(_) => false,
            model::ExpectedKpi::Outcome(outcome) => outcome.credit.is_some(),
        };
        let (place, message, help) = if self.terms.kpis[kpi].team_level {
            let message = format!("`{kpi}` stands on no entity's card: it is of `level: team`");
            (
                at.key_span(),
                message,
                "expect it of the scorecard, under `expect.kpis`",
            )
        } else if pays {
            let message = format!("`{kpi}` pays no credit on an entity's card: the charge is the scorecard's");
            let help = "expect the credit of the scorecard, under `expect.kpis`";
            (at.step("credit").span(), message, help)
        } else {
            return true;
        };
        self.diagnostics
            .push(Diagnostic::new("invalid-value", place, message).help(help));
        false
    }

    fn triggers(&mut self, written: &model::ExpectedTriggers, at: Cursor<'_>, list: &mut List) {
        let known: Vec<&str> = self.terms.consequences.triggers.keys().map(String::as_str).collect();
        let section = ("trigger", "consequences.triggers");
        match written {
            model::ExpectedTriggers::All(triggers) => {
                let named = self.named(triggers, at, section, &known);
                list.push("triggers", at, Expected::Triggers(named));
            }
            model::ExpectedTriggers::Each(triggers) => {
                for (id, trigger) in triggers {
                    let here = at.step(id);
                    if !self.is_known(id, here.key_span(), section, &known) {
                        continue;
                    }
                    type Words<'w> = (&'static str, &'w Option<String>, fn(Id, String) -> Expected);
                    let words: [Words<'_>; 2] = [
                        ("right", &trigger.right, Expected::Right),
                        ("clause", &trigger.clause, Expected::Clause),
                    ];
                    list.push(format!("triggers.{id}"), here, Expected::Fires(id.to_string()));
                    for (field, word, expected) in words {
                        if let Some(word) = word {
                            let of = expected(id.to_string(), word.clone());
                            list.push(format!("triggers.{id}.{field}"), here.step(field), of);
                        }
                    }
                }
            }
        }
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
