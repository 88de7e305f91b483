use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::civil::Date;
use rayon::prelude::*;

use super::kept::unnamed;
use super::opened::Opened;
use super::terminal::Terminal;
use crate::assess::Figures;
use crate::error::Error;
use crate::evaluate::{Asked, Beside, Evaluated, Evaluation, evaluate_beside};
use crate::model;
use crate::report::{self, Audience, Edition, Entry, FileDigest, Forms, Input, Place, Provenance, RenderedFile, View};
use crate::resolve::terms::{LateChanges, Timeline};
use crate::seal::{self, Editions, LEDGER, Late, Ledger, Standing};
use crate::source::{DiskTree, sha256};
use crate::tables::{Data, Failure};

/// Which reports of a workspace are wanted.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// Scorecards by id; none means all.
    pub(super) ids: Vec<String>,
    /// The label of the period.
    pub(super) period: String,
    /// Only for these audiences; none means those of each scorecard's `views`.
    pub(super) audiences: Vec<Audience>,
    /// The forms.
    pub(super) forms: Forms,
    /// Whether there is a comment on all of them.
    pub(super) comment: bool,
    /// Take data into account up to the end of this day only.
    pub(super) data_through: Option<Date>,
    /// Where the reports of earlier builds stand, which the index lists too.
    pub(super) out: PathBuf,
    /// What they are made for.
    pub(super) purpose: Purpose,
}

/// What reports are made for.
#[derive(Clone, Debug, Default)]
pub(super) enum Purpose {
    /// To be looked at.
    #[default]
    Draft,
    /// To be published; where a period is, with other figures, only for this reason.
    Seal { restate: Option<String> },
    /// To be compared with these editions, by scorecard, which stand in this ledger.
    Compare(Ledger, BTreeMap<String, seal::Entry>),
}

/// Reports in memory; nothing is written yet.
pub(super) struct Made {
    /// One per scorecard.
    pub(super) reports: Vec<Report>,
    /// The index over them.
    pub(super) index: Vec<RenderedFile>,
    /// What is published.
    pub(super) ledger: Ledger,
}

/// The report of one scorecard.
pub(super) struct Report {
    /// What the default audience gets to see.
    pub(super) view: View,
    /// Its files, by their path below the report folder.
    pub(super) files: Vec<RenderedFile>,
    /// Files of its period that an earlier build left and this one would not write.
    pub(super) stale: Vec<String>,
    /// What it commits to.
    pub(super) figures: Figures,
    /// Where it came from.
    pub(super) provenance: Provenance,
    /// What the ledger says to that.
    pub(super) standing: Standing,
    /// What the contract says to changes after publication.
    pub(super) late_changes: Option<LateChanges>,
    /// What stands where a draft would, and stays.
    pub(super) taken: Option<Taken>,
}

/// What no draft takes the place of.
pub(super) enum Taken {
    /// What is published.
    Published,
    /// An edition, by its path, that the ledger does not name.
    Unnamed(String),
}

impl Made {
    /// What the default audience gets to see of each scorecard.
    pub(super) fn views(&self) -> impl Iterator<Item = &View> {
        self.reports.iter().map(|report| &report.view)
    }

    /// The files that may be written as they are: nothing in the place of what is published.
    pub(super) fn files(self) -> impl Iterator<Item = RenderedFile> {
        let reports = self.reports.into_iter().filter(|report| report.taken.is_none());
        reports.flat_map(|report| report.files).chain(self.index)
    }

    /// The files that go when these are written.
    pub(super) fn stale(&self) -> Vec<String> {
        let reports = self.reports.iter().filter(|report| report.taken.is_none());
        reports.flat_map(|report| report.stale.iter().cloned()).collect()
    }
}

