use std::process::ExitCode;

/// Every way the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// Everything asked for was done and nothing was found.
    Clean,
    /// Findings at the gate, or missed targets under `--fail-on`.
    No,
    /// The command line is wrong.
    Usage,
    /// The work could not be done: unreadable or invalid input.
    Failed,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Clean => 0,
            Exit::No => 1,
            Exit::Usage => 2,
            Exit::Failed => 3,
        })
    }
}
