//! The terms of one version against those of another: which fields differ, and what each difference does.

use std::borrow::Cow;
use std::cmp::Ordering;

use indexmap::{IndexMap, IndexSet};

use super::change::{Effect, Favours, Part};
use super::fields::{self, Path, Value};
use super::judge::{Case, Judged};
use super::rulebook;
use crate::quantity::Rational;
use crate::resolve::Origin;
use crate::resolve::terms::{Amount, Id, Terms, TriggerWhen, Version};
use crate::syntax::Node;

/// A difference between two versions, before anything is said of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) rule: &'static str,
    pub(super) path: Path,
    pub(super) parts: Vec<Part>,
    pub(super) effect: Effect,
    pub(super) favours: Favours,
    pub(super) was_from: Option<Origin>,
    pub(super) is_from: Option<Origin>,
}

impl Found {
    /// Whether both are one difference that goes on in the next version.
    pub(super) fn continues(&self, earlier: &Self) -> bool {
        (self.rule, &self.path, &self.parts, self.effect)
            == (earlier.rule, &earlier.path, &earlier.parts, earlier.effect)
    }
}

/// Two versions side by side.
struct Pair<'a> {
    before: &'a Version,
    after: &'a Version,
    /// The terms before, their KPIs under the ids they have after.
    was: Cow<'a, Terms>,
    old: IndexMap<Path, Value>,
    new: IndexMap<Path, Value>,
    renames: Renames,
}

/// The ids KPIs had before, by those they have now.
pub(super) type Renames = IndexMap<Id, Id>;

/// Returns every difference between two versions of a card, in the order of its fields.
pub(super) fn compare(before: &Version, after: &Version) -> Vec<Found> {
    if before.tree.says_the_same(&after.tree) {
        return Vec::new();
    }
    let renames = renames(&before.terms, &after.terms);
    let was = renamed(&before.terms, &renames);
    let pair = Pair {
        old: fields::fields(&was),
        new: fields::fields(&after.terms),
        before,
        after,
        was,
        renames,
    };
    pair.found()
}

/// Finds the KPIs that are another's continuation: only those that say so themselves.
pub(super) fn renames(before: &Terms, after: &Terms) -> Renames {
    let named = after.kpis.iter().filter_map(|(id, kpi)| {
        let old = kpi.renamed_from.as_ref()?;
        let moved = before.kpis.contains_key(old) && !after.kpis.contains_key(old) && !before.kpis.contains_key(id);
        moved.then(|| (id.clone(), old.clone()))
    });
    named.collect()
}

fn renamed<'a>(terms: &'a Terms, renames: &Renames) -> Cow<'a, Terms> {
    if renames.is_empty() {
        return Cow::Borrowed(terms);
    }
    let new_id = |old: &mut Id| {
        if let Some((new, _)) = renames.iter().find(|(_, was)| *was == old) {
            old.clone_from(new);
        }
    };
    let mut terms = terms.clone();
    let kpis = std::mem::take(&mut terms.kpis).into_iter();
    terms.kpis = kpis
        .map(|(mut id, mut kpi)| {
            new_id(&mut id);
            kpi.id.clone_from(&id);
            if let Some(guardrail) = &mut kpi.guardrail {
                new_id(&mut guardrail.kpi);
            }
            if let Some(heir) = kpi.retired.as_mut().and_then(|retired| retired.replaced_by.as_mut()) {
                new_id(heir);
            }
            (id, kpi)
        })
        .collect();
    for trigger in terms.consequences.triggers.values_mut() {
        if let TriggerWhen::Consecutive { counting, .. } | TriggerWhen::Count { counting, .. } = &mut trigger.when {
            counting.kpis.iter_mut().flatten().for_each(new_id);
        }
    }
    Cow::Owned(terms)
}

