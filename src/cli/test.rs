use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::arguments::{Arguments, Test, TestFormat};
use super::exit::Exit;
use super::opened::Opened;
use super::terminal::Terminal;
use crate::diagnostics::{Diagnostics, did_you_mean};
use crate::error::Error;
use crate::resolve::terms::Scenario;
use crate::scenario::{self, Report, render};
use crate::tables::Data;

/// Runs scenarios and prints what came of them.
///
/// # Errors
/// When there is no workspace, a file cannot be read, or a name is unknown.
pub(super) fn run(command: &Test, arguments: &Arguments, terminal: &Terminal) -> Result<Exit, Error> {
    let from = command.wanted.iter().map(Path::new).find(|path| path.exists());
    let opened = Opened::open(arguments.workspace.as_deref(), from.unwrap_or(Path::new(".")))?;
    let found = &opened.compiled.diagnostics;
    opened.complain(found, terminal);
    if found.has_errors() {
        return Ok(Exit::Failed);
    }
    let scenarios = wanted(command, &opened)?;
    let data = Data::folder(&opened.root);
    let reports: Vec<Report<'_>> = scenarios
        .par_iter()
        .map(|scenario| scenario::run(scenario, opened.inputs(&data)))
        .collect::<Result<_, _>>()?;
    let exit = if !reports.iter().all(Report::ran) {
        Exit::Failed
    } else if !reports.iter().all(Report::passed) {
        Exit::No
    } else {
        Exit::Clean
    };
    let mut found = Diagnostics::default();
    for report in &reports {
        found.extend(report.findings.clone());
    }
    opened.complain(&found, terminal);
    let sources = &opened.compiled.sources;
    let text = || render::text(&reports, sources, terminal.is_quiet());
    if command.update {
        terminal.complain(&text());
        terminal.print(&render::patch(&reports, sources));
        return Ok(exit);
    }
    match command.format {
        TestFormat::Text if reports.is_empty() => {
            terminal.say("no scenarios: a scenario is a document with `kind: Scenario`");
        }
        TestFormat::Text => {
            terminal.print(&text());
            terminal.say(&render::summary(&reports));
        }
        TestFormat::Json => terminal.print(&render::json(&reports, sources, exit.code())),
        TestFormat::Junit => terminal.print(&render::junit(&reports, sources)),
    }
    Ok(exit)
}

/// Returns the scenarios that are named – by id, by the scorecard they test or by where they stand – in the order
/// of their files, or all.
fn wanted<'a>(command: &Test, opened: &'a Opened) -> Result<Vec<&'a Scenario>, Error> {
    let scenarios = &opened.compiled.workspace.scenarios;
    if command.wanted.is_empty() {
        return Ok(scenarios.iter().collect());
    }
    let mut chosen = vec![false; scenarios.len()];
    for name in &command.wanted {
        let path = std::fs::canonicalize(name).ok();
        let is_named = |scenario: &Scenario| {
            let stands = path
                .as_ref()
                .filter(|_| scenario.id != *name && scenario.card.id != *name);
            let within = |path: &PathBuf| {
                let file = std::fs::canonicalize(opened.root.join(&scenario.path));
                file.is_ok_and(|file| file.starts_with(path))
            };
            scenario.id == *name || scenario.card.id == *name || stands.is_some_and(within)
        };
        let named: Vec<usize> = (0..scenarios.len()).filter(|&at| is_named(&scenarios[at])).collect();
        if named.is_empty() {
            let is_card = opened.compiled.workspace.cards.iter().any(|card| card.id == *name);
            return Err(unknown(name, scenarios, is_card || path.is_some()));
        }
        for at in named {
            chosen[at] = true;
        }
    }
    let kept = scenarios.iter().zip(chosen).filter(|(_, chosen)| *chosen);
    Ok(kept.map(|(scenario, _)| scenario).collect())
}

fn unknown(name: &str, scenarios: &[Scenario], exists: bool) -> Error {
    let ids: Vec<&str> = scenarios.iter().map(|scenario| scenario.id.as_str()).collect();
    let message = match did_you_mean(name, ids.iter().copied()) {
        _ if exists => format!("`{name}` has no scenarios"),
        Some(meant) => format!("no scenario, scorecard or file is called `{name}`; did you mean `{meant}`?"),
        None if ids.is_empty() => format!("no scenario is called `{name}`; the workspace has none"),
        None => format!(
            "no scenario, scorecard or file is called `{name}`; there are: {}",
            ids.join(", ")
        ),
    };
    Error::Unknown { message }
}
