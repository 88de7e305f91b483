use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::arguments::{Arguments, Blame, BlameFormat, History, HistoryFormat};
use super::exit::Exit;
use super::opened::{self, Opened};
use super::recorded::Recorded;
use super::terminal::Terminal;
use crate::error::Error;
use crate::history::render::{CommitView, PublishedView};
use crate::history::{self, From, Subject, render};
use crate::quantity::Period;
use crate::report::Templates;
use crate::report::view::{grade_word, value_text, verdict_word};
use crate::resolve::terms::Timeline;
use crate::seal::{Entry, Reading, verify};
use crate::source::git::{Commit, Repository};
use crate::source::{DiskTree, Tree};

/// Prints what a scorecard, a KPI or a field has promised over time.
///
/// # Errors
/// When there is no workspace, an object cannot be read, or nothing has the name.
pub(super) fn run(command: &History, arguments: &Arguments, terminal: &Terminal) -> Result<Exit, Error> {
    let subject = Subject::parse(&command.subject);
    let place = Workplace::open(arguments)?;
    let mut found = place.read(command.known_at.as_deref(), |from| history::history(&subject, from))?;
    if let Some(day) = command.effective {
        found = found.on(day);
    }
    let exit = match command.complete && !found.is_complete() {
        true => Exit::Inconclusive,
        false => Exit::Clean,
    };
    let mut page = render::Page::of(&found, exit.code());
    page.published = place.published(&subject, command)?;
    terminal.print(&match command.format {
        HistoryFormat::Text => render::text(&page),
        HistoryFormat::Md => render::markdown(&page, &place.templates()?)?,
        HistoryFormat::Html => render::html(&found, &page, &place.templates()?)?,
        HistoryFormat::Json => render::json(&page),
        HistoryFormat::Csv => render::csv(&page),
    });
    Ok(exit)
}

/// Prints who set each field of the terms in force on a day.
///
/// # Errors
/// As [`run`].
pub(super) fn blame(command: &Blame, arguments: &Arguments, terminal: &Terminal) -> Result<Exit, Error> {
    let subject = Subject::parse(&command.subject);
    let place = Workplace::open(arguments)?;
    let found = place.read(command.known_at.as_deref(), |from| {
        history::blame(&subject, from, command.as_of)
    })?;
    let page = render::Page::of_blame(&found, Exit::Clean.code());
    terminal.print(&match command.format {
        BlameFormat::Text => render::blame_text(&page),
        BlameFormat::Json => render::json(&page),
        BlameFormat::Csv => render::csv(&page),
    });
    Ok(Exit::Clean)
}

/// The folder of a workspace and the repository around it.
struct Workplace {
    root: PathBuf,
    repository: Option<Repository>,
}

impl Workplace {
    fn open(arguments: &Arguments) -> Result<Self, Error> {
        let root = match opened::workspace(arguments.workspace.as_deref(), Path::new(".")) {
            Ok(root) => root,
            // A bare repository has no folder with settings: the workspace is what its commits hold.
            Err(missing) => {
                let folder = arguments.workspace.as_deref().unwrap_or(Path::new("."));
                let bare = Repository::discover(folder)?.filter(|repository| repository.workdir().is_none());
                return match bare {
                    Some(repository) => Ok(Self {
                        root: folder.to_owned(),
                        repository: Some(repository),
                    }),
                    None => Err(missing),
                };
            }
        };
        let repository = Repository::discover(&root)?;
        Ok(Self { root, repository })
    }

    /// The templates of the workspace that replace built-in ones.
    fn templates(&self) -> Result<Templates, Error> {
        match self.is_bare() {
            true => Ok(Templates::new()),
            false => Ok(Opened::open(Some(&self.root), &self.root)?.templates),
        }
    }

