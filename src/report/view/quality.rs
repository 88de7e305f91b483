use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Context;
use super::absence::absent;
use crate::measure::facts::{Coverage, Profile};
use crate::report::audience;
use crate::report::display::{self, Shown};

/// The data behind the report.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Quality {
    /// In one line.
    pub summary: String,
    /// Sources and how they read; all, those with remarks, or none, as the audience gets them.
    pub sources: Vec<SourceRead>,
    /// KPIs without data or only partly covered: title and what is missing.
    pub gaps: Vec<(String, String)>,
    /// Share of the score's weight that is measured.
    pub coverage: Shown,
}

/// How a source read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SourceRead {
    /// The source.
    pub source: String,
    /// Files read.
    pub files: usize,
    /// Rows read; `None` where others' rows are among them and are not this audience's business.
    pub rows: Option<u64>,
    /// The last instant seen, in the card's zone; `None` as with `rows`.
    pub last_row: Option<String>,
    /// What was noticed.
    pub remarks: Vec<String>,
}

/// What identifies a report's inputs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Stamp {
    /// The program and its version.
    pub program: String,
    /// The version of the language.
    pub language: String,
    /// SHA-256 over the path and digest of every specification file.
    pub specification: String,
    /// The same over every data file.
    pub data: String,
}

pub(super) fn build(context: &Context<'_>) -> Quality {
    let card = &context.input.timeline.id;
    let profiles: Vec<(&str, &Profile)> = context
        .input
        .facts
        .profiles
        .iter()
        .filter(|((of, _), _)| of == card)
        .map(|((_, source), profile)| (source.as_str(), profile))
        .collect();
    // A source that several scorecards share holds the rows of other customers.
    let is_shared = |source: &str| {
        let source = context.terms.sources.get(source);
        !context.sees.other_scopes && source.is_some_and(|source| source.scope.is_some())
    };
    let all: Vec<SourceRead> = profiles
        .iter()
        .map(|(source, profile)| {
            let is_shared = is_shared(source);
            SourceRead {
                source: (*source).to_owned(),
                files: profile.files.len(),
                rows: (!is_shared).then_some(profile.rows),
                last_row: profile
                    .last_row
                    .filter(|_| !is_shared)
                    .map(|at| display::instant(at, &context.terms.time_zone)),
                remarks: match is_shared {
                    true => Vec::new(),
                    false => remarks(context, profile),
                },
            }
        })
        .collect();
    let gaps = gaps(context);
    let rows: Option<u64> = all.iter().map(|read| read.rows).sum();
    let noticed = all.iter().filter(|read| !read.remarks.is_empty()).count();
    let sources = display::count(all.len() as u64, "source", "sources");
    let mut summary = match (all.len(), rows) {
        (0, _) => "No file was read".to_owned(),
        (_, Some(rows)) => format!("{} from {sources}", display::count(rows, "row", "rows")),
        (_, None) => format!("Read from {sources}"),
    };
    match noticed {
        0 if all.is_empty() => {}
        0 => summary.push_str(", nothing to remark"),
        _ => summary = format!("{summary}, {noticed} with remarks"),
    }
    if !gaps.is_empty() {
        summary = format!(
            "{summary}; {} without full data",
            display::count(gaps.len() as u64, "KPI", "KPIs")
        );
    }
    Quality {
        summary: format!("{summary}."),
        sources: match context.sees.quality {
            audience::Quality::Full => all,
            audience::Quality::Gaps => all.into_iter().filter(|read| !read.remarks.is_empty()).collect(),
            audience::Quality::Line => Vec::new(),
        },
        gaps: match context.sees.quality {
            audience::Quality::Line => Vec::new(),
            _ => gaps,
        },
        coverage: Shown::percent(&context.outcome.coverage, 0),
    }
}

fn gaps(context: &Context<'_>) -> Vec<(String, String)> {
    context
        .outcome
        .kpis
        .iter()
        .filter(|kpi| context.may_see(&kpi.id))
        .filter_map(|kpi| {
            let fact = kpi.fact.as_ref()?;
            let text = match (fact.coverage, absent(&fact.net)) {
                (Coverage::Partial(until), _) => {
                    format!("covered until {}", display::instant(until, &context.terms.time_zone))
                }
                (_, Some(absent)) if absent.code == "no_data" => absent.reason,
                _ => return None,
            };
            Some((context.kpi_title(&kpi.id), text))
        })
        .collect()
}

fn remarks(context: &Context<'_>, profile: &Profile) -> Vec<String> {
    // How much others send is nobody's business but the operator's.
    let other_scopes = if context.sees.other_scopes {
        profile.other_scopes
    } else {
        0
    };
    [
        (profile.skipped, "skipped as unreadable"),
        (profile.null_keys, "without a key"),
        (profile.replaced, "replaced by a later row of the same key"),
        (profile.null_conditions, "with a null in a condition"),
        (profile.zero_divisions, "with a division by zero"),
        (profile.negative_durations, "that stopped or ended before it started"),
        (
            profile.dst_repairs,
            "with a local time that a clock change repeats or skips",
        ),
        (other_scopes, "of a scope that no scorecard has"),
        (
            profile.unlisted_entities,
            "of nobody on the card's list, counted in the total only",
        ),
        (profile.outside, "dated outside the periods of this report"),
    ]
    .into_iter()
    .filter(|(rows, _)| *rows > 0)
    .map(|(rows, what)| format!("{} {what}", display::count(rows, "row", "rows")))
    .collect()
}

pub(crate) fn stamp(context: &Context<'_>) -> Stamp {
    let provenance = context.input.provenance;
    let digest = |files: &[crate::report::FileDigest]| {
        let mut hasher = Sha256::new();
        for file in files {
            hasher.update(format!("{}\0{}\n", file.path, file.sha256));
        }
        hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    };
    Stamp {
        program: provenance.program.clone(),
        language: provenance.language.clone(),
        specification: digest(&provenance.specification),
        data: digest(&provenance.data),
    }
}
