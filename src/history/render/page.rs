use jiff::Zoned;
use serde::Serialize;

use crate::history::{Basis, Blame, Gap, History, Life, Record, Row};
use crate::source::git::{Commit, Person, Signature, SignatureKind};

/// A history as data; versioned, and the source of every other form.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    /// The version of this form.
    pub version: u32,
    /// The exit code.
    pub status: u8,
    /// What was asked, as on the command line.
    pub subject: String,
    /// Its title.
    pub title: String,
    /// The scorecard's id.
    pub scorecard: String,
    /// The last commit that was read.
    pub tip: Option<CommitView>,
    /// Whether the working tree was read as well.
    pub working_tree: bool,
    /// Whether nothing recorded lies beyond what was read.
    pub complete: bool,
    /// The day whose terms a blame is about.
    pub day: Option<String>,
    /// What this does not prove, and where it ends.
    pub limits: Vec<String>,
    /// Each field with its rows.
    pub fields: Vec<FieldView>,
    /// What was published of it, by period and edition.
    pub published: Vec<PublishedView>,
    /// Revisions that nobody can read.
    pub gaps: Vec<GapView>,
}

/// What an edition of a report says of the subject.
#[derive(Clone, Debug, Serialize)]
pub struct PublishedView {
    /// The period.
    pub period: String,
    /// The edition, from 1.
    pub edition: u32,
    /// Whether no later edition takes its place.
    pub stands: bool,
    /// Verdict and value of the KPI, or the card's score.
    pub said: String,
    /// Why it restates the edition before.
    pub reason: Option<String>,
    /// Its line in the ledger.
    pub line: usize,
    /// The commit that brought this line; `null` where none has it.
    pub recorded: Option<CommitView>,
}

/// One field over time.
#[derive(Clone, Debug, Serialize)]
pub struct FieldView {
    /// The KPI's id; `null` for a field of the card.
    pub kpi: Option<String>,
    /// The KPI's title.
    pub kpi_title: Option<String>,
    /// The keys that lead to the field, joined by dots.
    pub field: String,
    /// KPI and field.
    pub label: String,
    /// Its values.
    pub rows: Vec<RowView>,
}

/// One value, from a day on, as one revision recorded it.
#[derive(Clone, Debug, Serialize)]
pub struct RowView {
    /// The value with its unit; `null` where an amendment takes the field away.
    pub value: Option<String>,
    /// The first day in force.
    pub from: Option<String>,
    /// The last day in force; `null` while it is open.
    pub to: Option<String>,
    /// Both in words.
    pub force: String,
    /// Whether the record still says so.
    pub stands: bool,
    /// The amendment that set it; `null` for the original terms.
    pub amendment: Option<AmendmentView>,
    /// The pack that it stands in, with its version.
    pub pack: Option<String>,
    /// Amendment, approval and pack in words.
    pub set_by: String,
    /// The commit that recorded it; `null` where it is not committed.
    pub recorded: Option<CommitView>,
    /// The commit's short id, or that there is none.
    pub record: String,
    /// Whether it may have been recorded before that commit, as a shallow clone ends there.
    pub at_or_before: bool,
    /// The file it stands in.
    pub path: String,
    /// The line it stands in.
    pub line: Option<u32>,
    /// Both.
    pub place: String,
    /// Whole days between the first day in force and the recording, where it was recorded late.
    pub late_days: Option<i32>,
    /// What took its place in the record.
    pub superseded: Option<SupersededView>,
    /// What a reader must know besides.
    pub remarks: Vec<String>,
}

/// The particulars of an amendment.
#[derive(Clone, Debug, Serialize)]
pub struct AmendmentView {
    /// Its id.
    pub id: String,
    /// The parties' reference.
    pub reference: Option<String>,
    /// When it was signed.
    pub signed: Option<String>,
    /// The ids of those who approved it.
    pub approved_by: Vec<String>,
    /// Why.
    pub reason: Option<String>,
}

/// What took a row's place.
#[derive(Clone, Debug, Serialize)]
pub struct SupersededView {
    /// The commit; `null` where it is not committed.
    pub by: Option<CommitView>,
    /// The value that stands there from the row's first day on.
    pub value: Option<String>,
}

/// What is recorded about a commit.
#[derive(Clone, Debug, Serialize)]
pub struct CommitView {
    /// Its id.
    pub id: String,
    /// The beginning of it.
    pub short: String,
    /// The first line of its message.
    pub summary: String,
    /// Who wrote the change.
    pub author: PersonView,
    /// Who recorded it.
    pub committer: PersonView,
    /// The signature it carries.
    pub signature: SignatureView,
}

/// A person and a time, as recorded.
#[derive(Clone, Debug, Serialize)]
pub struct PersonView {
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// The time with its recorded offset; `null` where the commit holds no readable one.
    pub date: Option<String>,
    /// The same for people.
    pub when: String,
}

