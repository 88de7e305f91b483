use serde::{Deserialize, Serialize};

use crate::assess::Figures;
use crate::report::{Edition, FileDigest, Provenance, RenderedFile, View};
use crate::source::sha256;

/// What an in-toto statement says it is.
const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// What the predicate says it is. A name, not an address: there is nothing to be fetched.
const PREDICATE_TYPE: &str = "urn:scoreline:published-report:v1";

/// A provenance statement in the form of an in-toto Statement v1: what was published, and what it was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The kind of statement.
    #[serde(rename = "_type")]
    pub kind: String,
    /// The files of the report; names are relative to the statement.
    pub subject: Vec<Resource>,
    /// The kind of predicate.
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// What is said of them.
    pub predicate: Predicate,
}

/// A file by name and digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// Its path, with `/`.
    pub name: String,
    /// Its digest.
    pub digest: Digest,
}

/// A digest in the form that in-toto asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// SHA-256 in lowercase hexadecimal.
    pub sha256: String,
}

/// What a statement says of the files of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Predicate {
    /// The scorecard and the contract it belongs to.
    pub contract: Contract,
    /// The period.
    pub period: Period,
    /// The edition, from 1.
    pub edition: u32,
    /// Digest of the statement of the edition it takes the place of.
    pub supersedes: Option<String>,
    /// Why that edition was restated.
    pub reason: Option<String>,
    /// What the build was asked for.
    pub arguments: Arguments,
    /// With what it was made.
    pub versions: Versions,
    /// The files of the specification, templates included; paths are relative to the workspace.
    pub specification: Vec<Resource>,
    /// The data files; paths are relative to the workspace.
    pub data: Vec<Resource>,
    /// What the report commits to.
    pub figures: Figures,
}

/// The scorecard and the contract it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// The scorecard's id.
    pub scorecard: String,
    /// Its title.
    pub title: String,
    /// The parties' reference.
    pub reference: Option<String>,
    /// Who buys.
    pub customer: Option<String>,
    /// Who sells.
    pub provider: Option<String>,
}

/// The reported period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// Its label.
    pub label: String,
    /// Its first day.
    pub first_day: String,
    /// Its last day, inclusive.
    pub last_day: String,
    /// The zone it starts and ends in.
    pub time_zone: String,
}

/// What a build was asked for: with the same files, the same program makes the same bytes of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Arguments {
    /// Scorecards by id; empty: all.
    pub scorecards: Vec<String>,
    /// Audiences; empty: those of the scorecard's `views`.
    pub audiences: Vec<String>,
    /// Forms of the report.
    pub forms: Vec<String>,
    /// The day up to which data were admitted.
    pub data_through: Option<String>,
}

/// The versions that decide what comes out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// The program.
    pub program: String,
    /// The language.
    pub language: String,
    /// SHA-256 over the rules that specifications are checked by.
    pub rules: String,
}

/// What a statement is made of.
#[derive(Clone, Copy, Debug)]
pub struct Material<'a> {
    /// What the default audience sees.
    pub view: &'a View,
    /// The files of the report, below the folder of reports.
    pub files: &'a [RenderedFile],
    /// Where they came from.
    pub provenance: &'a Provenance,
    /// What the build was asked for.
    pub arguments: &'a Arguments,
    /// SHA-256 over the rules.
    pub rules: &'a str,
    /// The edition.
    pub edition: &'a Edition,
    /// Digest of the statement of the edition before.
    pub supersedes: Option<&'a str>,
    /// What the report commits to.
    pub figures: &'a Figures,
}

impl Resource {
    /// A file called `name` with the digest of `bytes`.
    fn of(name: &str, bytes: &[u8]) -> Self {
        Self {
            name: name.to_owned(),
            digest: Digest { sha256: sha256(bytes) },
        }
    }
}

impl From<&FileDigest> for Resource {
    fn from(file: &FileDigest) -> Self {
        Self {
            name: file.path.clone(),
            digest: Digest {
                sha256: file.sha256.clone(),
            },
        }
    }
}

impl Statement {
    /// States what was published.
    pub fn new(material: Material<'_>) -> Self {
        let Material { view, provenance, .. } = material;
        let folder = format!("{}/", view.card.id);
        let subject = material.files.iter().map(|file| {
            let name = file.path.strip_prefix(&folder).unwrap_or(&file.path);
            Resource::of(name, &file.bytes)
        });
        let contract = view.contract.as_ref();
        Self {
            kind: STATEMENT_TYPE.to_owned(),
            subject: subject.collect(),
            predicate_type: PREDICATE_TYPE.to_owned(),
            predicate: Predicate {
                contract: Contract {
                    scorecard: view.card.id.clone(),
                    title: view.card.title.clone(),
                    reference: contract.and_then(|contract| contract.reference.clone()),
                    customer: contract.and_then(|contract| contract.customer.clone()),
                    provider: contract.and_then(|contract| contract.provider.clone()),
                },
                period: Period {
                    label: view.period.label.clone(),
                    first_day: view.period.first_day.clone(),
                    last_day: view.period.last_day.clone(),
                    time_zone: view.period.time_zone.clone(),
                },
                edition: material.edition.number,
                supersedes: material.supersedes.map(str::to_owned),
                reason: material.edition.reason.clone(),
                arguments: material.arguments.clone(),
                versions: Versions {
                    program: provenance.program.clone(),
                    language: provenance.language.clone(),
                    rules: material.rules.to_owned(),
                },
                specification: provenance.specification.iter().map(Resource::from).collect(),
                data: provenance.data.iter().map(Resource::from).collect(),
                figures: material.figures.clone(),
            },
        }
    }

    /// Reads a statement.
    ///
    /// # Errors
    /// A lowercase phrase: why it is none.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let this: Self = serde_json::from_slice(bytes).map_err(|cause| cause.to_string())?;
        // What it names is read, and written where everybody looks for it.
        if let Some(subject) = this.subject.iter().find(|subject| !stays_below(&subject.name)) {
            return Err(format!(
                "its subject `{}` leads out of the folder of reports",
                subject.name
            ));
        }
        match (&*this.kind, &*this.predicate_type) {
            (STATEMENT_TYPE, PREDICATE_TYPE) => Ok(this),
            (STATEMENT_TYPE, other) => Err(format!(
                "its predicate is of the type `{other}`, not `{PREDICATE_TYPE}`"
            )),
            (other, _) => Err(format!("it is of the type `{other}`, not `{STATEMENT_TYPE}`")),
        }
    }

    /// Writes the statement, indented, ending in a line feed.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a statement has only string keys");
        text.push('\n');
        text
    }
}

/// Whether a path, with `/`, stays below the folder that it is relative to.
pub(super) fn stays_below(path: &str) -> bool {
    let is_name = |step: &str| !matches!(step, "" | "." | "..") && !step.contains(['\\', ':']);
    path.split('/').all(is_name)
}
