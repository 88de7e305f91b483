//! What was asked for, looked up in the revisions: names, fields, and what cannot be read.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};

use super::content::{Content, Problem, Recorded};
use super::field::{Leaf, leaves};
use super::name::Names;
use super::revision::{Revision, Revisions, read as read_revisions};
use super::{From, Gap, History, Life, Place, Subject};
use crate::diagnostics::did_you_mean;
use crate::error::Error;
use crate::resolve::terms::{Id, Kpi, Terms, Version};

/// The keys that lead to a field; KPIs by their newest id.
pub(super) type Path = Vec<String>;

/// What the revisions say about a subject, field by field.
pub(super) struct Reading<'a> {
    pub(super) revisions: &'a Revisions,
    pub(super) names: &'a Names,
    /// For each content the fields of its versions, by the content's address.
    pub(super) fields: HashMap<*const Content, Vec<IndexMap<Path, Leaf>>>,
}

/// Reads the rows of every field of `subject`, and the newest readable card.
pub(super) fn read(subject: &Subject, from: &From<'_>) -> Result<(History, Option<Arc<Content>>), Error> {
    let revisions = read_revisions(&subject.card, from)?;
    if revisions
        .all
        .iter()
        .all(|revision| matches!(*revision.content, Content::Absent))
    {
        return Err(unknown("scorecard", &subject.card, &revisions.cards));
    }
    let names = Names::of(&revisions);
    let newest = revisions
        .all
        .iter()
        .rev()
        .find_map(|revision| match &*revision.content {
            Content::Card(_) => Some(Arc::clone(&revision.content)),
            Content::Absent | Content::Unreadable(_) => None,
        });
    let kpis = subject.kpi.as_ref().map(|id| names.find(id));
    // Where no revision can be read, all that can be shown is that.
    if let (Some(id), Some([]), Some(_)) = (&subject.kpi, kpis.as_deref(), &newest) {
        return Err(unknown(&format!("KPI of `{}`", subject.card), id, &names.known()));
    }
    let spoiled = spoiled_by(&revisions, &names, kpis.as_deref(), subject);
    let mut reading = Reading {
        revisions: &revisions,
        names: &names,
        fields: HashMap::new(),
    };
    reading.take_fields(kpis.as_deref(), subject);
    let paths = reading.paths();
    if paths.is_empty() && !subject.field.is_empty() && newest.is_some() {
        let whole = Subject {
            field: Vec::new(),
            ..subject.clone()
        };
        reading.take_fields(kpis.as_deref(), &whole);
        let known: IndexSet<String> = reading
            .paths()
            .iter()
            .flat_map(|path| {
                let own = own_field(path, kpis.is_some());
                (1..=own.len())
                    .map(|length| own[..length].join("."))
                    .collect::<Vec<_>>()
            })
            .collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        return Err(unknown(
            &format!("field of `{whole}`"),
            &subject.field.join("."),
            &known,
        ));
    }
    let mut lives: Vec<Life> = paths.iter().map(|path| reading.life(path, &spoiled)).collect();
    lives.retain(|life| !life.rows.is_empty());
    let title = match newest.as_deref() {
        Some(Content::Card(recorded)) => title(recorded, &names, kpis.as_deref()),
        _ => subject.card.clone(),
    };
    let history = History {
        subject: subject.clone(),
        title,
        tip: revisions.tip.clone(),
        has_working_tree: from.working.is_some(),
        lives,
        gaps: gaps(&revisions, &spoiled),
        boundary: revisions.boundary.clone(),
    };
    Ok((history, newest))
}

fn unknown(what: &str, name: &str, known: &[impl AsRef<str>]) -> Error {
    let known: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
    let hint = match did_you_mean(name, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if known.is_empty() => "there is none".to_owned(),
        None => {
            let short = known.iter().copied().filter(|name| !name.contains('.'));
            format!("there are: {}", short.collect::<Vec<_>>().join(", "))
        }
    };
    Error::Unknown {
        message: format!("no revision has a {what} called `{name}`; {hint}"),
    }
}

/// Returns the keys of a field below the KPI, or below the card.
pub(super) fn own_field(path: &[String], in_kpi: bool) -> &[String] {
    match in_kpi && path.len() > 2 {
        true => &path[2..],
        false => path,
    }
}

fn title(recorded: &Recorded, names: &Names, kpis: Option<&[Id]>) -> String {
    let terms = recorded.timeline.latest();
    let Some(kpis) = kpis else { return terms.title.clone() };
    let titles = kpis.iter().filter_map(|kpi| kpi_title(kpi, names, terms));
    titles.collect::<Vec<_>>().join(", ")
}

fn kpi_title(kpi: &str, names: &Names, terms: &Terms) -> Option<String> {
    Some(terms.kpis[names.in_terms(kpi, terms)?].title.clone())
}

