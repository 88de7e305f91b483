mod anchor;
mod past;
mod rebuild;

use std::path::Path;

use anchor::anchor;
use past::{Past, inputs};
use rebuild::Rebuild;

use super::arguments::{Arguments, Output, Verify};
use super::exit::Exit;
use super::opened::Opened;
use super::terminal::Terminal;
use crate::error::Error;
use crate::seal::verify::{self, Level, Proof, Verification};
use crate::seal::{LEDGER, Ledger};
use crate::source::DiskTree;
use crate::source::git::Repository;

/// Says level by level what can be proven about published reports.
///
/// # Errors
/// When there is nothing published, or the world failed.
pub(super) fn run(command: &Verify, arguments: &Arguments, terminal: &Terminal) -> Result<Exit, Error> {
    let opened = match &command.reports {
        None => Some(Opened::here(arguments)?),
        // A folder of reports alone can be verified as far as it goes.
        Some(folder) => match Opened::open(arguments.workspace.as_deref(), folder) {
            Ok(opened) => Some(opened),
            Err(Error::NoWorkspace { .. }) if arguments.workspace.is_none() => None,
            Err(error) => return Err(error),
        },
    };
    let folder = match (&command.reports, &opened) {
        (Some(folder), _) => folder.clone(),
        (None, Some(opened)) => opened.reports(None)?,
        (None, None) => unreachable!("without a folder there is a workspace"),
    };
    let nothing = || Error::Unknown {
        message: format!(
            "nothing is published in `{}`; `build --seal` publishes",
            folder.display()
        ),
    };
    if !folder.is_dir() {
        return Err(nothing());
    }
    let reports = DiskTree::new(&folder);
    let (reading, bytes) = verify::ledger(&reports)?.unwrap_or_default();
    let chain = verify::chain(&reports, &reading)?;
    if reading.lines.is_empty() && chain.wrong.is_empty() {
        return Err(nothing());
    }
    let (files, published) = verify::files(&reports, &reading)?;
    let repository = match &opened {
        Some(opened) => Repository::discover(&opened.root)?,
        None => Repository::discover(&folder)?,
    };
    let mut levels = vec![chain, files];
    match &opened {
        Some(opened) => {
            let mut past = match &repository {
                Some(repository) => Past::of(repository, &opened.root)?,
                None => None,
            };
            let (inputs, places) = inputs(&published, opened, past.as_mut())?;
            levels.push(inputs);
            terminal.doing("building again");
            levels.push(match Ledger::parse(LEDGER, &bytes) {
                Ok(ledger) => {
                    let rebuild = Rebuild {
                        opened,
                        reports: &folder,
                        ledger: &ledger,
                        terminal,
                    };
                    rebuild.level(&published, &places, past.as_mut())?
                }
                Err(_) => unlooked("rebuild", "the bytes of the reports: the chain of the ledger is broken"),
            });
        }
        None => {
            let why = "there is no workspace here; name it with `-C DIR`";
            levels.push(unlooked("inputs", &format!("specification and data: {why}")));
            levels.push(unlooked("rebuild", &format!("the bytes of the reports: {why}")));
        }
    }
    levels.push(anchor(command, &reading, &bytes, repository.as_ref(), &folder)?);
    let signatures = "whether somebody signed the reports or a tag on them: that is for the tool that signed, such as \
                      `git verify-tag`, `cosign verify-blob` or `gh attestation verify`";
    levels.push(unlooked("signatures", signatures));
    let exit = exit(&levels, command.strict);
    let head = reading.lines.last().map(|line| line.digest.clone());
    let verification = Verification::new(exit.code(), head, levels);
    match command.format {
        Output::Text => terminal.print(&text(&verification, &folder)),
        Output::Json => terminal.print(&verification.to_json()),
    }
    Ok(exit)
}

fn exit(levels: &[Level], strict: bool) -> Exit {
    let open = |level: &&Level| level.name != "signatures" && !level.unchecked.is_empty();
    if levels.iter().any(|level| level.result == Proof::Fails) {
        Exit::No
    } else if strict && levels.iter().find(open).is_some() {
        Exit::Inconclusive
    } else {
        Exit::Clean
    }
}

/// A level that looks at nothing.
fn unlooked(name: &'static str, why: &str) -> Level {
    Level::new(name, String::new(), Vec::new(), vec![why.to_owned()])
}

fn text(verification: &Verification, folder: &Path) -> String {
    const MOST: usize = 20;
    let head = verification.head.as_deref().unwrap_or("none");
    let mut text = format!("{}, ledger head {head}\n\n", folder.display());
    for level in &verification.levels {
        let result = match level.result {
            Proof::Holds => "holds",
            Proof::Fails => "FAILS",
            Proof::NotChecked => "not checked",
        };
        text.push_str(format!("{result:<12} {:<11} {}", level.name, level.checked).trim_end());
        text.push('\n');
        let lines = [
            ("wrong", &level.wrong),
            ("not checked", &level.unchecked),
            ("note", &level.notes),
        ];
        for (word, lines) in lines {
            for line in lines.iter().take(MOST) {
                text.push_str(&format!("  {word}: {line}\n"));
            }
            if lines.len() > MOST {
                let more = lines.len() - MOST;
                text.push_str(&format!("  {word}: … and {more} more; `--format json` has all\n"));
            }
        }
    }
    text
}

/// Writes the first few of a list, and how many follow.
fn some(all: &[String]) -> String {
    const MOST: usize = 4;
    let shown = all.iter().take(MOST).cloned().collect::<Vec<_>>().join("; ");
    match all.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown}; and {more} more"),
    }
}
