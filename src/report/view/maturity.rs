use schemars::JsonSchema;
use serde::Serialize;

use super::Context;
use crate::report::maturity::headline;
use crate::report::{Audience, Place};
use crate::resolve::terms::Id;

/// Where a maturity model over the scorecard stands.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MaturityHead {
    /// Its id.
    pub id: Id,
    /// Its title.
    pub title: String,
    /// Where the whole stands and what holds it back, in a few sentences.
    pub headline: Vec<String>,
    /// Its page for this audience, relative to the report.
    pub page: String,
    /// Its page in Markdown for this audience, relative to the report.
    pub markdown: String,
}

pub(super) fn build(context: &Context<'_>, audience: Audience) -> Vec<MaturityHead> {
    let standings = context.input.maturity.iter();
    standings
        .map(|standing| {
            let place = Place::new(&standing.model.id, &standing.period.to_string());
            MaturityHead {
                id: standing.model.id.clone(),
                title: standing.model.title.clone(),
                headline: headline(standing, context),
                page: place.page(audience),
                markdown: place.markdown(audience),
            }
        })
        .collect()
}
