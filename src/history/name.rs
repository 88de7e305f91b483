//! KPIs under the names they had over time.

use std::collections::HashMap;

use super::content::Content;
use super::revision::Revisions;
use crate::resolve::terms::{Id, Terms};

/// The ids of KPIs over all revisions, and which of them are one KPI.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The id that each id has now.
    newest: HashMap<Id, Id>,
    /// Every id a KPI has had, newest first, by the newest.
    chains: HashMap<Id, Vec<Id>>,
    /// The ids of the KPIs that an `each` made, by the id of the KPI that says it.
    rows: HashMap<Id, Vec<Id>>,
    /// Every newest id, in order of appearance from the newest revision on.
    all: Vec<Id>,
}

impl Names {
    pub(super) fn of(revisions: &Revisions) -> Self {
        let mut names = Self::default();
        let mut renamed: HashMap<Id, Id> = HashMap::new();
        let mut ids: Vec<Id> = Vec::new();
        for revision in revisions.all.iter().rev() {
            let Content::Card(recorded) = &*revision.content else {
                continue;
            };
            for kpi in recorded
                .timeline
                .versions
                .iter()
                .rev()
                .flat_map(|version| version.terms.kpis.values())
            {
                if !ids.contains(&kpi.id) {
                    ids.push(kpi.id.clone());
                }
                if let Some(old) = kpi.renamed_from.as_ref().filter(|old| **old != kpi.id) {
                    // The newest revision has the last word.
                    renamed.entry(old.clone()).or_insert_with(|| kpi.id.clone());
                }
                if let Some((base, _)) = &kpi.each {
                    let rows = names.rows.entry(base.clone()).or_default();
                    if !rows.contains(&kpi.id) {
                        rows.push(kpi.id.clone());
                    }
                }
            }
        }
        for id in &ids {
            let mut chain = vec![id.clone()];
            while let Some(next) = renamed
                .get(&chain[chain.len() - 1])
                .filter(|next| !chain.contains(next))
            {
                chain.push(next.clone());
            }
            let newest = chain[chain.len() - 1].clone();
            chain.reverse();
            if !names.all.contains(&newest) {
                names.all.push(newest.clone());
            }
            let known = names.chains.entry(newest.clone()).or_default();
            // Chains of one KPI begin alike; the longest holds the others.
            if chain.len() > known.len() {
                *known = chain;
            }
            names.newest.insert(id.clone(), newest);
        }
        names
    }

    /// Returns the newest ids of what `id` names: a KPI under any name it had, or all rows of an `each`.
    pub(super) fn find(&self, id: &str) -> Vec<Id> {
        if let Some(newest) = self.newest.get(id) {
            return vec![newest.clone()];
        }
        let rows = self.rows.get(id).into_iter().flatten();
        let mut found: Vec<Id> = Vec::new();
        for newest in rows.filter_map(|row| self.newest.get(row)) {
            if !found.contains(newest) {
                found.push(newest.clone());
            }
        }
        found
    }

    /// Returns every id that the KPI now called `newest` has had, newest first.
    pub(super) fn chain(&self, newest: &str) -> &[Id] {
        self.chains.get(newest).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the newest id of every KPI.
    pub(super) fn all(&self) -> &[Id] {
        &self.all
    }

    /// Returns every id, and those that stand for the rows of an `each`.
    pub(super) fn known(&self) -> Vec<&str> {
        let mut known: Vec<&str> = self.newest.keys().chain(self.rows.keys()).map(String::as_str).collect();
        known.sort_unstable();
        known.dedup();
        known
    }

    /// Returns the id under which `terms` have the KPI now called `newest`.
    pub(super) fn in_terms(&self, newest: &str, terms: &Terms) -> Option<&Id> {
        self.chain(newest).iter().find(|id| terms.kpis.contains_key(*id))
    }
}
