use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexSet;

use super::bind::{Bound, bind};
use super::fact::{Answers, report_twice};
use super::facts::Facts;
use super::input::{Inputs, Options};
use super::plan::{self, Plan, Request};
use super::scan;
use crate::diagnostics::Diagnostics;
use crate::error::Error;
use crate::resolve::terms::Source;
use crate::source::Span;
use crate::tables::{self, Failure, Header};

/// A source and its header; none where no file of a `{period}` path is there.
type Known = (Source, Option<Arc<Header>>);

/// The headers of sources, each read once.
#[derive(Default)]
pub struct Headers {
    /// By id and the place of the path: an overlay may change a source without moving it, so a few
    /// versions of it stand under one key.
    known: HashMap<(String, Span), Vec<Known>>,
    /// By path from the workspace's root, for sources that read the same file alike.
    by_path: HashMap<String, Vec<Known>>,
}

impl Headers {
    /// Reads the headers of every source that a version of the requested cards measures.
    ///
    /// A file that is missing, is not of its format, or lacks a declared column is reported, and its source has
    /// no header.
    ///
    /// # Errors
    /// When the world failed.
    pub fn read(requests: &[Request<'_>], inputs: Inputs<'_>, found: &mut Diagnostics) -> Result<Self, Error> {
        let mut headers = Self::default();
        for request in requests {
            for version in &request.card.versions {
                for id in used(&version.terms) {
                    let Some(source) = version.terms.sources.get(&id) else {
                        continue;
                    };
                    let key = (id.clone(), source.path_span);
                    let known = headers.known.entry(key).or_default();
                    if known.iter().any(|(of, _)| of == source) {
                        continue;
                    }
                    let base = inputs.base(source);
                    // Rows given in a document are told apart by the source's id alone.
                    let path = tables::join(&base, &source.path);
                    let same = headers.by_path.entry(path).or_default();
                    let alike = |(of, _): &&(Source, _)| {
                        of.format == source.format && of.columns == source.columns && of.covers == source.covers
                    };
                    if let Some((_, header)) = same.iter().find(alike).filter(|_| !inputs.data.is_given()) {
                        known.push((source.clone(), header.clone()));
                        continue;
                    }
                    let periods = [];
                    let ask = tables::Request {
                        id: &id,
                        source,
                        base: &base,
                        periods: &periods,
                        columns: &[],
                        options: tables::Options::default(),
                    };
                    match tables::header(&ask, inputs.data) {
                        Ok(header) => {
                            let header = header.map(Arc::new);
                            same.push((source.clone(), header.clone()));
                            known.push((source.clone(), header));
                        }
                        Err(Failure::Found(diagnostics)) => {
                            found.extend(diagnostics);
                            known.push((source.clone(), None));
                        }
                        Err(Failure::World(error)) => return Err(error),
                    }
                }
            }
        }
        Ok(headers)
    }

    /// Returns the header of a source.
    pub fn of(&self, id: &str, source: &Source) -> Option<&Header> {
        let known = self.known.get(&(id.to_owned(), source.path_span))?;
        let known = known.iter().find(|(of, _)| of == source);
        known.and_then(|(_, header)| header.as_deref())
    }
}

/// Returns the sources that terms refer to, with those that they look up in.
fn used(terms: &crate::resolve::terms::Terms) -> Vec<String> {
    use crate::resolve::terms::{Amount, CreditBase, Pause};
    let mut found: Vec<&str> = Vec::new();
    for kpi in terms.kpis.values().filter(|kpi| kpi.retired.is_none()) {
        found.extend(kpi.measure.rows().iter().map(|rows| rows.source.as_str()));
    }
    let charge = terms.contract.as_ref().and_then(|contract| contract.charge.as_ref());
    let fees = terms.kpis.values().flat_map(|kpi| {
        let credit = kpi.credit.as_ref().map(|credit| &credit.of);
        credit
            .into_iter()
            .chain(kpi.bonus.as_ref().map(|bonus| &bonus.of))
            .filter_map(|base| match base {
                CreditBase::Fee(amount) => Some(amount),
                _ => None,
            })
    });
    for amount in charge.into_iter().chain(fees) {
        if let Amount::Summed { source, .. } = amount {
            found.push(source);
        }
    }
    found.extend(terms.for_each.as_ref().map(|list| list.list.as_str()));
    let mut all: Vec<String> = Vec::new();
    let mut open: Vec<&str> = found;
    while let Some(id) = open.pop() {
        if all.iter().any(|known| known == id) {
            continue;
        }
        all.push(id.to_owned());
        if let Some(source) = terms.sources.get(id) {
            open.extend(source.lookups.values().map(|lookup| lookup.from.as_str()));
            open.extend(source.clocks.values().filter_map(|clock| match &clock.paused {
                Some(Pause::Source { source, .. }) => Some(source.as_str()),
                _ => None,
            }));
        }
    }
    all.sort_unstable();
    all
}

/// Requests whose expressions are bound to the columns of their sources; nothing is read yet.
pub struct Prepared<'a> {
    requests: &'a [Request<'a>],
    bounds: Vec<Bound>,
    inputs: Inputs<'a>,
    options: Options,
}

