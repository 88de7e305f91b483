//! One data file under two names.

use super::card::{Card, Findings};

pub(super) const RULE: &str = "two-sources-one-fact";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    let sources: Vec<_> = card.terms.sources.iter().collect();
    for (i, (id, source)) in sources.iter().enumerate() {
        let twin = sources[..i]
            .iter()
            .find(|(_, other)| other.path == source.path && other.span == source.span);
        if let Some((other, _)) = twin {
            findings.push(
                &["sources", id],
                source.path_span,
                format!("`{id}` reads the same file as `{other}`, and may read it differently"),
                "a second name for one file",
                format!("measure over `{other}` with a `where` of its own, or split the file"),
            );
        }
    }
}
