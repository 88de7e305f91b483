//! What one audience gets to see of one period: plain data, serialised as the report's JSON.
//!
//! Everything is decided here – what is shown, in which words, with how many decimals. Templates only
//! arrange it. Version 1 of the format: fields may be added, none changes its meaning or goes.

mod absence;
mod action;
mod carve_out;
mod change;
mod formula;
mod goal;
mod head;
mod headline;
mod kpi;
mod listing;
mod maturity;
mod measured;
mod money;
mod points;
mod publication;
mod quality;
mod status;
mod team;
mod tile;
mod trend;
mod wording;

use schemars::JsonSchema;
use serde::Serialize;

pub use super::display::Shown;
pub use absence::Absent;
pub use action::Action;
pub use carve_out::{CarveOuts, Claim, Exclusion, Totals};
pub use change::Change;
pub use formula::Formula;
pub(crate) use goal::value_text;
pub use goal::{Goal, Reference};
pub use head::{
    Bounds, Card, Contract, Gate, Obligation, PeriodHead, Review, Score, ScorePoint, State, Tally, TermsInForce,
};
pub(crate) use head::{not_in_force, term};
pub use kpi::{Kpi, Person};
pub use listing::Omitted;
pub use maturity::MaturityHead;
pub(crate) use measured::{measured_by, sources};
pub use money::{Cap, Line, Money, YearToDate};
pub use publication::Publication;
pub(crate) use publication::publication;
pub(crate) use quality::stamp;
pub use quality::{Quality, SourceRead, Stamp};
pub use status::{Marked, Status};
pub(crate) use team::grade;
pub use team::{Focus, Member, Panel, Spread, Team};
pub use tile::Tile;
pub use trend::Point;
pub(crate) use wording::{grade_code, grade_word, verdict_code, verdict_word};

use super::audience::{Audience, Sees};
use super::{Input, Provenance};
use crate::assess::Outcome;
use crate::resolve::terms::{Terms, Version};

/// Version of the format.
const VERSION: u32 = 1;

/// One report as data.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct View {
    /// Of this format.
    pub version: u32,
    /// The scorecard.
    pub card: Card,
    /// The period.
    pub period: PeriodHead,
    /// Who it is for.
    pub audience: Audience,
    /// Whether the contract is in force in this period; where not, there is nothing below.
    pub in_force: bool,
    /// The parties and the term.
    pub contract: Option<Contract>,
    /// The terms in force.
    pub terms: TermsInForce,
    /// Whether it is published, and what differs from what was.
    pub publication: Publication,
    /// Whether anything may still change, and why.
    pub state: State,
    /// The verdict in one to three sentences.
    pub headline: Vec<String>,
    /// The score.
    pub score: Option<Score>,
    /// The score over the trend periods, oldest first.
    pub score_trend: Vec<ScorePoint>,
    /// How many KPIs came out how.
    pub tally: Tally,
    /// The four numbers at the top.
    pub tiles: Vec<Tile>,
    /// What changed since the period before.
    pub changes: Vec<Change>,
    /// What is to be done now.
    pub actions: Vec<Action>,
    /// What the customer owes.
    pub obligations: Vec<Obligation>,
    /// The rhythm of reviews.
    pub review: Option<Review>,
    /// The KPIs in file order; `rank` orders them worst first.
    pub kpis: Vec<Kpi>,
    /// KPIs that this audience does not get one by one.
    pub omitted: Option<Omitted>,
    /// Carve-outs and claims.
    pub carve_outs: Option<CarveOuts>,
    /// Credits and other money.
    pub money: Option<Money>,
    /// Triggers that fired.
    pub triggers: Vec<Action>,
    /// The entities of a `for_each` card.
    pub team: Option<Team>,
    /// Where the maturity models over this scorecard stand, each with a page of its own.
    pub maturity: Vec<MaturityHead>,
    /// The data behind the report.
    pub quality: Quality,
    /// Every file and its digest, where the audience gets them.
    pub provenance: Option<Provenance>,
    /// The program and one digest over all files.
    pub stamp: Stamp,
}

/// What all builders of view parts need.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) input: &'a Input<'a>,
    pub(crate) sees: Sees,
    pub(crate) version: &'a Version,
    pub(crate) terms: &'a Terms,
    /// Of the reported period.
    pub(crate) outcome: &'a Outcome,
    /// Of the period right before it, where it is known and in force.
    pub(crate) previous: Option<&'a Outcome>,
    pub(crate) currency: &'a str,
    pub(crate) minor_units: u32,
}

