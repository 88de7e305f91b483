use std::fmt;

use crate::resolve::terms::Id;

/// What a history is asked of: a scorecard, one of its KPIs, or one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The scorecard's id.
    pub card: Id,
    /// The KPI's id; `None` for the whole card.
    pub kpi: Option<Id>,
    /// The keys that lead to the field below the KPI, or below the card; empty for everything.
    pub field: Vec<String>,
}

impl Subject {
    /// Reads `CARD`, `CARD.field`, `CARD/KPI` or `CARD/KPI.field`; ids hold neither `/` nor `.`.
    pub fn parse(text: &str) -> Self {
        let (card, kpi) = match text.split_once('/') {
            Some((card, rest)) => (card, Some(rest)),
            None => (text, None),
        };
        let (head, field) = match kpi.unwrap_or(card).split_once('.') {
            Some((head, field)) => (head, field.split('.').map(str::to_owned).collect()),
            None => (kpi.unwrap_or(card), Vec::new()),
        };
        match kpi {
            Some(_) => Self {
                card: card.to_owned(),
                kpi: Some(head.to_owned()),
                field,
            },
            None => Self {
                card: head.to_owned(),
                kpi: None,
                field,
            },
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.card)?;
        if let Some(kpi) = &self.kpi {
            write!(f, "/{kpi}")?;
        }
        self.field.iter().try_for_each(|step| write!(f, ".{step}"))
    }
}