/// Measures, assesses and renders what is wanted; the workspace has no errors.
///
/// # Errors
/// When what was asked for does not exist, the data or a template of the workspace are at fault, or the
/// world failed.
pub(super) fn make(wanted: &Wanted, opened: &Opened, terminal: &Terminal) -> Result<Made, Failure> {
    let asked = wanted.asked(opened)?;
    let ledger = wanted.ledger(opened)?;
    let evaluation = evaluate(&asked, wanted, &ledger, opened, terminal)?;
    terminal.doing("writing reports");
    let reports = Reports::new(wanted, opened, &evaluation, &ledger)?;
    let rendered: Vec<Report> = evaluation
        .cards
        .par_iter()
        .map(|card| reports.of(card))
        .collect::<Result<_, Error>>()
        .map_err(|error| opened.located(error))?;
    let mut index = match wanted.lists_all() {
        true => reports.index(&rendered).map_err(|error| opened.located(error))?,
        false => Vec::new(),
    };
    if wanted.comment {
        let views: Vec<View> = rendered.iter().map(|report| report.view.clone()).collect();
        let comment = report::comment(&views, &opened.templates);
        index.push(comment.map_err(|error| opened.located(error))?);
    }
    Ok(Made {
        reports: rendered,
        index,
        ledger,
    })
}

/// Measures and assesses what is asked for, and adds what later periods owe to published ones.
fn evaluate<'a>(
    asked: &[Asked<'a>],
    wanted: &Wanted,
    ledger: &Ledger,
    opened: &Opened,
    terminal: &Terminal,
) -> Result<Evaluation<'a>, Failure> {
    terminal.doing("measuring");
    let data = Data::folder(&opened.root);
    let trend = opened.compiled.workspace.settings.trend;
    let late: Vec<Option<(Late, Editions<'_>)>> = asked
        .iter()
        .map(|asked| {
            let ledger = wanted.known(asked, ledger);
            Late::of(asked.card, asked.period, ledger).map(|late| (late, ledger))
        })
        .collect();
    let beside: Vec<Beside<'_>> = late
        .iter()
        .flatten()
        .flat_map(|(late, _)| {
            let periods = &*late.periods;
            [Some(&late.now), late.before.as_ref()]
                .into_iter()
                .flatten()
                .map(move |card| Beside { card, periods })
        })
        .collect();
    let inputs = opened.inputs(&data);
    let (mut evaluation, outcomes) = evaluate_beside(asked, &beside, trend, inputs, wanted.data_through)?;
    let mut outcomes = outcomes.into_iter();
    for (evaluated, late) in evaluation.cards.iter_mut().zip(&late) {
        let Some((late, ledger)) = late else { continue };
        let now = outcomes.next().unwrap_or_default();
        let before = late.before.as_ref().and_then(|_| outcomes.next()).unwrap_or_default();
        if let Some(outcome) = evaluated.outcomes.last_mut() {
            late.adjust(outcome, &evaluated.card.id, *ledger, &now, &before);
        }
    }
    Ok(evaluation)
}

impl Wanted {
    /// Whether an audience may get reports: every one unless some are named.
    pub(super) fn is_for(&self, audience: Audience) -> bool {
        self.audiences.is_empty() || self.audiences.contains(&audience)
    }

    /// Whether there is an index: it is as internal as the reports it is made from, so a folder of reports for
    /// others gets none.
    fn lists_all(&self) -> bool {
        self.is_for(Audience::DEFAULT) || self.out.join("index.html").is_file()
    }

    /// Reads what is published: the ledger of the report folder; of a draft elsewhere, that of the workspace.
    fn ledger(&self, opened: &Opened) -> Result<Ledger, Error> {
        let folder = match &self.purpose {
            Purpose::Compare(ledger, _) => return Ok(ledger.clone()),
            Purpose::Draft if !self.out.join(LEDGER).is_file() => match opened.reports(None) {
                // A folder out of the workspace is read only where the command line names it.
                Err(Error::Outside { .. }) => self.out.clone(),
                own => own?,
            },
            Purpose::Draft | Purpose::Seal { .. } => self.out.clone(),
        };
        Ledger::read(&DiskTree::new(folder), "")
    }

    /// The editions that a report knew: what was published after it is nothing that it could have settled.
    fn known<'l>(&self, asked: &Asked<'_>, ledger: &'l Ledger) -> Editions<'l> {
        let published = match &self.purpose {
            Purpose::Compare(_, editions) => editions.get(&asked.card.id),
            Purpose::Draft | Purpose::Seal { .. } => ledger.current(&asked.card.id, &asked.period.to_string()),
        };
        published.map_or_else(|| ledger.editions(), |entry| ledger.before(entry.seq))
    }