/// Requests that are measured: their numbers, and what can be asked about them.
pub struct Measured<'a> {
    pub(super) plan: Plan<'a>,
    pub(super) done: Vec<scan::Done>,
    pub(super) inputs: Inputs<'a>,
    pub(super) options: Options,
}

impl<'a> Prepared<'a> {
    /// Reads the headers that the requests need and binds their expressions.
    ///
    /// # Errors
    /// With every finding of all cards; when a file cannot be read.
    pub fn new(requests: &'a [Request<'a>], inputs: Inputs<'a>, options: Options) -> Result<Self, Failure> {
        let mut found = Diagnostics::default();
        let headers = Headers::read(requests, inputs, &mut found)?;
        let bounds = requests
            .iter()
            .map(|request| bind(request.card, &|id, source| headers.of(id, source), &mut found))
            .collect();
        if found.has_errors() {
            return Err(Failure::Found(found));
        }
        Ok(Self {
            requests,
            bounds,
            inputs,
            options,
        })
    }

    fn plan(&self) -> Plan<'_> {
        let base = |source: &Source| self.inputs.base(source);
        plan::build(self.requests, &self.bounds, &base, self.options)
    }

    /// Reads each source once.
    ///
    /// # Errors
    /// When a source cannot be read, or a row holds something that a measure cannot take.
    pub fn measure(&self) -> Result<Measured<'_>, Failure> {
        let plan = self.plan();
        let done = scan::run(&plan, self.inputs.data, self.options.read)?;
        Ok(Measured {
            plan,
            done,
            inputs: self.inputs,
            options: self.options,
        })
    }
}

impl Measured<'_> {
    /// Returns every number.
    ///
    /// # Errors
    /// When a period has two rows where a measure takes one.
    pub fn facts(&self) -> Result<Facts, Failure> {
        let answers = Answers::new(&self.plan, &self.done, self.options);
        answers.facts().map_err(|twice| {
            let locate = |number: usize, position| {
                let request = scan::request(&self.plan.scans[number], self.options.read);
                tables::locate(&request, self.inputs.data, position, None).ok()
            };
            Failure::Found(report_twice(twice, &locate))
        })
    }
}

/// Measures everything that is requested, reading each source once.
///
/// # Errors
/// When a source cannot be read, an expression does not fit its source, or a row holds something
/// that a measure cannot take.
pub fn measure(requests: &[Request<'_>], inputs: Inputs<'_>, options: Options) -> Result<Facts, Failure> {
    Prepared::new(requests, inputs, options)?.measure()?.facts()
}

/// One pass over one source, for `build --plan`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct PlannedScan {
    /// The source's id.
    pub source: String,
    /// Its path as written.
    pub path: String,
    /// The columns read.
    pub columns: Vec<String>,
    /// The KPIs that are measured from it, as `card/kpi`.
    pub kpis: Vec<String>,
    /// Things added up; measures that differ only in constants share one.
    pub accumulators: usize,
    /// Expressions computed per row.
    pub expressions: usize,
}

/// Returns what [`measure`] would read, without reading more than headers.
///
/// # Errors
/// As [`measure`], except for what is in the rows.
pub fn plan(requests: &[Request<'_>], inputs: Inputs<'_>, options: Options) -> Result<Vec<PlannedScan>, Failure> {
    let prepared = Prepared::new(requests, inputs, options)?;
    let plan = prepared.plan();
    let scans = plan.scans.iter().map(|scan| PlannedScan {
        source: scan.id.clone(),
        path: scan.source.path.clone(),
        columns: unique(scan.wanted.iter().map(|wanted| wanted.name.clone())),
        kpis: scan.readers.clone(),
        accumulators: scan.accumulators.len(),
        expressions: scan.variants.iter().map(plan::Variant::len).sum(),
    });
    Ok(scans.collect())
}

fn unique(names: impl Iterator<Item = String>) -> Vec<String> {
    names.collect::<IndexSet<_>>().into_iter().collect()
}
