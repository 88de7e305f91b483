//! The `scoreline` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    scoreline::cli::run()
}
