//! From revisions to the rows of each field.

use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexSet;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::content::{Content, Problem};
use super::reading::{Path, Reading, own_field};
use super::revision::Revision;
use super::{Amended, Basis, Life, Place, Record, Row, Superseded};
use crate::diff::Value;
use crate::resolve::terms::{Amendment, Goal, Id, Terms, Version};

/// A value of a field for a stretch of days, as one revision has it.
#[derive(Clone, Debug)]
struct Segment {
    /// The first day of the version that set it; `None` for the original terms.
    effective: Option<Date>,
    from: Option<Date>,
    to: Option<Date>,
    value: Option<Value>,
    /// The amendment that writes it, be it the value it had before.
    written_by: Option<Id>,
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

impl Reading<'_> {
    /// Returns one field over time.
    pub(super) fn life(&self, path: &Path, spoiled: &[Option<&Problem>]) -> Life {
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
            let value = leaf.map(|leaf| leaf.value.clone());
            let written_by = leaf.and_then(|leaf| leaf.amendment.clone());
            let goes_on = |before: &Segment| {
                same(before.value.as_ref(), value.as_ref()) && (value.is_none() || before.written_by == written_by)
            };
            if segments.last().map_or(value.is_none(), goes_on) {
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
                written_by,
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
                value: holds.and_then(|segment| Some(segment.value.as_ref()?.text.clone())),
            }
        });
        Row {
            late_days: late_days(&segment, record).filter(|_| !at_or_before),
            value: segment.value.map(|value| value.text),
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
        self.effective == other.effective
            && same(self.value.as_ref(), other.value.as_ref())
            && self.basis.amendment == other.basis.amendment
    }
}

/// Whether two values are one, however they are written.
fn same(one: Option<&Value>, other: Option<&Value>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.same(other),
        (one, other) => one.is_none() && other.is_none(),
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