    /// Finds the cards and the period of each; a card whose periods have another form is left out where
    /// no card was named.
    ///
    /// # Errors
    /// When no card has the id, or the period fits none.
    pub(super) fn asked<'a>(&self, opened: &'a Opened) -> Result<Vec<Asked<'a>>, Error> {
        let cards: Vec<&Timeline> = if self.ids.is_empty() {
            opened.compiled.workspace.cards.iter().collect()
        } else {
            let named: BTreeSet<&str> = self.ids.iter().map(String::as_str).collect();
            named.into_iter().map(|id| opened.card(id)).collect::<Result<_, _>>()?
        };
        let asked: Vec<Asked<'a>> = cards
            .iter()
            .filter_map(|card| {
                Some(Asked {
                    card,
                    period: card.latest().period.parse(&self.period)?,
                })
            })
            .collect();
        let unfit = cards
            .iter()
            .find(|card| card.latest().period.parse(&self.period).is_none());
        match unfit {
            Some(card) if asked.is_empty() || !self.ids.is_empty() => Err(Opened::unfit(card, &self.period)),
            _ => Ok(asked),
        }
    }
}

impl Wanted {
    /// Finds the files of the reported period that stand in the folder, that this build answers for, and
    /// that it did not write: a chart of a KPI that is met again, a page of an audience that is gone.
    fn stale(&self, view: &View, files: &[RenderedFile]) -> Vec<String> {
        let written: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        let (audiences, forms) = match self.purpose {
            // Nothing stays beside a published report that is no part of it.
            Purpose::Seal { .. } => (&Audience::ALL[..], Forms::ALL),
            _ if self.audiences.is_empty() => (&Audience::ALL[..], self.forms),
            _ => (&self.audiences[..], self.forms),
        };
        let place = Place::new(&view.card.id, &view.period.label);
        let mut stale: Vec<String> = place.answers_for(audiences, forms);
        // Pages of maturity models, of those too that are gone.
        let folders = std::fs::read_dir(self.out.join(&view.card.id))
            .into_iter()
            .flatten()
            .flatten();
        for name in folders.filter_map(|folder| folder.file_name().into_string().ok()) {
            let model = Place::new(&format!("{}/{name}", view.card.id), &view.period.label);
            stale.extend(model.answers_for(audiences, forms));
        }
        for &audience in audiences.iter().filter(|_| forms.markdown) {
            let charts = std::fs::read_dir(self.out.join(place.charts(audience)));
            let names = charts.into_iter().flatten().flatten().map(|chart| chart.path());
            let drawn = names.filter(|path| path.extension().is_some_and(|ending| ending == "svg"));
            stale.extend(drawn.filter_map(|path| Some(place.chart(audience, path.file_stem()?.to_str()?))));
        }
        stale.retain(|path| !written.contains(path.as_str()) && self.out.join(path).is_file());
        stale.sort();
        stale
    }
}

/// What all reports of a build share.
struct Reports<'a> {
    evaluation: &'a Evaluation<'a>,
    opened: &'a Opened,
    wanted: &'a Wanted,
    ledger: &'a Ledger,
    specification: BTreeMap<String, String>,
}

impl<'a> Reports<'a> {
    fn new(
        wanted: &'a Wanted,
        opened: &'a Opened,
        evaluation: &'a Evaluation<'a>,
        ledger: &'a Ledger,
    ) -> Result<Self, Error> {
        // The bytes, not the text: a file's digest is what any other tool says it is.
        let digest = |path: &str| {
            let bytes = std::fs::read(opened.root.join(path)).map_err(|cause| Error::read(path, cause))?;
            Ok((path.to_owned(), sha256(bytes)))
        };
        let specification = opened.compiled.sources.files().map(|(_, file)| digest(&file.path));
        Ok(Self {
            evaluation,
            opened,
            wanted,
            ledger,
            specification: specification.collect::<Result<_, Error>>()?,
        })
    }

