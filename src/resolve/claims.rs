//! The register of claims of a scorecard, bound to its terms.

use indexmap::IndexMap;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::bind::{Cursor, misfitting_period, unknown};
use super::broken::Broken;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::model::{self, Document, Mode};
use crate::resolve::terms::{
    Attestation, CarveOutBy, Claim, ClaimCovers, Claims, CreditRequest, Decision, Id, Measure, Selection, Terms,
    Version,
};
use crate::source::Span;
use crate::syntax::Node;

/// A Claims document, lowered.
pub(super) struct Register<'a> {
    written: model::Claims,
    at: Cursor<'a>,
}

impl<'a> Register<'a> {
    /// Lowers a Claims document.
    pub(super) fn of(document: &'a Document, diagnostics: &mut Diagnostics) -> Option<Self> {
        Some(Self {
            written: model::lower(&document.node, Mode::Complete, diagnostics)?,
            at: Cursor::new(&document.node),
        })
    }

    /// Takes the claims that a scenario makes: its sections are those of a Claims document.
    pub(super) fn of_scenario(scenario: &model::Scenario, at: Cursor<'a>) -> Self {
        Self {
            written: model::Claims {
                r#for: scenario.tests.clone(),
                claims: scenario.claims.clone(),
                selections: scenario.selections.clone(),
                credit_requests: scenario.credit_requests.clone(),
                attestations: scenario.attestations.clone(),
            },
            at,
        }
    }

    /// Returns the scorecard it belongs to, and where it says so.
    pub(super) fn scorecard(&self) -> Option<(&str, Span)> {
        Some((self.written.r#for.as_deref()?, self.at.step("for").span()))
    }
}

/// Binds all registers of one scorecard; claims name people, KPIs and carve-outs of any version.
pub(super) fn bind(registers: &[&Register<'_>], card: &[Version], diagnostics: &mut Diagnostics) -> Claims {
    let versions: Vec<&Terms> = card.iter().map(|version| &version.terms).collect();
    let mut clerk = Clerk {
        versions: &versions,
        trees: card.iter().map(|version| Cursor::new(&version.tree)).collect(),
        diagnostics,
    };
    let before = clerk.diagnostics.count();
    let mut claims = Claims::default();
    // Where each id was first used, by section.
    let mut first: IndexMap<(&str, &str), Span> = IndexMap::new();
    let mut is_new = |clerk: &mut Clerk<'_>, section: &'static str, id, at: Cursor<'_>| match first.get(&(section, id))
    {
        None => {
            first.insert((section, id), at.key_span());
            true
        }
        Some(other) => {
            let message = format!("`{id}` stands twice under `{section}`");
            clerk.diagnostics.push(
                Diagnostic::new("duplicate-id", at.key_span(), message)
                    .also(*other, "the first is here")
                    .help("give one of them another id"),
            );
            false
        }
    };
    for register in registers {
        let (written, at) = (&register.written, register.at);
        for (id, claim) in &written.claims {
            let here = at.step("claims").step(id);
            if is_new(&mut clerk, "claims", &**id, here)
                && let Some(claim) = clerk.claim(claim, here)
            {
                claims.claims.insert(id.to_string(), claim);
            }
        }
        for (incident, selection) in &written.selections {
            let here = at.step("selections").step(incident);
            if is_new(&mut clerk, "selections", incident, here)
                && let Some(selection) = clerk.selection(selection, here)
            {
                claims.selections.insert(incident.clone(), selection);
            }
        }
        for (id, request) in &written.credit_requests {
            let here = at.step("credit_requests").step(id);
            if is_new(&mut clerk, "credit_requests", &**id, here)
                && let Some(request) = clerk.request(request, here)
            {
                claims.credit_requests.insert(id.to_string(), request);
            }
        }
        for (id, attestation) in &written.attestations {
            let here = at.step("attestations").step(id);
            if is_new(&mut clerk, "attestations", &**id, here)
                && let Some(attestation) = clerk.attestation(attestation, here)
            {
                clerk.check_single(id, &attestation, &claims.attestations, here);
                claims.attestations.insert(id.to_string(), attestation);
            }
        }
    }
    diagnostics.gather(before, &[]);
    claims
}

/// Binds entries of a register.
struct Clerk<'a> {
    versions: &'a [&'a Terms],
    /// What the versions say, read or not.
    trees: Vec<Cursor<'a>>,
    diagnostics: &'a mut Diagnostics,
}

impl Clerk<'_> {
    /// Whether a version says something at `path`: where it could not be read that has been reported.
    fn is_written(&self, path: &[&str]) -> bool {
        let at = |root: &Cursor<'_>| path.iter().fold(*root, |at, key| at.step(key)).is_written();
        self.trees.iter().any(at)
    }

