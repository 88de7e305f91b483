use crate::expression::Type;

use super::{Data, Failure, Request};

/// The columns a source has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The columns in file order, by the names that expressions use, then lookups.
    pub columns: Vec<HeaderColumn>,
    /// Any other name is a column as well and is null: rows given in a scenario.
    pub open: bool,
    /// What is probably wrong with how the file is declared, such as another delimiter.
    pub hint: Option<String>,
}

/// One column of a [`Header`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderColumn {
    /// The name that expressions use.
    pub name: String,
    /// Its name in the file.
    pub in_file: String,
    /// Its type as declared, or as the file says; `None`: text that becomes what it is used as.
    pub kind: Option<Type>,
    /// What the first value of an undeclared text looks like: ISO dates and timestamps only. For
    /// columns whose use does not say which of the two they are (`at`).
    pub looks: Option<Type>,
    /// Another column of the file has the same name: an error when used.
    pub duplicate: bool,
}

impl Header {
    /// Returns the column `name`: as written, or without regard to case when that is unique.
    pub fn find(&self, name: &str) -> Option<&HeaderColumn> {
        self.columns.iter().find(|column| column.name == name).or_else(|| {
            let mut same = self
                .columns
                .iter()
                .filter(|c| c.name.to_lowercase() == name.to_lowercase());
            same.next().filter(|_| same.next().is_none())
        })
    }
}

/// Reads the columns of a source from the first bytes (Parquet: the footer) of one of its files.
///
/// `None` when no file of a `{period}` path exists. The request's `columns` are not looked at, and
/// without `periods` any file that fits `{period}` will do.
///
/// # Errors
/// When no file is there, a declared column is not in it, or it cannot be read.
pub fn header(request: &Request<'_>, data: &Data) -> Result<Option<Header>, Failure> {
    let _ = (request, data);
    todo!("header")
}
