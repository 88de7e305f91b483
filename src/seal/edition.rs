use super::statement::{Material, Statement};
use super::{Entry, Ledger};
use crate::assess::Figures;
use crate::report::RenderedFile;
use crate::source::sha256;

/// What a ledger says to the figures of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The period was not published yet.
    Unpublished,
    /// This edition says the same.
    Same(Box<Entry>),
    /// This edition says something else.
    Other(Box<Entry>),
}

/// The files of an edition and its line of the ledger.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// The statement.
    pub statement: Statement,
    /// The files where everybody looks for the current edition, the statement among them.
    pub current: Vec<RenderedFile>,
    /// The same files where this edition stays for good.
    pub kept: Vec<RenderedFile>,
    /// Its line; the ledger gives it its place.
    pub entry: Entry,
}

/// Returns what `ledger` says to `figures` of a scorecard's period.
///
/// Only figures count: the same figures of other files, templates or another version of the program are no
/// other result, and what is published of them stands.
pub fn standing(ledger: &Ledger, scorecard: &str, period: &str, figures: &Figures) -> Standing {
    match ledger.current(scorecard, period) {
        None => Standing::Unpublished,
        Some(entry) if entry.figures == *figures => Standing::Same(Box::new(entry.clone())),
        Some(entry) => Standing::Other(Box::new(entry.clone())),
    }
}

/// Returns the folder below that of the reports in which an edition stays for good.
pub fn folder(scorecard: &str, period: &str, edition: u32) -> String {
    format!("{scorecard}/{period}/edition-{edition}")
}

/// Returns the folder of the edition that a path below the folder of reports is kept in.
pub fn edition_folder(path: &str) -> Option<String> {
    let mut steps = path.splitn(4, '/');
    let (card, period, edition) = (steps.next()?, steps.next()?, steps.next()?);
    steps.next()?;
    let number = edition.strip_prefix("edition-")?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| format!("{card}/{period}/{edition}"))
}

/// Returns the name of a period's statement, beside its reports.
pub fn statement_name(period: &str) -> String {
    format!("{period}.intoto.json")
}

/// Seals the files of a report as an edition.
pub fn seal(material: Material<'_>) -> Sealed {
    let statement = Statement::new(material);
    let bytes = statement.to_json().into_bytes();
    let contract = &statement.predicate.contract;
    let period = &statement.predicate.period.label;
    let edition = statement.predicate.edition;
    let digest = sha256(&bytes);
    let own = RenderedFile {
        path: format!("{}/{}", contract.scorecard, statement_name(period)),
        bytes,
    };
    let current: Vec<RenderedFile> = material.files.iter().cloned().chain([own]).collect();
    let folder = folder(&contract.scorecard, period, edition);
    let kept = current.iter().map(|file| {
        let name = file
            .path
            .strip_prefix(&format!("{}/", contract.scorecard))
            .unwrap_or(&file.path);
        RenderedFile {
            path: format!("{folder}/{name}"),
            bytes: file.bytes.clone(),
        }
    });
    let entry = Entry {
        seq: 0,
        previous: None,
        scorecard: contract.scorecard.clone(),
        period: period.clone(),
        edition,
        digest,
        supersedes: statement.predicate.supersedes.clone(),
        reason: statement.predicate.reason.clone(),
        figures: material.figures.clone(),
    };
    Sealed {
        kept: kept.collect(),
        statement,
        current,
        entry,
    }
}
