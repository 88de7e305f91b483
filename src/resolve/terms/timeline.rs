//! One scorecard through time.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use super::{Claims, Id, LateChanges, Maturity, Terms};
use crate::quantity::Period;
use crate::resolve::Layer;
use crate::source::{FileId, Span};
use crate::syntax::Node;

/// One scorecard through time: the base and every amendment.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// The scorecard's id.
    pub id: Id,
    /// Path of the file that holds it.
    pub path: String,
    /// Versions by effective date; the first is the base and holds from the beginning of time.
    pub versions: Vec<Version>,
    /// The register of claims that belongs to it.
    pub claims: Claims,
    /// The maturity models that look at its KPIs, in the order of their files.
    pub maturity: Vec<Maturity>,
}

/// The terms from one effective date on.
#[derive(Clone, Debug)]
pub struct Version {
    /// First day these terms hold; `None` for the base.
    pub effective: Option<Date>,
    /// The amendment that made them; `None` for the base.
    pub amendment: Option<Amendment>,
    /// The terms.
    pub terms: Terms,
    /// The merged tree the terms were lowered from; [`Version::origin`] looks paths up in it.
    pub tree: Node,
    /// The places of the layers the tree was merged from: the packs, the amendments so far.
    pub layers: Arc<[(Span, Layer)]>,
}

/// The particulars of an amendment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amendment {
    /// Its id.
    pub id: Id,
    /// First day it holds, the first day of a period.
    pub effective: Date,
    /// When it was signed.
    pub signed: Option<Date>,
    /// The parties' reference, such as a change request.
    pub reference: Option<String>,
    /// People who approved it.
    pub approved_by: Vec<Id>,
    /// Why.
    pub reason: Option<String>,
    /// What it starts counting anew: `default_after`, `triggers`.
    pub resets: Vec<String>,
    /// Where it stands.
    pub span: Span,
}

impl Timeline {
    /// Returns the files that the terms and the register of claims come from, in order.
    pub fn files(&self) -> BTreeSet<FileId> {
        let versions = self.versions.iter();
        let layers =
            versions.flat_map(|version| version.layers.iter().map(|(span, _)| *span).chain([version.tree.span]));
        layers
            .chain(self.claims.claims.values().map(|claim| claim.declared_at))
            .map(|span| span.file)
            .collect()
    }

    /// Returns the terms in force on `day` (for a period: its first day).
    pub fn version_on(&self, day: Date) -> &Version {
        self.versions
            .iter()
            .rev()
            .find(|version| version.effective.is_none_or(|effective| effective <= day))
            .expect("the base version has no effective date")
    }

    /// Returns the terms in force for `period`.
    pub fn terms(&self, period: crate::quantity::Period) -> &Terms {
        &self.version_on(period.first_day()).terms
    }

    /// Returns the first day of the latest terms: of the last amendment, else of the contract.
    pub fn latest_day(&self) -> Option<Date> {
        let amended = self.versions.last().and_then(|version| version.effective);
        amended.or_else(|| Some(self.latest().contract.as_ref()?.starts))
    }

    /// Returns the card as it was known at the end of `day`: claims that were decided later are undecided, what was
    /// requested, attested or signed later is not there. It goes by another id, so that both can be measured in one
    /// pass. The terms of an amendment that was signed in time are merged from all before it, also from one that was
    /// signed later and reaches back behind it.
    pub fn known_on(&self, day: Date) -> Self {
        let mut known = self.clone();
        known.id = format!("{} as known on {day}", self.id);
        known.versions.retain(|version| {
            version
                .amendment
                .as_ref()
                .and_then(|it| it.signed)
                .is_none_or(|signed| signed <= day)
        });
        for claim in known.claims.claims.values_mut() {
            claim.decision = claim.decision.take().filter(|decision| decision.on <= day);
        }
        known.claims.credit_requests.retain(|_, request| request.on <= day);
        known.claims.attestations.retain(|_, attestation| attestation.on <= day);
        known
    }

    /// Whether no later period can be in force: the contract ends with this one.
    pub fn is_last(&self, period: Period) -> bool {
        let contract = self.latest().contract.as_ref();
        contract
            .and_then(|contract| contract.ends)
            .is_some_and(|end| end <= period.last_day())
    }

    /// Returns what becomes of a published period whose facts change. The last one has no next that could carry the
    /// difference: it is restated, which makes it the final settlement.
    pub fn late_changes(&self, period: Period) -> Option<LateChanges> {
        let written = self.terms(period).contract.as_ref()?.late_changes?;
        Some(if self.is_last(period) {
            LateChanges::Restate
        } else {
            written
        })
    }

    /// Returns the latest terms.
    pub fn latest(&self) -> &Terms {
        &self.versions.last().expect("at least the base version").terms
    }
}
