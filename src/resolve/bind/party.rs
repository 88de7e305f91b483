//! People, objectives, categories, obligations and entities.

use indexmap::IndexMap;

use super::Binder;
use super::name::Kind;
use crate::diagnostics::Diagnostic;
use crate::quantity::Rational;
use crate::resolve::terms::{Category, ForEach, Id, Objective, Obligation, Person};

impl Binder<'_> {
    pub(super) fn everyone(&mut self) -> IndexMap<Id, Person> {
        for (id, person) in &self.card.sections.people {
            let address = person.email.as_deref().and_then(|email| email.split_once('@'));
            if person.email.is_some() && !address.is_some_and(|(who, host)| !who.is_empty() && !host.is_empty()) {
                let at = self.at.step("people").step(id).step("email");
                self.invalid(
                    at,
                    "no e-mail address",
                    "write an address such as `sdm@northwind.example`",
                );
            }
        }
        let people = self.card.sections.people.iter().map(|(id, person)| {
            let bound = Person {
                name: person.name.clone().unwrap_or_else(|| id.to_string()),
                party: person.party.clone(),
                email: person.email.clone(),
            };
            (id.to_string(), bound)
        });
        people.collect()
    }

    pub(super) fn objectives(&mut self) -> IndexMap<Id, Objective> {
        let mut objectives = IndexMap::new();
        for (id, written) in &self.card.sections.objectives {
            let at = self.at.step("objectives").step(id);
            let bound = Objective {
                title: written.title.clone().unwrap_or_else(|| id.to_string()),
                owner: self.bound_field(Kind::Person, written.owner.as_ref(), at, "owner"),
            };
            objectives.insert(id.to_string(), bound);
        }
        objectives
    }

    /// Binds the categories; one without a weight weighs nothing.
    pub(super) fn categories(&mut self) -> IndexMap<Id, Category> {
        let mut categories = IndexMap::new();
        for (id, written) in &self.card.sections.categories {
            let weight = written
                .weight
                .as_ref()
                .map_or_else(Rational::zero, |weight| weight.0.clone());
            if weight.is_negative() {
                let at = self.at.step("categories").step(id).step("weight");
                self.invalid(at, "a weight below 0", "write a weight from 0 to 100");
            }
            let title = written.title.clone().unwrap_or_else(|| id.to_string());
            categories.insert(id.to_string(), Category { title, weight });
        }
        categories
    }

    pub(super) fn obligations(&mut self) -> IndexMap<Id, Obligation> {
        let mut obligations = IndexMap::new();
        for (id, written) in &self.card.sections.obligations {
            let at = self.at.step("obligations").step(id);
            let bound = Obligation {
                title: written.title.clone().unwrap_or_else(|| id.to_string()),
                owner: self.bound_field(Kind::Person, written.owner.as_ref(), at, "owner"),
                due: written.due.clone(),
            };
            obligations.insert(id.to_string(), bound);
        }
        obligations
    }

    pub(super) fn for_each(&mut self) -> Option<ForEach> {
        let each = &self.card.sections.for_each;
        let at = self.at.step("for_each");
        if let Some((second, _)) = each.get_index(1) {
            let (first, _) = each.get_index(0)?;
            let (first, second) = (at.step(first), at.step(second));
            self.diagnostics.push(
                Diagnostic::new(
                    "several-variants",
                    second.key_span(),
                    "two kinds of entity on one scorecard",
                )
                .also(first.key_span(), "the first is here")
                .help("keep one, and write a scorecard of its own for the other"),
            );
        }
        let (name, written) = each.get_index(0)?;
        let at = at.step(name);
        Some(ForEach {
            name: name.to_string(),
            list: self.bound_field(Kind::Source, written.list.as_ref(), at, "list")?,
            key: written.key.clone()?,
            title: written.title.clone(),
        })
    }
}
