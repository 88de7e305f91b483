//! Maturity models: each bound to the scorecard it looks at.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::bind::{Cursor, goal, unknown};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::model::{self, Document, Mode};
use crate::resolve::terms::{Criterion, Dimension, Goal, Id, Maturity, Subject, Terms, Timeline};

/// Binds a maturity model to the scorecard it is of; nothing where that could not be read whole. What cannot be bound
/// is left out.
pub(super) fn bind(document: &Document, card: Option<&Timeline>, diagnostics: &mut Diagnostics) -> Option<Maturity> {
    let written: model::Maturity = model::lower(&document.node, Mode::Complete, diagnostics)?;
    let at = Cursor::new(&document.node);
    let id = written.id.as_ref()?.to_string();
    // A scorecard that is not there or could not be read whole has been reported.
    let card = card?;
    let levels = levels(&written, at.step("levels"), diagnostics)?;
    let mut binder = Binder {
        terms: card.latest(),
        top: u8::try_from(levels.len()).unwrap_or(u8::MAX),
        diagnostics,
    };
    let dimensions = written.dimensions.iter().map(|(name, dimension)| {
        let here = at.step("dimensions").step(name);
        (name.to_string(), binder.dimension(dimension, here))
    });
    let dimensions = dimensions.collect();
    Some(Maturity {
        title: written.title.clone().unwrap_or_else(|| id.clone()),
        description: written.description.clone(),
        path: document.path.clone(),
        of: card.id.clone(),
        levels,
        summed: written.overall == Some(model::Overall::Sum),
        dimensions,
        declared_at: at.step("id").span(),
        id,
    })
}

/// Returns the names of the levels, which count from 1 without a gap.
fn levels(written: &model::Maturity, at: Cursor<'_>, diagnostics: &mut Diagnostics) -> Option<Vec<String>> {
    let written = written.levels.as_ref()?;
    let by_number: BTreeMap<u8, &String> = written.iter().map(|(level, name)| (level.0, name)).collect();
    let gap = (1..).zip(by_number.keys()).find(|(expected, found)| expected != *found);
    if let Some((missing, _)) = gap {
        diagnostics.push(
            Diagnostic::new("missing-field", at.key_span(), format!("level {missing} has no name"))
                .help(format!("add `{missing}: …`: levels count from 1 without a gap")),
        );
        return None;
    }
    if by_number.is_empty() {
        diagnostics.push(
            Diagnostic::new("missing-field", at.key_span(), "no level has a name")
                .help("name them from 1 on, such as `{ 1: Beginning, 2: Emerging }`"),
        );
        return None;
    }
    Some(by_number.into_values().cloned().collect())
}

struct Binder<'a> {
    terms: &'a Terms,
    /// The last level.
    top: u8,
    diagnostics: &'a mut Diagnostics,
}

impl Binder<'_> {
    fn dimension(&mut self, written: &model::Dimension, at: Cursor<'_>) -> Dimension {
        let mut to_reach = BTreeMap::new();
        for (level, criteria) in &written.to_reach {
            let here = at.step("to_reach").step(&level.0.to_string());
            if level.0 == 1 || level.0 > self.top {
                let message = match level.0 {
                    1 => "level 1 needs nothing".to_owned(),
                    n => format!("there is no level {n}"),
                };
                let finding = Diagnostic::new("invalid-value", here.key_span(), message);
                self.diagnostics.push(finding.help(match self.top {
                    1 => "name a level above 1 under `levels`".to_owned(),
                    top => format!("write a level from 2 to {top}"),
                }));
                continue;
            }
            to_reach.insert(level.0, self.criteria(criteria, here));
        }
        Dimension {
            title: written.title.clone().unwrap_or_default(),
            description: written.description.clone(),
            owner: self.person(written.owner.as_ref(), at.step("owner")),
            to_reach,
            to_hold: self.criteria(&written.to_hold, at.step("to_hold")),
        }
    }

    fn criteria(&mut self, written: &IndexMap<model::Id, model::Criterion>, at: Cursor<'_>) -> IndexMap<Id, Criterion> {
        let mut criteria = IndexMap::new();
        for (id, criterion) in written {
            if let Some(criterion) = self.criterion(criterion, at.step(id)) {
                criteria.insert(id.to_string(), criterion);
            }
        }
        criteria
    }

    fn criterion(&mut self, written: &model::Criterion, at: Cursor<'_>) -> Option<Criterion> {
        let owner = self.person(written.owner.as_ref(), at.step("owner"));
        let subject = match written.subject.as_ref()? {
            model::CriterionSubject::Kpi(name) => {
                self.misplaced(at, &["evidence", "expires"], "the KPI's value is the evidence");
                let kpis = self.kpis(name, at.step("kpi"));
                let first = self.terms.kpis.get(kpis.first()?)?;
                let goal = self.goal(written, first.unit, at);
                if written.value.is_none() && written.verdict.is_none() {
                    let message = format!("nothing is said of `{name}`");
                    self.diagnostics.push(
                        Diagnostic::new("missing-field", at.key_span(), message)
                            .help("add what its value must be, such as `at_least: 70%`, or `verdict: met`"),
                    );
                    return None;
                }
                Subject::Kpis {
                    name: name.to_string(),
                    kpis,
                    goal,
                    verdict: written.verdict,
                    periods: written.r#for.map_or(1, |periods| periods.0.max(1)),
                }
            }
            model::CriterionSubject::Practice(text) => {
                let of_kpis = [
                    "verdict",
                    "for",
                    "at_least",
                    "above",
                    "at_most",
                    "below",
                    "between",
                    "within_band",
                ];
                self.misplaced(at, &of_kpis, "a practice is shown by its `evidence`");
                Subject::Practice {
                    text: text.clone(),
                    evidence: written.evidence.clone().filter(|evidence| !evidence.trim().is_empty()),
                    expires: written.expires,
                }
            }
        };
        Some(Criterion { owner, subject })
    }

    fn goal(&mut self, written: &model::Criterion, unit: crate::quantity::Unit, at: Cursor<'_>) -> Option<Goal> {
        goal(written.value.as_ref()?, unit, at, self.diagnostics)
    }

    /// Reports fields that the criterion's subject does not have.
    fn misplaced(&mut self, at: Cursor<'_>, fields: &[&str], why: &str) {
        for field in fields {
            let here = at.step(field);
            if here.is_written() {
                let message = format!("`{field}` does not belong here");
                self.diagnostics
                    .push(Diagnostic::new("misplaced-key", here.key_span(), message).help(format!("remove it: {why}")));
            }
        }
    }

    /// Returns the KPIs that a name stands for: itself, or all rows of its `each`.
    fn kpis(&mut self, name: &str, at: Cursor<'_>) -> Vec<Id> {
        let found = self.terms.kpis_named(name);
        if found.is_empty() {
            let known: Vec<&str> = self.terms.kpis.keys().map(String::as_str).collect();
            self.diagnostics
                .push(unknown("unknown-reference", at.span(), ("KPI", "kpis"), name, &known));
        }
        found
    }

    fn person(&mut self, name: Option<&model::Id>, at: Cursor<'_>) -> Option<Id> {
        let name = name?;
        if !self.terms.people.contains_key(&**name) {
            let known: Vec<&str> = self.terms.people.keys().map(String::as_str).collect();
            self.diagnostics.push(unknown(
                "unknown-reference",
                at.span(),
                ("person", "people"),
                name,
                &known,
            ));
            return None;
        }
        Some(name.to_string())
    }
}
