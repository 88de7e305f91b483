use std::path::{Path, PathBuf};

use super::arguments::{Arguments, Check, Format};
use super::exit::Exit;
use super::opened::Opened;
use super::terminal::Terminal;
use crate::check;
use crate::diagnostics::{Diagnostics, Place, render};
use crate::error::Error;
use crate::source::git::Repository;

/// Checks a workspace and prints what was found.
///
/// # Errors
/// When there is no workspace or a file cannot be read.
pub(super) fn run(command: &Check, arguments: &Arguments, terminal: &Terminal) -> Result<Exit, Error> {
    let from = command.paths.first().map_or(Path::new("."), PathBuf::as_path);
    let (mut unfit, mut flaws) = (Diagnostics::default(), Diagnostics::default());
    let (mut cards, mut kpis) = (0, 0);
    let mut opened = Opened::in_parts(arguments.workspace.as_deref(), from, |part, sources, data, known| {
        unfit.extend(check::columns(part, sources, data, known));
        // Lints judge terms that stand: over broken ones they would only repeat what is broken.
        if !known.has_errors() {
            check::check(part, command.as_of, &mut flaws);
        }
        cards += part.cards.len();
        kpis += part.cards.iter().map(|card| card.latest().kpis.len()).sum::<usize>();
    })?;
    if !matches!(command.format, Format::Text | Format::Json) {
        // Looked for only when it is asked for: most runs need no repository.
        if let Some(repository) = Repository::discover(&opened.root)? {
            opened.compiled.sources.lies_in(repository.prefix(&opened.root)?);
        }
    }
    let mut found = opened.before_measuring();
    unfit.gather(0, &[]);
    found.extend(unfit);
    if !found.has_errors() {
        found.extend(flaws);
    }
    let found = within(&opened, found, &command.paths)?;
    let sources = &opened.compiled.sources;
    let exit = if found.has_errors() { Exit::No } else { Exit::Clean };
    match command.format {
        Format::Text => {
            if found.is_empty() {
                terminal.say(&clean(cards, kpis));
            } else {
                terminal.print(&render::text(&found, sources, terminal.stdout_look()));
            }
        }
        Format::Json => terminal.print(&render::json(&found, sources, exit.code())),
        Format::Sarif => terminal.print(&render::sarif(&found, sources)),
        Format::Github => terminal.print(&render::github(&found, sources)),
        Format::Gitlab => terminal.print(&render::gitlab(&found, sources)),
        Format::Junit => terminal.print(&render::junit(&found, sources)),
        Format::Rdjson => terminal.print(&render::rdjson(&found, sources)),
    }
    Ok(exit)
}

/// Keeps the findings in `paths`; without paths, and for the workspace as a whole, all.
fn within(opened: &Opened, found: Diagnostics, paths: &[PathBuf]) -> Result<Diagnostics, Error> {
    if paths.is_empty() {
        return Ok(found);
    }
    let absolute =
        |path: &Path| std::fs::canonicalize(path).map_err(|cause| Error::read(path.display().to_string(), cause));
    let root = absolute(&opened.root)?;
    let wanted: Vec<PathBuf> = paths.iter().map(|path| absolute(path)).collect::<Result<_, _>>()?;
    let mut kept = Diagnostics::default();
    for finding in found.iter() {
        let file = match &finding.primary.place {
            Place::Text(span) => opened.compiled.sources.file(span.file).path.as_str(),
            Place::Data { path, .. } | Place::File { path } => path,
        };
        let file = root.join(file);
        if wanted.iter().any(|path| file.starts_with(path)) {
            kept.push(finding.clone());
        }
    }
    Ok(kept)
}

fn clean(cards: usize, kpis: usize) -> String {
    let count = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let cards = count(cards, "scorecard", "scorecards");
    format!("no findings in {cards} with {}", count(kpis, "KPI", "KPIs"))
}
