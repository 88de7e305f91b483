use std::process::ExitCode;

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
