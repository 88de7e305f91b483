use crate::diagnostics::{Diagnostic, Place};

use super::super::failure::stuck;
use super::super::input::Input;
use super::super::{Failure, Request};
use super::{Dialect, Index, Quotes, Splitter, Stuck, unquote};

/// A CSV file whose header has been read.
pub(crate) struct CsvStart {
    pub(crate) names: Vec<String>,
    pub(crate) dialect: Dialect,
    /// Stands at the first record.
    pub(crate) splitter: Splitter,
}

/// How much text shows which line ends a file has.
const SAMPLE: usize = 1 << 14;

impl CsvStart {
    pub(crate) fn read(input: Input, request: &Request<'_>, path: &str, chunk: usize) -> Result<Self, Failure> {
        let mut splitter = Splitter::new(input, chunk);
        let failed = |cause| stuck(Stuck::Io(cause), path, request);
        let sample = splitter.peek(SAMPLE.min(chunk.max(64))).map_err(failed)?;
        let has = |byte| memchr::memchr(byte, sample).is_some();
        let line_end = if !has(b'\n') && has(b'\r') { b'\r' } else { b'\n' };
        let mut delimiter = delimiter(request, path);
        // Spreadsheets write `sep=;` before the header, and mean it.
        if let Some((separator, length)) = separator_line(sample) {
            delimiter = separator;
            splitter.skip(length);
        }
        let dialect = Dialect { delimiter, line_end };
        splitter.set_dialect(dialect);
        let names = loop {
            let Some(piece) = splitter.first().map_err(|why| stuck(why, path, request))? else {
                let place = Place::File { path: path.to_owned() };
                return Err(
                    Diagnostic::new("unreadable-file", place, format!("`{path}` has no header line"))
                        .also(request.source.path_span, format!("source `{}` reads it", request.id))
                        .help("its first line must name the columns")
                        .into(),
                );
            };
            let names = fields(&piece.bytes, dialect);
            if names.len() > 1 || names.first().is_some_and(|name| !name.is_empty()) {
                break names;
            }
        };
        Ok(Self {
            names,
            dialect,
            splitter,
        })
    }
}

/// The texts of one record, spaces around them cut off.
pub(crate) fn fields(record: &[u8], dialect: Dialect) -> Vec<String> {
    let mut index = Index::default();
    index.build(record, dialect, Quotes::Stray);
    let text = |field: usize| {
        let text = &record[index.start(field)..index.ends[field] as usize];
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        String::from_utf8_lossy(&unquote(text)).trim().to_owned()
    };
    (0..index.ends.len()).map(text).collect()
}

/// The declared delimiter, or the one that the file's ending and the decimal separator imply.
fn delimiter(request: &Request<'_>, path: &str) -> u8 {
    let format = &request.source.format;
    if let Some(delimiter) = format.delimiter {
        return delimiter;
    }
    let lower = path.to_lowercase();
    let stem = [".gz", ".zst", ".zstd"]
        .iter()
        .find_map(|ending| lower.strip_suffix(ending))
        .unwrap_or(&lower);
    match () {
        () if stem.ends_with(".tsv") || stem.ends_with(".tab") => b'\t',
        () if format.decimal == b',' => b';',
        () => b',',
    }
}

/// Reads `sep=;`, quoted or not; returns the delimiter and the line's length with its end.
fn separator_line(text: &[u8]) -> Option<(u8, usize)> {
    let end = memchr::memchr2(b'\n', b'\r', text)?;
    let line = text[..end]
        .strip_prefix(b"\"")
        .and_then(|l| l.strip_suffix(b"\""))
        .unwrap_or(&text[..end]);
    let [delimiter] = line
        .get(..4)
        .filter(|start| start.eq_ignore_ascii_case(b"sep="))
        .and(line.get(4..))?
    else {
        return None;
    };
    let length = end + if text[end..].starts_with(b"\r\n") { 2 } else { 1 };
    Some((*delimiter, length))
}

/// What a header of one column, or one with zero bytes, says about how the file is written.
pub(crate) fn hint(names: &[String]) -> Option<String> {
    if names.iter().any(|name| name.contains('\0')) {
        let order = if names.first().is_some_and(|name| name.starts_with('\0')) {
            "be"
        } else {
            "le"
        };
        return Some(format!(
            "every other byte of the first line is zero: the source needs `encoding: utf-16{order}`"
        ));
    }
    let [name] = names else { return None };
    let other = [';', '\t', '|', ',']
        .into_iter()
        .find(|delimiter| name.contains(*delimiter))?;
    let written = if other == '\t' {
        "\\t".to_owned()
    } else {
        other.to_string()
    };
    Some(format!(
        "the first line has `{written}` between names: the source needs `delimiter: \"{written}\"`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreadsheets_name_their_delimiter() {
        assert_eq!(separator_line(b"sep=;\r\na;b"), Some((b';', 7)));
        assert_eq!(separator_line(b"\"sep=,\"\na,b"), Some((b',', 8)));
        assert_eq!(separator_line(b"sepia,b\n"), None);
        assert_eq!(separator_line(b"sep=;;\n"), None);
    }
}