/// Returns for each revision what leaves open what it says about the subject.
fn spoiled_by<'a>(
    revisions: &'a Revisions,
    names: &Names,
    kpis: Option<&[Id]>,
    subject: &Subject,
) -> Vec<Option<&'a Problem>> {
    let ids: Option<Vec<Id>> = kpis.map(|kpis| {
        let ids = kpis.iter().flat_map(|kpi| names.chain(kpi));
        ids.chain(&subject.kpi).cloned().collect()
    });
    let spoiled = revisions.all.iter().map(|revision| match &*revision.content {
        Content::Absent => None,
        Content::Card(recorded) => recorded.spoiled(ids.as_deref()),
        Content::Unreadable(problem) => Some(problem),
    });
    spoiled.collect()
}

fn gaps(revisions: &Revisions, spoiled: &[Option<&Problem>]) -> Vec<Gap> {
    let with_problem = revisions.all.iter().zip(spoiled).enumerate();
    let gaps = with_problem.filter_map(|(index, (revision, problem))| {
        let problem = (*problem)?;
        // Told once, however many revisions leave it as it is.
        let is_known = |parent: &usize| spoiled[*parent].is_some_and(|before| before.message == problem.message);
        if revision.parents.iter().any(is_known) {
            return None;
        }
        let after = revisions.all[index + 1..]
            .iter()
            .zip(&spoiled[index + 1..])
            .find(|(next, problem)| problem.is_none() && descends(revisions, next, index));
        Some(Gap {
            record: revision.record.clone(),
            message: problem.message.clone(),
            place: Place {
                path: problem.path.clone(),
                line: problem.line,
            },
            until: after.map(|(next, _)| next.record.clone()),
        })
    });
    gaps.collect()
}

/// Whether `revision` comes after the one at `index`.
fn descends(revisions: &Revisions, revision: &Revision, index: usize) -> bool {
    let mut open = revision.parents.clone();
    // Lines that part and join again lead to a revision many times over.
    let mut seen: HashSet<usize> = HashSet::new();
    while let Some(parent) = open.pop() {
        if parent == index {
            return true;
        }
        if parent > index && seen.insert(parent) {
            open.extend(&revisions.all[parent].parents);
        }
    }
    false
}

impl Reading<'_> {
    /// Takes from every content the fields that belong to the subject.
    fn take_fields(&mut self, kpis: Option<&[Id]>, subject: &Subject) {
        for revision in &self.revisions.all {
            let Content::Card(recorded) = &*revision.content else {
                continue;
            };
            let address = Arc::as_ptr(&revision.content);
            let versions = recorded.timeline.versions.iter();
            let fields = versions
                .map(|version| self.fields_of(version, recorded, kpis, subject))
                .collect();
            self.fields.insert(address, fields);
        }
    }

    fn fields_of(
        &self,
        version: &Version,
        recorded: &Recorded,
        kpis: Option<&[Id]>,
        subject: &Subject,
    ) -> IndexMap<Path, Leaf> {
        let terms = &version.terms;
        // Ids in these terms, and the ones the KPIs have now. What has left is no longer in force.
        let now: HashMap<&str, &str> = self
            .names
            .all()
            .iter()
            .filter_map(|newest| Some((self.names.in_terms(newest, terms)?.as_str(), newest.as_str())))
            .collect();
        let mut fields = IndexMap::new();
        for (mut path, leaf) in leaves(version, recorded) {
            if path.first().is_some_and(|key| key == "kpis") && path.len() > 2 {
                let Some(newest) = now.get(path[1].as_str()) else {
                    continue;
                };
                if terms.kpis[&path[1]].retired.is_some() && path[2] != "retired" {
                    continue;
                }
                path[1] = (*newest).to_owned();
            }
            let is_asked = match kpis {
                None => path.starts_with(&subject.field),
                Some(kpis) => {
                    path.len() > 2
                        && path[0] == "kpis"
                        && kpis.contains(&path[1])
                        && path[2..].starts_with(&subject.field)
                }
            };
            if is_asked {
                fields.insert(path, leaf);
            }
        }
        fields
    }

    /// Returns the path of every field, those of the newest revision first; targets and minimums lead each KPI.
    fn paths(&self) -> Vec<Path> {
        let mut paths: IndexSet<&Path> = IndexSet::new();
        for revision in self.revisions.all.iter().rev() {
            let fields = self.fields.get(&Arc::as_ptr(&revision.content));
            for fields in fields.into_iter().flat_map(|versions| versions.iter().rev()) {
                paths.extend(fields.keys());
            }
        }
        let mut paths: Vec<Path> = paths.into_iter().cloned().collect();
        let kpi = |path: &Path| match &path[..] {
            [kpis, id, _, ..] if kpis == "kpis" => self.names.all().iter().position(|known| known == id),
            _ => None,
        };
        let rank = |path: &Path| match path.get(2).map(String::as_str) {
            Some("target") => 0,
            Some("minimum") => 1,
            _ => 2,
        };
        // A stable sort keeps the order of the card otherwise; its own fields come last.
        paths.sort_by_key(|path| match kpi(path) {
            Some(at) => (at, rank(path)),
            None => (usize::MAX, 0),
        });
        paths
    }

    pub(super) fn kpi<'t>(&self, newest: &str, version: &'t Version) -> Option<&'t Kpi> {
        let id = self.names.in_terms(newest, &version.terms)?;
        version.terms.kpis.get(id)
    }
}
