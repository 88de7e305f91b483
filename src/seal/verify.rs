//! What can be proven about published reports, level by level; each says what it did not look at.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;

use schemars::JsonSchema;
use serde::Serialize;

use super::edition::{edition_folder, folder, statement_name};
use super::{Entry, LEDGER, Reading, Statement};
use crate::error::Error;
use crate::source::{Tree, sha256};

/// Version of the format of [`Verification`].
const VERSION: u32 = 1;

/// What came out of all levels: the JSON output of `verify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Verification {
    /// Of this format.
    pub version: u32,
    /// The exit code: 0 nothing is wrong, 1 a level fails, 4 something was not checked under `--strict`.
    pub status: u8,
    /// SHA-256 of the ledger's last line; null without one.
    pub head: Option<String>,
    /// `chain`, `files`, `inputs`, `rebuild`, `anchor` and `signatures`, in this order.
    pub levels: Vec<Level>,
}

/// One thing that was to be proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Level {
    /// Its name.
    pub name: &'static str,
    /// What came out.
    pub result: Proof,
    /// What was looked at; empty where nothing was.
    pub checked: String,
    /// What is wrong, each at its place.
    pub wrong: Vec<String>,
    /// What was not looked at, and why.
    pub unchecked: Vec<String>,
    /// What is worth knowing besides.
    pub notes: Vec<String>,
}

/// Whether a level holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// Everything that was looked at is as it must be.
    Holds,
    /// Something is not.
    Fails,
    /// Nothing was looked at.
    NotChecked,
}

/// An edition that the ledger names, with its statement where that is as it was sealed.
#[derive(Clone, Debug)]
pub struct Published {
    /// Its entry.
    pub entry: Entry,
    /// What it was made from.
    pub statement: Option<Statement>,
    /// Whether it is the edition in force of its period.
    pub is_current: bool,
}

impl Level {
    /// A level that looked at `checked`; empty for nothing.
    pub fn new(name: &'static str, checked: String, wrong: Vec<String>, unchecked: Vec<String>) -> Self {
        Self {
            name,
            result: match (wrong.is_empty(), checked.is_empty()) {
                (false, _) => Proof::Fails,
                (true, false) => Proof::Holds,
                (true, true) => Proof::NotChecked,
            },
            checked,
            wrong,
            unchecked,
            notes: Vec::new(),
        }
    }
}

impl Verification {
    /// Puts levels together with the exit code they lead to.
    pub fn new(status: u8, head: Option<String>, levels: Vec<Level>) -> Self {
        Self {
            version: VERSION,
            status,
            head,
            levels,
        }
    }

    /// Returns the JSON Schema of the output.
    pub fn schema() -> serde_json::Value {
        let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
        let mut schema = settings.into_generator().into_root_schema_for::<Self>().to_value();
        schema["$id"] = "urn:scoreline:v1:verify".into();
        schema["title"] = "Verify".into();
        schema["properties"]["version"]["const"] = VERSION.into();
        schema
    }

    /// Writes the JSON output.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a verification has only string keys");
        text.push('\n');
        text
    }
}

impl Published {
    /// How people name it.
    pub fn name(&self) -> String {
        format!(
            "{} {}, edition {}",
            self.entry.scorecard, self.entry.period, self.entry.edition
        )
    }
}

