use std::collections::HashMap;
use std::io::ErrorKind;

use serde::{Deserialize, Serialize};

use crate::assess::Figures;
use crate::error::Error;
use crate::source::{Tree, sha256};

/// Name of the ledger in the folder of reports.
pub const LEDGER: &str = "LEDGER.jsonl";

/// One edition of one report, as a line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Position in the ledger, from 1.
    pub seq: u64,
    /// SHA-256 of the line before it without its line feed, in lowercase hexadecimal; none on the first line.
    pub previous: Option<String>,
    /// The scorecard.
    pub scorecard: String,
    /// Label of the period.
    pub period: String,
    /// The edition of this scorecard's period, from 1.
    pub edition: u32,
    /// SHA-256 of the edition's provenance statement.
    pub digest: String,
    /// Digest of the edition it takes the place of.
    pub supersedes: Option<String>,
    /// Why that edition was restated.
    pub reason: Option<String>,
    /// What the report commits to.
    pub figures: Figures,
}

/// A line of a ledger: its entry and its own digest, by which the next line holds on to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it says; none where it cannot be read.
    pub entry: Option<Entry>,
    /// SHA-256 of its text without the line feed.
    pub digest: String,
}

/// A ledger whose chain holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    entries: Vec<Entry>,
    text: String,
    head: Option<String>,
}

/// A ledger as it was found, with everything that does not hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The lines in order.
    pub lines: Vec<Line>,
    /// What is wrong: the line, from 1, and a lowercase phrase.
    pub breaks: Vec<(usize, String)>,
}

impl Reading {
    /// Reads `bytes` and follows the chain through them.
    pub fn new(bytes: &[u8]) -> Self {
        let mut this = Self::default();
        let mut editions: HashMap<(String, String), (u32, String)> = HashMap::new();
        let ends = bytes.is_empty() || bytes.ends_with(b"\n");
        let body = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        if bytes.is_empty() {
            return this;
        }
        for text in body.split(|byte| *byte == b'\n') {
            let number = this.lines.len() + 1;
            let previous = this.lines.last().map(|line| line.digest.clone());
            let digest = sha256(text);
            let entry = match serde_json::from_slice::<Entry>(text) {
                Ok(entry) => {
                    this.follow(number, &entry, previous.as_ref(), &mut editions);
                    Some(entry)
                }
                Err(cause) => {
                    this.breaks.push((number, format!("it is no entry: {cause}")));
                    None
                }
            };
            this.lines.push(Line { entry, digest });
        }
        if !ends {
            this.breaks
                .push((this.lines.len(), "it is cut off: no line feed ends it".to_owned()));
        }
        this
    }

    fn follow(
        &mut self,
        number: usize,
        entry: &Entry,
        previous: Option<&String>,
        editions: &mut HashMap<(String, String), (u32, String)>,
    ) {
        let mut wrong = |message: String| self.breaks.push((number, message));
        if entry.seq != number as u64 {
            wrong(format!("it says that it is entry {}", entry.seq));
        }
        if entry.previous.as_ref() != previous {
            wrong(match number {
                1 => "the first entry names one before it: the beginning is missing".to_owned(),
                _ => format!(
                    "its `previous` is not the digest of line {}: that line was changed, or one between them is missing",
                    number - 1
                ),
            });
        }
        let key = (entry.scorecard.clone(), entry.period.clone());
        let before = editions.insert(key, (entry.edition, entry.digest.clone()));
        let expected = before.as_ref().map_or(1, |(edition, _)| edition + 1);
        let subject = format!("{} {}", entry.scorecard, entry.period);
        if entry.edition != expected {
            wrong(format!(
                "it is edition {} of {subject}, where edition {expected} comes next",
                entry.edition
            ));
        }
        if entry.supersedes != before.map(|(_, digest)| digest) {
            wrong(format!(
                "its `supersedes` is not the digest of the edition of {subject} before it"
            ));
        }
    }
}

impl Ledger {
    /// Reads the ledger in `folder` (`""` or a path with `/`) of a tree; empty where there is none.
    ///
    /// # Errors
    /// When it cannot be read or its chain is broken: nothing may be concluded from it then.
    pub fn read(tree: &dyn Tree, folder: &str) -> Result<Self, Error> {
        let path = match folder.trim_end_matches('/') {
            "" => LEDGER.to_owned(),
            folder => format!("{folder}/{LEDGER}"),
        };
        match tree.read(&path) {
            Ok(bytes) => Self::parse(&path, &bytes),
            Err(Error::Read { cause, .. }) if cause.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    /// Takes the text of a ledger; `path` is for messages.
    ///
    /// # Errors
    /// When its chain is broken.
    pub fn parse(path: &str, bytes: &[u8]) -> Result<Self, Error> {
        let reading = Reading::new(bytes);
        if let Some((line, message)) = reading.breaks.into_iter().next() {
            return Err(Error::Ledger {
                path: path.to_owned(),
                line,
                message,
            });
        }
        let head = reading.lines.last().map(|line| line.digest.clone());
        Ok(Self {
            entries: reading.lines.into_iter().filter_map(|line| line.entry).collect(),
            text: String::from_utf8(bytes.to_vec()).expect("JSON lines are UTF-8"),
            head,
        })
    }

    /// Returns every entry, oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns the edition in force of a scorecard's period: the last one.
    pub fn current(&self, scorecard: &str, period: &str) -> Option<&Entry> {
        self.entries
            .iter()
            .rev()
            .find(|entry| entry.scorecard == scorecard && entry.period == period)
    }

    /// Returns the edition in force of every period of a scorecard that was sealed, in the order of the ledger.
    pub fn published<'a>(&'a self, scorecard: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.entries.iter().filter(move |entry| {
            entry.scorecard == scorecard
                && self
                    .current(scorecard, &entry.period)
                    .is_some_and(|last| last.seq == entry.seq)
        })
    }

    /// Returns the digest of the last line.
    pub fn head(&self) -> Option<&str> {
        self.head.as_deref()
    }

    /// Returns the ledger as it was before entry `seq`.
    pub fn before(&self, seq: u64) -> Self {
        let mut earlier = Self::default();
        let kept = usize::try_from(seq.saturating_sub(1)).unwrap_or(usize::MAX);
        for (entry, line) in self.entries.iter().zip(self.text.lines()).take(kept) {
            earlier.push(entry.clone(), line);
        }
        earlier
    }

    /// Adds `entry` at the end; its `seq` and `previous` are set here.
    pub fn append(&mut self, entry: Entry) -> &Entry {
        let entry = Entry {
            seq: self.entries.len() as u64 + 1,
            previous: self.head.clone(),
            ..entry
        };
        let line = serde_json::to_string(&entry).expect("an entry has only string keys");
        self.push(entry, &line);
        self.entries.last().expect("just added")
    }

    fn push(&mut self, entry: Entry, line: &str) {
        self.head = Some(sha256(line.as_bytes()));
        self.text.push_str(line);
        self.text.push('\n');
        self.entries.push(entry);
    }

    /// Returns the text of the ledger.
    pub fn text(&self) -> &str {
        &self.text
    }
}