    /// Whether a version lists carve-outs for `kpi` that could not be bound.
    fn lists_unknown(&self, kpi: &str) -> bool {
        self.trees.iter().zip(self.versions).any(|(tree, terms)| {
            let listed = tree
                .step("kpis")
                .step(kpi)
                .step("carve_outs")
                .node()
                .and_then(Node::as_list);
            let bound = terms.kpis.get(kpi).map_or(0, |kpi| kpi.carve_outs.len());
            listed.is_some_and(|listed| listed.len() > bound)
        })
    }

    fn latest(&self) -> &Terms {
        self.versions.last().expect("at least the base version")
    }

    fn zone(&self) -> &TimeZone {
        &self.latest().time_zone
    }

    fn claim(&mut self, written: &model::Claim, at: Cursor<'_>) -> Option<Claim> {
        let by = self.person(written.by.as_ref(), at.step("by"));
        let carve_out = self.carve_out(written.carve_out.as_ref(), at.step("carve_out"));
        let mut kpis: Vec<Id> = Vec::new();
        for (index, name) in written.kpis.iter().enumerate() {
            kpis.extend(self.kpis(name, at.step("kpis").item(index)));
        }
        if let Some(carve_out) = &carve_out {
            self.check_listed(carve_out, &kpis, at);
        }
        let covers = written.covers.as_ref().map(|covers| self.covered(covers, at));
        let decision = written.decision.as_ref();
        let decision = decision.and_then(|decision| self.decision(decision, written, at));
        Some(Claim {
            by: by?,
            carve_out: carve_out?,
            kpis,
            covers: covers?,
            notified: written.notified,
            evidence: written.evidence.clone(),
            decision,
            declared_at: at.key_span(),
        })
    }

    /// Reports KPIs for which the carve-out is not agreed in any version.
    fn check_listed(&mut self, carve_out: &str, kpis: &[Id], at: Cursor<'_>) {
        for kpi in kpis {
            let agreed = self.versions.iter().filter_map(|terms| terms.kpis.get(kpi));
            if agreed
                .into_iter()
                .any(|kpi| kpi.carve_outs.iter().any(|id| id == carve_out))
                || self.lists_unknown(kpi)
            {
                continue;
            }
            let message = format!("carve-out `{carve_out}` is not among those of KPI `{kpi}`");
            let mut finding = Diagnostic::new("unknown-reference", at.step("kpis").span(), message);
            if let Some(kpi) = self.latest().kpis.get(kpi) {
                finding = finding.also(kpi.declared_at, "the KPI");
            }
            self.diagnostics
                .push(finding.help("remove the KPI from the claim, or add the carve-out to the KPI's `carve_outs`"));
        }
    }

    fn covered(&mut self, written: &model::ClaimCovers, at: Cursor<'_>) -> ClaimCovers {
        match written {
            model::ClaimCovers::Window(window) => {
                self.check_term(window, at.step("window"));
                ClaimCovers::Window(instant(self.zone(), window.start), instant(self.zone(), window.end))
            }
            model::ClaimCovers::Tickets(tickets) => ClaimCovers::Tickets(tickets.clone()),
        }
    }

    /// Reports a window outside the contract's term: no period is about it.
    fn check_term(&mut self, window: &model::InstantRange, at: Cursor<'_>) {
        let Some(contract) = &self.latest().contract else {
            return;
        };
        // A term that ends before it starts holds no window; that has been reported.
        if contract.ends.is_some_and(|ends| ends < contract.starts) {
            return;
        }
        let after = contract.ends.is_some_and(|ends| window.start.date() > ends);
        if after || window.end.date() < contract.starts {
            let side = if after {
                "after the contract's end"
            } else {
                "before the contract's start"
            };
            let finding = Diagnostic::new("invalid-value", at.span(), format!("the window lies {side}"));
            self.diagnostics
                .push(finding.help("write the time claimed, inside a period of the contract"));
        }
    }

