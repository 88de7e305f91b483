//! What a pipeline stops for, and what somebody has accepted.

use jiff::civil::Date;

use super::change::{Effect, Timing};
use super::replay::{Presence, Replay};
use super::timeline::Difference;
use crate::diagnostics::{Diagnostic, Diagnostics, Level, RULES, did_you_mean};
use crate::model::{self, Document, Kind, Mode};
use crate::quantity::Rational;
use crate::source::Span;
use crate::syntax::Node;

/// What fails a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// A change at the level of an error.
    Error,
    /// A change that is proven to loosen.
    Loosened,
    /// A change that touches a published period.
    Restated,
    /// Any change of a rule.
    Rule(String),
    /// A replay whose mean score falls by so many points or more.
    ScoreDrop(Rational),
    /// A replay whose credits differ by so much money or more, in either direction.
    CreditDelta(Rational),
}

impl FailOn {
    /// Reads `error`, `loosened`, `restated`, `rule:NAME`, `score-drop=POINTS` or `credit-delta=AMOUNT`.
    ///
    /// # Errors
    /// With what to type.
    pub fn parse(text: &str) -> Result<Self, String> {
        let amount = |text: &str, what: &str| {
            let number = Rational::parse_decimal(text).filter(|number| !number.is_negative() && !number.is_zero());
            number.ok_or_else(|| format!("`{text}` is no {what} above 0; write a number such as 2 or 0.5"))
        };
        if let Some(name) = text.strip_prefix("rule:") {
            return match RULES.iter().any(|rule| rule.name == name) {
                true => Ok(Self::Rule(name.to_owned())),
                false => Err(unknown_rule(name)),
            };
        }
        match text.split_once('=') {
            Some(("score-drop", number)) => amount(number, "number of points").map(Self::ScoreDrop),
            Some(("credit-delta", number)) => amount(number, "amount").map(Self::CreditDelta),
            _ => match text {
                "error" => Ok(Self::Error),
                "loosened" => Ok(Self::Loosened),
                "restated" => Ok(Self::Restated),
                _ => Err(
                    "it is one of error, loosened, restated, rule:NAME, score-drop=POINTS, credit-delta=AMOUNT"
                        .to_owned(),
                ),
            },
        }
    }

    /// Whether it takes a replay.
    pub fn needs_replay(&self) -> bool {
        matches!(self, Self::ScoreDrop(_) | Self::CreditDelta(_))
    }

    /// Whether the comparison fails for this reason; what was waived does not count.
    pub fn fails(&self, difference: &Difference, replay: Option<&Replay>) -> bool {
        let mut changes = difference
            .cards
            .iter()
            .flat_map(|card| &card.changes)
            .filter(|change| change.waived.is_none());
        let mut totals = replay
            .into_iter()
            .flat_map(|replay| &replay.cards)
            // What a new scorecard comes to is no change of what was agreed.
            .filter(|card| card.presence != Presence::Added)
            .map(|card| card.total());
        match self {
            Self::Error => changes.any(|change| change.level == Level::Error),
            Self::Loosened => changes.any(|change| change.effect == Effect::Loosened),
            Self::Restated => changes.any(|change| change.timing == Timing::RestatesPublished),
            Self::Rule(name) => changes.any(|change| change.rule == name),
            Self::ScoreDrop(points) => totals.any(|total| total.score.is_some_and(|score| -score >= *points)),
            Self::CreditDelta(amount) => totals.any(|total| total.credit.is_some_and(|credit| credit.abs() >= *amount)),
        }
    }
}

impl std::fmt::Display for FailOn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Error => f.write_str("error"),
            Self::Loosened => f.write_str("loosened"),
            Self::Restated => f.write_str("restated"),
            Self::Rule(name) => write!(f, "rule:{name}"),
            Self::ScoreDrop(points) => write!(f, "score-drop={}", points.to_exact()),
            Self::CreditDelta(amount) => write!(f, "credit-delta={}", amount.to_exact()),
        }
    }
}

fn unknown_rule(name: &str) -> String {
    match did_you_mean(name, RULES.iter().map(|rule| rule.name)) {
        Some(meant) => format!("no rule is called `{name}`; did you mean `{meant}`?"),
        None => format!("no rule is called `{name}`"),
    }
}

/// A change that somebody accepts, as the Waivers documents of HEAD say.
struct Waiver {
    id: String,
    rule: String,
    entity: String,
    reason: String,
    approver: String,
    until: Option<Date>,
    span: Span,
}

/// Marks what the waivers of HEAD accept, and returns what is wrong with them: expired, unused, unknown names.
///
/// A waiver holds up to and including its last day; without a day of comparison none has run out.
pub fn waive(difference: &mut Difference, documents: &[Document], as_of: Option<Date>) -> Diagnostics {
    let mut findings = Diagnostics::default();
    for waiver in waivers(documents, &mut findings) {
        if let (Some(until), Some(day)) = (waiver.until, as_of)
            && until < day
        {
            let message = format!("waiver `{}` expired on {until}", waiver.id);
            findings.push(
                Diagnostic::new("waiver-expired", waiver.span, message)
                    .help("remove it, or agree on another `until` and write who did"),
            );
            continue;
        }
        let mut used = false;
        let changes = difference.cards.iter_mut().flat_map(|card| &mut card.changes);
        for change in changes.filter(|change| change.rule == waiver.rule && change.entity() == waiver.entity) {
            change.waived = Some(format!("{} ({})", waiver.reason, waiver.approver));
            used = true;
        }
        if !used {
            let message = format!(
                "waiver `{}` accepts `{}` of `{}`, and there is no such change",
                waiver.id, waiver.rule, waiver.entity
            );
            findings.push(Diagnostic::new("waiver-unused", waiver.span, message).help("remove it"));
        }
    }
    findings
}

fn waivers(documents: &[Document], findings: &mut Diagnostics) -> Vec<Waiver> {
    let mut waivers = Vec::new();
    for document in documents.iter().filter(|document| document.kind == Kind::Waivers) {
        let Some(written) = model::lower::<model::Waivers>(&document.node, Mode::Complete, findings) else {
            continue;
        };
        for (id, waiver) in written.waivers {
            let all = document.node.at(["waivers"]).and_then(Node::as_map);
            let entry = all.and_then(|all| all.entry(&id));
            let span = entry.map_or(document.node.span, |(key, _)| key.span);
            let (Some(rule), Some(entity)) = (waiver.rule, waiver.entity) else {
                continue;
            };
            if !RULES.iter().any(|known| known.name == rule) {
                let place = entry.and_then(|(_, waiver)| waiver.at(["rule"]));
                let at = place.map_or(span, |node| node.span);
                findings.push(Diagnostic::new("unknown-reference", at, unknown_rule(&rule)));
                continue;
            }
            waivers.push(Waiver {
                id: id.to_string(),
                rule,
                entity,
                reason: waiver.reason.unwrap_or_default(),
                approver: waiver.approver.unwrap_or_default(),
                until: waiver.until,
                span,
            });
        }
    }
    waivers
}
