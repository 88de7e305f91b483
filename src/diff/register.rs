//! The register of claims: what people stated, not what the contract says. It changes numbers all the same.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use jiff::Timestamp;
use jiff::civil::Date;

use super::change::{Change, Effect};
use super::compare::{part, renames};
use super::fields::exact;
use crate::resolve::terms::{
    Attestation, Claim, ClaimCovers, Claims, CreditRequest, Decision, Id, Selection, Timeline,
};
use crate::resolve::{Layer, Origin};

/// An entry as words, with the days it is about.
struct Entry {
    text: String,
    days: Option<(Date, Date)>,
    place: Option<Origin>,
}

/// Returns the entries of the register that differ, with the days they are about; a KPI under another id is the
/// same one.
pub(super) fn changes(before: &Timeline, after: &Timeline) -> Vec<Change> {
    let renames = renames(before.latest(), after.latest());
    let now = |kpi: &Id| renames.iter().find(|(_, was)| *was == kpi).map(|(is, _)| is.clone());
    let (old, new) = (
        entries(before, &renamed(&before.claims, &now)),
        entries(after, &after.claims),
    );
    let names: BTreeSet<&String> = new.keys().chain(old.keys()).collect();
    let mut found = Vec::new();
    for name in names {
        let (was, is) = (old.get(name), new.get(name));
        if was.map(|entry| &entry.text) == is.map(|entry| &entry.text) {
            continue;
        }
        let days = is.or(was).and_then(|entry| entry.days);
        let place = |entry: Option<&Entry>| entry.and_then(|entry| entry.place.clone());
        found.push(Change {
            subject: Some(name.clone()),
            path: vec!["claims".to_owned(), name.clone()],
            parts: vec![part(
                String::new(),
                was.map(|entry| entry.text.clone()),
                is.map(|entry| entry.text.clone()),
            )],
            effect: Effect::Indeterminate,
            from: days.map(|(first, _)| first),
            until: days.map(|(_, last)| last),
            was_from: place(was),
            is_from: place(is).or_else(|| after.versions[0].origin(&["id"])),
            ..Change::new("claims-changed", &after.id)
        });
    }
    found
}

/// The register with KPIs under other ids; those of which nothing is said keep theirs.
pub(super) fn renamed(claims: &Claims, id_of: &dyn Fn(&Id) -> Option<Id>) -> Claims {
    let mut claims = claims.clone();
    let rename = |id: &mut Id| {
        if let Some(other) = id_of(id) {
            *id = other;
        }
    };
    let claimed = claims.claims.values_mut().flat_map(|claim| &mut claim.kpis);
    let asked = claims
        .credit_requests
        .values_mut()
        .flat_map(|request| &mut request.kpis);
    let selected = claims.selections.values_mut().map(|selection| &mut selection.kpi);
    let attested = claims.attestations.values_mut().map(|attestation| &mut attestation.kpi);
    claimed.chain(asked).chain(selected).chain(attested).for_each(rename);
    claims
}

fn entries(card: &Timeline, claims: &Claims) -> IndexMap<String, Entry> {
    let zone = &card.latest().time_zone;
    let scheme = card.latest().period;
    let day = |micros: i64| {
        Timestamp::from_microsecond(micros)
            .ok()
            .map(|at| at.to_zoned(zone.clone()).date())
    };
    let instant = |micros: i64| {
        let at = Timestamp::from_microsecond(micros).ok();
        at.map_or_else(String::new, |at| at.to_zoned(zone.clone()).datetime().to_string())
    };
    let window = |(start, end): (i64, i64)| format!("{}/{}", instant(start), instant(end));
    let period = |label: &str| {
        scheme
            .parse(label)
            .map(|period| (period.first_day(), period.last_day()))
    };
    let mut entries = IndexMap::new();
    for (id, claim) in &claims.claims {
        let Claim {
            by,
            carve_out,
            kpis,
            covers,
            notified,
            evidence,
            decision,
            declared_at,
        } = claim;
        let (text, days) = match covers {
            ClaimCovers::Window(start, end) => (window((*start, *end)), day(*start).zip(day(end - 1))),
            ClaimCovers::Tickets(tickets) => (format!("tickets {}", tickets.join(", ")), None),
        };
        let mut words = vec![format!("{carve_out} for {} by {by}: {text}", kpis.join(", "))];
        words.extend(notified.map(|day| format!("notified {day}")));
        words.extend(evidence.as_ref().map(|evidence| format!("evidence {evidence}")));
        words.push(match decision {
            None => "pending".to_owned(),
            Some(Decision {
                approved,
                by,
                on,
                window: narrowed,
                waives_notice,
            }) => {
                let result = if *approved { "approved" } else { "rejected" };
                let narrowed = narrowed.map_or(String::new(), |it| format!(" for {}", window(it)));
                let waived = if *waives_notice { ", notice waived" } else { "" };
                format!("{result} by {by} on {on}{narrowed}{waived}")
            }
        });
        let entry = Entry {
            text: words.join("; "),
            days,
            place: Some(Origin {
                span: *declared_at,
                from: Layer::Document,
            }),
        };
        entries.insert(id.clone(), entry);
    }
    let mut add = |id: &str, text: String, label: &str| {
        let entry = Entry {
            text,
            days: period(label),
            place: None,
        };
        entries.insert(id.to_owned(), entry);
    };
    for (incident, Selection { period, kpi, by }) in &claims.selections {
        add(
            incident,
            format!("the credit of {} in {period}, selected by {by}", kpi),
            period,
        );
    }
    for (id, CreditRequest { period, kpis, by, on }) in &claims.credit_requests {
        let kpis = if kpis.is_empty() {
            "all KPIs".to_owned()
        } else {
            kpis.join(", ")
        };
        add(
            id,
            format!("credits of {kpis} in {period}, asked for by {by} on {on}"),
            period,
        );
    }
    for (id, attestation) in &claims.attestations {
        let Attestation {
            kpi,
            period,
            value,
            by,
            on,
            evidence,
        } = attestation;
        let evidence = evidence.as_ref().map_or(String::new(), |it| format!(", evidence {it}"));
        add(
            id,
            format!("{} was {} in {period}, says {by} on {on}{evidence}", kpi, exact(value)),
            period,
        );
    }
    entries
}
