use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::ToSpan;
use jiff::civil::Date;

use super::arguments::{Arguments, Diff, DiffFormat, Viewpoint};
use super::driver;
use super::exit::Exit;
use super::sides::{At, Place, Places};
use super::terminal::Terminal;
use crate::assess::Figures;
use crate::compile::{Compiled, compile, compile_beside};
use crate::diagnostics::{Diagnostics, render};
use crate::diff::view::{FileChange, FileKind};
use crate::diff::{self, Change, Difference, FailOn, Favours, Known, Replay, ReplayOptions, Side, View, ViewInput};
use crate::error::Error;
use crate::measure::Inputs;
use crate::quantity::PeriodScheme;
use crate::resolve::terms::{Covers, Id};
use crate::seal::{LEDGER, Ledger};
use crate::source::{DiskTree, Tree};
use crate::tables::{Data, Failure};

/// Compares two versions of the workspace and prints what the changes mean.
///
/// # Errors
/// When a side does not exist or cannot be read, or the data of a replay cannot.
pub(super) fn run(command: &Diff, arguments: &Arguments, terminal: &Terminal) -> Result<Exit, Error> {
    if let [path, old_file, _, _, new_file, rest @ ..] = command.sides.as_slice()
        && (rest.len() == 2 || rest.len() == 4)
    {
        let path = (path.as_str(), rest.get(2).map_or(path.as_str(), String::as_str));
        return driver::run(path, (old_file, new_file), terminal);
    }
    let (base, head) = match command.sides.as_slice() {
        [] => (None, None),
        [base] => (Some(base.as_str()), None),
        [base, head] => (Some(base.as_str()), Some(head.as_str())),
        _ => {
            let message = "`diff` compares two versions: BASE and HEAD; git calls it with seven or nine arguments";
            return Err(Error::Unknown {
                message: message.to_owned(),
            });
        }
    };
    if command.replay.is_none()
        && let Some(gate) = command.fail_on.iter().find(|gate| gate.needs_replay())
    {
        return Err(Error::Unknown {
            message: format!("`--fail-on {gate}` takes a replay; add `--replay 12`"),
        });
    }
    let places = Places::find(arguments)?;
    let base = places.base(base)?;
    let head = places.head(head)?;
    Comparison::new(&places, base, head)?.run(command, terminal)
}

/// Both sides, compiled.
struct Comparison<'a> {
    places: &'a Places,
    base: Side,
    head: Side,
    base_place: Place,
    head_place: Place,
    before: Compiled,
    after: Compiled,
    published: Published,
}

impl<'a> Comparison<'a> {
    fn new(places: &'a Places, base: Place, head: Place) -> Result<Self, Error> {
        let before = compile(&*places.tree(&base)?)?;
        let after_tree = places.tree(&head)?;
        let mut after = compile_beside(&*after_tree, before.sources.clone())?;
        if let Some(folder) = places.folder(&head) {
            after.sources.lies_in(folder);
        }
        Ok(Self {
            base: places.side(&base)?,
            head: places.side(&head)?,
            published: published(places, &head, &*after_tree, (&before, &after))?,
            places,
            base_place: base,
            head_place: head,
            before,
            after,
        })
    }

    fn run(&self, command: &Diff, terminal: &Terminal) -> Result<Exit, Error> {
        if self.after.diagnostics.has_errors() {
            self.complain(&self.after.diagnostics, terminal);
            if command.format == DiffFormat::Md {
                // Else a comment of the commit before would stand for this one.
                let (found, sources) = (&self.after.diagnostics, &self.after.sources);
                let view = View::broken(&self.base, &self.head, found, sources, Exit::Failed.code());
                terminal.print(&diff::markdown(&view, &BTreeMap::new())?);
            }
            return Ok(Exit::Failed);
        }
        if self.before.diagnostics.has_errors() && !self.before.documents.is_empty() {
            self.complain(&self.before.diagnostics, terminal);
            terminal.complain("the findings above are those of BASE; what they break there is not compared\n");
        }
        let as_of = self.as_of(command)?;
        let known = Known {
            as_of: as_of.as_ref().map(|(day, _)| *day),
            published: labels(&self.published),
        };
        let mut difference = diff::diff(&self.before, &self.after, &known);
        let Replayed { replay, files, facts } = match command.replay {
            None => Replayed::default(),
            Some(periods) => match self.replay(periods, known.as_of, &difference) {
                Ok(replayed) => replayed,
                Err(Failure::World(error)) => return Err(error),
                Err(Failure::Found(found)) => {
                    self.complain(&found, terminal);
                    return Ok(Exit::Failed);
                }
            },
        };
        if let Some(replay) = &replay {
            diff::raise(&mut difference, replay);
        }
        let findings = diff::waive(&mut difference, &self.after.documents, known.as_of);
        let default = [FailOn::Error];
        let gates: &[FailOn] = if command.fail_on.is_empty() {
            &default
        } else {
            &command.fail_on
        };
        let gates: Vec<(String, bool)> = gates
            .iter()
            .map(|gate| (gate.to_string(), gate.fails(&difference, replay.as_ref())))
            .collect();
        let failed = gates.iter().any(|(_, failed)| *failed) || findings.has_errors();
        let exit = if failed { Exit::No } else { Exit::Clean };
        let viewpoint = command.viewpoint.map(|viewpoint| match viewpoint {
            Viewpoint::Customer => Favours::Customer,
            Viewpoint::Provider => Favours::Provider,
        });
        let view = View::build(&ViewInput {
            base: &self.base,
            head: &self.head,
            as_of: as_of.as_ref().map(|(day, from)| (*day, from.as_str())),
            viewpoint,
            difference: &difference,
            replay: replay.as_ref(),
            files: &files,
            facts: facts.as_ref(),
            findings: &findings,
            gates: &gates,
            sources: &self.after.sources,
            status: exit.code(),
        });
        self.print(command, &view, (&difference, viewpoint, findings), terminal)?;
        Ok(exit)
    }

