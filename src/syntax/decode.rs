use crate::diagnostics::{Diagnostic, Diagnostics, Place};

/// Bytes a document file may have at most; the largest real scorecards are a hundredth of it.
pub const MAX_BYTES: usize = 1 << 20;

/// Turns the bytes of a file into text: UTF-8, without a byte-order mark, at most [`MAX_BYTES`] long.
///
/// A file that is plainly not scoreline's (a large generated YAML file beside the scorecards, say)
/// gives `None` without a finding.
pub fn decode(path: &str, bytes: Vec<u8>, diagnostics: &mut Diagnostics) -> Option<String> {
    if bytes.len() > MAX_BYTES {
        if super::is_ours(path, &bytes) {
            diagnostics.push(oversized(path, bytes.len()));
        }
        return None;
    }
    match String::from_utf8(bytes) {
        Ok(mut text) => {
            if text.starts_with('\u{feff}') {
                text.drain(..'\u{feff}'.len_utf8());
            }
            Some(text)
        }
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let bytes = error.as_bytes();
            if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || super::is_ours(path, bytes) {
                diagnostics.push(not_utf8(path, bytes, valid));
            }
            None
        }
    }
}

fn oversized(path: &str, length: usize) -> Diagnostic {
    let place = Place::File { path: path.to_owned() };
    Diagnostic::new(
        "oversized-input",
        place,
        format!("the file has {length} bytes, a document file at most {MAX_BYTES}"),
    )
    .help("split it into several files: every `*.yaml` of the workspace is read")
}

fn not_utf8(path: &str, bytes: &[u8], valid: usize) -> Diagnostic {
    let before = &bytes[..valid];
    let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let line = 1 + memchr::memchr_iter(b'\n', before).count() as u64;
    let column = 1 + String::from_utf8_lossy(&before[line_start..]).chars().count();
    let place = Place::Data {
        path: path.to_owned(),
        line: Some(line),
        column: None,
    };
    let utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    let message = if utf16 {
        "the file is UTF-16, not UTF-8".to_owned()
    } else {
        let byte = bytes[valid];
        format!("the file is not UTF-8: byte 0x{byte:02X} at column {column}, offset {valid}")
    };
    Diagnostic::new("not-utf-8", place, message)
        .help("save the file as UTF-8 in the editor and check the accented letters")
}