    /// Renders every report of one card.
    fn of(&self, card: &Evaluated<'_>) -> Result<Report, Error> {
        let outcome = card.outcomes.last().expect("a report has a reported period");
        let entities = card.entities.iter().filter_map(|outcomes| outcomes.last());
        let figures = Figures::of(outcome, entities, &card.maturity);
        let label = outcome.period.to_string();
        let late_changes = card.card.late_changes(outcome.period);
        let standing = seal::standing(self.ledger, &card.card.id, &label, &figures);
        let provenance = Provenance {
            edition: self.edition(&card.card.id, &standing, late_changes),
            published: self.published(&card.card.id, &label, &standing),
            ..self.provenance(card)
        };
        let input = Input {
            timeline: card.card,
            outcomes: &card.outcomes,
            entities: &card.entities,
            maturity: &card.maturity,
            facts: &self.evaluation.facts,
            provenance: &provenance,
        };
        let default = View::build(&input, Audience::DEFAULT);
        let mut files = Vec::new();
        for audience in self.audiences(card) {
            let view = View::build(&input, audience);
            let is_named = self.wanted.audiences.contains(&audience);
            let forms = match is_named || audience == Audience::DEFAULT {
                true => self.wanted.forms,
                false => self.wanted.forms.of_further_audiences(),
            };
            let templates = &self.opened.templates;
            files.extend(report::render_view(&view, audience, templates, forms)?);
            for standing in &card.maturity {
                files.extend(report::maturity(standing, &input, audience, templates, forms)?);
            }
        }
        let is_draft = matches!(self.wanted.purpose, Purpose::Draft);
        Ok(Report {
            stale: self.wanted.stale(&default, &files),
            taken: is_draft.then(|| self.taken(&card.card.id, &label, &standing)).flatten(),
            view: default,
            files,
            figures,
            standing,
            late_changes,
            provenance,
        })
    }

    /// What stands where a draft of the card's period would be written.
    fn taken(&self, card: &str, period: &str, standing: &Standing) -> Option<Taken> {
        let out = &self.wanted.out;
        if *standing != Standing::Unpublished && out.join(LEDGER).is_file() {
            return Some(Taken::Published);
        }
        unnamed(out, card, period, 0).map(Taken::Unnamed)
    }

    /// The edition that a report is; none of a draft, and of one that may not take the place of what is published.
    fn edition(&self, card: &str, standing: &Standing, late_changes: Option<LateChanges>) -> Option<Edition> {
        let known = |entry: &seal::Entry| Edition {
            number: entry.edition,
            reason: entry.reason.clone(),
        };
        match (&self.wanted.purpose, standing) {
            (Purpose::Draft, _) => None,
            (Purpose::Compare(_, editions), _) => editions.get(card).map(known),
            (Purpose::Seal { .. }, Standing::Unpublished) => Some(Edition {
                number: 1,
                reason: None,
            }),
            (Purpose::Seal { .. }, Standing::Same(entry)) => Some(known(entry)),
            (Purpose::Seal { restate }, Standing::Other(entry)) => {
                let reason = restate
                    .as_ref()
                    .filter(|_| late_changes != Some(LateChanges::AdjustNext))?;
                Some(Edition {
                    number: entry.edition + 1,
                    reason: Some(reason.clone()),
                })
            }
        }
    }

    /// The figures that a report's own are held against: those of the edition before, or of the one that a draft
    /// differs from.
    fn published(&self, card: &str, period: &str, standing: &Standing) -> Option<Figures> {
        let before = |entry: &seal::Entry| self.ledger.before(entry.seq).current(card, period).cloned();
        let earlier = match (&self.wanted.purpose, standing) {
            (Purpose::Compare(_, editions), _) => editions.get(card).and_then(before),
            (Purpose::Seal { .. }, Standing::Same(entry)) => before(entry),
            (_, Standing::Other(entry)) => Some((**entry).clone()),
            (_, Standing::Unpublished) | (Purpose::Draft, Standing::Same(_)) => None,
        };
        earlier.map(|entry| entry.figures)
    }

