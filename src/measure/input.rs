use jiff::civil::Date;

use crate::resolve::terms::Source;
use crate::source::SourceMap;
use crate::tables::{self, Data};

/// Where the data are and what the documents look like that name them.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// The files of all sources.
    pub data: &'a Data,
    /// The documents; a source's path is relative to the folder of the one that names it. Without
    /// them paths are relative to the workspace's root.
    pub documents: Option<&'a SourceMap>,
}

/// How to measure.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The last day that data are taken into account; `None`: as far as each source covers.
    pub data_through: Option<Date>,
    /// Every source covers everything, as in a scenario.
    pub all_covered: bool,
    /// How files are read; no result depends on it.
    pub read: tables::Options,
}

impl Inputs<'_> {
    /// Returns the folder that a source's path is relative to.
    pub(crate) fn base(&self, source: &Source) -> String {
        let Some(documents) = self.documents else {
            return String::new();
        };
        let folder = documents.file(source.path_span.file).path.rsplit_once('/');
        folder.map_or(String::new(), |(folder, _)| folder.to_owned())
    }
}