    fn decision(&mut self, written: &model::Decision, claim: &model::Claim, at: Cursor<'_>) -> Option<Decision> {
        let here = at.step("decision");
        let by = self.person(written.by.as_ref(), here.step("by"));
        if let (Some(decider), Some(claimant)) = (&by, claim.by.as_deref()) {
            self.check_parties(decider, claimant, at);
        }
        if let (Some(narrow), Some(model::ClaimCovers::Window(wide))) = (&written.window, &claim.covers)
            && (narrow.start < wide.start || narrow.end > wide.end)
        {
            self.diagnostics.push(
                Diagnostic::new(
                    "invalid-value",
                    here.step("window").span(),
                    "the decision grants more than was claimed",
                )
                .also(at.step("window").span(), "the window claimed")
                .help("write a window inside the claimed one, or leave it out to grant all"),
            );
        }
        let window = written
            .window
            .as_ref()
            .map(|window| (instant(self.zone(), window.start), instant(self.zone(), window.end)));
        Some(Decision {
            approved: written.result? == model::DecisionResult::Approved,
            by: by?,
            on: written.on?,
            window,
            waives_notice: written.waive_notice.unwrap_or(false),
        })
    }

    /// Reports a decision by the claimant's own side (language, 10).
    fn check_parties(&mut self, decider: &str, claimant: &str, at: Cursor<'_>) {
        let party = |id: &str| self.latest().people.get(id).and_then(|person| person.party.clone());
        let (ours, theirs) = (party(claimant), party(decider));
        let place = at.step("decision").step("by").span();
        let claimed = at.step("by").span();
        if decider == claimant || (ours.is_some() && ours == theirs) {
            let message = match ours {
                Some(party) if decider != claimant => {
                    format!("`{decider}` decides a claim of their own party, the {party}")
                }
                _ => format!("`{decider}` decides a claim of their own"),
            };
            self.diagnostics.push(
                Diagnostic::new("self-approved-claim", place, message)
                    .also(claimed, format!("claimed by `{claimant}`"))
                    .help("name somebody of the other party, or remove the decision: the claim is then pending"),
            );
        } else if self.latest().contract.is_some() && self.is_person(claimant) && self.is_person(decider) {
            let unknown = [(claimant, &ours), (decider, &theirs)]
                .into_iter()
                .find(|(_, party)| party.is_none());
            if let Some((person, _)) = unknown.filter(|(person, _)| !self.is_written(&["people", person, "party"])) {
                let message = format!("nobody knows on which side `{person}` is");
                let finding = Diagnostic::new(
                    "missing-field",
                    if person == decider { place } else { claimed },
                    message,
                );
                self.diagnostics.push(finding.help(format!(
                    "add `party: provider` or `party: customer` to `{person}` under `people`"
                )));
            }
        }
    }

    fn selection(&mut self, written: &model::Selection, at: Cursor<'_>) -> Option<Selection> {
        let period = self.period(written.period.as_ref(), at.step("period"));
        let kpi = self.single(written.kpi.as_ref(), at.step("kpi"));
        let by = self.person(written.by.as_ref(), at.step("by"));
        let party = by.as_ref().and_then(|by| self.latest().people.get(by)?.party.clone());
        if let (Some(by), Some("provider")) = (&by, party.as_deref()) {
            let message = format!("`{by}` selects for the customer and is of the provider");
            let finding = Diagnostic::new("invalid-value", at.step("by").span(), message);
            self.diagnostics
                .push(finding.help("name who selected for the customer"));
        }
        Some(Selection {
            period: period?,
            kpi: kpi?,
            by: by?,
        })
    }

    fn request(&mut self, written: &model::CreditRequest, at: Cursor<'_>) -> Option<CreditRequest> {
        let period = self.period(written.period.as_ref(), at.step("period"));
        let mut kpis = Vec::new();
        for (index, name) in written.kpis.iter().enumerate() {
            kpis.extend(self.kpis(name, at.step("kpis").item(index)));
        }
        let by = self.person(written.by.as_ref(), at.step("by"));
        Some(CreditRequest {
            period: period?,
            kpis,
            by: by?,
            on: written.on?,
        })
    }

