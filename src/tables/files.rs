use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::diagnostics::{Diagnostic, did_you_mean};
use crate::error::Error;
use crate::quantity::Period;
use crate::resolve::terms::{Covers, FileKind};

use super::data::Held;
use super::{Data, Failure, Request};

/// One file of a source.
#[derive(Clone, Debug)]
pub(super) struct DataFile {
    /// Path relative to the workspace's root.
    pub(super) path: String,
    pub(super) period: Option<Period>,
    pub(super) kind: FileKind,
    pub(super) bytes: Bytes,
    opened: Arc<AtomicUsize>,
}

impl DataFile {
    /// Notes that the file is opened to be read.
    pub(super) fn note_opened(&self) {
        self.opened.fetch_add(1, Ordering::Relaxed);
    }
}

/// Where a file's bytes are.
#[derive(Clone, Debug)]
pub(super) enum Bytes {
    Disk(PathBuf),
    Memory(Arc<[u8]>),
}

/// The files of a source in bytewise path order, and the periods without one.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub(super) found: Vec<DataFile>,
    pub(super) missing: Vec<Period>,
}

const PERIOD: &str = "{period}";

/// Finds the files of a source; with `any_period`, `{period}` stands for any text.
pub(super) fn files(request: &Request<'_>, data: &Data, any_period: bool) -> Result<Files, Failure> {
    let source = request.source;
    let pattern = join(request.base, &source.path);
    let mut files = Files::default();
    if !pattern.contains(PERIOD) {
        for path in matching(data, &pattern)? {
            files.found.push(open(request, data, path, None)?);
        }
    } else if any_period {
        for path in matching(data, &pattern.replace(PERIOD, "*"))? {
            files.found.push(open(request, data, path, None)?);
        }
    } else {
        for &period in request.periods {
            let paths = matching(data, &pattern.replace(PERIOD, &period.to_string()))?;
            if paths.is_empty() {
                files.missing.push(period);
            }
            for path in paths {
                files.found.push(open(request, data, path, Some(period))?);
            }
        }
    }
    files.found.sort_by(|a, b| a.path.cmp(&b.path));
    files.found.dedup_by(|later, earlier| later.path == earlier.path);
    if files.found.is_empty() {
        // Where a file stands for its period, a missing one says "no data" and not that the author
        // erred – unless no period at all has one.
        let by_period = source.covers == Covers::File && pattern.contains(PERIOD) && !any_period;
        if !by_period || matching(data, &pattern.replace(PERIOD, "*"))?.is_empty() {
            return Err(missing(request, data, &pattern).into());
        }
    }
    Ok(files)
}

fn open(request: &Request<'_>, data: &Data, path: String, period: Option<Period>) -> Result<DataFile, Failure> {
    let kind = kind(request, &path)?;
    let bytes = match &data.held {
        Held::Folder(root) => Bytes::Disk(root.join(&path)),
        Held::Files(files) => Bytes::Memory(files[&path].clone()),
        Held::Given(_) => Bytes::Memory(Arc::from([])),
    };
    Ok(DataFile {
        path,
        period,
        kind,
        bytes,
        opened: data.counter(),
    })
}

/// The format of a file, declared or by its ending.
fn kind(request: &Request<'_>, path: &str) -> Result<FileKind, Failure> {
    if let Some(kind) = request.source.format.kind {
        return Ok(kind);
    }
    let lower = path.to_lowercase();
    let stem = [".gz", ".zst", ".zstd"]
        .iter()
        .find_map(|ending| lower.strip_suffix(ending))
        .unwrap_or(&lower);
    let ending = stem.rsplit(['.', '/']).next().unwrap_or_default();
    match ending {
        "csv" | "tsv" | "tab" | "txt" => Ok(FileKind::Csv),
        "ndjson" | "jsonl" => Ok(FileKind::Ndjson),
        "json" => Ok(FileKind::Json),
        "parquet" | "pq" => Ok(FileKind::Parquet),
        _ => Err(Diagnostic::new(
            "unreadable-file",
            request.source.path_span,
            format!("the ending of `{path}` does not say how the file is written"),
        )
        .help("say it: `format: csv`, `ndjson`, `json` or `parquet`")
        .into()),
    }
}