impl<'a> Context<'a> {
    pub(crate) fn new(input: &'a Input<'a>, audience: Audience) -> Self {
        let outcome = input.outcomes.last().expect("a report has a reported period");
        let version = input.timeline.version_on(outcome.period.first_day());
        let before = outcome.period.offset(-1);
        let previous = input
            .outcomes
            .iter()
            .rev()
            .find(|earlier| earlier.period == before && earlier.in_force);
        let contract = version.terms.contract.as_ref();
        Self {
            input,
            sees: audience.sees(),
            version,
            terms: &version.terms,
            outcome,
            previous,
            currency: contract.and_then(|contract| contract.currency.as_deref()).unwrap_or(""),
            minor_units: contract.map_or(2, |contract| contract.minor_units),
        }
    }

    /// Returns the name of a person, or the id where nobody has it.
    pub(crate) fn person(&self, id: &str) -> String {
        self.terms
            .people
            .get(id)
            .map_or_else(|| id.to_owned(), |person| person.name.clone())
    }

    /// Returns the names of people as a sentence has them.
    pub(crate) fn people(&self, ids: &[String]) -> String {
        let names: Vec<String> = ids.iter().map(|id| self.person(id)).collect();
        super::display::sentence_list(&names)
    }

    /// Whether a person belongs to the customer.
    pub(crate) fn is_customers(&self, id: Option<&String>) -> bool {
        let party = id
            .and_then(|id| self.terms.people.get(id))
            .and_then(|person| person.party.as_deref());
        let customer = self
            .terms
            .contract
            .as_ref()
            .and_then(|contract| contract.customer.as_deref());
        party.is_some() && (party == Some("customer") || party == customer)
    }

    /// Returns the name of a party that the terms call `customer` or `provider`.
    pub(crate) fn party(&self, word: &str) -> String {
        let contract = self.terms.contract.as_ref();
        let name = match word {
            "customer" => contract.and_then(|contract| contract.customer.clone()),
            "provider" => contract.and_then(|contract| contract.provider.clone()),
            other => Some(other.to_owned()),
        };
        name.unwrap_or_else(|| format!("the {word}"))
    }

    /// Whether the audience may see anything of this KPI.
    pub(crate) fn may_see(&self, kpi: &str) -> bool {
        let owner = self.terms.kpis.get(kpi).and_then(|kpi| kpi.owner.as_ref());
        !(self.sees.provider_kpis_only && self.is_customers(owner))
    }

    /// Returns the title of a KPI, or its id where the terms do not have it.
    pub(crate) fn kpi_title(&self, id: &str) -> String {
        self.terms
            .kpis
            .get(id)
            .map_or_else(|| id.to_owned(), |kpi| kpi.title.clone())
    }
}

impl View {
    /// Builds what `audience` gets to see.
    ///
    /// # Panics
    /// When `input.outcomes` is empty: there is no period to report.
    pub fn build(input: &Input<'_>, audience: Audience) -> Self {
        let context = Context::new(input, audience);
        let (kpis, omitted) = listing::build(&context);
        let carve_outs = carve_out::build(&context);
        let money = money::build(&context);
        let score = head::score(&context);
        let tally = head::tally(&context);
        let state = head::state(&context);
        Self {
            version: VERSION,
            card: head::card(&context),
            period: head::period(&context),
            audience,
            in_force: context.outcome.in_force,
            contract: head::contract(&context),
            terms: head::terms_in_force(&context),
            publication: publication(&context),
            headline: headline::headline(&context, &tally, &state),
            tiles: tile::tiles(&context, score.as_ref(), &tally, carve_outs.as_ref()),
            score_trend: head::score_trend(&context),
            changes: change::changes(&context),
            actions: action::actions(&context),
            obligations: head::obligations(&context),
            review: head::review(&context),
            triggers: action::triggers(&context),
            team: team::build(&context),
            maturity: maturity::build(&context, audience),
            quality: quality::build(&context),
            provenance: context.sees.provenance.then(|| input.provenance.clone()),
            stamp: stamp(&context),
            state,
            score,
            tally,
            kpis,
            omitted,
            carve_outs,
            money,
        }
    }

    /// Returns the JSON Schema of a report: what every other form of it is a function of.
    pub fn schema() -> serde_json::Value {
        let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
        let mut schema = settings.into_generator().into_root_schema_for::<Self>().to_value();
        schema["$id"] = "urn:scoreline:v1:report".into();
        schema["title"] = "Report".into();
        schema["properties"]["version"]["const"] = VERSION.into();
        schema
    }

    /// Writes the view as JSON, indented, ending in a line feed.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a view has only string keys");
        text.push('\n');
        text
    }
}