/// A commit's signature header.
#[derive(Clone, Debug, Serialize)]
pub struct SignatureView {
    /// `none`, `PGP`, `SSH`, `X.509` or `other`.
    pub kind: &'static str,
    /// In words.
    pub state: &'static str,
    /// The header, verbatim.
    pub header: Option<String>,
}

/// A revision that nobody can read.
#[derive(Clone, Debug, Serialize)]
pub struct GapView {
    /// The commit; `null` for the working tree.
    pub recorded: Option<CommitView>,
    /// The commit's short id, or that there is none.
    pub record: String,
    /// What is wrong.
    pub message: String,
    /// Where.
    pub place: String,
    /// The next revision that can be read; `null` where there is none.
    pub until: Option<String>,
}

/// What stands for the commit of what the working tree alone says.
const NOT_COMMITTED: &str = "not committed";

impl Page {
    /// Takes what is shown of a history; `status` is the exit code.
    pub fn of(history: &History, status: u8) -> Self {
        let fields = history.lives.iter().map(|life| FieldView::of(life, &life.rows));
        Self::with(history, fields.collect(), status)
    }

    /// Takes what is shown of who set what.
    pub fn of_blame(blame: &Blame, status: u8) -> Self {
        let fields = blame
            .lines
            .iter()
            .map(|line| FieldView::of(&line.life, std::slice::from_ref(&line.row)));
        Self {
            day: blame.day.map(|day| day.to_string()),
            ..Self::with(&blame.history, fields.collect(), status)
        }
    }

    fn with(history: &History, fields: Vec<FieldView>, status: u8) -> Self {
        let tip = history.tip.as_deref().map(CommitView::of);
        let mut limits = Vec::new();
        if !history.boundary.is_empty() {
            let ends: Vec<String> = history.boundary.iter().map(|commit| commit.id.short()).collect();
            limits.push(format!(
                "history truncated: this clone ends at {}; what stands there may have been recorded before. \
                 `git fetch --unshallow` fetches the rest",
                ends.join(", ")
            ));
        }
        if tip.is_none() {
            limits.push("there are no commits: nobody has recorded these terms yet".to_owned());
        } else {
            limits.push("names and dates are what the committing programs wrote; no signature was verified".to_owned());
        }
        let is_uncommitted = |field: &FieldView| field.rows.iter().any(|row| row.recorded.is_none());
        if tip.is_some() && fields.iter().any(is_uncommitted) {
            limits.push(format!("what is `{NOT_COMMITTED}` stands in the working tree alone"));
        }
        Self {
            version: 1,
            status,
            subject: history.subject.to_string(),
            title: history.title.clone(),
            scorecard: history.subject.card.clone(),
            tip,
            working_tree: history.has_working_tree,
            complete: history.is_complete(),
            day: None,
            limits,
            fields,
            published: Vec::new(),
            gaps: history.gaps.iter().map(GapView::of).collect(),
        }
    }
}

impl FieldView {
    fn of(life: &Life, rows: &[Row]) -> Self {
        let field = life.field.join(".");
        let label = match &life.kpi {
            Some(kpi) => format!("{kpi}.{field}"),
            None => field.clone(),
        };
        Self {
            kpi: life.kpi.clone(),
            kpi_title: life.title.clone(),
            field,
            label,
            rows: rows.iter().map(RowView::of).collect(),
        }
    }
}

impl RowView {
    fn of(row: &Row) -> Self {
        let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
        let (from, to) = (day(row.from), day(row.to));
        let force = match (&from, &to) {
            (Some(from), Some(to)) => format!("{from} to {to}"),
            (Some(from), None) => format!("from {from}"),
            (None, Some(to)) => format!("until {to}"),
            (None, None) => "always".to_owned(),
        };
        let place = match row.place.line {
            Some(line) => format!("{}:{line}", row.place.path),
            None => row.place.path.clone(),
        };
        let superseded = row.superseded.as_ref().map(|superseded| SupersededView {
            by: superseded.by.commit().map(CommitView::of),
            value: superseded.value.clone(),
        });
        let record = match (&row.record, row.at_or_before) {
            (Record::Commit(commit), true) => format!("at or before {} (history truncated)", commit.id.short()),
            (record, _) => name(record),
        };
        Self {
            value: row.value.clone(),
            from,
            to,
            force,
            stands: row.superseded.is_none(),
            amendment: row.basis.amendment.as_ref().map(|amendment| AmendmentView {
                id: amendment.id.clone(),
                reference: amendment.reference.clone(),
                signed: day(amendment.signed),
                approved_by: amendment.approved_by.iter().map(|(id, _)| id.clone()).collect(),
                reason: amendment.reason.clone(),
            }),
            pack: row.basis.pack.clone(),
            set_by: set_by(&row.basis),
            recorded: row.record.commit().map(CommitView::of),
            record,
            at_or_before: row.at_or_before,
            path: row.place.path.clone(),
            line: row.place.line,
            place,
            late_days: row.late_days,
            superseded,
            remarks: remarks(row),
        }
    }
}

