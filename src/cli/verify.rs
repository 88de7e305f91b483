use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::TempDir;

use super::arguments::{Arguments, Output, Verify};
use super::exit::Exit;
use super::opened::Opened;
use super::reports::{Purpose, Wanted, make};
use super::terminal::Terminal;
use crate::error::Error;
use crate::report::{Audience, Forms};
use crate::seal::verify::{self, Level, Proof, Published, counted};
use crate::seal::{LEDGER, Ledger, Reading, Statement};
use crate::source::git::{BlobId, Commit, CommitId, Forest, Repository};
use crate::source::{DiskTree, Tree, sha256};
use crate::tables::Failure;

/// Says level by level what can be proven about published reports.
///
/// # Errors
/// When there is nothing published, or the world failed.
pub(super) fn run(command: &Verify, arguments: &Arguments, terminal: &Terminal) -> Result<Exit, Error> {
    let opened = match &command.reports {
        None => Some(Opened::here(arguments)?),
        // A folder of reports alone can be verified as far as it goes.
        Some(folder) => match Opened::open(arguments.workspace.as_deref(), folder) {
            Ok(opened) => Some(opened),
            Err(Error::NoWorkspace { .. }) if arguments.workspace.is_none() => None,
            Err(error) => return Err(error),
        },
    };
    let folder = match (&command.reports, &opened) {
        (Some(folder), _) => folder.clone(),
        (None, Some(opened)) => opened.reports(None)?,
        (None, None) => unreachable!("without a folder there is a workspace"),
    };
    let nothing = || Error::Unknown {
        message: format!(
            "nothing is published in `{}`; `build --seal` publishes",
            folder.display()
        ),
    };
    if !folder.is_dir() {
        return Err(nothing());
    }
    let reports = DiskTree::new(&folder);
    let (reading, bytes) = verify::ledger(&reports)?.unwrap_or_default();
    let chain = verify::chain(&reports, &reading)?;
    if reading.lines.is_empty() && chain.wrong.is_empty() {
        return Err(Error::Unknown {
            message: format!(
                "nothing is published in `{}`; `build --seal` publishes",
                folder.display()
            ),
        });
    }
    let (files, published) = verify::files(&reports, &reading)?;
    let repository = match &opened {
        Some(opened) => Repository::discover(&opened.root)?,
        None => Repository::discover(&folder)?,
    };
    let mut levels = vec![chain, files];
    match &opened {
        Some(opened) => {
            let mut past = match &repository {
                Some(repository) => Past::of(repository, &opened.root)?,
                None => None,
            };
            let (inputs, found) = inputs(&published, opened, past.as_mut())?;
            levels.push(inputs);
            terminal.doing("building again");
            let ledger = Ledger::parse(LEDGER, &bytes).ok();
            levels.push(rebuild(
                &published,
                &found,
                (opened, past.as_mut(), &folder),
                ledger,
                terminal,
            )?);
        }
        None => {
            let why = |what: &str| vec![format!("{what}: there is no workspace here; name it with `-C DIR`")];
            levels.push(Level::new(
                "inputs",
                String::new(),
                Vec::new(),
                why("specification and data"),
            ));
            levels.push(Level::new(
                "rebuild",
                String::new(),
                Vec::new(),
                why("the bytes of the reports"),
            ));
        }
    }
    levels.push(anchor(command, &reading, &bytes, repository.as_ref(), &folder)?);
    let signatures = "whether somebody signed the reports or a tag on them: that is for the tool that signed, such as \
                      `git verify-tag`, `cosign verify-blob` or `gh attestation verify`";
    levels.push(Level::new(
        "signatures",
        String::new(),
        Vec::new(),
        vec![signatures.to_owned()],
    ));
    let exit = exit(&levels, command.strict);
    match command.format {
        Output::Text => terminal.print(&text(&levels, &folder, &reading)),
        Output::Json => {
            let head = reading.lines.last().map(|line| &line.digest);
            let fields = [("head", json!(head)), ("levels", json!(levels))];
            let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value));
            terminal.print(&exit.document(fields.collect()));
        }
    }
    Ok(exit)
}

