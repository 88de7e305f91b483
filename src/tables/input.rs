use std::fs::File;
use std::io::{self, BufReader, Chain, Cursor, Read};
use std::sync::{Arc, Mutex, PoisonError};

use encoding_rs::{DecoderResult, Encoding, UTF_8};
use sha2::{Digest, Sha256};

use crate::error::Error;

use super::files::{Bytes, DataFile};

/// A file's text: decompressed, decoded to UTF-8, without a byte-order mark.
pub(super) struct Input {
    text: Box<dyn Read + Send>,
    digest: Option<Arc<Mutex<Sha256>>>,
}

impl Input {
    /// Opens a file; `encoding` is the declared label.
    pub(super) fn open(file: &DataFile, encoding: Option<&'static Encoding>, digest: bool) -> io::Result<Self> {
        file.note_opened();
        let digest = digest.then(|| Arc::new(Mutex::new(Sha256::new())));
        let raw: Box<dyn Read + Send> = match &file.bytes {
            Bytes::Disk(path) => Box::new(File::open(path)?),
            Bytes::Memory(bytes) => Box::new(Cursor::new(bytes.clone())),
        };
        let raw: Box<dyn Read + Send> = match &digest {
            Some(digest) => Box::new(Hashed {
                inner: raw,
                digest: digest.clone(),
            }),
            None => raw,
        };
        let (start, raw) = peek(raw, 4)?;
        let plain: Box<dyn Read + Send> = if start.starts_with(&[0x1F, 0x8B]) {
            Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(
                1 << 16,
                raw,
            )))
        } else if start == [0x28, 0xB5, 0x2F, 0xFD] {
            Box::new(zstd::stream::read::Decoder::new(raw)?)
        } else {
            Box::new(raw)
        };
        let (start, plain) = peek(plain, 3)?;
        // A byte-order mark outranks what was declared, as in every browser.
        let encoding = match Encoding::for_bom(&start) {
            Some((marked, _)) => marked,
            None => encoding.unwrap_or(UTF_8),
        };
        let text: Box<dyn Read + Send> = if encoding != UTF_8 {
            Box::new(Decoded::new(encoding, plain))
        } else if start == [0xEF, 0xBB, 0xBF] {
            let mut plain = plain;
            plain.read_exact(&mut [0; 3])?;
            Box::new(plain)
        } else {
            Box::new(plain)
        };
        Ok(Self { text, digest })
    }

    /// Appends up to `n` bytes of text and returns how many; fewer only at the end.
    pub(super) fn read(&mut self, n: usize, into: &mut Vec<u8>) -> io::Result<usize> {
        let start = into.len();
        into.resize(start + n, 0);
        let mut filled = start;
        while filled < into.len() {
            match self.text.read(&mut into[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                Err(cause) => return Err(cause),
            }
        }
        into.truncate(filled);
        Ok(filled - start)
    }

    /// The SHA-256 of the file's bytes in hexadecimal once all text has been read; else empty.
    pub(super) fn digest(&self) -> String {
        self.digest.as_ref().map_or(String::new(), |digest| {
            hexadecimal(digest.lock().unwrap_or_else(PoisonError::into_inner).clone())
        })
    }
}

/// Computes the SHA-256 of a file that is not read from end to end, such as Parquet.
pub(super) fn digest(file: &DataFile) -> Result<String, Error> {
    let mut hash = Sha256::new();
    match &file.bytes {
        Bytes::Memory(bytes) => hash.update(bytes),
        Bytes::Disk(path) => {
            let failed = |cause| Error::read(&file.path, cause);
            let mut input = File::open(path).map_err(failed)?;
            let mut buffer = vec![0; 1 << 18];
            loop {
                let n = input.read(&mut buffer).map_err(failed)?;
                if n == 0 {
                    break;
                }
                hash.update(&buffer[..n]);
            }
        }
    }
    Ok(hexadecimal(hash))
}

fn hexadecimal(hash: Sha256) -> String {
    use std::fmt::Write;
    hash.finalize()
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

type Peeked<R> = Chain<Cursor<Vec<u8>>, R>;

/// Reads the first bytes and returns them with a reader that starts with them again.
fn peek<R: Read>(mut reader: R, n: u64) -> io::Result<(Vec<u8>, Peeked<R>)> {
    let mut start = Vec::new();
    reader.by_ref().take(n).read_to_end(&mut start)?;
    Ok((start.clone(), Cursor::new(start).chain(reader)))
}

/// Hashes what is read through it.
struct Hashed {
    inner: Box<dyn Read + Send>,
    digest: Arc<Mutex<Sha256>>,
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.digest
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .update(&buffer[..n]);
        Ok(n)
    }
}

/// Turns another encoding into UTF-8.
struct Decoded<R> {
    inner: R,
    decoder: encoding_rs::Decoder,
    encoding: &'static Encoding,
    raw: Span,
    text: Span,
    ended: bool,
    finished: bool,
}

/// A buffer and the part of it that is not used up yet.
struct Span {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl Span {
    fn new() -> Self {
        Self {
            bytes: vec![0; 1 << 16],
            start: 0,
            end: 0,
        }
    }

    fn is_empty(&self) -> bool {
        self.start == self.end
    }
}

impl<R: Read> Decoded<R> {
    fn new(encoding: &'static Encoding, inner: R) -> Self {
        Self {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            encoding,
            raw: Span::new(),
            text: Span::new(),
            ended: false,
            finished: false,
        }
    }

    fn decode(&mut self) -> io::Result<()> {
        if self.raw.is_empty() && !self.ended {
            self.raw.end = self.inner.read(&mut self.raw.bytes)?;
            self.raw.start = 0;
            self.ended = self.raw.end == 0;
        }
        let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(
            &self.raw.bytes[self.raw.start..self.raw.end],
            &mut self.text.bytes,
            self.ended,
        );
        self.raw.start += read;
        (self.text.start, self.text.end) = (0, written);
        match result {
            DecoderResult::Malformed(..) => {
                let message = format!("bytes that are not {}", self.encoding.name());
                Err(io::Error::new(io::ErrorKind::InvalidData, message))
            }
            DecoderResult::InputEmpty => {
                self.finished = self.ended;
                Ok(())
            }
            DecoderResult::OutputFull => Ok(()),
        }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.text.is_empty() {
            if self.finished {
                return Ok(0);
            }
            self.decode()?;
        }
        let n = buffer.len().min(self.text.end - self.text.start);
        buffer[..n].copy_from_slice(&self.text.bytes[self.text.start..self.text.start + n]);
        self.text.start += n;
        Ok(n)
    }
}