/// Says what set a value: the original terms or an amendment, who approved it, the pack it stands in.
fn set_by(basis: &Basis) -> String {
    let mut text = match &basis.amendment {
        None => "original terms".to_owned(),
        Some(amendment) => {
            let mut text = amendment.id.clone();
            if let Some(reference) = &amendment.reference {
                text.push_str(&format!(" ({reference})"));
            }
            if let Some(signed) = amendment.signed {
                text.push_str(&format!(", signed {signed}"));
            }
            let names: Vec<&str> = amendment.approved_by.iter().map(|(_, name)| name.as_str()).collect();
            match names[..] {
                [] => text.push_str(", no approver named"),
                _ => text.push_str(&format!(", approved by {}", names.join(" and "))),
            }
            text
        }
    };
    if let Some(pack) = &basis.pack {
        text.push_str(&format!(", from pack {pack}"));
    }
    text
}

/// What a reader must not miss about a row.
fn remarks(row: &Row) -> Vec<String> {
    let mut remarks = Vec::new();
    match row.late_days {
        Some(0) => remarks.push("recorded late: on its first day in force".to_owned()),
        Some(1) => remarks.push("recorded late: 1 day after it took force".to_owned()),
        Some(days) => remarks.push(format!("recorded late: {days} days after it took force")),
        None => {}
    }
    if let Some(superseded) = &row.superseded {
        let by = match superseded.by.commit() {
            Some(commit) => {
                let (author, committer) = (&commit.author.name, &commit.committer.name);
                let who = match author == committer {
                    true => format!("by {author}"),
                    false => format!("by {author}, recorded by {committer}"),
                };
                format!("{} of {}, {who}", commit.id.short(), day(&commit.committer))
            }
            None => "the working tree (not committed)".to_owned(),
        };
        remarks.push(match &superseded.value {
            Some(value) if row.value.as_ref() == Some(value) => {
                format!("superseded by {by}: the same value on another basis")
            }
            Some(value) => format!("superseded by {by}: {value}"),
            None => format!("superseded by {by}: no value"),
        });
    }
    remarks
}

fn day(person: &Person) -> String {
    let when = person.when.as_ref();
    when.map_or_else(|| "an unreadable date".to_owned(), |when| when.date().to_string())
}

fn name(record: &Record) -> String {
    match record {
        Record::Commit(commit) => commit.id.short(),
        Record::NotCommitted => NOT_COMMITTED.to_owned(),
    }
}

impl CommitView {
    /// Takes what is shown of a commit.
    pub fn of(commit: &Commit) -> Self {
        Self {
            id: commit.id.to_string(),
            short: commit.id.short(),
            summary: commit.summary.clone(),
            author: PersonView::of(&commit.author),
            committer: PersonView::of(&commit.committer),
            signature: SignatureView::of(commit.signature.as_ref()),
        }
    }

    /// Whether one person wrote and recorded it at one time.
    pub(super) fn is_own(&self) -> bool {
        let (author, committer) = (&self.author, &self.committer);
        (&author.name, &author.email, &author.date) == (&committer.name, &committer.email, &committer.date)
    }
}

impl PersonView {
    fn of(person: &Person) -> Self {
        let shown = |format: &str| {
            person
                .when
                .as_ref()
                .map(|when: &Zoned| when.strftime(format).to_string())
        };
        Self {
            name: person.name.clone(),
            email: person.email.clone(),
            date: shown("%Y-%m-%dT%H:%M:%S%:z"),
            when: shown("%Y-%m-%d %H:%M %:z").unwrap_or_else(|| "at an unreadable date".to_owned()),
        }
    }
}

impl SignatureView {
    fn of(signature: Option<&Signature>) -> Self {
        let (kind, state) = match signature.map(|signature| signature.kind) {
            None => ("none", "not signed"),
            Some(SignatureKind::Pgp) => ("PGP", "carries a PGP signature, not verified"),
            Some(SignatureKind::Ssh) => ("SSH", "carries an SSH signature, not verified"),
            Some(SignatureKind::X509) => ("X.509", "carries an X.509 signature, not verified"),
            Some(SignatureKind::Other) => ("other", "carries a signature of an unknown kind, not verified"),
        };
        Self {
            kind,
            state,
            header: signature.map(|signature| signature.text.clone()),
        }
    }
}

impl GapView {
    fn of(gap: &Gap) -> Self {
        Self {
            recorded: gap.record.commit().map(CommitView::of),
            record: name(&gap.record),
            message: gap.message.clone(),
            place: match gap.place.line {
                Some(line) => format!("{}:{line}", gap.place.path),
                None => gap.place.path.clone(),
            },
            until: gap.until.as_ref().map(name),
        }
    }
}
