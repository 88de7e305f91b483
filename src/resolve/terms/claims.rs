//! The register of claims, selections, requests and statements of a scorecard.

use indexmap::IndexMap;
use jiff::civil::Date;

use super::Id;
use crate::quantity::Quantity;
use crate::source::Span;

/// The register of a scorecard's claims and statements.
#[derive(Clone, Debug, Default)]
pub struct Claims {
    /// Carve-out claims by id.
    pub claims: IndexMap<Id, Claim>,
    /// Which credit the customer selected, by incident.
    pub selections: IndexMap<String, Selection>,
    /// Credits that were asked for.
    pub credit_requests: IndexMap<Id, CreditRequest>,
    /// Statements that stand in for measurements.
    pub attestations: IndexMap<Id, Attestation>,
}

/// A claim that time or tickets do not count.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Who claims.
    pub by: Id,
    /// The carve-out claimed.
    pub carve_out: Id,
    /// The KPIs it is claimed for.
    pub kpis: Vec<Id>,
    /// What it is claimed for.
    pub covers: ClaimCovers,
    /// When the other party was told.
    pub notified: Option<Date>,
    /// The evidence.
    pub evidence: Option<String>,
    /// What the other party decided; `None` is pending.
    pub decision: Option<Decision>,
    /// Where it stands.
    pub declared_at: Span,
}

/// What a claim covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimCovers {
    /// `[start, end)` in microseconds of UTC.
    Window(i64, i64),
    /// Rows of the measured source by key.
    Tickets(Vec<String>),
}

/// What the other party decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether it agreed.
    pub approved: bool,
    /// Who decided.
    pub by: Id,
    /// When.
    pub on: Date,
    /// A narrower window it agreed to.
    pub window: Option<(i64, i64)>,
    /// Whether it waived late notice.
    pub waives_notice: bool,
}

/// Which credit of an incident the customer takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The period's label.
    pub period: String,
    /// The KPI whose credit it is.
    pub kpi: Id,
    /// Who selected.
    pub by: Id,
}

/// A credit that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditRequest {
    /// The period's label.
    pub period: String,
    /// The KPIs; empty: all.
    pub kpis: Vec<Id>,
    /// Who asked.
    pub by: Id,
    /// When.
    pub on: Date,
}

/// A person's statement of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    /// The KPI.
    pub kpi: Id,
    /// The period's label.
    pub period: String,
    /// The value.
    pub value: Quantity,
    /// Who says so.
    pub by: Id,
    /// When.
    pub on: Date,
    /// The evidence.
    pub evidence: Option<String>,
}
