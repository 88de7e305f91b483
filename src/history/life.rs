//! From revisions to the rows of each field.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::content::{Content, Problem, Recorded};
use super::field::{Leaf, leaves};
use super::name::Names;
use super::revision::{Revision, Revisions, read as read_revisions};
use super::{Amended, Basis, From, Gap, History, Life, Place, Record, Row, Subject, Superseded};
use crate::diagnostics::did_you_mean;
use crate::error::Error;
use crate::resolve::terms::{Amendment, Goal, Id, Kpi, Terms, Version};

/// The keys that lead to a field; KPIs by their newest id.
type Path = Vec<String>;

/// A value of a field for a stretch of days, as one revision has it.
#[derive(Clone, Debug)]
struct Segment {
    /// The first day of the version that set it; `None` for the original terms.
    effective: Option<Date>,
    from: Option<Date>,
    to: Option<Date>,
    value: Option<String>,
    goal: Option<Goal>,
    basis: Basis,
    place: Place,
    zone: TimeZone,
}

/// A row in the making.
struct Draft {
    segment: Segment,
    revision: usize,
    superseded: Option<usize>,
    /// Whether a merge found it recorded on another of its lines as well.
    is_double: bool,
}

/// What the revisions say about a subject, field by field.
struct Reading<'a> {
    revisions: &'a Revisions,
    names: &'a Names,
    /// For each content the fields of its versions, by the content's address.
    fields: HashMap<*const Content, Vec<IndexMap<Path, Leaf>>>,
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
    let kpis = match &subject.kpi {
        None => None,
        Some(id) => Some(names.find(id)),
    };
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
fn own_field(path: &[String], in_kpi: bool) -> &[String] {
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
    while let Some(parent) = open.pop() {
        if parent == index {
            return true;
        }
        if parent > index {
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

    /// Returns one field over time.
    fn life(&self, path: &Path, spoiled: &[Option<&Problem>]) -> Life {
        let kpi = (path[0] == "kpis" && path.len() > 2).then(|| path[1].clone());
        let mut drafts: Vec<Draft> = Vec::new();
        // For each revision the rows that it holds.
        let mut held: Vec<Rc<[usize]>> = Vec::with_capacity(self.revisions.all.len());
        for (index, revision) in self.revisions.all.iter().enumerate() {
            let inherited: Vec<usize> = {
                let rows = revision.parents.iter().flat_map(|&parent| held[parent].iter().copied());
                rows.collect::<IndexSet<usize>>().into_iter().collect()
            };
            // What nobody can read changes nothing that is known.
            if spoiled[index].is_some() {
                held.push(inherited.into());
                continue;
            }
            let mut here = Vec::new();
            for segment in self.segments(revision, path) {
                let known = inherited
                    .iter()
                    .copied()
                    .find(|&row| drafts[row].segment.says_the_same(&segment));
                match known {
                    Some(row) => {
                        drafts[row].segment.to = segment.to;
                        here.push(row);
                    }
                    None => {
                        here.push(drafts.len());
                        drafts.push(Draft {
                            segment,
                            revision: index,
                            superseded: None,
                            is_double: false,
                        });
                    }
                }
            }
            for row in inherited {
                if here.contains(&row) {
                    // A merge that keeps what one of its lines had given up.
                    if revision.parents.iter().any(|&parent| !held[parent].contains(&row)) {
                        drafts[row].superseded = None;
                    }
                    continue;
                }
                let twin = here
                    .iter()
                    .any(|&other| drafts[other].segment.says_the_same(&drafts[row].segment));
                drafts[row].is_double |= twin;
                drafts[row].superseded.get_or_insert(index);
            }
            held.push(here.into());
        }
        let current = self.revisions.last.map(|last| Rc::clone(&held[last]));
        for &row in current.iter().flat_map(|rows| rows.iter()) {
            drafts[row].superseded = None;
        }
        let mut rows: Vec<Row> = Vec::new();
        drafts.sort_by_key(|draft| (draft.segment.effective, draft.revision));
        for draft in drafts.into_iter().filter(|draft| !draft.is_double) {
            rows.push(self.row(draft, path));
        }
        let newest = self
            .revisions
            .all
            .iter()
            .rev()
            .find_map(|revision| match &*revision.content {
                Content::Card(recorded) => {
                    let versions = recorded.timeline.versions.iter().rev();
                    let mut kpis = versions.filter_map(|version| self.kpi(kpi.as_deref()?, version));
                    kpis.next()
                }
                Content::Absent | Content::Unreadable(_) => None,
            });
        Life {
            field: own_field(path, kpi.is_some()).to_vec(),
            title: newest.map(|kpi| kpi.title.clone()),
            unit: newest.map(|kpi| kpi.unit),
            kpi,
            rows,
        }
    }

    fn kpi<'t>(&self, newest: &str, version: &'t Version) -> Option<&'t Kpi> {
        let id = self.names.in_terms(newest, &version.terms)?;
        version.terms.kpis.get(id)
    }

    /// Returns the values of a field in `revision` from the original terms on.
    fn segments(&self, revision: &Revision, path: &Path) -> Vec<Segment> {
        let (Content::Card(recorded), Some(fields)) =
            (&*revision.content, self.fields.get(&Arc::as_ptr(&revision.content)))
        else {
            return Vec::new();
        };
        let versions = &recorded.timeline.versions;
        let mut segments: Vec<Segment> = Vec::new();
        for (index, (version, fields)) in versions.iter().zip(fields).enumerate() {
            // Of amendments that take effect on one day only the last terms are ever in force.
            if versions
                .get(index + 1)
                .is_some_and(|next| next.effective == version.effective)
            {
                continue;
            }
            let leaf = fields.get(path);
            let value = leaf.map(|leaf| leaf.text.clone());
            if segments.last().map_or(value.is_none(), |before| before.value == value) {
                continue;
            }
            if let (Some(before), Some(effective)) = (segments.last_mut(), version.effective) {
                before.to = effective.yesterday().ok();
            }
            let contract = version.terms.contract.as_ref();
            // The amendment that wrote it, where two take effect on one day; else the one that made the version.
            let wrote = versions.iter().find(|other| {
                let amendment = other.amendment.as_ref().map(|amendment| &amendment.id);
                other.effective == version.effective
                    && amendment.is_some()
                    && amendment == leaf.and_then(|leaf| leaf.amendment.as_ref())
            });
            let amendment = wrote.unwrap_or(version).amendment.as_ref();
            segments.push(Segment {
                effective: version.effective,
                from: version.effective.or(contract.map(|contract| contract.starts)),
                to: contract.and_then(|contract| contract.ends),
                goal: self.goal(path, version),
                basis: Basis {
                    amendment: amendment.map(|amendment| amended(amendment, &version.terms)),
                    pack: leaf.and_then(|leaf| leaf.pack.clone()),
                },
                place: leaf.map_or_else(
                    || recorded.place(amendment.map_or(version.tree.span, |amendment| amendment.span)),
                    |leaf| leaf.place.clone(),
                ),
                value,
                zone: version.terms.time_zone.clone(),
            });
        }
        segments
    }

    fn goal(&self, path: &Path, version: &Version) -> Option<Goal> {
        let [kpis, id, field] = &path[..] else { return None };
        let kpi = self.kpi(id, version).filter(|_| kpis == "kpis")?;
        match field.as_str() {
            "target" => kpi.target.clone(),
            "minimum" => kpi.minimum.clone(),
            _ => None,
        }
    }

    fn row(&self, draft: Draft, path: &Path) -> Row {
        let Draft {
            segment,
            revision,
            superseded,
            ..
        } = draft;
        let record = &self.revisions.all[revision].record;
        let at_or_before = record.commit().is_some_and(|commit| commit.is_truncated);
        let superseded = superseded.map(|by| {
            let by = &self.revisions.all[by];
            let segments = self.segments(by, path);
            let holds = segments.iter().rev().find(|other| other.effective <= segment.effective);
            Superseded {
                by: by.record.clone(),
                value: holds.and_then(|segment| segment.value.clone()),
            }
        });
        Row {
            late_days: late_days(&segment, record).filter(|_| !at_or_before),
            value: segment.value,
            goal: segment.goal,
            from: segment.from,
            to: segment.to,
            basis: segment.basis,
            record: record.clone(),
            place: segment.place,
            at_or_before,
            superseded,
        }
    }
}

impl Segment {
    /// Whether both record the same: the same value from the same day on the same basis. Where it stands and
    /// how long it holds may differ.
    fn says_the_same(&self, other: &Self) -> bool {
        self.effective == other.effective && self.value == other.value && self.basis.amendment == other.basis.amendment
    }
}

fn amended(amendment: &Amendment, terms: &Terms) -> Amended {
    let named = |id: &Id| {
        let name = terms.people.get(id).map_or(id, |person| &person.name);
        (id.clone(), name.clone())
    };
    Amended {
        id: amendment.id.clone(),
        reference: amendment.reference.clone(),
        signed: amendment.signed,
        approved_by: amendment.approved_by.iter().map(named).collect(),
        reason: amendment.reason.clone(),
    }
}

/// Returns by how many days `record` came after the first instant of the first day in force.
fn late_days(segment: &Segment, record: &Record) -> Option<i32> {
    let first = segment.from?;
    let recorded = record
        .commit()?
        .committer
        .when
        .as_ref()?
        .with_time_zone(segment.zone.clone());
    let begins = first.to_zoned(segment.zone.clone()).ok()?;
    (recorded > begins).then(|| (recorded.date() - first).get_days())
}
