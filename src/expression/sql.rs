use super::Typed;

/// Writes an expression as SQL that reads back as the same expression.
pub fn sql(typed: &Typed) -> String {
    let _ = typed;
    unimplemented!("printing")
}
