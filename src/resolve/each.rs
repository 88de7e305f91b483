//! One KPI per row of `each`: `resolution` becomes `resolution-p1`, `resolution-p2`, ….

use std::borrow::Cow;

use indexmap::IndexMap;

use super::overlay::{Layered, Place, key};
use super::position::Position;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::Span;
use crate::syntax::Key;

/// Where an expanded KPI comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RowOf {
    /// The KPI that has the `each`.
    pub(super) kpi: String,
    /// The column whose value makes a row.
    pub(super) column: String,
    /// The value.
    pub(super) value: String,
    /// Whether the row has a title of its own.
    pub(super) titled: bool,
    /// Whether the row itself says which KPI it was; else it was the same row of the KPI that has the `each`.
    pub(super) renamed: bool,
}

/// The rows' KPIs by id.
pub(super) type Rows = IndexMap<String, RowOf>;

/// Returns the id of the KPI that `value` makes of `base`; `None` where the value has no letter or digit.
///
/// A run of other characters becomes one `-`, so that the result is an id like any other.
pub(super) fn row_id(base: &str, value: &str) -> Option<String> {
    let lower = value.to_lowercase();
    let parts = lower.split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit()));
    let slug: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    (!slug.is_empty()).then(|| format!("{base}-{}", slug.join("-")))
}

/// Replaces every KPI with an `each` in the card `tree` by its rows.
pub(super) fn expand<'a>(tree: &Layered<'a>, diagnostics: &mut Diagnostics) -> (Layered<'a>, Rows) {
    let mut rows = Rows::new();
    let Some(kpis) = tree.at(&["kpis"]).filter(Layered::is_map) else {
        return (tree.clone(), rows);
    };
    let mut expanded: Vec<(Cow<'a, Key>, Layered<'a>)> = Vec::new();
    for (name, kpi) in kpis.entries() {
        let parts = kpi.entries();
        let each = parts.iter().find(|(key, each)| &*key.text == "each" && each.is_map());
        let Some((_, each)) = each else {
            add(&mut expanded, name, kpi, diagnostics);
            continue;
        };
        let each = each.entries();
        let part = |wanted: &str| each.iter().find(|(key, _)| &*key.text == wanted).map(|(_, v)| v);
        let column = part("column").and_then(Layered::text).unwrap_or_default();
        let Some(values) = part("rows").filter(|rows| rows.is_map()) else {
            let message = format!("`each` of KPI `{}` has no rows", name.text);
            let finding = Diagnostic::new("missing-field", name.span, message);
            // A misspelt `rows` has been reported.
            if !diagnostics
                .error_spans()
                .any(|error| each.iter().any(|(key, _)| key.span == error))
            {
                diagnostics.push(finding.help("add `rows: { VALUE: { … } }` to `each`"));
            }
            continue;
        };
        if column.is_empty() {
            let message = format!("`each` of KPI `{}` has no `column`", name.text);
            diagnostics.push(Diagnostic::new("missing-field", name.span, message).help("add `column: …` to `each`"));
        }
        let common: Vec<_> = parts.iter().filter(|(key, _)| &*key.text != "each").cloned().collect();
        let common = Layered::map(kpi.span(), common);
        for (value, row) in values.entries() {
            if row.is_removed() {
                continue;
            }
            let Some(id) = row_id(&name.text, &value.text) else {
                let message = format!("the value `{}` gives no id", value.text);
                diagnostics.push(
                    Diagnostic::new("invalid-value", value.span, message)
                        .help("an id needs a letter a–z or a digit: give this value a KPI of its own"),
                );
                continue;
            };
            let own = row.entries();
            let says = |field: &str| own.iter().any(|(key, it)| &*key.text == field && !it.is_removed());
            let (titled, renamed) = (says("title"), says("renamed_from"));
            let kpi = common
                .clone()
                .overlay(as_overlay(&common, row), Position::Kpi, Place::Above);
            let source = RowOf {
                kpi: name.text.to_string(),
                column: column.to_owned(),
                value: value.text.to_string(),
                titled,
                renamed,
            };
            if add(&mut expanded, key(&id, value.span), kpi, diagnostics) {
                rows.insert(id, source);
            }
        }
    }
    (replace(tree, "kpis", Layered::map(kpis.span(), expanded)), rows)
}

/// Turns a row into an overlay of its KPI: `within` and `calendar` belong to the measure.
fn as_overlay<'a>(kpi: &Layered<'a>, row: Layered<'a>) -> Layered<'a> {
    let span = row.span();
    let (of_measure, mut of_kpi): (Vec<_>, Vec<_>) = row
        .entries()
        .into_iter()
        .partition(|(key, _)| matches!(&*key.text, "within" | "calendar"));
    if of_measure.is_empty() {
        return row;
    }
    // A row may also say `measure` itself; then its `within` belongs to that one.
    let own = of_kpi.iter().position(|(key, _)| &*key.text == "measure");
    let below = match own {
        Some(index) => Some(of_kpi[index].1.clone()),
        None => kpi.at(&["measure"]),
    };
    let form = below.and_then(|measure| {
        let mut forms = measure.entries().into_iter().filter(|(_, form)| !form.is_removed());
        forms.next().map(|(key, _)| key)
    });
    let Some(form) = form else {
        return Layered::map(span, of_kpi);
    };
    let measure = Layered::map(span, vec![(form, Layered::map(span, of_measure))]);
    match own {
        Some(index) => {
            let written = of_kpi[index].1.clone();
            of_kpi[index].1 = written.overlay(measure, Position::Measure, Place::Above);
        }
        None => of_kpi.push((key("measure", span), measure)),
    }
    Layered::map(span, of_kpi)
}

/// Adds a KPI unless its id is taken.
fn add<'a>(
    kpis: &mut Vec<(Cow<'a, Key>, Layered<'a>)>,
    name: Cow<'a, Key>,
    kpi: Layered<'a>,
    diagnostics: &mut Diagnostics,
) -> bool {
    let Some((first, _)) = kpis.iter().find(|(key, _)| key.text == name.text) else {
        kpis.push((name, kpi));
        return true;
    };
    diagnostics.push(collision(&name.text, name.span, first.span));
    false
}

fn collision(id: &str, second: Span, first: Span) -> Diagnostic {
    Diagnostic::new("duplicate-id", second, format!("two KPIs get the id `{id}`"))
        .label("here again")
        .also(first, "the first is here")
        .help("a row's id is its KPI's id and the value in lower case; overlays change a row by `each: { rows: … }`")
}

/// Returns `tree` with the value of `name` replaced.
fn replace<'a>(tree: &Layered<'a>, name: &str, value: Layered<'a>) -> Layered<'a> {
    let span = tree.span();
    let entries = tree.entries().into_iter();
    let replaced = entries.map(|(key, old)| {
        if &*key.text == name {
            (key, value.clone())
        } else {
            (key, old)
        }
    });
    Layered::map(span, replaced.collect())
}