    fn print(
        &self,
        command: &Diff,
        view: &View,
        (difference, viewpoint, waivers): (&Difference, Option<Favours>, Diagnostics),
        terminal: &Terminal,
    ) -> Result<(), Error> {
        let sources = &self.after.sources;
        let path = |id: &Id| {
            let card = self.before.workspace.cards.iter().find(|card| card.id == *id);
            card.map_or_else(|| "scoreline.yaml".to_owned(), |card| card.path.clone())
        };
        let mut found = diff::findings(difference, viewpoint, sources, &path);
        found.extend(waivers);
        let templates = BTreeMap::new();
        match command.format {
            DiffFormat::Text => terminal.print(&diff::text(view)),
            DiffFormat::Json => terminal.print(&view.to_json()),
            DiffFormat::Md => terminal.print(&diff::markdown(view, &templates)?),
            DiffFormat::Html => terminal.print(&diff::html(view, &templates)?),
            DiffFormat::Github => {
                terminal.print(&render::github(&found, sources));
                summarise(&diff::markdown(view, &templates)?)?;
            }
            DiffFormat::Gitlab => terminal.print(&render::gitlab(&found, sources)),
            DiffFormat::Sarif => terminal.print(&render::sarif(&found, sources)),
            DiffFormat::Junit => terminal.print(&render::junit(&found, sources)),
            DiffFormat::Rdjson => terminal.print(&render::rdjson(&found, sources)),
        }
        Ok(())
    }

    fn complain(&self, found: &Diagnostics, terminal: &Terminal) {
        terminal.complain(&render::text(found, &self.after.sources, terminal.stderr_look()));
    }

    /// The day of the comparison and what says that it has come: never the clock, so that the same two
    /// versions always compare alike.
    fn as_of(&self, command: &Diff) -> Result<Option<(Date, String)>, Error> {
        if let Some(day) = command.as_of {
            return Ok(Some((day, "as asked for".to_owned())));
        }
        for side in [&self.head, &self.base] {
            let day = side.date.as_deref().and_then(|date| date.parse::<Date>().ok());
            if let (Some(day), Some(commit)) = (day, &side.commit) {
                return Ok(Some((day, format!("the day of commit {commit}"))));
            }
        }
        let cards = &self.after.workspace.cards;
        let scheme = |id: &Id| -> Option<PeriodScheme> {
            let card = cards.iter().find(|card| card.id == *id)?;
            Some(card.latest().period)
        };
        let ended = self.published.iter().flat_map(|(id, periods)| {
            let scheme = scheme(id);
            periods
                .keys()
                .filter_map(move |label| Some(scheme?.parse(label)?.last_day()))
        });
        if let Some(day) = ended.max() {
            return Ok(Some((next(day), "the day after the last published period".to_owned())));
        }
        let covered = cards
            .iter()
            .flat_map(|card| card.latest().sources.values())
            .filter_map(|source| match source.covers {
                Covers::Through(day) => Some(day),
                Covers::LastRow | Covers::File => None,
            });
        // The latest, not the earliest: a period for which any source has rows has begun, and a source that
        // was retired long ago must not make a change of last month look prospective.
        Ok(covered
            .max()
            .map(|day| (next(day), "the day after the last one that a source covers".to_owned())))
    }

