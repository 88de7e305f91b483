use indexmap::IndexMap;
use jiff::tz::TimeZone;

use super::Type;
use crate::source::Span;

/// The columns of a source that expressions can use, and its zone.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Columns by name, in the order of the data.
    pub columns: IndexMap<String, SchemaColumn>,
    /// The zone of local times; `None` where the source names none.
    pub zone: Option<TimeZone>,
}

/// One column of a [`Schema`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SchemaColumn {
    /// The type; `None` is text of a CSV file whose type its use decides.
    pub kind: Option<Type>,
    /// Whether the author or the data format says the type.
    pub declared: bool,
    /// The use that decided the type, where [`infer`](super::infer) did.
    pub decided_at: Option<Span>,
}

/// Why a name is no column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoColumn<'a> {
    /// There is none; the nearest name.
    Unknown(Option<&'a str>),
    /// Two columns differ from it in case only.
    Ambiguous(&'a str, &'a str),
}

impl SchemaColumn {
    /// Makes a column whose type is known.
    pub fn declared(kind: Type) -> Self {
        Self {
            kind: Some(kind),
            declared: true,
            decided_at: None,
        }
    }

    /// Makes a column of text whose type its use decides.
    pub fn undeclared() -> Self {
        Self::default()
    }
}

impl Schema {
    /// Returns the only column that `name` is probably meant to be, but which an expression can only
    /// write in quotes: `Survey Score` for `survey_score` or `score`.
    pub fn renamed(&self, name: &str) -> Option<&str> {
        let plain = |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
        let wanted = plain(&name.to_lowercase());
        let is_odd = |column: &&String| !column.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let odd = || self.columns.keys().filter(is_odd);
        let whole = odd().filter(|column| plain(&column.to_lowercase()) == wanted);
        let word = odd().filter(|column| {
            let lower = column.to_lowercase();
            let mut words = lower.split(|c: char| !c.is_alphanumeric());
            words.any(|word| word == wanted)
        });
        let (whole, word): (Vec<_>, Vec<_>) = (whole.collect(), word.collect());
        match (&whole[..], &word[..]) {
            ([one], _) | ([], [one]) => Some(one.as_str()),
            _ => None,
        }
    }

    /// Returns the index of the column called `name`.
    ///
    /// The exact name wins; else names match without regard to case when that is unique.
    ///
    /// # Errors
    /// When no column matches, or several do.
    pub fn find(&self, name: &str) -> Result<usize, NoColumn<'_>> {
        if let Some(index) = self.columns.get_index_of(name) {
            return Ok(index);
        }
        let lower = name.to_lowercase();
        let mut matching = self
            .columns
            .keys()
            .enumerate()
            .filter(|(_, column)| column.to_lowercase() == lower);
        match (matching.next(), matching.next()) {
            (Some((index, _)), None) => Ok(index),
            (Some((_, first)), Some((_, second))) => Err(NoColumn::Ambiguous(first, second)),
            (None, _) => Err(NoColumn::Unknown(crate::diagnostics::did_you_mean(
                name,
                self.columns.keys().map(String::as_str),
            ))),
        }
    }
}
