use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use indexmap::IndexMap;

use super::past::{Past, Place};
use crate::cli::opened::Opened;
use crate::cli::reports::{Made, Purpose, Wanted, make};
use crate::cli::terminal::Terminal;
use crate::error::Error;
use crate::report::{Audience, Forms};
use crate::seal::verify::{Level, Published, counted};
use crate::seal::{Arguments, Ledger, Standing, Statement};
use crate::source::sha256;
use crate::tables::Failure;

/// Editions that were made in one go, or could have been: one period, one edition, one list of arguments.
type Builds<'a> = BTreeMap<(&'a str, u32, &'a Arguments), Vec<(&'a Published, &'a Statement)>>;

/// What is built again, and against what.
pub(super) struct Rebuild<'a> {
    pub(super) opened: &'a Opened,
    pub(super) reports: &'a Path,
    pub(super) ledger: &'a Ledger,
    pub(super) terminal: &'a Terminal,
}

/// What came out so far.
#[derive(Default)]
struct Findings {
    compared: usize,
    wrong: Vec<String>,
    unchecked: Vec<String>,
    notes: Vec<String>,
}

impl Rebuild<'_> {
    /// Builds again every edition whose inputs were found, and compares the bytes; of those in force whose inputs are
    /// in a commit, says what the workspace says by now.
    ///
    /// # Errors
    /// When a commit cannot be read or written out.
    pub(super) fn level(
        &self,
        published: &[Published],
        places: &[Option<Place>],
        mut past: Option<&mut Past<'_>>,
    ) -> Result<Level, Error> {
        let mut found = Findings::default();
        let mut builds: IndexMap<Place, Builds<'_>> = IndexMap::new();
        for (one, place) in published.iter().zip(places) {
            match (place, &one.statement) {
                (Some(place), Some(statement)) => {
                    let build = (&*one.entry.period, one.entry.edition, &statement.predicate.arguments);
                    let there = builds.entry(*place).or_default();
                    there.entry(build).or_default().push((one, statement));
                }
                _ => found
                    .unchecked
                    .push(format!("{}: what it was made from is not here", one.name())),
            }
        }
        for (place, builds) in &builds {
            let there = match (place, past.as_deref_mut()) {
                (Place::At(commit), Some(past)) => Some(past.check_out(*commit, &named(builds))?),
                _ => None,
            };
            let then = match &there {
                Some(folder) => Some(Opened::open(Some(folder.path()), folder.path())?),
                None => None,
            };
            for ((period, _, asked), editions) in builds {
                self.again(
                    then.as_ref().unwrap_or(self.opened),
                    period,
                    asked,
                    editions,
                    &mut found,
                );
            }
            if then.is_some() {
                self.now(builds, &mut found);
            }
        }
        let checked = match found.compared {
            0 => String::new(),
            compared => format!("{} built again, byte by byte", counted(compared, "edition", "editions")),
        };
        let mut level = Level::new("rebuild", checked, found.wrong, found.unchecked);
        level.notes = found.notes;
        Ok(level)
    }

    /// Builds what was made in one go, and compares each edition.
    fn again(
        &self,
        opened: &Opened,
        period: &str,
        asked: &Arguments,
        editions: &[(&Published, &Statement)],
        found: &mut Findings,
    ) {
        let entries = editions
            .iter()
            .map(|(one, _)| (one.entry.scorecard.clone(), one.entry.clone()));
        let wanted = Wanted {
            ids: asked.scorecards.clone(),
            audiences: asked
                .audiences
                .iter()
                .filter_map(|word| Audience::parse(word))
                .collect(),
            forms: Forms::among(&asked.forms),
            purpose: Purpose::Compare(self.ledger.clone(), entries.collect()),
            ..self.wanted(period, asked)
        };
        let made = match make(&wanted, opened, self.terminal) {
            Ok(made) => made,
            Err(failure) => {
                let why = why(&failure);
                let names = editions.iter().map(|(one, _)| one.name());
                found
                    .wrong
                    .extend(names.map(|name| format!("{name}: it cannot be built again: {why}")));
                return;
            }
        };
        for (one, statement) in editions {
            compare(&made, one, statement, found);
        }
    }

    /// Says where the workspace as it is now says something else than editions in force that a commit confirms.
    fn now(&self, builds: &Builds<'_>, found: &mut Findings) {
        let known = |id: &str| self.opened.compiled.workspace.cards.iter().any(|card| card.id == id);
        for ((period, _, asked), editions) in builds {
            let current = editions.iter().map(|(one, _)| *one).filter(|one| one.is_current);
            let (there, gone): (Vec<&Published>, Vec<&Published>) =
                current.partition(|one| known(&one.entry.scorecard));
            let gone = gone.into_iter().map(|one| one.name());
            found
                .notes
                .extend(gone.map(|name| format!("{name}: the workspace has no such scorecard by now")));
            if there.is_empty() {
                continue;
            }
            let wanted = Wanted {
                ids: there.iter().map(|one| one.entry.scorecard.clone()).collect(),
                ..self.wanted(period, asked)
            };
            let made = match make(&wanted, self.opened, self.terminal) {
                Ok(made) => made,
                Err(failure) => {
                    let why = why(&failure);
                    let names = there.iter().map(|one| one.name());
                    let says =
                        names.map(|name| format!("{name}: the workspace as it is now says nothing of it: {why}"));
                    found.notes.extend(says);
                    continue;
                }
            };
            for report in &made.reports {
                if let Standing::Other(entry) = &report.standing {
                    let differences = report.view.publication.differences.iter();
                    let differences: Vec<String> = differences
                        .map(|change| match &change.title {
                            Some(title) => format!("{title}: {}", change.text),
                            None => change.text.clone(),
                        })
                        .collect();
                    found.notes.push(format!(
                        "{} {}, edition {}: the workspace as it is now says something else: {}",
                        entry.scorecard,
                        entry.period,
                        entry.edition,
                        super::some(&differences)
                    ));
                }
            }
        }
    }

    /// A draft of the default audience in no form: its figures alone.
    fn wanted(&self, period: &str, asked: &Arguments) -> Wanted {
        Wanted {
            ids: Vec::new(),
            period: period.to_owned(),
            audiences: vec![Audience::DEFAULT],
            forms: Forms::among(&[]),
            comment: false,
            data_through: asked.data_through.as_ref().and_then(|day| day.parse().ok()),
            out: self.reports.to_owned(),
            purpose: Purpose::Draft,
        }
    }
}