fn exit(levels: &[Level], strict: bool) -> Exit {
    let open = |level: &&Level| level.name != "signatures" && !level.unchecked.is_empty();
    if levels.iter().any(|level| level.result == Proof::Fails) {
        Exit::No
    } else if strict && levels.iter().find(open).is_some() {
        Exit::Inconclusive
    } else {
        Exit::Clean
    }
}

fn text(levels: &[Level], folder: &Path, reading: &Reading) -> String {
    let head = reading.lines.last().map_or("none", |line| &line.digest);
    let mut text = format!("{}, ledger head {head}\n\n", folder.display());
    for level in levels {
        let result = match level.result {
            Proof::Holds => "holds",
            Proof::Fails => "FAILS",
            Proof::NotChecked => "not checked",
        };
        text.push_str(format!("{result:<12} {:<11} {}", level.name, level.checked).trim_end());
        text.push('\n');
        let lines = [
            ("wrong", &level.wrong),
            ("not checked", &level.unchecked),
            ("note", &level.notes),
        ];
        for (word, lines) in lines {
            for line in lines {
                text.push_str(&format!("  {word}: {line}\n"));
            }
        }
    }
    text
}

/// Where what an edition was made from is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// In the workspace as it is.
    Here,
    /// In the workspace as a commit has it.
    At(CommitId),
}

/// Looks for what each edition was made from: in the workspace, else in its commits, latest first.
fn inputs(
    published: &[Published],
    opened: &Opened,
    mut past: Option<&mut Past<'_>>,
) -> Result<(Level, Vec<Option<Place>>), Error> {
    let mut digests: BTreeMap<String, Option<String>> = BTreeMap::new();
    let (mut wrong, mut unchecked, mut notes, mut found) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut files, mut editions) = (0, 0);
    for one in published {
        let Some(statement) = &one.statement else {
            unchecked.push(format!(
                "{}: nobody knows what it was made from without its statement",
                one.name()
            ));
            found.push(None);
            continue;
        };
        let here = verify::differing(statement, |path| {
            let digest = || std::fs::read(opened.root.join(path)).ok().map(sha256);
            digests.entry(path.to_owned()).or_insert_with(digest).clone()
        });
        let place = match (here.is_empty(), past.as_deref_mut()) {
            (true, _) => Some(Place::Here),
            (false, Some(past)) => past.find(statement)?.map(Place::At),
            (false, None) => None,
        };
        let differing = here.join(", ");
        match place {
            Some(Place::Here) => {}
            Some(Place::At(commit)) => notes.push(format!(
                "{}: {differing} now; as it was sealed it stands in commit {}",
                one.name(),
                commit.short()
            )),
            None if one.is_current => wrong.push(format!("{}: {differing}", one.name())),
            None => unchecked.push(format!("{}: it is superseded, and {differing}", one.name())),
        }
        if place.is_some() || one.is_current {
            files += statement.predicate.specification.len() + statement.predicate.data.len();
            editions += 1;
        }
        found.push(place);
    }
    let checked = match editions {
        0 => String::new(),
        _ => format!(
            "{} of specification and data behind {}",
            counted(files, "file", "files"),
            counted(editions, "edition", "editions")
        ),
    };
    let mut level = Level::new("inputs", checked, wrong, unchecked);
    level.notes = notes;
    Ok((level, found))
}

