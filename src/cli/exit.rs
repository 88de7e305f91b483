use std::process::ExitCode;

use serde_json::{Map, Value};

/// Version of what commands print for programs; fields may be added, none changes its meaning or goes.
const VERSION: u8 = 1;

/// Every way the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// Everything asked for was done and nothing was found.
    Clean,
    /// Findings at the gate, or missed targets under `--fail-on`, a failed scenario.
    No,
    /// The command line is wrong.
    Usage,
    /// The work could not be done: unreadable or invalid input.
    Failed,
    /// What was asked cannot be told for sure, and `--strict` wants to know.
    Inconclusive,
}

impl Exit {
    const ALL: [Self; 5] = [Self::Clean, Self::No, Self::Usage, Self::Failed, Self::Inconclusive];

    /// Returns what the program's help says of it.
    fn meaning(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::No => "findings, missed targets under --fail-on, a failed scenario",
            Self::Usage => "wrong usage",
            Self::Failed => "the work could not be done",
            Self::Inconclusive => "inconclusive under --strict",
        }
    }

    /// Writes every exit code and its meaning.
    pub(super) fn help() -> String {
        let codes = Self::ALL.map(|exit| format!("{} {}", exit.code(), exit.meaning()));
        format!("Exit codes: {}", codes.join(" · "))
    }

    /// Writes a command's result for programs: the version of the format, the exit code as `status`, then `fields`.
    pub(super) fn document(self, fields: Map<String, Value>) -> String {
        let head = [("version", VERSION), ("status", self.code())];
        let head = head.map(|(name, number)| (name.to_owned(), Value::from(number)));
        let all: Map<String, Value> = head.into_iter().chain(fields).collect();
        let mut text = serde_json::to_string_pretty(&all).expect("a document has only string keys");
        text.push('\n');
        text
    }

    /// Returns the process's exit code.
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::No => 1,
            Self::Usage => 2,
            Self::Failed => 3,
            Self::Inconclusive => 4,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