fn missing(request: &Request<'_>, data: &Data, pattern: &str) -> Diagnostic {
    let source = request.source;
    let shown = &source.path;
    let several = pattern.contains(['*', '?']) || pattern.contains(PERIOD);
    let message = if several {
        format!("no file fits `{shown}`")
    } else {
        format!("`{shown}` is not there")
    };
    let diagnostic =
        Diagnostic::new("missing-file", source.path_span, message).label(format!("source `{}` reads it", request.id));
    let (folder, name) = pattern.rsplit_once('/').unwrap_or(("", pattern));
    let mut near: Vec<String> = entries(data, folder).unwrap_or_default();
    if name.contains(PERIOD) {
        near = near.iter().map(|name| without_period(name)).collect();
    }
    if let Held::Folder(root) = &data.held
        && !several
        && root.join(pattern).is_dir()
    {
        return diagnostic.help(format!("it is a folder; to read all files in it, type `{shown}/*.csv`"));
    }
    if let Some(best) = did_you_mean(name, near.iter().map(String::as_str)) {
        let prefix = shown
            .rsplit_once('/')
            .map_or(String::new(), |(folder, _)| format!("{folder}/"));
        return diagnostic.help(format!("did you mean `{prefix}{best}`?"));
    }
    let from = if request.base.is_empty() {
        "the workspace's root".to_owned()
    } else {
        format!("`{}`, the folder of the file that declares it", request.base)
    };
    diagnostic.help(format!("a path is relative to {from}"))
}

/// Writes `{period}` for what looks like a period's label: `t-2026-Q3.csv` becomes `t-{period}.csv`.
fn without_period(name: &str) -> String {
    let bytes = name.as_bytes();
    let is_year = |at: usize| {
        let fresh = at == 0 || !bytes[at - 1].is_ascii_digit();
        fresh && bytes[at..].len() >= 4 && bytes[at..at + 4].iter().all(u8::is_ascii_digit)
    };
    let Some(start) = (0..bytes.len()).find(|at| is_year(*at)) else {
        return name.to_owned();
    };
    let is_label = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'Q' | b'W' | b'H');
    let length = bytes[start..].iter().take_while(|byte| is_label(byte)).count();
    format!("{}{PERIOD}{}", &name[..start], &name[start + length..])
}

/// Joins a path to the folder of the document that declares it; `.` and `..` are resolved.
pub(crate) fn join(base: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let absolute = path.starts_with('/');
    let from = if absolute { "" } else { base };
    for part in from.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    format!("{}{}", if absolute { "/" } else { "" }, parts.join("/"))
}

/// Whether a source whose path from the workspace's root is `pattern` may read a file; `{period}` stands for any text.
pub(crate) fn fits(pattern: &str, path: &str) -> bool {
    let pattern = pattern.replace(PERIOD, "*");
    let parts: Vec<&str> = pattern.split('/').collect();
    fits_path(&parts, &path.split('/').collect::<Vec<_>>())
}