    /// Replays the difference, and the facts where they differ.
    fn replay(&self, periods: u32, as_of: Option<Date>, difference: &Difference) -> Result<Replayed, Failure> {
        let Some(as_of) = as_of else {
            return Err(Failure::World(Error::Unknown {
                message: "nothing says which periods have ended; add `--as-of DATE`".to_owned(),
            }));
        };
        let (old, new) = (self.data(&self.base_place)?, self.data(&self.head_place)?);
        let data = match &new {
            Some(data) => data.clone(),
            // Data are often kept out of git: then they are where they lie today.
            None => Data::folder(self.places.workspace()?),
        };
        let inputs = |data| Inputs {
            data,
            documents: Some(&self.after.sources),
        };
        let options = ReplayOptions {
            periods,
            as_of,
            published: &self.published,
        };
        let of_base = old.as_ref().map(inputs);
        let replay = diff::replay(&self.before, &self.after, difference, options, (inputs(&data), of_base))?;
        let (base, head) = (self.places.tree(&self.base_place)?, self.places.tree(&self.head_place)?);
        let files = diff::files((&self.before, &*base), (&self.after, &*head))?;
        let mut changes = difference.cards.iter().flat_map(|card| &card.changes);
        let differ = changes.any(Change::is_about_facts) || files.iter().any(|file| file.kind == FileKind::Data);
        let facts = match differ {
            true => {
                let inputs = (inputs(old.as_ref().unwrap_or(&data)), inputs(&data));
                Some(diff::facts(&self.before, &self.after, options, inputs)?)
            }
            false => None,
        };
        Ok(Replayed {
            replay: Some(replay),
            files,
            facts,
        })
    }

    /// The data of one side; none of a commit that holds none.
    fn data(&self, place: &Place) -> Result<Option<Data>, Error> {
        let tree = match &place.at {
            At::Folder(folder) => return Ok(Some(Data::folder(folder))),
            At::Commit { .. } => self.places.tree(place)?,
        };
        let paths = diff::data_paths(&self.before, &self.after, &*tree)?;
        if paths.is_empty() {
            return Ok(None);
        }
        let files = paths
            .into_iter()
            .map(|path| tree.read(&path).map(|bytes| (path, bytes)));
        Ok(Some(Data::files(files.collect::<Result<Vec<_>, _>>()?)))
    }
}

/// What `--replay` adds.
#[derive(Default)]
struct Replayed {
    replay: Option<Replay>,
    files: Vec<FileChange>,
    facts: Option<Replay>,
}

fn next(day: Date) -> Date {
    day.saturating_add(1.days())
}

/// What the ledger of HEAD says was published; a commit without one has it where the reports lie today.
fn published(
    places: &Places,
    head: &Place,
    tree: &dyn Tree,
    (before, after): (&Compiled, &Compiled),
) -> Result<Published, Error> {
    let out = &after.workspace.settings.out;
    let is_there = tree.list()?.iter().any(|path| *path == format!("{out}/{LEDGER}"));
    let ledger = match (&head.at, &places.workspace) {
        (At::Commit { .. }, Some(workspace)) if !is_there => Ledger::read(&DiskTree::new(workspace), out)?,
        _ => Ledger::read(tree, out)?,
    };
    Ok(figures(&ledger, before, after))
}

/// What was published, by scorecard and period.
type Published = BTreeMap<Id, BTreeMap<String, Figures>>;

/// Returns what was published of the cards of either side: that of a card that is gone stays published.
fn figures(ledger: &Ledger, before: &Compiled, after: &Compiled) -> Published {
    let mut published = Published::new();
    for card in before.workspace.cards.iter().chain(&after.workspace.cards) {
        for entry in ledger.editions().published(&card.id) {
            let periods = published.entry(card.id.clone()).or_default();
            periods.insert(entry.period.clone(), entry.figures.clone());
        }
    }
    published
}

/// The labels of published periods, by scorecard.
fn labels(published: &Published) -> BTreeMap<Id, BTreeSet<String>> {
    let cards = published.iter();
    cards
        .map(|(id, periods)| (id.clone(), periods.keys().cloned().collect()))
        .collect()
}

/// What is known of time and publication where git hands over one file: the ledger, and no day.
pub(super) fn known(tree: &dyn Tree, before: &Compiled, after: &Compiled) -> Result<Known, Error> {
    let ledger = Ledger::read(tree, &after.workspace.settings.out)?;
    Ok(Known {
        as_of: None,
        published: labels(&figures(&ledger, before, after)),
    })
}

/// Appends to the summary of a GitHub workflow step, where there is one.
fn summarise(text: &str) -> Result<(), Error> {
    use std::io::Write as _;
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").map(PathBuf::from) else {
        return Ok(());
    };
    let file = std::fs::OpenOptions::new().append(true).create(true).open(&path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|cause| Error::write(&path, cause))
}
