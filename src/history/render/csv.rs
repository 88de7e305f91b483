use super::page::{CommitView, FieldView, Page, RowView};
use crate::report::escape;

const COLUMNS: [&str; 24] = [
    "scorecard",
    "kpi",
    "field",
    "value",
    "from",
    "to",
    "amendment",
    "reference",
    "signed",
    "approved_by",
    "pack",
    "commit",
    "at_or_before",
    "author",
    "author_email",
    "authored",
    "committer",
    "committer_email",
    "committed",
    "signature",
    "place",
    "late_days",
    "superseded_by",
    "superseded_value",
];

/// Writes a page, a line per row; what is not committed has no commit.
pub(super) fn page(page: &Page) -> String {
    let mut text = COLUMNS.join(",");
    text.push('\n');
    for field in &page.fields {
        for row in &field.rows {
            let cells = cells(page, field, row);
            let cells: Vec<String> = cells.iter().map(|cell| escape::csv(cell)).collect();
            text.push_str(&cells.join(","));
            text.push('\n');
        }
    }
    text
}

fn cells(page: &Page, field: &FieldView, row: &RowView) -> [String; COLUMNS.len()] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let of = |read: &dyn Fn(&CommitView) -> String| row.recorded.as_ref().map(read).unwrap_or_default();
    let amendment = row.amendment.as_ref();
    let superseded = row.superseded.as_ref();
    let by = superseded.map(|it| it.by.as_ref().map_or("not committed", |commit| commit.id.as_str()));
    [
        page.scorecard.clone(),
        text(&field.kpi),
        field.field.clone(),
        text(&row.value),
        text(&row.from),
        text(&row.to),
        amendment.map(|it| it.id.clone()).unwrap_or_default(),
        amendment.and_then(|it| it.reference.clone()).unwrap_or_default(),
        amendment.and_then(|it| it.signed.clone()).unwrap_or_default(),
        amendment.map(|it| it.approved_by.join(" ")).unwrap_or_default(),
        text(&row.pack),
        of(&|commit| commit.id.clone()),
        row.at_or_before.to_string(),
        of(&|commit| commit.author.name.clone()),
        of(&|commit| commit.author.email.clone()),
        of(&|commit| text(&commit.author.date)),
        of(&|commit| commit.committer.name.clone()),
        of(&|commit| commit.committer.email.clone()),
        of(&|commit| text(&commit.committer.date)),
        of(&|commit| commit.signature.kind.to_owned()),
        row.place.clone(),
        row.late_days.map(|days| days.to_string()).unwrap_or_default(),
        by.unwrap_or_default().to_owned(),
        superseded.and_then(|it| it.value.clone()).unwrap_or_default(),
    ]
}
