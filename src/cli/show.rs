use super::arguments::{Arguments, Output, Show};
use super::exit::Exit;
use super::opened::Opened;
use super::terminal::Terminal;
use crate::error::Error;
use crate::report;

/// Prints the terms of a scorecard in force on a day, by default the last day of its latest terms.
///
/// # Errors
/// When there is no workspace, a file cannot be read, or no scorecard has the id.
pub(super) fn run(command: &Show, arguments: &Arguments, terminal: &Terminal) -> Result<Exit, Error> {
    let opened = Opened::here(arguments)?;
    if opened.compiled.diagnostics.has_errors() {
        return Ok(opened.refuse(&opened.compiled.diagnostics, terminal));
    }
    let timeline = opened.card(&command.id)?;
    let day = command
        .as_of
        .or(timeline.latest_day())
        .unwrap_or(jiff::civil::Date::MAX);
    let sources = &opened.compiled.sources;
    terminal.print(&match command.format {
        Output::Text => report::show(timeline, day, sources),
        Output::Json => Exit::Clean.document(report::show_data(timeline, day, sources)),
    });
    Ok(Exit::Clean)
}
