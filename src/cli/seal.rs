use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::exit::Exit;
use super::kept::{keep, says_unnamed, unnamed};
use super::publish::{publish, shown};
use super::reports::{Made, Purpose, Report, Taken, Wanted};
use super::terminal::Terminal;
use crate::diagnostics::RULES;
use crate::error::Error;
use crate::report::{self, Audience, Edition, RenderedFile, View};
use crate::resolve::terms::LateChanges;
use crate::seal::{self, Arguments, Entry, Material, Sealed, Standing, Statement};
use crate::source::sha256;

/// Publishes reports: each new edition, then the ledger, then the files where everybody looks for them. Where
/// one of them cannot be, nothing is written and the answer is no; else it is `exit`.
///
/// A period that is published with the same figures is left as it is, but for files that an interrupted run left
/// out.
///
/// # Errors
/// When a file cannot be read or written, or a published edition is not as it was sealed.
pub(super) fn seal(made: Made, wanted: &Wanted, exit: Exit, terminal: &Terminal) -> Result<Exit, Error> {
    let refused: Vec<String> = made
        .reports
        .iter()
        .filter_map(|report| refusal(report, wanted))
        .collect();
    if !refused.is_empty() {
        terminal.complain(&format!("{}\nnothing was written", refused.join("\n")));
        return Ok(Exit::No);
    }
    let arguments = arguments(wanted);
    let rules = rules();
    let (mut kept, mut current) = (Vec::new(), Vec::new());
    let mut stale: BTreeSet<String> = made.stale().into_iter().collect();
    let mut told = Vec::new();
    let before = made.ledger.text().to_owned();
    let mut ledger = made.ledger;
    for report in made.reports.iter().filter(|report| report.view.in_force) {
        let Some(edition) = &report.provenance.edition else {
            continue;
        };
        let again = seal_one(report, edition, &arguments, &rules);
        let Entry { scorecard, period, .. } = &again.entry;
        if let Some(path) = unnamed(&wanted.out, scorecard, period, edition.number) {
            return Err(says_unnamed(path));
        }
        let name = format!("{} {}", again.entry.scorecard, again.entry.period);
        match &report.standing {
            Standing::Same(entry) => {
                let edition = entry.edition;
                let mut says = format!("{name} is published as edition {edition} with the same figures: it stands");
                if again.entry.digest == entry.digest {
                    kept.extend(again.kept);
                    current.extend(again.current);
                } else {
                    let published = published_files(&wanted.out, entry)?;
                    let is_new = |path: &&str| published.iter().all(|file| file.path != **path);
                    let paths = again.current.iter().map(|file| &*file.path);
                    let without: Vec<&str> = paths.filter(is_new).collect();
                    if !without.is_empty() {
                        says.push_str(&format!(", without {}", without.join(", ")));
                    }
                    current.extend(published);
                }
                told.push(says);
            }
            Standing::Unpublished | Standing::Other(_) => {
                if let Standing::Other(entry) = &report.standing {
                    stale.extend(published_files(&wanted.out, entry)?.into_iter().map(|file| file.path));
                }
                told.push(format!(
                    "sealed {name} as edition {}{}",
                    edition.number,
                    open(&report.view)
                ));
                ledger.append(again.entry);
                kept.extend(again.kept);
                current.extend(again.current);
            }
        }
    }
    let views: Vec<View> = made.reports.into_iter().map(|report| report.view).collect();
    let files = |files: Vec<RenderedFile>| files.into_iter().map(|file| (file.path, file.bytes));
    keep(&wanted.out, kept, &before, &ledger)?;
    for path in current.iter().map(|file: &RenderedFile| &file.path) {
        stale.remove(path);
    }
    // An interrupted run may have come so far already.
    let stale: Vec<String> = stale
        .into_iter()
        .filter(|path| wanted.out.join(path).is_file())
        .collect();
    let written = publish(&wanted.out, files(current).chain(files(made.index)), &stale)?;
    let written = shown(&written);
    if terminal.is_for_programs() {
        let mut fields = report::summary_data(&views, &written);
        fields.insert("ledger_head".to_owned(), ledger.head().into());
        terminal.print(&exit.document(fields));
    } else {
        terminal.say(&report::summary(&views, &written, terminal.colors_stdout()));
        terminal.say(&epilogue(&told, &views, ledger.head()));
    }
    Ok(exit)
}

/// Says of each report that was not written because its place is taken by what is published, whether that still
/// holds.
pub(super) fn note_published(made: &Made, terminal: &Terminal) {
    for report in &made.reports {
        if let Some(Taken::Unnamed(path)) = &report.taken {
            terminal.complain(&format!("{}\nno draft takes its place", says_unnamed(path.clone())));
        }
        if !matches!(report.taken, Some(Taken::Published)) {
            continue;
        }
        let (entry, says) = match &report.standing {
            Standing::Unpublished => continue,
            Standing::Same(entry) => (
                entry,
                "which says the same; its files were left as they are, and `--out DIR` writes a draft elsewhere",
            ),
            Standing::Other(entry) => (
                entry,
                "which says something else; its files were left as they are, and `--out DIR` writes this draft elsewhere:",
            ),
        };
        let mut text = format!(
            "{} {} is published as edition {}, {says}",
            entry.scorecard, entry.period, entry.edition
        );
        text.push_str(&differences(&report.view));
        terminal.complain(&text);
    }
}