    /// The audiences asked for, else those of the card's `views`, else the default one.
    fn audiences(&self, card: &Evaluated<'_>) -> Vec<Audience> {
        if !self.wanted.audiences.is_empty() {
            return self.wanted.audiences.clone();
        }
        let views = card
            .outcomes
            .last()
            .map(|outcome| &card.card.terms(outcome.period).views);
        let mut audiences: Vec<Audience> = views
            .into_iter()
            .flatten()
            .filter_map(|word| Audience::parse(word))
            .collect();
        if !audiences.contains(&Audience::DEFAULT) {
            audiences.insert(0, Audience::DEFAULT);
        }
        audiences
    }

    fn provenance(&self, card: &Evaluated<'_>) -> Provenance {
        let digests = |files: BTreeMap<String, String>| {
            files
                .into_iter()
                .map(|(path, sha256)| FileDigest { path, sha256 })
                .collect()
        };
        let profiles = self
            .evaluation
            .facts
            .profiles
            .iter()
            .filter(|((id, _), _)| *id == card.card.id);
        let data: BTreeMap<String, String> = profiles
            .flat_map(|(_, profile)| profile.files.iter().cloned())
            .collect();
        Provenance {
            program: concat!("scoreline ", env!("CARGO_PKG_VERSION")).to_owned(),
            language: "scoreline/v1".to_owned(),
            specification: digests(self.specification_of(card.card)),
            data: digests(data),
            data_through: self.wanted.data_through.map(|day| day.to_string()),
            edition: None,
            published: None,
        }
    }

    /// The files that a card's report comes from beside the data: its own, its packs', what is registered for it,
    /// the settings of the workspace and the templates that it is drawn with.
    fn specification_of(&self, card: &Timeline) -> BTreeMap<String, String> {
        let sources = &self.opened.compiled.sources;
        let terms = card.files().into_iter().map(|file| sources.file(file).path.clone());
        let templates = self.opened.templates.keys().map(|name| self.opened.template_path(name));
        let settles = |document: &&model::Document| match document.kind {
            model::Kind::Workspace => true,
            model::Kind::Claims => document.node.at(["for"]).and_then(|id| id.as_text()) == Some(&*card.id),
            model::Kind::Maturity => document.node.at(["of"]).and_then(|id| id.as_text()) == Some(&*card.id),
            model::Kind::Pack | model::Kind::Scorecard | model::Kind::Scenario | model::Kind::Waivers => false,
        };
        let documents = self.opened.compiled.documents.iter().filter(settles);
        terms
            .chain(templates)
            .chain(documents.map(|document| document.path.clone()))
            .filter_map(|path| self.specification.get_key_value(&path))
            .map(|(p, d)| (p.clone(), d.clone()))
            .collect()
    }

    /// The index over these reports and those of earlier builds that stand in the folder.
    fn index(&self, reports: &[Report]) -> Result<Vec<RenderedFile>, Error> {
        let workspace = &self.opened.compiled.workspace;
        let title = workspace.settings.title.as_deref().unwrap_or("Scorecards");
        let out = &self.wanted.out;
        let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
        for card in &workspace.cards {
            let folder = out.join(&card.id);
            let Ok(files) = std::fs::read_dir(&folder) else {
                continue;
            };
            for path in files
                .flatten()
                .map(|file| file.path())
                .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
            {
                let text =
                    std::fs::read_to_string(&path).map_err(|cause| Error::read(path.display().to_string(), cause))?;
                if let Some(entry) = Entry::from_json(&text) {
                    entries.insert(format!("{}/{}", card.id, entry.period.label), entry);
                }
            }
        }
        for view in reports
            .iter()
            .filter(|report| report.taken.is_none())
            .map(|report| &report.view)
        {
            entries.insert(format!("{}/{}", view.card.id, view.period.label), Entry::of(view));
        }
        let reports = || reports.iter().filter(|report| report.taken.is_none());
        let files = reports().flat_map(|report| &report.files);
        let written: BTreeSet<&str> = files.map(|file| file.path.as_str()).collect();
        let stale: BTreeSet<&String> = reports().flat_map(|report| &report.stale).collect();
        let stays = |path: &str| !stale.contains(&path.to_owned()) && out.join(path).is_file();
        let exists = |path: &str| written.contains(path) || stays(path);
        let entries: Vec<Entry> = entries.into_values().map(|entry| entry.linking(exists)).collect();
        report::index(title, &entries, &self.opened.templates)
    }
}