/// Builds again every edition whose inputs were found, and compares the bytes.
fn rebuild(
    published: &[Published],
    found: &[Option<Place>],
    (opened, mut past, reports): (&Opened, Option<&mut Past<'_>>, &Path),
    ledger: Option<Ledger>,
    terminal: &Terminal,
) -> Result<Level, Error> {
    let (mut wrong, mut unchecked) = (Vec::new(), Vec::new());
    let mut compared = 0;
    let Some(ledger) = ledger else {
        let why = "the bytes of the reports: the chain of the ledger is broken".to_owned();
        return Ok(Level::new("rebuild", String::new(), wrong, vec![why]));
    };
    // What was asked for in one go is built in one go.
    let mut builds: BTreeMap<_, Vec<(&Published, &Statement)>> = BTreeMap::new();
    for (one, place) in published.iter().zip(found) {
        match (place, &one.statement) {
            (Some(place), Some(statement)) => {
                let asked = &statement.predicate.arguments;
                let build = (*place, &one.entry.period, one.entry.edition, asked);
                builds.entry(build).or_default().push((one, statement));
            }
            _ => unchecked.push(format!("{}: what it was made from is not here", one.name())),
        }
    }
    for ((place, period, _, asked), editions) in builds {
        let there = match (place, past.as_deref_mut()) {
            (Place::At(commit), Some(past)) => Some(past.check_out(commit, &editions)?),
            _ => None,
        };
        let then = match &there {
            Some(folder) => Some(Opened::open(Some(folder.path()), folder.path())?),
            None => None,
        };
        let entries = editions
            .iter()
            .map(|(one, _)| (one.entry.scorecard.clone(), one.entry.clone()));
        let wanted = Wanted {
            ids: asked.scorecards.clone(),
            period: period.clone(),
            audiences: asked
                .audiences
                .iter()
                .filter_map(|word| Audience::parse(word))
                .collect(),
            forms: Forms::among(&asked.forms),
            comment: false,
            data_through: asked.data_through.as_ref().and_then(|day| day.parse().ok()),
            out: reports.to_owned(),
            purpose: Purpose::Compare(ledger.clone(), entries.collect()),
        };
        let made = match make(&wanted, then.as_ref().unwrap_or(opened), terminal) {
            Ok(made) => made,
            Err(failure) => {
                let why = match failure {
                    Failure::Found(found) => counted(found.count(), "finding", "findings"),
                    Failure::World(error) => error.to_string(),
                };
                wrong.extend(
                    editions
                        .iter()
                        .map(|(one, _)| format!("{}: it cannot be built again: {why}", one.name())),
                );
                continue;
            }
        };
        for (one, statement) in editions {
            let Some(report) = made
                .reports
                .iter()
                .find(|report| report.view.card.id == one.entry.scorecard)
            else {
                wrong.push(format!("{}: there is no such scorecard", one.name()));
                continue;
            };
            let figures = match report.figures == one.entry.figures {
                true => "the figures are the same",
                false => "the figures are others too",
            };
            let program = &statement.predicate.versions.program;
            if *program != report.provenance.program {
                let text = format!(
                    "{}: made by {program}, this is {}; {figures}",
                    one.name(),
                    report.provenance.program
                );
                match report.figures == one.entry.figures {
                    true => unchecked.push(text),
                    false => wrong.push(text),
                }
                continue;
            }
            compared += 1;
            let again: HashMap<&str, String> = report
                .files
                .iter()
                .map(|file| (file.path.as_str(), sha256(&file.bytes)))
                .collect();
            let differs = |name: &&str, digest: &str| {
                again
                    .get(&*format!("{}/{name}", one.entry.scorecard))
                    .map(String::as_str)
                    != Some(digest)
            };
            let others: Vec<&str> = statement
                .subject
                .iter()
                .filter(|subject| differs(&&*subject.name, &subject.digest.sha256))
                .map(|subject| &*subject.name)
                .collect();
            if !others.is_empty() {
                wrong.push(format!(
                    "{}: {} come out otherwise; {figures}",
                    one.name(),
                    others.join(", ")
                ));
            }
        }
    }
    let checked = match compared {
        0 => String::new(),
        _ => format!("{} built again, byte by byte", counted(compared, "edition", "editions")),
    };
    Ok(Level::new("rebuild", checked, wrong, unchecked))
}

/// Compares the ledger with what is kept of it elsewhere.
fn anchor(
    command: &Verify,
    reading: &Reading,
    ledger: &[u8],
    repository: Option<&Repository>,
    folder: &Path,
) -> Result<Level, Error> {
    if let Some(expected) = &command.expected_head {
        return Ok(verify::head(reading, expected));
    }
    let Some(revision) = &command.anchor else {
        let why = "whether the newest entries were removed together with their files: that takes the head kept \
                   elsewhere (`--expected-head`), or a tag (`--anchor`)";
        return Ok(Level::new("anchor", String::new(), Vec::new(), vec![why.to_owned()]));
    };
    let repository = repository.ok_or_else(|| Error::Unknown {
        message: format!(
            "`{}` lies in no git repository that could have `{revision}`",
            folder.display()
        ),
    })?;
    let commit = repository.resolve(revision)?;
    let tree = repository.tree(commit, &repository.prefix(folder)?)?;
    Ok(verify::continues(ledger, &tree.read(LEDGER)?, revision))
}

/// The workspace in the commits before the one that is checked out.
struct Past<'a> {
    repository: &'a Repository,
    forest: Forest<'a>,
    /// Latest first.
    commits: Vec<Commit>,
    digests: HashMap<BlobId, String>,
}

