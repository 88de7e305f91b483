use super::Expression;
use crate::diagnostics::Diagnostics;
use crate::syntax::Snippet;

/// Reads the text of an expression; reports the first thing in it that is not in the language.
pub fn parse(snippet: &Snippet, diagnostics: &mut Diagnostics) -> Option<Expression> {
    let _ = (snippet, diagnostics);
    unimplemented!("parsing")
}
