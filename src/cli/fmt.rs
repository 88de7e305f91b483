use std::fs;
use std::path::{Path, PathBuf};

use similar::{ChangeTag, TextDiff};

use super::arguments::{Arguments, Fmt};
use super::exit::Exit;
use super::opened::workspace;
use super::publish::publish;
use super::terminal::Terminal;
use crate::diagnostics::{Diagnostics, render};
use crate::error::Error;
use crate::source::{DiskTree, SourceFile, SourceMap, Tree};
use crate::syntax::{self, Formatted};

/// Changed lines that `--check` shows of one file.
const SHOWN: usize = 8;

/// Lays the documents of a workspace, or those named, out anew, or says which would change.
///
/// Files with mistakes are left as they are, with what is wrong; the others are written all or none.
///
/// # Errors
/// When a file cannot be read or written.
pub(super) fn run(command: &Fmt, arguments: &Arguments, terminal: &Terminal) -> Result<Exit, Error> {
    let mut found = Diagnostics::default();
    let mut sources = SourceMap::default();
    let mut changed = Vec::new();
    let mut exit = Exit::Clean;
    let paths = match command.paths.as_slice() {
        [] => vec![workspace(arguments.workspace.as_deref(), Path::new("."))?],
        named => named.to_vec(),
    };
    let mut count = 0;
    for path in documents(&paths)? {
        let shown = path.display().to_string();
        let bytes = fs::read(&path).map_err(|cause| Error::read(&shown, cause))?;
        let has_mark = bytes.starts_with("\u{feff}".as_bytes());
        if !syntax::is_ours(&shown, &bytes) {
            continue;
        }
        let Some(text) = syntax::decode(&shown, bytes, &mut found) else {
            continue;
        };

        let id = sources.add(SourceFile::new(shown.clone(), text.clone()));
        match syntax::format(id, &text) {
            Formatted::Text(laid_out) if laid_out == text && !has_mark => count += 1,
            Formatted::Text(laid_out) => changed.push((path, text, laid_out)),
            Formatted::Mistakes(mistakes) => mistakes.into_iter().for_each(|mistake| found.push(mistake)),
            Formatted::Refused(reason) => {
                exit = Exit::Failed;
                terminal.complain(&format!("`{shown}` stays as it is: {reason}"));
            }
        }
    }
    if found.has_errors() {
        exit = Exit::Failed;
        terminal.complain(&render::text(&found, &sources, terminal.stderr_look()));
    }
    let files = |n: usize| format!("{n} {}", if n == 1 { "file" } else { "files" });
    if command.check {
        for (path, text, laid_out) in &changed {
            terminal.print(&difference(path, text, laid_out));
        }
        if changed.is_empty() {
            terminal.say(&format!("{} in form", files(count)));
            return Ok(exit);
        }
        terminal.print(&format!("{} to format: run `scoreline fmt`", files(changed.len())));
        return Ok(if matches!(exit, Exit::Clean) { Exit::No } else { exit });
    }
    let mut files_changed = Vec::with_capacity(changed.len());
    for (path, _, laid_out) in &changed {
        // A link stays one: the file it leads to is written.
        let file = fs::canonicalize(path).map_err(|cause| Error::read(path.display().to_string(), cause))?;
        files_changed.push((file.to_string_lossy().into_owned(), laid_out.clone().into_bytes()));
    }
    publish(Path::new("."), files_changed, &[])?;
    for (path, ..) in &changed {
        terminal.say(&format!("formatted {}", path.display()));
    }
    if changed.is_empty() {
        terminal.say(&format!("{} in form", files(count)));
    }
    Ok(exit)
}

/// The YAML files among `paths` and in the folders among them.
fn documents(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for path in paths {
        if !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        let listed = DiskTree::new(path).list()?;
        let yaml = listed
            .iter()
            .filter(|name| name.ends_with(".yaml") || name.ends_with(".yml"));
        let inside = if path == Path::new(".") { Path::new("") } else { path };
        found.extend(yaml.map(|name| inside.join(name)));
    }
    Ok(found)
}

/// The first changed lines of a file.
fn difference(path: &Path, before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let changes = diff
        .iter_all_changes()
        .filter(|change| change.tag() != ChangeTag::Equal);
    let mut lines: Vec<String> = changes
        .map(|change| {
            let line = change.value().trim_end_matches(['\r', '\n']);
            match change.tag() {
                ChangeTag::Delete => {
                    format!("{}:{}", path.display(), change.old_index().unwrap_or_default() + 1) + "\n  - " + line
                }
                _ => format!("  + {line}"),
            }
        })
        .collect();
    let more = lines.len().saturating_sub(SHOWN);
    lines.truncate(SHOWN);
    if more > 0 {
        lines.push(format!("  … and {more} changed lines more"));
    }
    lines.join("\n")
}
