use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use super::wording::verdict_word;
use super::{Context, carve_out, head};
use crate::assess::deadline;
use crate::assess::outcome::{Fired, Verdict};
use crate::report::display;

/// Something to be done, or a right that somebody got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Action {
    /// Why: `miss`, `claim` or `trigger`; for the provider also `report`, `notice` and `review`.
    #[schemars(extend("enum" = ["miss", "claim", "trigger", "report", "notice", "review"]))]
    pub code: &'static str,
    /// The KPI, claim, trigger or carve-out it comes from, or the scorecard.
    pub subject: String,
    /// Its title.
    pub title: String,
    /// What is to be done.
    pub text: String,
    /// Who does it or is told.
    pub who: Option<String>,
    /// By when.
    pub due: Option<String>,
    /// The clause.
    pub clause: Option<String>,
}

/// What is to be done: the agreed actions of missed KPIs and the decisions that claims wait for; for the provider
/// also what is due on a day, those first.
pub(super) fn actions(context: &Context<'_>) -> Vec<Action> {
    let mut actions = Vec::new();
    let provider_only = context.sees.provider_actions_only;
    for kpi in context
        .outcome
        .kpis
        .iter()
        .filter(|kpi| kpi.miss && context.may_see(&kpi.id))
    {
        let Some(on_miss) = context.terms.kpis.get(&kpi.id).and_then(|kpi| kpi.on_miss.as_ref()) else {
            continue;
        };
        if provider_only && context.is_customers(on_miss.owner.as_ref()) {
            continue;
        }
        let told = match on_miss.notify.is_empty() {
            true => String::new(),
            false => format!("; tell {}", context.people(&on_miss.notify)),
        };
        actions.push(Action {
            code: "miss",
            subject: kpi.id.clone(),
            title: context.kpi_title(&kpi.id),
            text: format!("{}{told}", on_miss.action),
            who: on_miss.owner.as_ref().map(|id| context.person(id)),
            due: None,
            clause: None,
        });
    }
    if provider_only {
        return deadlines(context).into_iter().chain(actions).collect();
    }
    let mut waiting: Vec<&str> = Vec::new();
    for kpi in context.outcome.kpis.iter().filter(|kpi| context.may_see(&kpi.id)) {
        for effect in kpi
            .fact
            .iter()
            .flat_map(|fact| &fact.claims)
            .filter(|effect| effect.pending)
        {
            if waiting.contains(&&*effect.claim) {
                continue;
            }
            waiting.push(&effect.claim);
            actions.push(Action {
                code: "claim",
                subject: effect.claim.clone(),
                title: format!("Claim {}", effect.claim),
                text: "decide it; until then the KPI is disputed and its credit provisional".to_owned(),
                who: None,
                due: None,
                clause: None,
            });
        }
    }
    actions
}

/// The days that bind the provider whatever was missed: the report, the last claim, the next review.
fn deadlines(context: &Context<'_>) -> Vec<Action> {
    let name = display::period(context.outcome.period);
    let last_day = context.outcome.period.last_day();
    let dated = |code, subject: &str, title: String, text: String, due: Date| Action {
        code,
        subject: subject.to_owned(),
        title,
        text,
        who: None,
        due: Some(due.to_string()),
        clause: None,
    };
    let card = &*context.input.timeline.id;
    let customer = context.party("customer");
    let contract = context.terms.contract.as_ref();
    let mut deadlines = Vec::new();
    if let Some(due) = contract.and_then(|contract| contract.report_due.as_ref()) {
        let due = deadline::after(context.terms, last_day, due);
        let title = format!("Report for {name}");
        deadlines.push(dated("report", card, title, format!("due to {customer}"), due));
    }
    for (carve_out, notice) in carve_out::claimable(context) {
        let within = display::deadline(notice);
        let due = deadline::after(context.terms, last_day, notice);
        let text = format!("last day to give notice of a claim for {name}: within {within} of its window's start");
        let mut action = dated("notice", &carve_out.id, carve_out.title.clone(), text, due);
        action.clause.clone_from(&carve_out.clause);
        deadlines.push(action);
    }
    if let Some(next) = context.terms.review.as_ref().and_then(head::next_review) {
        let text = format!("the next review with {customer}");
        deadlines.push(dated("review", card, "Review".to_owned(), text, next));
    }
    deadlines.sort_by(|a, b| a.due.cmp(&b.due));
    deadlines
}

/// The triggers that fired, in file order; for the provider by date.
pub(super) fn triggers(context: &Context<'_>) -> Vec<Action> {
    let mut triggers: Vec<Action> = context
        .outcome
        .triggers
        .iter()
        .map(|fired| {
            let mut text = because(context, fired);
            if let Some(right) = &fired.right {
                let party = context.party(right);
                text = match &fired.clause {
                    Some(clause) => format!("{text}; {party} may exercise the right of clause {clause}"),
                    None => format!("{text}; {party} may exercise this right"),
                };
            }
            Action {
                code: "trigger",
                subject: fired.id.clone(),
                title: fired.id.clone(),
                text,
                who: (!fired.notify.is_empty()).then(|| context.people(&fired.notify)),
                due: fired.due.map(|day| day.to_string()),
                clause: fired.clause.clone(),
            }
        })
        .collect();
    if context.sees.provider_actions_only {
        triggers.sort_by_key(|trigger| (trigger.due.is_none(), trigger.due.clone()));
    }
    triggers
}

/// What completed a trigger, with titles and the words of the report in place of ids and codes.
fn because(context: &Context<'_>, fired: &Fired) -> String {
    let parts = fired.because.split("; ").filter_map(|part| {
        let about = fired
            .kpis
            .iter()
            .find_map(|id| Some((id, part.strip_prefix(id.as_str())?.strip_prefix(": ")?)));
        if about.is_some_and(|(id, _)| !context.may_see(id)) {
            return None;
        }
        let (title, rest) = match about {
            Some((id, rest)) => (format!("{}: ", context.kpi_title(id)), rest),
            None => (String::new(), part),
        };
        let missed = verdict_word(Verdict::Default);
        let at_risk = verdict_word(Verdict::BelowTarget).to_lowercase();
        let text = match (rest.strip_prefix("default in "), rest.strip_prefix("missed in ")) {
            (Some(periods), _) => format!("{missed} in {}", titles(context, fired, periods)),
            // The word of a trigger that counts both.
            (_, Some(periods)) => format!("{missed} or {at_risk} in {}", titles(context, fired, periods)),
            _ => rest.to_owned(),
        };
        Some(format!("{title}{text}"))
    });
    parts.collect::<Vec<_>>().join("; ")
}

/// Writes the titles of the KPIs that stand in parentheses behind their periods.
fn titles(context: &Context<'_>, fired: &Fired, periods: &str) -> String {
    let mut text = String::with_capacity(periods.len());
    for (index, part) in periods.split('(').enumerate() {
        let Some((ids, rest)) = part.split_once(')').filter(|_| index > 0) else {
            text.push_str(part);
            continue;
        };
        let names: Vec<String> = ids
            .split(", ")
            .filter(|id| context.may_see(id))
            .map(|id| match fired.kpis.iter().any(|kpi| kpi == id) {
                true => context.kpi_title(id),
                false => id.to_owned(),
            })
            .collect();
        text.push_str(&format!("({}){rest}", names.join(", ")));
    }
    text
}