/// Why a report cannot be sealed.
fn refusal(report: &Report, wanted: &Wanted) -> Option<String> {
    let view = &report.view;
    let name = format!("{} {}", view.card.id, view.period.label);
    if !view.in_force {
        return None;
    }
    if view.state.failed || view.state.code == "no_data" {
        let why = match view.state.failed {
            true => "data that the contract demands are missing",
            false => "there are no data",
        };
        return Some(format!("{name} cannot be sealed: {why}"));
    }
    let (Standing::Other(entry), None) = (&report.standing, &report.provenance.edition) else {
        return None;
    };
    let restates = matches!(&wanted.purpose, Purpose::Seal { restate: Some(_) });
    let help = match (report.late_changes, restates) {
        (Some(LateChanges::AdjustNext), _) => {
            "the contract says `late_changes: adjust_next`: it stands, and what differs in money is a line of the period in \
             which it was decided"
        }
        _ => "say why a further edition is published: `--restate \"REASON\"`",
    };
    Some(format!(
        "{name} is published as edition {}, which says something else:{}\n  {help}",
        entry.edition,
        differences(view)
    ))
}

/// What differs from what is published, a line each.
fn differences(view: &View) -> String {
    let lines = view.publication.differences.iter().map(|change| match &change.title {
        Some(title) => format!("\n  {title}: {}", change.text),
        None => format!("\n  {}", change.text),
    });
    lines.collect()
}

/// What is still open of a report that is published all the same.
fn open(view: &View) -> String {
    let mut open = String::new();
    if view.state.code == "provisional" {
        open.push_str(&format!(", provisional: {}", view.state.reasons.join("; ")));
    }
    if view.state.incomplete {
        let measured = &view.quality.coverage.display;
        open.push_str(&format!(", incomplete: {measured} of the weight is measured"));
    }
    open
}

fn seal_one(report: &Report, edition: &Edition, arguments: &Arguments, rules: &str) -> Sealed {
    let supersedes = match &report.standing {
        Standing::Unpublished => None,
        Standing::Same(entry) => entry.supersedes.as_deref(),
        Standing::Other(entry) => Some(&*entry.digest),
    };
    seal::seal(Material {
        view: &report.view,
        files: &report.files,
        provenance: &report.provenance,
        arguments,
        rules,
        edition,
        supersedes,
        figures: &report.figures,
    })
}

/// What a build is asked for, as statements record it.
fn arguments(wanted: &Wanted) -> Arguments {
    Arguments {
        scorecards: wanted.ids.clone(),
        audiences: wanted
            .audiences
            .iter()
            .copied()
            .map(Audience::word)
            .map(str::to_owned)
            .collect(),
        forms: wanted.forms.words(),
        data_through: wanted.data_through.map(|day| day.to_string()),
    }
}

/// The version of the rules: a digest over their names, levels and pages.
fn rules() -> String {
    let text: String = RULES
        .iter()
        .map(|rule| format!("{}\0{:?}\0{}\0", rule.name, rule.level, rule.page))
        .collect();
    sha256(text)
}

/// Reads the files of a published edition from where it is kept, as the files where everybody looks for them.
fn published_files(out: &Path, entry: &Entry) -> Result<Vec<RenderedFile>, Error> {
    let folder = seal::folder(&entry.scorecard, &entry.period, entry.edition);
    let name = seal::statement_name(&entry.period);
    let read = |name: &str, digest: &str| {
        let path = format!("{folder}/{name}");
        let bytes = fs::read(out.join(&path)).map_err(|cause| Error::read(path.clone(), cause))?;
        if sha256(&bytes) != digest {
            let message = "is not as it was sealed".to_owned();
            return Err(Error::Edition { path, message });
        }
        Ok(RenderedFile {
            path: format!("{}/{name}", entry.scorecard),
            bytes,
        })
    };
    let own = read(&name, &entry.digest)?;
    let statement = Statement::parse(&own.bytes).map_err(|cause| Error::Edition {
        path: format!("{folder}/{name}"),
        message: format!("cannot be read: {cause}"),
    })?;
    let subjects = statement.subject.iter();
    let mut files: Vec<RenderedFile> = subjects
        .map(|subject| read(&subject.name, &subject.digest.sha256))
        .collect::<Result<_, _>>()?;
    files.push(own);
    Ok(files)
}

/// What was sealed, and what is to be kept outside the folder of reports.
fn epilogue(told: &[String], views: &[View], head: Option<&str>) -> String {
    const MOST: usize = 8;
    let mut lines: Vec<String> = told.iter().take(MOST).cloned().collect();
    if told.len() > MOST {
        lines.push(format!("… and {} more", told.len() - MOST));
    }
    let outside = views.iter().filter(|view| !view.in_force).count();
    if outside > 0 {
        lines.push(format!("{outside} not in force: nothing to seal"));
    }
    if let Some(head) = head {
        lines.push(format!("ledger head {head}"));
    }
    lines.join("\n")
}