impl Pair<'_> {
    fn found(&self) -> Vec<Found> {
        let paths: IndexSet<&Path> = self.new.keys().chain(self.old.keys()).collect();
        let differs = |path: &&Path| match (self.old.get(*path), self.new.get(*path)) {
            (Some(old), Some(new)) => !old.same(new),
            _ => true,
        };
        // Decimals that nobody wrote are those of the target: 99.9 % and 99.90 % are one value.
        let is_shown = |path: &&Path| path.last().is_some_and(|field| field == "decimals") && self.is_inferred(path);
        let differing: Vec<&Path> = paths
            .into_iter()
            .filter(|path| differs(path) && !is_shown(path))
            .collect();
        let mut found: IndexMap<(&'static str, Path), Found> = IndexMap::new();
        for (new, old) in &self.renames {
            let parts = vec![part(String::new(), Some(old.clone()), Some(new.clone()))];
            let path = vec!["kpis".to_owned(), new.clone()];
            let renamed = self.record("kpi-renamed", path.clone(), parts, Effect::Neutral);
            found.insert(("kpi-renamed", path), renamed);
        }
        // What was only inferred from other fields is told where nothing else is.
        let (inferred, written): (Vec<&Path>, Vec<&Path>) =
            differing.into_iter().partition(|path| self.is_inferred(path));
        for path in written {
            self.add(path, &mut found);
        }
        if found.is_empty() {
            for path in inferred {
                self.add(path, &mut found);
            }
        }
        if let (Some(vectors), Some(group)) = (self.weights(), found.get_mut(&("weights-rebalanced", Path::new()))) {
            group.parts = vectors;
        }
        found.into_values().collect()
    }

    fn is_inferred(&self, path: &Path) -> bool {
        let told = path[0] == "kpis" && path[2..] == ["renamed_from"] && self.renames.contains_key(&path[1]);
        let keys: Vec<&str> = path.iter().map(String::as_str).collect();
        told || (rulebook::may_be_inferred(path) && !self.is_rewritten(&keys))
    }

    fn add(&self, path: &Path, found: &mut IndexMap<(&'static str, Path), Found>) {
        for (thing, keys) in rulebook::things(path) {
            let name = &path[..keys];
            let has = |fields: &IndexMap<Path, Value>| fields.keys().any(|path| path.starts_with(name));
            let (rule, effect) = match (has(&self.old), has(&self.new)) {
                (false, _) => thing.added,
                (_, false) => thing.removed,
                (true, true) => continue,
            };
            let key = (rule, name.to_vec());
            if !found.contains_key(&key) {
                let parts = vec![part(
                    String::new(),
                    self.summary(&self.old, name),
                    self.summary(&self.new, name),
                )];
                let record = self.record(rule, name.to_vec(), parts, effect);
                found.insert(key, record);
            }
            return;
        }
        let row = rulebook::of(path);
        let case = Case {
            before: &self.was,
            after: &self.after.terms,
            path,
            old: self.old.get(path),
            new: self.new.get(path),
            is_rewritten: &|path| self.is_rewritten(path),
        };
        let Some(Judged { effect, rule }) = row.judge.judge(&case) else {
            return;
        };
        let rule = rule.unwrap_or(match effect {
            Effect::Tightened => row.family.tightened,
            Effect::Loosened => row.family.loosened,
            _ => row.family.other,
        });
        let prefix = match row.together {
            Some(keys) => path[..keys.min(path.len())].to_vec(),
            None => path.clone(),
        };
        let text = |value: Option<&Value>| value.map(|value| value.text.clone());
        let field = path[prefix.len()..].join(".");
        let one = part(field, text(case.old), text(case.new));
        match found.get_mut(&(rule, prefix.clone())) {
            Some(group) => {
                group.effect = group.effect.and(effect);
                group.favours = self.favours(rule, &group.path, group.effect);
                group.parts.push(one);
            }
            None => {
                let mut record = self.record(rule, prefix.clone(), vec![one], effect);
                // The field itself, not the map around it, says where it comes from.
                (record.was_from, record.is_from) = self.origins(path);
                found.insert((rule, prefix), record);
            }
        }
    }

    /// Every KPI whose weight in the whole card moved, with both; nothing where none did.
    fn weights(&self) -> Option<Vec<Part>> {
        let share = |weight: &Rational| format!("{}%", weight.to_exact());
        let moved = self.after.terms.kpis.iter().filter_map(|(id, kpi)| {
            let before = self.was.kpis.get(id)?;
            let (was, is) = (&before.effective_weight, &kpi.effective_weight);
            (was != is).then(|| part(id.clone(), Some(share(was)), Some(share(is))))
        });
        Some(moved.collect::<Vec<_>>()).filter(|moved| !moved.is_empty())
    }

    fn record(&self, rule: &'static str, path: Path, parts: Vec<Part>, effect: Effect) -> Found {
        let (was_from, is_from) = self.origins(&path);
        Found {
            rule,
            parts,
            effect,
            favours: self.favours(rule, &path, effect),
            was_from,
            is_from,
            path,
        }
    }

    /// Where a field stands on both sides; of one that is not there, the nearest map around it.
    fn origins(&self, path: &[String]) -> (Option<Origin>, Option<Origin>) {
        let new: Vec<&str> = path.iter().map(String::as_str).collect();
        let old = self.old_path(&new);
        let (was, is) = (
            self.before.tree.at(old.iter().copied()),
            self.after.tree.at(new.iter().copied()),
        );
        (place(self.before, &old, is), place(self.after, &new, was))
    }

    /// The path under which a field of HEAD stood in BASE.
    fn old_path<'p>(&'p self, path: &[&'p str]) -> Vec<&'p str> {
        let mut old = path.to_vec();
        if let [first, id, ..] = old.as_mut_slice()
            && *first == "kpis"
            && let Some(was) = self.renames.get(*id)
        {
            *id = was;
        }
        old
    }

    fn is_rewritten(&self, path: &[&str]) -> bool {
        let old = self.before.tree.at(self.old_path(path));
        let new = self.after.tree.at(path.iter().copied());
        match (old, new) {
            (Some(old), Some(new)) => !old.says_the_same(new),
            (None, None) => false,
            _ => true,
        }
    }

    /// What there is to know of something that came or went, in a few words.
    fn summary(&self, fields: &IndexMap<Path, Value>, name: &[String]) -> Option<String> {
        let below = |path: &Path| path[name.len()..].join(".");
        let mut entries: Vec<(String, &str)> = fields
            .iter()
            .filter(|(path, _)| path.starts_with(name))
            .map(|(path, value)| (below(path), value.text.as_str()))
            .collect();
        if entries.is_empty() {
            return None;
        }
        const TELLING: [&str; 6] = [
            "target",
            "minimum",
            "weight",
            "credit.of",
            "credit.share",
            "credit.tiers",
        ];
        if matches!(name, [kpis, _] if kpis == "kpis") {
            entries.retain(|(field, _)| TELLING.contains(&field.as_str()));
            entries.sort_by_key(|(field, _)| TELLING.iter().position(|telling| telling == field));
        }
        let entries: Vec<String> = entries
            .into_iter()
            .map(|(field, text)| format!("{field} {text}"))
            .collect();
        Some(entries.join(", "))
    }

    fn favours(&self, rule: &str, path: &[String], effect: Effect) -> Favours {
        // An internal card has no parties.
        let (Some(was), Some(is)) = (&self.was.contract, &self.after.terms.contract) else {
            return Favours::Unknown;
        };
        let has_credit = |terms: &Terms| {
            let kpi = path.get(1).and_then(|id| terms.kpis.get(id));
            kpi.is_some_and(|kpi| kpi.credit.is_some())
        };
        match rule {
            "charge-changed" => match (&was.charge, &is.charge) {
                // Credits are shares of the charge; what is left of it grows with it.
                (Some(Amount::Fixed(was)), Some(Amount::Fixed(is))) => match is.cmp(was) {
                    Ordering::Greater => Favours::Provider,
                    Ordering::Less => Favours::Customer,
                    Ordering::Equal => Favours::Unknown,
                },
                _ => Favours::Unknown,
            },
            "kpi-added" if has_credit(&self.after.terms) => Favours::Customer,
            "kpi-removed" if has_credit(&self.was) => Favours::Provider,
            "kpi-retired" if has_credit(&self.was) => Favours::Provider,
            "trigger-changed" if self.is_providers_right(path) => of_effect(effect.reversed()),
            _ => of_effect(effect),
        }
    }

    fn is_providers_right(&self, path: &[String]) -> bool {
        let right = |terms: &Terms| {
            let trigger = path.get(2).and_then(|id| terms.consequences.triggers.get(id))?;
            trigger.right.clone()
        };
        right(&self.after.terms).or_else(|| right(&self.was)).as_deref() == Some("provider")
    }
}

/// Returns where a field stands: what of it differs from the `other` side, for the rest of it may have been
/// merged from elsewhere; of a map that only this side has, its key; of one that nobody wrote, the key of the
/// nearest map around it.
fn place(version: &Version, path: &[&str], other: Option<&Node>) -> Option<Origin> {
    let origin = version.origin(path)?;
    let key = |length: usize| {
        let (name, around) = path[..length].split_last()?;
        let map = version.tree.at(around.iter().copied())?.as_map()?;
        Some(map.entry(name)?.0.span)
    };
    if let Some(node) = version.tree.at(path.iter().copied()) {
        let span = match other {
            None if node.as_map().is_some() => key(path.len())?,
            _ => differing(node, other).span,
        };
        let from = version.layer(span);
        return Some(Origin { span, from });
    }
    let is_there = |length: &usize| version.tree.at(path[..*length].iter().copied()).is_some();
    let span = match (0..path.len()).rev().find(is_there)? {
        0 => origin.span.at_start(),
        around => key(around)?,
    };
    Some(Origin { span, ..origin })
}

/// The first value within `node` that the other side does not have.
fn differing<'n>(node: &'n Node, other: Option<&Node>) -> &'n Node {
    let Some(map) = node.as_map() else { return node };
    for (key, value) in map.iter() {
        let against = other.and_then(|other| other.at([&*key.text]));
        if against.is_none_or(|against| !value.says_the_same(against)) {
            return differing(value, against);
        }
    }
    node
}

/// Who is measured is the provider.
fn of_effect(effect: Effect) -> Favours {
    match effect {
        Effect::Tightened => Favours::Customer,
        Effect::Loosened => Favours::Provider,
        Effect::Mixed => Favours::Mixed,
        Effect::Neutral | Effect::Structural | Effect::Indeterminate => Favours::Unknown,
    }
}

pub(super) fn part(field: String, before: Option<String>, after: Option<String>) -> Part {
    Part { field, before, after }
}
