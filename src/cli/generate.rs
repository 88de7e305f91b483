use clap::CommandFactory;

use super::arguments::{Arguments, Completions, Schema};
use super::exit::Exit;
use super::terminal::Terminal;
use crate::diff;
use crate::error::Error;
use crate::model::{self, Kind};
use crate::report::View;
use crate::seal::verify::Verification;

/// Prints the JSON Schema of a kind of document, or of the JSON of a report, a comparison or a verification.
pub(super) fn schema(command: &Schema, terminal: &Terminal) -> Result<Exit, Error> {
    let kind = Kind::ALL
        .iter()
        .find(|kind| kind.name().eq_ignore_ascii_case(&command.kind));
    // clap admits only kinds of documents, `report`, `diff` and `verify`.
    let schema = match kind {
        Some(kind) => model::schema(*kind),
        None if command.kind == "diff" => diff::View::schema(),
        None if command.kind == "verify" => Verification::schema(),
        None => View::schema(),
    };
    let schema = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    terminal.print(&schema);
    Ok(Exit::Clean)
}

/// Prints the completion script of a shell.
pub(super) fn completions(command: &Completions, terminal: &Terminal) -> Result<Exit, Error> {
    let mut script = Vec::new();
    clap_complete::generate(command.shell, &mut Arguments::command(), "scoreline", &mut script);
    terminal.print(&String::from_utf8_lossy(&script));
    Ok(Exit::Clean)
}

/// Prints the manual page.
pub(super) fn man(terminal: &Terminal) -> Result<Exit, Error> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command())
        .render(&mut page)
        .expect("writing to memory cannot fail");
    terminal.print(&String::from_utf8_lossy(&page));
    Ok(Exit::Clean)
}
