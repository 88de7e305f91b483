//! Documents → the [`Terms`](terms::Terms) in force for a period.
//!
//! Packs, `each` rows and amendments are merged as node trees, so every node keeps its origin; the
//! merged tree is lowered once per version, names are bound, units known, every default explicit.
//! It never fails and never does I/O: what is wrong becomes a diagnostic.

mod amendment;
mod assemble;
mod bind;
mod broken;
mod claims;
mod coverage;
mod each;
mod frame;
mod guardrail;
mod lock;
mod maturity;
mod money;
mod origin;
mod overlay;
mod pack;
mod position;
mod range;
mod scenario;
pub mod terms;
mod version;
mod weight;
mod workspace;

pub(crate) use broken::Broken;
pub(crate) use frame::Frame;
pub use origin::{Layer, Origin};
pub use workspace::{PackVersion, Settings, Workspace};

use crate::diagnostics::Diagnostics;
use crate::model::Document;

/// Resolves the documents of a workspace.
pub fn resolve(documents: &[Document], diagnostics: &mut Diagnostics) -> Workspace {
    let frame = Frame::of(documents, diagnostics);
    let (cards, scenarios) = frame.resolve(frame.scorecards(), diagnostics);
    Workspace {
        cards,
        scenarios,
        ..frame.workspace()
    }
}