/// Paths that fit a pattern, bytewise sorted: the path itself, or all files its `*`, `?` and `**` fit.
fn matching(data: &Data, pattern: &str) -> Result<Vec<String>, Error> {
    if !pattern.contains(['*', '?']) {
        let there = match &data.held {
            Held::Folder(root) => root.join(pattern).is_file(),
            Held::Files(files) => files.contains_key(pattern),
            Held::Given(_) => false,
        };
        return Ok(if there { vec![pattern.to_owned()] } else { Vec::new() });
    }
    let parts: Vec<&str> = pattern.split('/').collect();
    let mut found = Vec::new();
    match &data.held {
        Held::Folder(_) => walk(data, "", &parts, &mut found)?,
        Held::Files(files) => {
            found.extend(
                files
                    .keys()
                    .filter(|path| fits_path(&parts, &path.split('/').collect::<Vec<_>>()))
                    .cloned(),
            );
        }
        Held::Given(_) => {}
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Adds the files below `folder` that fit the rest of a pattern.
fn walk(data: &Data, folder: &str, rest: &[&str], found: &mut Vec<String>) -> Result<(), Error> {
    let Held::Folder(root) = &data.held else { return Ok(()) };
    let Some((&first, deeper)) = rest.split_first() else {
        return Ok(());
    };
    let below = |name: &str| match folder {
        "" if name.is_empty() => "/".to_owned(),
        "" => name.to_owned(),
        "/" => format!("/{name}"),
        _ => format!("{folder}/{name}"),
    };
    if !first.contains(['*', '?']) {
        let path = below(first);
        if deeper.is_empty() {
            if root.join(&path).is_file() {
                found.push(path);
            }
            return Ok(());
        }
        return walk(data, &path, deeper, found);
    }
    if first == "**" {
        walk(data, folder, deeper, found)?;
    }
    for name in entries(data, folder)? {
        let path = below(&name);
        let is_folder = root.join(&path).is_dir();
        if first == "**" {
            if is_folder && !name.starts_with('.') {
                walk(data, &path, rest, found)?;
            } else if deeper.is_empty() && !name.starts_with('.') {
                found.push(path);
            }
        } else if fits_name(first.as_bytes(), name.as_bytes()) {
            match (deeper.is_empty(), is_folder) {
                (true, false) => found.push(path),
                (false, true) => walk(data, &path, deeper, found)?,
                _ => {}
            }
        }
    }
    Ok(())
}

/// Names in a folder, sorted; none where the folder does not exist.
fn entries(data: &Data, folder: &str) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    match &data.held {
        Held::Folder(root) => {
            let full = root.join(folder);
            let list = match fs::read_dir(&full) {
                Ok(list) => list,
                Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(names),
                Err(cause) if cause.kind() == io::ErrorKind::NotADirectory => return Ok(names),
                Err(cause) => return Err(Error::list(&full, cause)),
            };
            for entry in list {
                let entry = entry.map_err(|cause| Error::list(&full, cause))?;
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        Held::Files(files) => {
            let prefix = if folder.is_empty() {
                String::new()
            } else {
                format!("{folder}/")
            };
            names.extend(
                files
                    .keys()
                    .filter_map(|path| path.strip_prefix(&prefix))
                    .filter(|rest| !rest.contains('/'))
                    .map(str::to_owned),
            );
        }
        Held::Given(_) => {}
    }
    names.sort_unstable();
    Ok(names)
}

fn fits_path(pattern: &[&str], path: &[&str]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, None) => true,
        (Some((&"**", rest)), None) => fits_path(rest, path),
        (Some((&"**", rest)), Some((name, deeper))) => {
            fits_path(rest, path) || (!name.starts_with('.') && fits_path(pattern, deeper))
        }
        (Some((part, rest)), Some((name, deeper))) => {
            fits_name(part.as_bytes(), name.as_bytes()) && fits_path(rest, deeper)
        }
        _ => false,
    }
}

/// Whether a name fits `*` (any bytes) and `?` (one character); hidden names fit only a written dot.
fn fits_name(pattern: &[u8], name: &[u8]) -> bool {
    if name.first() == Some(&b'.') && pattern.first() != Some(&b'.') {
        return false;
    }
    let (mut p, mut n) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p, n));
                p += 1;
            }
            Some(b'?') => {
                p += 1;
                n += 1;
                while name.get(n).is_some_and(|byte| byte & 0xC0 == 0x80) {
                    n += 1;
                }
            }
            Some(byte) if *byte == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match retry {
                Some((star, from)) => {
                    retry = Some((star, from + 1));
                    (p, n) = (star + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_joined_to_its_documents_folder() {
        assert_eq!(join("", "data/a.csv"), "data/a.csv");
        assert_eq!(join("cards/acme", "./data/a.csv"), "cards/acme/data/a.csv");
        assert_eq!(join("cards/acme", "../data/a.csv"), "cards/data/a.csv");
        assert_eq!(join("cards", "../../shared/a.csv"), "../shared/a.csv");
        assert_eq!(join("cards", "/srv/a.csv"), "/srv/a.csv");
    }

    #[test]
    fn stars_fit_within_a_name_and_double_stars_across_folders() {
        assert!(fits_name(b"tickets-*.csv", b"tickets-2026-10.csv"));
        assert!(!fits_name(b"tickets-*.csv", b"tickets-2026-10.csv.bak"));
        assert!(fits_name(b"*a*b", b"xaxbxb"));
        assert!(!fits_name(b"*", b".hidden"));
        assert!(fits_name("?.csv".as_bytes(), "ä.csv".as_bytes()));
        let fits_path = |pattern: &str, path: &str| {
            fits_path(
                &pattern.split('/').collect::<Vec<_>>(),
                &path.split('/').collect::<Vec<_>>(),
            )
        };
        assert!(fits_path("data/**/*.csv", "data/a.csv"));
        assert!(fits_path("data/**/*.csv", "data/x/y/a.csv"));
        assert!(!fits_path("data/*.csv", "data/x/a.csv"));
    }
}