    fn attestation(&mut self, written: &model::Attestation, at: Cursor<'_>) -> Option<Attestation> {
        let kpi = self.single(written.kpi.as_ref(), at.step("kpi"));
        let period = self.period(written.period.as_ref(), at.step("period"));
        let by = self.person(written.by.as_ref(), at.step("by"));
        let kpi = kpi?;
        let bound = self.versions.iter().rev().find_map(|terms| terms.kpis.get(&kpi))?;
        let (unit, attested) = (bound.unit, bound.measure == Measure::Attested);
        if !attested {
            let finding = Diagnostic::new(
                "invalid-value",
                at.step("kpi").span(),
                format!("KPI `{kpi}` is measured from data, so nobody's statement stands in for it"),
            );
            self.diagnostics.push(
                finding
                    .also(bound.declared_at, "the KPI")
                    .help("remove this, or write `measure: { attested: {} }`"),
            );
        }
        let value = written
            .value
            .as_ref()?
            .quantity(unit, at.step("value").span(), self.diagnostics);
        Some(Attestation {
            period: period?,
            value: value?,
            by: by?,
            on: written.on?,
            evidence: written.evidence.clone(),
            kpi,
        })
    }

    /// Reports a second statement about one KPI and period.
    fn check_single(&mut self, id: &str, new: &Attestation, earlier: &IndexMap<Id, Attestation>, at: Cursor<'_>) {
        let same = earlier
            .iter()
            .find(|(_, other)| other.kpi == new.kpi && other.period == new.period);
        if let Some((other, _)) = same {
            let message = format!("`{id}` and `{other}` both state `{}` of {}", new.kpi, new.period);
            let finding = Diagnostic::new("duplicate-id", at.key_span(), message);
            self.diagnostics
                .push(finding.help("keep one statement for each KPI and period"));
        }
    }

    fn is_person(&self, name: &str) -> bool {
        self.versions.iter().any(|terms| terms.people.contains_key(name))
    }

    /// Reports a name that nothing has, unless the scorecard misses it too: mending that mends this.
    fn miss(&mut self, finding: Diagnostic) {
        let of_card = |place: &Place| {
            let of_file = |tree: &Cursor<'_>| matches!(place, Place::Text(span) if span.file == tree.span().file);
            self.trees.iter().any(of_file)
        };
        // Under a misspelt section of the scorecard it may well be there.
        let broken = Broken::of(self.diagnostics);
        let mut roots = self.trees.iter().filter_map(|tree| tree.node());
        if roots.any(|root| broken.at_keys(root)) {
            return;
        }
        let is_missed = self.diagnostics.iter().any(|other| {
            other.rule == finding.rule && other.message == finding.message && of_card(&other.primary.place)
        });
        if !is_missed {
            self.diagnostics.push(finding);
        }
    }

    fn person(&mut self, name: Option<&model::Id>, at: Cursor<'_>) -> Option<Id> {
        let name = name?;
        if self.is_person(name) {
            return Some(name.to_string());
        }
        if self.is_written(&["people", name]) {
            return None;
        }
        let known: Vec<&str> = self.latest().people.keys().map(String::as_str).collect();
        let finding = unknown("unknown-reference", at.span(), ("person", "people"), name, &known);
        self.miss(finding);
        None
    }

    fn carve_out(&mut self, name: Option<&model::Id>, at: Cursor<'_>) -> Option<Id> {
        let name = name?;
        let Some(bound) = self
            .versions
            .iter()
            .rev()
            .find_map(|terms| terms.carve_outs.get(&**name))
        else {
            if self.is_written(&["carve_outs", name]) {
                return None;
            }
            let known: Vec<&str> = self.latest().carve_outs.keys().map(String::as_str).collect();
            let finding = unknown(
                "unknown-reference",
                at.span(),
                ("carve-out", "carve_outs"),
                name,
                &known,
            );
            self.miss(finding);
            return None;
        };
        if bound.by != CarveOutBy::Claims {
            self.diagnostics.push(
                Diagnostic::new(
                    "invalid-value",
                    at.span(),
                    format!("carve-out `{name}` is not by claims"),
                )
                .also(bound.declared_at, "what it covers is said here")
                .help("remove the claim, or write `by: claims` in the carve-out"),
            );
            return None;
        }
        Some(name.to_string())
    }

