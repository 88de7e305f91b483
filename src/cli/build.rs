use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::arguments::{Arguments, Build, FailOn, ReportForm};
use super::exit::Exit;
use super::opened::Opened;
use super::publish::publish;
use super::terminal::Terminal;
use crate::assess::outcome::Verdict;
use crate::error::Error;
use crate::evaluate::{Asked, Evaluated, Evaluation, evaluate, request};
use crate::measure::{self, PlannedScan};
use crate::report::{self, Audience, Entry, FileDigest, Input, Provenance, RenderedFile, Templates, View};
use crate::resolve::terms::Timeline;
use crate::tables::Data;

/// Checks, measures, assesses and writes reports.
///
/// # Errors
/// When there is no workspace, a file cannot be read or written, or a template fails.
pub(super) fn run(command: &Build, arguments: &Arguments, terminal: &Terminal) -> Result<Exit, Error> {
    let opened = Opened::here(arguments)?;
    // Measuring checks the columns of the cards that are asked for, and of no others.
    let found = &opened.compiled.diagnostics;
    opened.complain(found, terminal);
    if found.has_errors() {
        return Ok(Exit::Failed);
    }
    let asked = asked(command, &opened)?;
    let data = Data::folder(&opened.root);
    let settings = &opened.compiled.workspace.settings;
    if command.plan {
        let requests: Vec<_> = asked.iter().map(|asked| request(asked, settings.trend)).collect();
        let options = measure::Options {
            data_through: command.data_through,
            ..measure::Options::default()
        };
        let planned = measure::plan(&requests, opened.inputs(&data), options);
        return Ok(opened.settle(planned, terminal)?.map_or(Exit::Failed, |scans| {
            terminal.print(&plan(&scans));
            Exit::Clean
        }));
    }
    let evaluated = evaluate(&asked, settings.trend, opened.inputs(&data), command.data_through);
    let Some(evaluation) = opened.settle(evaluated, terminal)? else {
        return Ok(Exit::Failed);
    };
    let reports = Reports::new(command, &opened, &evaluation)?;
    let rendered: Vec<(View, Vec<RenderedFile>)> = evaluation
        .cards
        .par_iter()
        .map(|card| reports.of(card))
        .collect::<Result<_, Error>>()?;
    let (views, files): (Vec<View>, Vec<Vec<RenderedFile>>) = rendered.into_iter().unzip();
    let mut files: Vec<RenderedFile> = files.into_iter().flatten().collect();
    let index = reports.index(&views, &files)?;
    files.extend(index);
    let written = publish(&reports.out, files.into_iter().map(|file| (file.path, file.bytes)))?;
    let written: Vec<String> = written.iter().map(|path| path.display().to_string()).collect();
    terminal.say(&report::summary(&views, &written));
    Ok(verdict(command.fail_on, &evaluation))
}

/// Finds the cards and the period of each; a card whose periods have another form is left out where
/// no card was named.
fn asked<'a>(command: &Build, opened: &'a Opened) -> Result<Vec<Asked<'a>>, Error> {
    let cards: Vec<&Timeline> = if command.ids.is_empty() {
        opened.compiled.workspace.cards.iter().collect()
    } else {
        let named: BTreeSet<&str> = command.ids.iter().map(String::as_str).collect();
        named.into_iter().map(|id| opened.card(id)).collect::<Result<_, _>>()?
    };
    let asked: Vec<Asked<'a>> = cards
        .iter()
        .filter_map(|card| {
            Some(Asked {
                card,
                period: card.latest().period.parse(&command.period)?,
            })
        })
        .collect();
    let unfit = cards
        .iter()
        .find(|card| card.latest().period.parse(&command.period).is_none());
    match unfit {
        Some(card) if asked.is_empty() || !command.ids.is_empty() => Err(Opened::unfit(card, &command.period)),
        _ => Ok(asked),
    }
}

/// What all reports of a build share.
struct Reports<'a> {
    evaluation: &'a Evaluation<'a>,
    opened: &'a Opened,
    command: &'a Build,
    audiences: Vec<Audience>,
    templates: Templates,
    specification: BTreeMap<String, String>,
    out: PathBuf,
}

