use std::collections::HashSet;
use std::fmt;

use gix::bstr::{BStr, ByteSlice as _};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

use super::failed;
use crate::error::Error;

/// Characters of an abbreviated id: always as many, so that output does not change as a repository grows.
const SHORT: usize = 12;

/// The id of a commit; displays as its whole hexadecimal name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CommitId(pub(super) gix::ObjectId);

/// What is recorded about one commit. Names and dates are what the committing programs wrote.
#[derive(Clone, Debug)]
pub struct Commit {
    /// Its id.
    pub id: CommitId,
    /// Its parents that are here, in order.
    pub parents: Vec<CommitId>,
    /// Whether it has parents that a shallow clone left behind.
    pub is_truncated: bool,
    /// Who wrote the change.
    pub author: Person,
    /// Who recorded it.
    pub committer: Person,
    /// The signature it carries, which nobody has checked.
    pub signature: Option<Signature>,
    /// The first line of its message.
    pub summary: String,
    pub(super) tree: gix::ObjectId,
}

/// A person and a time, as recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// The time at the offset it was recorded with; `None` where the commit holds no readable one.
    pub when: Option<Zoned>,
}

/// A commit's signature header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// What made it, by its first line.
    pub kind: SignatureKind,
    /// The header's text, verbatim.
    pub text: String,
}

/// What made a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureKind {
    /// OpenPGP.
    Pgp,
    /// SSH.
    Ssh,
    /// X.509.
    X509,
    /// Something else.
    Other,
}

impl CommitId {
    /// Returns the first characters of the id, for people.
    pub fn short(&self) -> String {
        self.0.to_hex_with_len(SHORT).to_string()
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Signature {
    fn new(text: String) -> Self {
        let kind = match text.lines().next().unwrap_or_default().trim() {
            "-----BEGIN PGP SIGNATURE-----" | "-----BEGIN PGP MESSAGE-----" => SignatureKind::Pgp,
            "-----BEGIN SSH SIGNATURE-----" => SignatureKind::Ssh,
            "-----BEGIN SIGNED MESSAGE-----" => SignatureKind::X509,
            _ => SignatureKind::Other,
        };
        Self { kind, text }
    }
}

/// Reads a commit; those in `boundary` have lost their parents.
pub(super) fn read(handle: &gix::Repository, id: CommitId, boundary: &HashSet<gix::ObjectId>) -> Result<Commit, Error> {
    let fault = |cause: gix::Error| failed(format!("read the commit {id}"), &cause);
    let object = handle.find_commit(id.0).map_err(fault)?;
    let commit = object.decode().map_err(fault)?;
    let parents: Vec<CommitId> = commit.parents().map(CommitId).collect();
    let is_cut = boundary.contains(&id.0);
    // A commit may name the encoding of its texts; without one they are UTF-8.
    let encoding = commit
        .encoding
        .and_then(|label| encoding_rs::Encoding::for_label(label));
    let text = |bytes: &BStr| match encoding {
        Some(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
        None => bytes.to_str_lossy().into_owned(),
    };
    let person = |signature: gix::actor::SignatureRef<'_>| {
        let signature = signature.trim();
        Person {
            name: text(signature.name),
            email: text(signature.email),
            when: signature.time().ok().and_then(zoned),
        }
    };
    let signature = commit.extra_headers.iter().find(|(name, _)| *name == "gpgsig");
    let first = commit.message.lines().find(|line| !line.trim().is_empty());
    Ok(Commit {
        id,
        is_truncated: is_cut && !parents.is_empty(),
        parents: if is_cut { Vec::new() } else { parents },
        author: person(commit.author().map_err(fault)?),
        committer: person(commit.committer().map_err(fault)?),
        signature: signature.map(|(_, text)| Signature::new(text.to_str_lossy().into_owned())),
        summary: first.map(|line| text(line.trim().as_bstr())).unwrap_or_default(),
        tree: commit.tree(),
    })
}

/// Returns a recorded time at its recorded offset, or in UTC where the offset is none that exists.
fn zoned(time: gix::date::Time) -> Option<Zoned> {
    let at = Timestamp::from_second(time.seconds).ok()?;
    let offset = Offset::from_seconds(time.offset).unwrap_or(Offset::UTC);
    Some(at.to_zoned(TimeZone::fixed(offset)))
}