    /// Returns the KPIs that a name stands for: itself, or all rows of its `each`.
    fn kpis(&mut self, name: &str, at: Cursor<'_>) -> Vec<Id> {
        let mut found: Vec<Id> = Vec::new();
        for kpi in self.versions.iter().flat_map(|terms| terms.kpis.values()) {
            let named = kpi.id == name || kpi.each.as_ref().is_some_and(|(base, _)| base == name);
            if named && !found.contains(&kpi.id) {
                found.push(kpi.id.clone());
            }
        }
        let row = format!("{name}-");
        let is_row = |tree: &Cursor<'_>| {
            let kpis = tree.step("kpis").node().and_then(Node::as_map);
            kpis.is_some_and(|kpis| kpis.iter().any(|(key, _)| key.text.starts_with(&row)))
        };
        if found.is_empty() && !self.is_written(&["kpis", name]) && !self.trees.iter().any(is_row) {
            let known: Vec<&str> = self.latest().kpis.keys().map(String::as_str).collect();
            let finding = unknown("unknown-reference", at.span(), ("KPI", "kpis"), name, &known);
            self.miss(finding);
        }
        found
    }

    fn single(&mut self, name: Option<&model::Id>, at: Cursor<'_>) -> Option<Id> {
        let name = name?;
        let found = self.kpis(name, at);
        if found.len() > 1 {
            let rows = super::pack::listed(found.iter().map(String::as_str));
            let finding = Diagnostic::new("invalid-value", at.span(), format!("`{name}` is {} KPIs", found.len()));
            self.diagnostics.push(finding.help(format!("write one of {rows}")));
            return None;
        }
        found.into_iter().next()
    }

    fn period(&mut self, label: Option<&model::PeriodLabel>, at: Cursor<'_>) -> Option<String> {
        let label = &label?.0;
        let fits = self.versions.iter().any(|terms| terms.period.parse(label).is_some());
        if !fits {
            let finding = misfitting_period(self.latest().period, label, at.span());
            self.diagnostics.push(finding);
        }
        fits.then(|| label.clone())
    }
}

/// Returns the instant of a local time in microseconds of UTC: of an ambiguous one the first, of one
/// that clocks skip the moment they do (language, 3.1).
fn instant(zone: &TimeZone, local: DateTime) -> i64 {
    let at = |offset: jiff::tz::Offset| offset.to_timestamp(local).ok();
    let found = match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => at(offset),
        AmbiguousOffset::Fold { before, .. } => at(before),
        AmbiguousOffset::Gap { before, .. } => at(before).and_then(|after| {
            // Strictly before the instant just after: the change itself is among them.
            let just_after = after.checked_add(jiff::Span::new().nanoseconds(1)).ok()?;
            zone.preceding(just_after).next().map(|change| change.timestamp())
        }),
    };
    found.map_or(i64::MAX, |instant| instant.as_microsecond())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    // Berlin: on 2026-03-29 02:00–03:00 is skipped (01:00 UTC); on 2026-10-25 02:00–03:00 comes twice.
    #[test]
    fn skipped_and_repeated_local_times_are_settled() {
        let zone = TimeZone::get("Europe/Berlin").expect("bundled");
        let utc = |day: jiff::civil::Date, hour, minute| {
            let zoned = day.at(hour, minute, 0, 0).to_zoned(TimeZone::UTC).expect("in range");
            zoned.timestamp().as_microsecond()
        };
        let spring = date(2026, 3, 29);
        assert_eq!(instant(&zone, spring.at(2, 0, 0, 0)), utc(spring, 1, 0));
        assert_eq!(instant(&zone, spring.at(2, 30, 0, 0)), utc(spring, 1, 0));
        assert_eq!(instant(&zone, spring.at(3, 0, 0, 0)), utc(spring, 1, 0));
        let autumn = date(2026, 10, 25);
        assert_eq!(instant(&zone, autumn.at(2, 30, 0, 0)), utc(autumn, 0, 30));
        assert_eq!(instant(&zone, autumn.at(9, 0, 0, 0)), utc(autumn, 8, 0));
    }
}
