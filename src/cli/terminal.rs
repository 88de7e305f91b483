use std::error::Error as _;
use std::io::{self, IsTerminal, Write};

use super::arguments::Color;
use crate::diagnostics::render::Look;
use crate::error::Error;

/// Columns at which findings wrap: the same on every machine, so that transcripts compare.
const WIDTH: usize = 100;

/// Where output goes and how it may look.
pub(super) struct Terminal {
    color: Color,
    quiet: bool,
}

impl Terminal {
    pub(super) fn new(color: Color, quiet: bool) -> Self {
        Self { color, quiet }
    }

    fn colored(&self, stream_is_terminal: bool) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => stream_is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }

    /// How findings look on standard output.
    pub(super) fn stdout_look(&self) -> Look {
        Look {
            color: self.colored(io::stdout().is_terminal()),
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

    /// Prints the command's result.
    pub(super) fn print(&self, text: &str) {
        write_to(io::stdout().lock(), text);
    }

    /// Prints the command's result unless `--quiet`.
    pub(super) fn say(&self, text: &str) {
        if !self.quiet {
            self.print(text);
        }
    }

    /// Prints findings and remarks.
    pub(super) fn complain(&self, text: &str) {
        write_to(io::stderr().lock(), text);
    }

    /// Prints a failure with its causes.
    pub(super) fn error(&self, error: &Error) {
        let mut text = format!("error: {error}");
        let mut cause = error.source();
        while let Some(inner) = cause {
            text.push_str(&format!(": {inner}"));
            cause = inner.source();
        }
        self.complain(&text);
    }
}

/// Writes the text with a line end; a closed pipe is no failure of ours.
fn write_to(mut stream: impl Write, text: &str) {
    let ending = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    // The reader went away (`| head`): there is nobody left to tell.
    let _ = stream
        .write_all(text.as_bytes())
        .and_then(|()| stream.write_all(ending.as_bytes()))
        .and_then(|()| stream.flush());
}