/// Reads the ledger of a folder of reports as it is, broken or not; `None` where there is none.
///
/// # Errors
/// When it cannot be read.
pub fn ledger(reports: &dyn Tree) -> Result<Option<(Reading, Vec<u8>)>, Error> {
    match reports.read(LEDGER) {
        Ok(bytes) => Ok(Some((Reading::new(&bytes), bytes))),
        Err(Error::Read { cause, .. }) if cause.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Follows the chain through the ledger, and looks for editions that it does not name.
///
/// # Errors
/// When the folder cannot be listed.
pub fn chain(reports: &dyn Tree, reading: &Reading) -> Result<Level, Error> {
    let mut wrong: Vec<String> = reading
        .breaks
        .iter()
        .map(|(line, message)| format!("{LEDGER}, line {line}: {message}"))
        .collect();
    let entries = reading.lines.iter().filter_map(|line| line.entry.as_ref());
    let named: BTreeSet<String> = entries
        .map(|entry| folder(&entry.scorecard, &entry.period, entry.edition))
        .collect();
    let there: BTreeSet<String> = reports.list()?.iter().filter_map(|path| edition_folder(path)).collect();
    wrong.extend(there.difference(&named).map(|folder| {
        format!(
            "{folder}: the ledger does not name this edition; sealing was interrupted (`build --seal` completes it), or \
             entries are missing at the end of the ledger"
        )
    }));
    let entries = counted(reading.lines.len(), "entry", "entries");
    Ok(Level::new(
        "chain",
        format!("{entries}, each with the digest of the one before"),
        wrong,
        Vec::new(),
    ))
}

/// Compares every file of every edition with its digest, where it is kept and, of the editions in force, where
/// everybody looks for it.
///
/// # Errors
/// When the folder cannot be listed.
pub fn files(reports: &dyn Tree, reading: &Reading) -> Result<(Level, Vec<Published>), Error> {
    let entries: Vec<&Entry> = reading.lines.iter().filter_map(|line| line.entry.as_ref()).collect();
    let mut last: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for entry in &entries {
        last.insert((&entry.scorecard, &entry.period), entry.edition);
    }
    let mut search = Search {
        reports,
        count: 0,
        wrong: Vec::new(),
        known: BTreeSet::new(),
    };
    let published: Vec<Published> = entries
        .iter()
        .map(|entry| {
            let is_current = last.get(&(&*entry.scorecard, &*entry.period)) == Some(&entry.edition);
            Published {
                statement: search.edition(entry, is_current),
                entry: (*entry).clone(),
                is_current,
            }
        })
        .collect();
    for path in reports.list()? {
        let of = subjects(&path).find(|subject| last.contains_key(subject));
        if let (Some((card, period)), false) = (of, search.known.contains(&path)) {
            // What the ledger does not name at all is found with the chain.
            let is_named = |folder: String| search.known.contains(&format!("{folder}/{}", statement_name(period)));
            if edition_folder(&path).is_none_or(is_named) {
                search.wrong.push(format!(
                    "{path}: it is no part of what was published of {card} {period}"
                ));
            }
        }
    }
    let checked = format!(
        "{} of {}",
        counted(search.count, "file", "files"),
        counted(published.len(), "edition", "editions")
    );
    let unchecked = published
        .iter()
        .filter(|published| published.statement.is_none())
        .map(|published| format!("{}: its files, without its statement", published.name()));
    let unchecked = unchecked.collect();
    Ok((Level::new("files", checked, search.wrong, unchecked), published))
}

/// Compares the head of the ledger with the digest, in lowercase hexadecimal, that was kept outside of it.
pub fn head(reading: &Reading, expected: &str) -> Level {
    let head = reading.lines.last().map_or("none", |line| &line.digest);
    let place = reading.lines.iter().position(|line| line.digest == expected);
    let wrong = match place {
        _ if head == expected => None,
        Some(index) => Some(format!(
            "the head is {head}; the expected one is line {}, and {} after it",
            index + 1,
            match reading.lines.len() - index - 1 {
                1 => "1 line was added".to_owned(),
                more => format!("{more} lines were added"),
            }
        )),
        None => Some(format!(
            "the head is {head}; no line has the expected digest: lines were changed or are missing"
        )),
    };
    let checked = "the head of the ledger with the one expected".to_owned();
    Level::new("anchor", checked, wrong.into_iter().collect(), Vec::new())
}

/// Compares the ledger with the one that was recorded as `anchor` elsewhere: it must begin with that.
pub fn continues(ledger: &[u8], recorded: &[u8], anchor: &str) -> Level {
    let lines = |bytes: &[u8]| {
        bytes
            .split_inclusive(|byte| *byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect::<Vec<_>>()
    };
    let (now, then) = (lines(ledger), lines(recorded));
    let same = now.iter().zip(&then).take_while(|(now, then)| now == then).count();
    let mut wrong = Vec::new();
    let mut unchecked = Vec::new();
    if same < then.len() {
        wrong.push(match same == now.len() {
            true => format!(
                "{LEDGER}: line {} and what follows are missing; {anchor} has {}",
                same + 1,
                counted(then.len(), "line", "lines")
            ),
            false => format!("{LEDGER}, line {}: it is another one at {anchor}", same + 1),
        });
    } else if now.len() > same {
        unchecked.push(format!(
            "{}, added after {anchor}",
            counted(now.len() - same, "line", "lines")
        ));
    }
    let checked = format!("the ledger with {} at {anchor}", counted(then.len(), "line", "lines"));
    Level::new("anchor", checked, wrong, unchecked)
}

/// Returns what of the inputs that a statement names differs from what `read` returns, each with how.
pub fn differing(statement: &Statement, mut read: impl FnMut(&str) -> Option<String>) -> Vec<String> {
    let predicate = &statement.predicate;
    let inputs = predicate.specification.iter().chain(&predicate.data);
    inputs
        .filter_map(|input| match read(&input.name) {
            Some(digest) if digest == input.digest.sha256 => None,
            Some(_) => Some(format!("{} is another one", input.name)),
            None => Some(format!("{} is missing", input.name)),
        })
        .collect()
}

/// Writes a number and what it counts.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

struct Search<'a> {
    reports: &'a dyn Tree,
    count: usize,
    wrong: Vec<String>,
    /// Every path that some edition accounts for.
    known: BTreeSet<String>,
}

impl Search<'_> {
    /// Looks at the files of an edition; returns its statement where that is as it was sealed.
    fn edition(&mut self, entry: &Entry, is_current: bool) -> Option<Statement> {
        let kept = folder(&entry.scorecard, &entry.period, entry.edition);
        let mut places = vec![kept];
        if is_current {
            places.push(entry.scorecard.clone());
        }
        let own = statement_name(&entry.period);
        let found: Vec<Option<Vec<u8>>> = places
            .iter()
            .map(|place| self.file(&format!("{place}/{own}"), &entry.digest))
            .collect();
        let bytes = found.into_iter().flatten().next()?;
        let statement = match Statement::parse(&bytes) {
            Ok(statement) => statement,
            Err(cause) => {
                self.wrong
                    .push(format!("{}/{own}: it is no statement: {cause}", places[0]));
                return None;
            }
        };
        if !agree(entry, &statement) {
            self.wrong.push(format!(
                "{}/{own}: it says something else than line {} of the ledger",
                places[0], entry.seq
            ));
        }
        for subject in &statement.subject {
            for place in &places {
                self.file(&format!("{place}/{}", subject.name), &subject.digest.sha256);
            }
        }
        Some(statement)
    }

    /// Returns the bytes of a file that is as it was sealed.
    fn file(&mut self, path: &str, digest: &str) -> Option<Vec<u8>> {
        self.known.insert(path.to_owned());
        self.count += 1;
        match self.reports.read(path) {
            Ok(bytes) if sha256(&bytes) == digest => Some(bytes),
            Ok(bytes) => {
                let how = match sha256(with_line_feeds(&bytes)) == digest {
                    true => ", but for its line ends: a checkout or an editor made CR LF of LF",
                    false => "",
                };
                self.wrong.push(format!("{path}: it is not as it was sealed{how}"));
                None
            }
            Err(Error::Read { cause, .. }) if cause.kind() == ErrorKind::NotFound => {
                self.wrong.push(format!("{path}: it is missing"));
                None
            }
            Err(error) => {
                self.wrong.push(format!("{path}: {error}"));
                None
            }
        }
    }
}

/// Undoes what a checkout may have done to line ends.
fn with_line_feeds(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace("\r\n", "\n")
}

/// Whether a ledger and a statement say the same of an edition.
fn agree(entry: &Entry, statement: &Statement) -> bool {
    let predicate = &statement.predicate;
    predicate.contract.scorecard == entry.scorecard
        && predicate.period.label == entry.period
        && predicate.edition == entry.edition
        && predicate.supersedes == entry.supersedes
        && predicate.reason == entry.reason
        && predicate.figures == entry.figures
}

/// Returns the scorecards and periods that a path may belong to: as a page of a maturity model, or beside the report
/// and below its folder.
fn subjects(path: &str) -> impl Iterator<Item = (&str, &str)> {
    let (card, below) = path.split_once('/').unwrap_or((path, ""));
    let page = below.split_once('/').filter(|_| edition_folder(path).is_none());
    let of_page = page.and_then(|(_, name)| Some(name.split_once('.')?.0));
    let own = below.find(['.', '/']).map(|end| &below[..end]);
    of_page.into_iter().chain(own).map(move |period| (card, period))
}
