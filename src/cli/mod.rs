//! The commands: the only room that prints, reads the environment or decides an exit code.
//!
//! Each command is one thin file: it reads its arguments, calls the stages in order and writes what
//! they return. Nothing imports this room.

mod arguments;
mod build;
mod check;
mod diff;
mod driver;
mod exit;
mod explain;
mod fmt;
mod generate;
mod history;
mod init;
mod kept;
mod opened;
mod progress;
mod publish;
mod recorded;
mod reports;
mod seal;
#[cfg(feature = "serve")]
mod serve;
mod show;
mod sides;
mod terminal;
mod test;
mod verify;

use std::process::ExitCode;

use clap::Parser;
use serde_json::Map;

use crate::error::Error;
use arguments::{Arguments, Command};
use exit::Exit;
use terminal::{Terminal, told};

/// Runs the program with the process's arguments and returns its exit code.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(message) => {
            // Help and version come back as errors too; clap knows where each belongs.
            let exit = if message.use_stderr() { Exit::Usage } else { Exit::Clean };
            return if message.print().is_ok() {
                exit.into()
            } else {
                Exit::Failed.into()
            };
        }
    };
    let terminal = Terminal::new(&arguments);
    terminal.doing("reading the workspace");
    let result = match &arguments.command {
        Command::Check(command) => check::run(command, &arguments, &terminal),
        Command::Build(command) => build::run(command, &arguments, &terminal),
        Command::Test(command) => test::run(command, &arguments, &terminal),
        Command::Serve(command) => preview(command, &arguments, &terminal),
        Command::Diff(command) => diff::run(command, &arguments, &terminal),
        Command::Show(command) => show::run(command, &arguments, &terminal),
        Command::Explain(command) => explain::run(command, &arguments, &terminal),
        Command::Init(command) => init::run(command, &terminal),
        Command::Fmt(command) => fmt::run(command, &arguments, &terminal),
        Command::History(command) => history::run(command, &arguments, &terminal),
        Command::Blame(command) => history::blame(command, &arguments, &terminal),
        Command::Verify(command) => verify::run(command, &arguments, &terminal),
        Command::Schema(command) => generate::schema(command, &terminal),
        Command::Completions(command) => generate::completions(command, &terminal),
        Command::Man => generate::man(&terminal),
    };
    let exit = result.unwrap_or_else(|error| {
        terminal.error(&error);
        let exit = match error {
            Error::Unknown { .. } => Exit::Usage,
            _ => Exit::Failed,
        };
        if terminal.is_for_programs() {
            let fields = Map::from_iter([("error".to_owned(), told(&error).into())]);
            terminal.print(&exit.document(fields));
        }
        exit
    });
    // Output that could not be written is work that was not done.
    if terminal.lost_output() {
        Exit::Failed.into()
    } else {
        exit.into()
    }
}

/// Offers the preview, where this program has it.
#[cfg(feature = "serve")]
fn preview(command: &arguments::Serve, arguments: &Arguments, terminal: &Terminal) -> Result<Exit, Error> {
    serve::run(command, arguments, terminal)
}

/// Says how to get the preview.
#[cfg(not(feature = "serve"))]
fn preview(_: &arguments::Serve, _: &Arguments, _: &Terminal) -> Result<Exit, Error> {
    Err(Error::Unknown {
        message: "this scoreline was built without the preview; the released one has it, and so has \
                  `cargo install scoreline --locked --features serve`"
            .to_owned(),
    })
}