impl<'a> Reports<'a> {
    fn new(command: &'a Build, opened: &'a Opened, evaluation: &'a Evaluation<'a>) -> Result<Self, Error> {
        let settings = &opened.compiled.workspace.settings;
        let audiences = command.audience.iter().map(|word| {
            let known = "operations, provider, leadership, finance";
            Audience::parse(word).ok_or_else(|| Error::Unknown {
                message: format!("no audience is called `{word}`; there are: {known}"),
            })
        });
        let specification = opened
            .compiled
            .sources
            .files()
            .map(|(_, file)| (file.path.clone(), sha256(file.text.as_bytes())));
        Ok(Self {
            evaluation,
            opened,
            command,
            audiences: audiences.collect::<Result<_, _>>()?,
            templates: opened.templates()?,
            specification: specification.collect(),
            out: command.out.clone().unwrap_or_else(|| opened.root.join(&settings.out)),
        })
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
            files.extend(report::render_view(&view, audience, &self.templates, self.forms())?);
        }
        Ok((default, files))
    }

    /// The audiences asked for, else those of the card's `views`, else the default one.
    fn audiences(&self, card: &Evaluated<'_>) -> Vec<Audience> {
        if !self.audiences.is_empty() {
            return self.audiences.clone();
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

    fn forms(&self) -> report::Forms {
        let asked = &self.command.format;
        let wanted = |form| asked.is_empty() || asked.contains(&form);
        report::Forms {
            html: wanted(ReportForm::Html),
            markdown: wanted(ReportForm::Md),
            json: wanted(ReportForm::Json),
        }
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
            data_through: self.command.data_through.map(|day| day.to_string()),
            edition: None,
        }
    }

    /// The files that a card's terms come from: its own, its packs' and its claims'.
    fn specification_of(&self, card: &Timeline) -> BTreeMap<String, String> {
        let sources = &self.opened.compiled.sources;
        let paths = card.files().into_iter().map(|file| sources.file(file).path.clone());
        paths
            .filter_map(|path| self.specification.get_key_value(&path))
            .map(|(p, d)| (p.clone(), d.clone()))
            .collect()
    }

    /// The index over these reports and those of earlier builds that stand in the folder.
    fn index(&self, views: &[View], files: &[RenderedFile]) -> Result<Vec<RenderedFile>, Error> {
        let title = self
            .opened
            .compiled
            .workspace
            .settings
            .title
            .as_deref()
            .unwrap_or("Scorecards");
        let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
        for card in &self.opened.compiled.workspace.cards {
            let folder = self.out.join(&card.id);
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
        let exists = |path: &str| written.contains(path) || self.out.join(path).is_file();
        let entries: Vec<Entry> = entries.into_values().map(|entry| entry.linking(exists)).collect();
        report::index(title, &entries, &self.templates)
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn plan(scans: &[PlannedScan]) -> String {
    let mut text = String::new();
    for scan in scans {
        let PlannedScan {
            source,
            path,
            columns,
            kpis,
            accumulators,
            expressions,
        } = scan;
        text.push_str(&format!("{source}: `{path}`, read once\n"));
        text.push_str(&format!("  columns      {}\n", columns.join(", ")));
        text.push_str(&format!(
            "  expressions  {expressions}, shared by what is added up: {accumulators}\n"
        ));
        text.push_str(&format!("  for          {}\n", kpis.join(", ")));
    }
    text
}

/// The exit code: `missing: fail` always counts, verdicts as `--fail-on` says.
fn verdict(fail_on: Option<FailOn>, evaluation: &Evaluation<'_>) -> Exit {
    let fails = |verdict: Verdict| match (fail_on, verdict) {
        (None, _) => false,
        (Some(_), Verdict::Default) => true,
        (Some(level), Verdict::BelowTarget) => level >= FailOn::BelowTarget,
        (Some(level), Verdict::NoData) => level >= FailOn::NoData,
        (Some(_), Verdict::Met | Verdict::NotApplicable) => false,
    };
    let reported = evaluation.cards.iter().filter_map(|card| card.outcomes.last());
    let any = reported
        .into_iter()
        .any(|outcome| outcome.failed || outcome.kpis.iter().any(|kpi| fails(kpi.verdict)));
    if any { Exit::No } else { Exit::Clean }
}