    /// What was published of `subject`, as the ledger of the workspace has it, or the one that was known at a revision.
    /// Whether that ledger holds is for `verify` to say.
    fn published(&self, subject: &Subject, command: &History) -> Result<Vec<PublishedView>, Error> {
        if self.is_bare() {
            return Ok(Vec::new());
        }
        let opened = Opened::open(Some(&self.root), &self.root)?;
        let folder = match opened.reports(None) {
            // A folder out of the workspace is read only where the command line names it.
            Err(Error::Outside { .. }) => return Ok(Vec::new()),
            folder => folder?,
        };
        let recorded = match &self.repository {
            Some(repository) => {
                let tip = match &command.known_at {
                    Some(revision) => Some(repository.resolve(revision)?),
                    None => repository.head()?,
                };
                tip.map(|tip| Recorded::until(repository, tip, &folder)).transpose()?
            }
            None => None,
        };
        let recorded = recorded.map_or_else(Vec::new, |recorded| recorded.ledgers);
        let reading = match (&command.known_at, recorded.first()) {
            (Some(_), latest) => Reading::new(latest.map_or(&[], |(_, bytes)| bytes)),
            (None, _) => verify::ledger(&DiskTree::new(folder))?.unwrap_or_default().0,
        };
        // Earlier commits come later, and have the last word on who brought a line.
        let mut brought: HashMap<String, &Commit> = HashMap::new();
        for (commit, bytes) in &recorded {
            brought.extend(Reading::new(bytes).lines.into_iter().map(|line| (line.digest, commit)));
        }
        let card = opened.card(&subject.card).ok();
        let mut published: Vec<PublishedView> = Vec::new();
        for (index, line) in reading.lines.iter().enumerate() {
            let Some(entry) = line.entry.as_ref().filter(|entry| entry.scorecard == subject.card) else {
                continue;
            };
            let period = card.and_then(|card| card.latest().period.parse(&entry.period));
            let is_about = |day| period.is_none_or(|period| (period.first_day()..=period.last_day()).contains(&day));
            let said = said(subject, entry, card.zip(period));
            let (Some(said), true) = (said, command.effective.is_none_or(is_about)) else {
                continue;
            };
            for earlier in published.iter_mut().filter(|earlier| earlier.period == entry.period) {
                earlier.stands = false;
            }
            published.push(PublishedView {
                period: entry.period.clone(),
                edition: entry.edition,
                stands: true,
                said,
                reason: entry.reason.clone(),
                line: index + 1,
                recorded: brought.get(&line.digest).copied().map(CommitView::of),
            });
        }
        published.sort_by(|one, other| (&one.period, one.edition).cmp(&(&other.period, other.edition)));
        Ok(published)
    }

    fn is_bare(&self) -> bool {
        let repository = self.repository.as_ref();
        repository.is_some_and(|repository| repository.workdir().is_none())
    }

    /// Lets `read` see the commits up to `known_at`; without it those up to `HEAD` and the working tree.
    fn read<T>(&self, known_at: Option<&str>, read: impl FnOnce(&From<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let folder = DiskTree::new(&self.root);
        let Some(repository) = &self.repository else {
            if let Some(revision) = known_at {
                return Err(Error::Unknown {
                    message: format!("`{revision}` names nothing: the workspace is in no git repository"),
                });
            }
            return read(&From {
                repository: None,
                tip: None,
                working: Some(&folder),
            });
        };
        let prefix = repository.prefix(&self.root)?;
        let tip = match known_at {
            Some(revision) => Some(repository.resolve(revision)?),
            None => repository.head()?,
        };
        let has_folder = known_at.is_none() && repository.workdir().is_some();
        read(&From {
            repository: Some((repository, &prefix)),
            tip,
            working: has_folder.then_some(&folder as &dyn Tree),
        })
    }
}

/// What an edition says of the subject: verdict and value of the KPI, or the card's score; `None` where it has none.
fn said(subject: &Subject, entry: &Entry, terms: Option<(&Timeline, Period)>) -> Option<String> {
    let Some(id) = &subject.kpi else {
        let figures = &entry.figures;
        let score = figures
            .score
            .as_ref()
            .map(|score| format!("score {}", score.to_fixed(1)));
        let grade = figures.grade.map(|grade| grade_word(grade).to_owned());
        let said: Vec<String> = score.into_iter().chain(grade).collect();
        return Some(match said.is_empty() {
            true => "no score".to_owned(),
            false => said.join(", "),
        });
    };
    let terms = terms.map(|(card, period)| card.terms(period));
    let kpi = terms.and_then(|terms| terms.kpis.get(id));
    let before = kpi.and_then(|kpi| kpi.renamed_from.as_ref());
    let figures = &entry.figures.kpis;
    let figures = figures.get(id).or_else(|| figures.get(before?))?;
    let verdict = verdict_word(figures.verdict);
    let currency = terms.and_then(|terms| terms.contract.as_ref()?.currency.as_deref());
    Some(match (&figures.value, kpi) {
        (Some(value), Some(kpi)) => format!("{verdict}, {}", value_text(kpi, value, currency.unwrap_or_default())),
        _ => verdict.to_owned(),
    })
}