/// Compares an edition with what was made again.
fn compare(made: &Made, one: &Published, statement: &Statement, found: &mut Findings) {
    let report = made
        .reports
        .iter()
        .find(|report| report.view.card.id == one.entry.scorecard);
    let Some(report) = report else {
        found.wrong.push(format!("{}: there is no such scorecard", one.name()));
        return;
    };
    let is_same = report.figures == one.entry.figures;
    let figures = match is_same {
        true => "the figures are the same",
        false => "the figures are others too",
    };
    let program = &statement.predicate.versions.program;
    if *program != report.provenance.program {
        let this = &report.provenance.program;
        let text = format!("{}: made by {program}, this is {this}; {figures}", one.name());
        match is_same {
            true => found.unchecked.push(text),
            false => found.wrong.push(text),
        }
        return;
    }
    found.compared += 1;
    let again: HashMap<&str, String> = report
        .files
        .iter()
        .map(|file| (file.path.as_str(), sha256(&file.bytes)))
        .collect();
    let differs = |name: &str, digest: &str| {
        let again = again.get(&*format!("{}/{name}", one.entry.scorecard));
        again.map(String::as_str) != Some(digest)
    };
    let others = statement
        .subject
        .iter()
        .filter(|subject| differs(&subject.name, &subject.digest.sha256))
        .map(|subject| &*subject.name);
    let (unmade, others): (Vec<String>, Vec<String>) = others
        .map(str::to_owned)
        .partition(|name| !cfg!(feature = "xlsx") && name.ends_with(".xlsx"));
    if !unmade.is_empty() {
        let names = unmade.join(", ");
        let text = format!("{}: {names}: this scoreline was built without workbooks", one.name());
        found.unchecked.push(text);
    }
    if !others.is_empty() {
        let names = super::some(&others);
        found
            .wrong
            .push(format!("{}: {names} come out otherwise; {figures}", one.name()));
    }
}

/// What the statements of editions name.
fn named<'a>(builds: &Builds<'a>) -> BTreeSet<&'a str> {
    let statements = builds.values().flatten().map(|(_, statement)| *statement);
    let inputs = statements.flat_map(|statement| {
        let predicate = &statement.predicate;
        predicate.specification.iter().chain(&predicate.data)
    });
    inputs.map(|input| &*input.name).collect()
}

fn why(failure: &Failure) -> String {
    match failure {
        Failure::Found(found) => counted(found.count(), "finding", "findings"),
        Failure::World(error) => error.to_string(),
    }
}
