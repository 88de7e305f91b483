use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::civil::Date;
use rayon::prelude::*;

use super::opened::Opened;
use super::terminal::Terminal;
use crate::error::Error;
use crate::evaluate::{Asked, Evaluated, Evaluation, evaluate};
use crate::report::{self, Audience, Entry, FileDigest, Forms, Input, Place, Provenance, RenderedFile, View};
use crate::resolve::terms::Timeline;
use crate::source::sha256;
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
}

/// Reports in memory; nothing is written yet.
pub(super) struct Made {
    /// What the default audience gets to see, one per scorecard.
    pub(super) views: Vec<View>,
    /// Every file, by its path below the report folder.
    pub(super) files: Vec<RenderedFile>,
    /// Files of these periods that an earlier build left and this one would not write.
    pub(super) stale: Vec<String>,
}

/// Measures, assesses and renders what is wanted; the workspace has no errors.
///
/// # Errors
/// When what was asked for does not exist, the data or a template of the workspace are at fault, or the
/// world failed.
pub(super) fn make(wanted: &Wanted, opened: &Opened, terminal: &Terminal) -> Result<Made, Failure> {
    let asked = wanted.asked(opened)?;
    let data = Data::folder(&opened.root);
    let trend = opened.compiled.workspace.settings.trend;
    terminal.doing("measuring");
    let evaluation = evaluate(&asked, trend, opened.inputs(&data), wanted.data_through)?;
    terminal.doing("writing reports");
    let reports = Reports::new(wanted, opened, &evaluation);
    let rendered: Vec<(View, Vec<RenderedFile>)> = evaluation
        .cards
        .par_iter()
        .map(|card| reports.of(card))
        .collect::<Result<_, Error>>()
        .map_err(|error| opened.located(error))?;
    let (views, files): (Vec<View>, Vec<Vec<RenderedFile>>) = rendered.into_iter().unzip();
    let mut files: Vec<RenderedFile> = files.into_iter().flatten().collect();
    let stale = wanted.stale(&views, &files);
    let index = reports
        .index(&views, &files, &stale)
        .map_err(|error| opened.located(error))?;
    files.extend(index);
    if wanted.comment {
        let comment = report::comment(&views, &opened.templates);
        files.push(comment.map_err(|error| opened.located(error))?);
    }
    Ok(Made { views, files, stale })
}

impl Wanted {
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
    /// Finds the files of the reported periods that stand in the folder, that this build answers for, and
    /// that it did not write: a chart of a KPI that is met again, a page of an audience that is gone.
    fn stale(&self, views: &[View], files: &[RenderedFile]) -> Vec<String> {
        let written: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        let audiences = match self.audiences.is_empty() {
            true => &Audience::ALL,
            false => &self.audiences[..],
        };
        let mut stale = Vec::new();
        for view in views {
            let place = Place::new(&view.card.id, &view.period.label);
            stale.extend(place.answers_for(audiences, self.forms));
            if self.forms.markdown && audiences.contains(&Audience::DEFAULT) {
                let charts = std::fs::read_dir(self.out.join(place.charts()));
                let names = charts.into_iter().flatten().flatten().map(|chart| chart.path());
                let drawn = names.filter(|path| path.extension().is_some_and(|ending| ending == "svg"));
                stale.extend(drawn.filter_map(|path| Some(place.chart(path.file_stem()?.to_str()?))));
            }
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
    specification: BTreeMap<String, String>,
}

impl<'a> Reports<'a> {
    fn new(wanted: &'a Wanted, opened: &'a Opened, evaluation: &'a Evaluation<'a>) -> Self {
        let specification = opened
            .compiled
            .sources
            .files()
            .map(|(_, file)| (file.path.clone(), sha256(file.text.as_bytes())));
        Self {
            evaluation,
            opened,
            wanted,
            specification: specification.collect(),
        }
    }

    /// Renders every report of one card.
    fn of(&self, card: &Evaluated<'_>) -> Result<(View, Vec<RenderedFile>), Error> {
        let provenance = self.provenance(card);
        let input = Input {
            timeline: card.card,
            outcomes: &card.outcomes,
            entities: &card.entities,
            facts: &self.evaluation.facts,
            provenance: &provenance,
        };
        let default = View::build(&input, Audience::DEFAULT);
        let mut files = Vec::new();
        for audience in self.audiences(card) {
            let view = View::build(&input, audience);
            files.extend(report::render_view(
                &view,
                audience,
                &self.opened.templates,
                self.wanted.forms,
            )?);
        }
        Ok((default, files))
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
        }
    }

    /// The files that a card's report comes from beside the data: its own, its packs', its claims', and the
    /// templates that it is drawn with.
    fn specification_of(&self, card: &Timeline) -> BTreeMap<String, String> {
        let sources = &self.opened.compiled.sources;
        let terms = card.files().into_iter().map(|file| sources.file(file).path.clone());
        let templates = self.opened.templates.keys().map(|name| self.opened.template_path(name));
        terms
            .chain(templates)
            .filter_map(|path| self.specification.get_key_value(&path))
            .map(|(p, d)| (p.clone(), d.clone()))
            .collect()
    }

    /// The index over these reports and those of earlier builds that stand in the folder.
    fn index(&self, views: &[View], files: &[RenderedFile], stale: &[String]) -> Result<Vec<RenderedFile>, Error> {
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
        for view in views {
            entries.insert(format!("{}/{}", view.card.id, view.period.label), Entry::of(view));
        }
        let written: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        let stays = |path: &str| !stale.iter().any(|stale| stale == path) && out.join(path).is_file();
        let exists = |path: &str| written.contains(path) || stays(path);
        let entries: Vec<Entry> = entries.into_values().map(|entry| entry.linking(exists)).collect();
        report::index(title, &entries, &self.opened.templates)
    }
}
