use std::cell::{Cell, RefCell};
use std::error::Error as _;
use std::io::{self, IsTerminal, Write};

use super::arguments::{Arguments, Color};
use super::progress::Progress;
use crate::diagnostics::render::Look;
use crate::error::Error;

/// Columns at which findings wrap: the same on every machine, so that transcripts compare.
const WIDTH: usize = 100;

/// Where output goes and how it may look.
pub(super) struct Terminal {
    color: Color,
    quiet: bool,
    programs: bool,
    lost: Cell<bool>,
    progress: RefCell<Option<Progress>>,
}

impl Terminal {
    /// Prints as the arguments say.
    pub(super) fn new(arguments: &Arguments) -> Self {
        Self {
            color: arguments.color,
            quiet: arguments.quiet,
            programs: arguments.command.is_for_programs(),
            lost: Cell::new(false),
            progress: RefCell::new(None),
        }
    }

    fn colored(&self, stream_is_terminal: bool) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => stream_is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }

    /// Whether standard output is JSON that a program reads.
    pub(super) fn is_for_programs(&self) -> bool {
        self.programs
    }

    /// Whether to colour standard output.
    pub(super) fn colors_stdout(&self) -> bool {
        self.colored(io::stdout().is_terminal())
    }

    /// How findings look on standard output.
    pub(super) fn stdout_look(&self) -> Look {
        Look {
            color: self.colors_stdout(),
            width: WIDTH,
        }
    }

    /// How findings look on standard error.
    pub(super) fn stderr_look(&self) -> Look {
        Look {
            color: self.colored(io::stderr().is_terminal()),
            width: WIDTH,
        }
    }

    /// Whether only findings and errors are wanted.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether something could not be written, other than to a reader that went away (`| head`).
    pub(super) fn lost_output(&self) -> bool {
        self.lost.get()
    }

    /// Says on a terminal what is being done, once the whole work takes long; nothing in pipes and CI logs.
    pub(super) fn doing(&self, what: &'static str) {
        let is_watched = !self.quiet && io::stderr().is_terminal() && std::env::var_os("CI").is_none();
        if is_watched {
            self.progress.borrow_mut().get_or_insert_with(Progress::start).say(what);
        }
    }

    fn write(&self, mut stream: impl Write, text: &str) {
        // What is printed takes the line where progress stood.
        self.progress.borrow_mut().take();
        let ending = if text.is_empty() || text.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        let written = stream
            .write_all(text.as_bytes())
            .and_then(|()| stream.write_all(ending.as_bytes()));
        if let Err(cause) = written.and_then(|()| stream.flush()) {
            let reader_left = cause.kind() == io::ErrorKind::BrokenPipe;
            self.lost.set(self.lost.get() || !reader_left);
        }
    }

    /// Prints the command's result.
    pub(super) fn print(&self, text: &str) {
        self.write(io::stdout().lock(), text);
    }

    /// Prints the command's result unless `--quiet`.
    pub(super) fn say(&self, text: &str) {
        if !self.quiet {
            self.print(text);
        }
    }

    /// Prints findings and remarks.
    pub(super) fn complain(&self, text: &str) {
        self.write(io::stderr().lock(), text);
    }

    /// Prints a failure with its causes.
    pub(super) fn error(&self, error: &Error) {
        self.complain(&format!("error: {}", told(error)));
    }
}

/// Writes a failure with its causes.
pub(super) fn told(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(&format!(": {inner}"));
        cause = inner.source();
    }
    text
}
