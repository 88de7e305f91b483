//! The commands: the only room that prints, reads the environment or decides an exit code.
//!
//! Each command is one thin file: it reads its arguments, calls the stages in order and writes what
//! they return. Nothing imports this room.

mod arguments;
mod build;
mod check;
mod exit;
mod explain;
mod fmt;
mod generate;
mod history;
mod init;
mod opened;
mod progress;
mod publish;
mod reports;
mod show;
mod terminal;
mod test;

use std::process::ExitCode;

use clap::Parser;

use crate::error::Error;
use arguments::{Arguments, Command};
use exit::Exit;
use terminal::Terminal;

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
    let terminal = Terminal::new(arguments.color, arguments.quiet);
    terminal.doing("reading the workspace");
    let result = match &arguments.command {
        Command::Check(command) => check::run(command, &arguments, &terminal),
        Command::Build(command) => build::run(command, &arguments, &terminal),
        Command::Test(command) => test::run(command, &arguments, &terminal),
        Command::Show(command) => show::run(command, &arguments, &terminal),
        Command::Explain(command) => explain::run(command, &arguments, &terminal),
        Command::Init(command) => init::run(command, &terminal),
        Command::Fmt(command) => fmt::run(command, &arguments, &terminal),
        Command::History(command) => history::run(command, &arguments, &terminal),
        Command::Blame(command) => history::blame(command, &arguments, &terminal),
        Command::Schema(command) => generate::schema(command, &terminal),
        Command::Completions(command) => generate::completions(command, &terminal),
        Command::Man => generate::man(&terminal),
    };
    let exit = result.unwrap_or_else(|error| {
        terminal.error(&error);
        match error {
            Error::Unknown { .. } => Exit::Usage,
            _ => Exit::Failed,
        }
    });
    // Output that could not be written is work that was not done.
    if terminal.lost_output() {
        Exit::Failed.into()
    } else {
        exit.into()
    }
}
