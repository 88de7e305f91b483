use schemars::JsonSchema;
use serde::Serialize;

/// Who a report is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Those who run the service: everything, with people and internal notes.
    Operations,
    /// The other party: what it owns, no internal notes, no names of people who are measured.
    Provider,
    /// Those who decide: the first page, what went wrong, totals.
    Leadership,
    /// Those who pay or are paid: every formula and the whole working of the money.
    Finance,
}

/// How deep a KPI's detail goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// The trend alone.
    Trend,
    /// The trend and the formula with its numbers.
    Formula,
    /// Everything that is known.
    Full,
}

/// How much of carve-outs and credits is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ledger {
    /// The totals.
    Totals,
    /// Line by line.
    Lines,
    /// Line by line with the arithmetic.
    Working,
}

/// How much is said about the data behind the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quality {
    /// One line.
    Line,
    /// Where data are missing or were repaired.
    Gaps,
    /// All of it.
    Full,
}

/// What an audience gets to see: the table of the report's sections, one column per audience.
///
/// It is applied while the view is built, so a template cannot show what its audience may not see.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sees {
    /// Internal remarks of KPIs.
    pub(crate) notes: bool,
    /// Panels per person or other entity.
    pub(crate) entities: bool,
    /// Only KPIs whose owner does not belong to the customer.
    pub(crate) provider_kpis_only: bool,
    /// Only KPIs that are missed, at risk or without data; the rest is counted.
    pub(crate) exceptions_only: bool,
    /// Only actions of the provider's people.
    pub(crate) provider_actions_only: bool,
    /// Depth of KPI detail.
    pub(crate) detail: Depth,
    /// Carve-outs and claims.
    pub(crate) carve_outs: Ledger,
    /// Credits; operations is the team's own file and keeps the arithmetic beside the total.
    pub(crate) credits: Ledger,
    /// Sources and how they were read.
    pub(crate) quality: Quality,
    /// How many rows of a source belong to no scorecard: other customers of a shared source.
    pub(crate) other_scopes: bool,
    /// Digests of every file, or one line.
    pub(crate) provenance: bool,
}

impl Audience {
    /// Every audience, the default first.
    pub const ALL: [Self; 4] = [Self::Operations, Self::Provider, Self::Leadership, Self::Finance];

    /// The audience of `<period>.html`, which also gets Markdown and JSON.
    pub const DEFAULT: Self = Self::Operations;

    /// Reads the word that `views:` and `--audience` use.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|audience| audience.word() == word)
    }

    /// Returns the word that `views:` and `--audience` use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Operations => "operations",
            Self::Provider => "provider",
            Self::Leadership => "leadership",
            Self::Finance => "finance",
        }
    }

    pub(crate) fn sees(self) -> Sees {
        let all = Sees {
            notes: true,
            entities: true,
            provider_kpis_only: false,
            exceptions_only: false,
            provider_actions_only: false,
            detail: Depth::Full,
            carve_outs: Ledger::Working,
            credits: Ledger::Working,
            quality: Quality::Full,
            other_scopes: true,
            provenance: true,
        };
        match self {
            Self::Operations => all,
            Self::Provider => Sees {
                notes: false,
                other_scopes: false,
                entities: false,
                provider_kpis_only: true,
                provider_actions_only: true,
                credits: Ledger::Lines,
                quality: Quality::Gaps,
                provenance: false,
                ..all
            },
            Self::Leadership => Sees {
                notes: false,
                other_scopes: false,
                entities: false,
                exceptions_only: true,
                detail: Depth::Trend,
                carve_outs: Ledger::Totals,
                credits: Ledger::Totals,
                quality: Quality::Line,
                provenance: false,
                ..all
            },
            Self::Finance => Sees {
                notes: false,
                other_scopes: false,
                entities: false,
                detail: Depth::Formula,
                ..all
            },
        }
    }
}