impl<'a> Past<'a> {
    fn of(repository: &'a Repository, root: &Path) -> Result<Option<Self>, Error> {
        let Some(head) = repository.head()? else {
            return Ok(None);
        };
        let mut commits = repository.ancestry(head)?;
        commits.reverse();
        Ok(Some(Self {
            repository,
            forest: Forest::new(repository, &repository.prefix(root)?, |_| true),
            commits,
            digests: HashMap::new(),
        }))
    }

    /// Returns the latest commit that has everything a statement names.
    fn find(&mut self, statement: &Statement) -> Result<Option<CommitId>, Error> {
        for commit in &self.commits {
            let files = self.forest.files(commit)?.unwrap_or_default();
            let mut failed = None;
            let differing = verify::differing(statement, |path| {
                let index = files.binary_search_by(|file| (*file.path).cmp(path)).ok()?;
                let blob = files[index].blob;
                if let Some(digest) = self.digests.get(&blob) {
                    return Some(digest.clone());
                }
                match self.repository.blob(blob) {
                    Ok(bytes) => Some(self.digests.entry(blob).or_insert(sha256(bytes)).clone()),
                    Err(error) => {
                        failed = Some(error);
                        None
                    }
                }
            });
            if let Some(error) = failed {
                return Err(error);
            }
            if differing.is_empty() {
                return Ok(Some(commit.id));
            }
        }
        Ok(None)
    }

    /// Writes the documents of a commit, and what statements name, to a folder of its own.
    fn check_out(&mut self, commit: CommitId, editions: &[(&Published, &Statement)]) -> Result<TempDir, Error> {
        let folder = TempDir::new().map_err(|cause| Error::write(Path::new("a temporary folder"), cause))?;
        let commit = self.repository.commit(commit)?;
        let is_named = |path: &str| {
            editions.iter().any(|(_, statement)| {
                let predicate = &statement.predicate;
                let mut inputs = predicate.specification.iter().chain(&predicate.data);
                inputs.any(|input| input.name == path)
            })
        };
        for file in self.forest.files(&commit)?.unwrap_or_default().iter() {
            let is_document = file.path.ends_with(".yaml") || file.path.ends_with(".yml");
            if is_document || is_named(&file.path) {
                let path: PathBuf = folder.path().join(&*file.path);
                let bytes = self.repository.blob(file.blob)?;
                let parent = path.parent().unwrap_or(folder.path());
                std::fs::create_dir_all(parent)
                    .and_then(|()| std::fs::write(&path, bytes))
                    .map_err(|cause| Error::write(&path, cause))?;
            }
        }
        Ok(folder)
    }
}
