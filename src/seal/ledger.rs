use std::collections::HashMap;
use std::io::ErrorKind;

use serde::{Deserialize, Serialize};

use super::statement::stays_below;
use crate::assess::Figures;
use crate::error::Error;
use crate::source::{Tree, sha256};

/// Name of the ledger in the folder of reports.
pub const LEDGER: &str = "LEDGER.jsonl";

/// What to do when two branches have published.
const RESOLVE: &str = "Keep the lines of the branch that others have seen, as they are there (`git checkout --ours` or \
                       `--theirs` on the ledger), and publish the periods of the other one again with `build --seal`";

/// A checkout or an editor has changed the line feeds.
const CONVERTED: &str = "its line ends are CR LF, which a checkout or an editor made of LF: `.gitattributes` with `* -text` \
                         keeps git from it";

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

/// The editions of a ledger up to some line.
#[derive(Clone, Copy, Debug)]
pub struct Editions<'a> {
    entries: &'a [Entry],
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
    ///
    /// What an editor, a checkout or a merge did to the file as a whole is named once; lines are then read as they
    /// were before, where that can be told.
    pub fn new(bytes: &[u8]) -> Self {
        let mut this = Self::default();
        if bytes.is_empty() {
            return this;
        }
        let mut editions: HashMap<(String, String), (u32, String)> = HashMap::new();
        let ends = bytes.ends_with(b"\n");
        let body = this.without_mark(bytes);
        let body = body.strip_suffix(b"\n").unwrap_or(body);
        let last = body.split(|byte| *byte == b'\n').count();
        let (mut is_converted, mut is_merging) = (false, false);
        for text in body.split(|byte| *byte == b'\n') {
            let number = this.lines.len() + 1;
            let previous = this.lines.last().map(|line| line.digest.clone());
            let text = match text.strip_suffix(b"\r") {
                Some(text) => {
                    if !is_converted {
                        this.breaks.push((number, CONVERTED.to_owned()));
                    }
                    is_converted = true;
                    text
                }
                None => text,
            };
            if is_marker(text) && !is_merging {
                let what = "here git put both sides of a merge: two branches had published";
                this.breaks.push((number, format!("{what}. {RESOLVE}")));
                is_merging = true;
            }
            let entry = serde_json::from_slice::<Entry>(text);
            match &entry {
                // What follows the mark of a merge is two ledgers in one.
                _ if is_merging => {}
                Ok(entry) => this.follow(number, entry, previous.as_ref(), &mut editions),
                Err(_) if text.is_empty() => this.breaks.push((number, "it is empty".to_owned())),
                Err(cause) if number < last || ends => this.breaks.push((number, format!("it is no entry: {cause}"))),
                Err(_) => {}
            }
            let digest = sha256(text);
            let entry = entry.ok();
            this.lines.push(Line { entry, digest });
        }
        if !ends {
            let what = match this.lines.last().is_some_and(|line| line.entry.is_some()) {
                true => "no line feed ends it: an editor took it away, or the file was cut off",
                false => "it is cut off in its middle: restore the file from where it is whole",
            };
            this.breaks.push((this.lines.len(), what.to_owned()));
        }
        this
    }

    fn without_mark<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        match bytes.strip_prefix("\u{feff}".as_bytes()) {
            Some(rest) => {
                let what = "a byte order mark stands before it, which an editor put there: save the file without one";
                self.breaks.push((1, what.to_owned()));
                rest
            }
            None => bytes,
        }
    }

    fn follow(
        &mut self,
        number: usize,
        entry: &Entry,
        previous: Option<&String>,
        editions: &mut HashMap<(String, String), (u32, String)>,
    ) {
        let earlier = self
            .lines
            .iter()
            .rposition(|line| Some(&line.digest) == entry.previous.as_ref());
        let branches_from = earlier.map(|index| index + 1).filter(|line| line + 1 < number);
        let mut wrong = |message: String| self.breaks.push((number, message));
        // Both are names of folders that are written to.
        if ![&entry.scorecard, &entry.period]
            .into_iter()
            .all(|name| stays_below(name) && !name.contains('/'))
        {
            wrong("its scorecard or period is no name of a folder".to_owned());
        }
        if entry.seq != number as u64 && branches_from.is_none() {
            wrong(format!("it says that it is entry {}", entry.seq));
        }
        if entry.previous.as_ref() != previous {
            wrong(match (number, branches_from) {
                (1, _) => "the first entry names one before it: the beginning is missing".to_owned(),
                (_, Some(line)) => format!(
                    "it follows line {line}, as line {} does: two branches were merged that both had published. {RESOLVE}",
                    line + 1
                ),
                (_, None) => format!(
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

/// Whether a line is one that git puts between the sides of a merge.
fn is_marker(line: &[u8]) -> bool {
    ["<<<<<<<", "=======", ">>>>>>>", "|||||||"]
        .iter()
        .any(|mark| line.starts_with(mark.as_bytes()))
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

    /// Returns all editions.
    pub fn editions(&self) -> Editions<'_> {
        Editions { entries: &self.entries }
    }

    /// Returns the editions before entry `seq`.
    pub fn before(&self, seq: u64) -> Editions<'_> {
        let kept = usize::try_from(seq.saturating_sub(1)).unwrap_or(usize::MAX);
        Editions {
            entries: &self.entries[..kept.min(self.entries.len())],
        }
    }

    /// Returns the edition in force of a scorecard's period.
    pub fn current(&self, scorecard: &str, period: &str) -> Option<&Entry> {
        self.editions().current(scorecard, period)
    }

    /// Returns the digest of the last line.
    pub fn head(&self) -> Option<&str> {
        self.head.as_deref()
    }

    /// Adds `entry` at the end; its `seq` and `previous` are set here.
    pub fn append(&mut self, entry: Entry) {
        let entry = Entry {
            seq: self.entries.len() as u64 + 1,
            previous: self.head.clone(),
            ..entry
        };
        let line = serde_json::to_string(&entry).expect("an entry has only string keys");
        self.head = Some(sha256(line.as_bytes()));
        self.text.push_str(&line);
        self.text.push('\n');
        self.entries.push(entry);
    }

    /// Returns the text of the ledger.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl<'a> Editions<'a> {
    /// Returns the edition in force of a scorecard's period: the last one.
    pub fn current(self, scorecard: &str, period: &str) -> Option<&'a Entry> {
        let mut latest = self.entries.iter().rev();
        latest.find(|entry| entry.scorecard == scorecard && entry.period == period)
    }

    /// Returns the edition in force of every period of a scorecard that was sealed, in the order of the ledger.
    pub fn published(self, scorecard: &str) -> impl Iterator<Item = &'a Entry> {
        let of_card = self.entries.iter().filter(move |entry| entry.scorecard == scorecard);
        of_card.filter(move |entry| {
            self.current(&entry.scorecard, &entry.period)
                .is_some_and(|last| last.seq == entry.seq)
        })
    }
}
