//! Which document, pack or amendment set a field.

use crate::resolve::terms::Version;
use crate::source::Span;

/// Where a field of the terms comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Where it stands; for a default, where the map stands that does not say it.
    pub span: Span,
    /// What set it.
    pub from: Layer,
}

/// A layer of a scorecard's terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layer {
    /// The scorecard itself.
    Document,
    /// A pack it extends.
    Pack {
        /// The pack's id.
        id: String,
        /// Its whole version.
        version: String,
    },
    /// One of its amendments.
    Amendment {
        /// The amendment's id.
        id: String,
    },
    /// The language: nobody wrote the field.
    Default,
}

impl Version {
    /// Returns where the field at `path`, such as `["kpis", "csat", "target"]`, comes from.
    ///
    /// The KPIs of `each` are addressed by their own ids. A field that nobody wrote has the place of
    /// the nearest map around it.
    pub fn origin(&self, path: &[&str]) -> Option<Origin> {
        let found = |length: usize| self.tree.at(path[..length].iter().copied());
        let length = (0..=path.len()).rev().find(|&length| found(length).is_some())?;
        let span = found(length)?.span;
        let from = if length < path.len() {
            Layer::Default
        } else {
            self.layer(span)
        };
        Some(Origin { span, from })
    }

    /// Returns the layer in which `span` stands.
    pub fn layer(&self, span: Span) -> Layer {
        let holds = |outer: &Span| outer.file == span.file && outer.start <= span.start && span.start < outer.end;
        let layers = self.layers.iter().filter(|(outer, _)| holds(outer));
        // An amendment stands inside its scorecard: the narrowest layer is the one that wrote it.
        let narrowest = layers.min_by_key(|(outer, _)| outer.end - outer.start);
        narrowest.map_or(Layer::Document, |(_, layer)| layer.clone())
    }
}
