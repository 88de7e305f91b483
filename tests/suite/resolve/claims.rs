//! The register of claims.

use scoreline::resolve::terms::ClaimCovers;

use super::{Resolved, card, resolve};

const SECTIONS: &str = "\
contract: { starts: 2026-01-01, ends: 2026-12-31, late_changes: restate }
people:
  ann: { name: Ann, party: provider }
  bob: { name: Bob, party: provider }
  cat: { name: Cat, party: customer }
  dan: { name: Dan }
sources: { t: { path: t.csv, at: day, covers: { through: last_row } } }
kpis:
  speed: { title: Speed, measure: { ratio: { source: t, hit: ok } }, carve_outs: [storm], each: { column: p, rows: { A: {}, B: {} } } }
  audit: { title: Audit, measure: { attested: {} }, unit: percent, target: { at_least: 90% } }
carve_outs:
  storm: { title: Storm, by: claims, mode: remove }
  plan: { title: Plan, by: { schedule: { rrule: \"FREQ=DAILY\", lasts: 1h } }, mode: remove }
";

fn with(register: &str) -> Resolved {
    let text = card(SECTIONS).replace("time_zone: UTC", "time_zone: Europe/Berlin");
    let claims = format!("apiVersion: scoreline/v1\nkind: Claims\nfor: team\n{register}");
    resolve(&[("card.yaml", &text), ("claims.yaml", &claims)])
}

const CLAIM: &str = "claims:\n  one: { by: ann, carve_out: storm, kpis: [speed], window: 2026-10-12T09:00/2026-10-12T11:00, decision: { result: approved, by: cat, on: 2026-10-20 } }\n";

// Berlin is two hours ahead of UTC on that day: 1 791 788 400 s is 2026-10-12T07:00:00Z.
#[test]
fn a_claim_is_bound_to_rows_instants_and_parties() {
    let resolved = with(CLAIM);
    assert_eq!(resolved.findings, Vec::<String>::new());
    let claim = &resolved.workspace.cards[0].claims.claims["one"];
    assert_eq!(claim.kpis, ["speed-a", "speed-b"]);
    assert_eq!(
        claim.covers,
        ClaimCovers::Window(1_791_788_400_000_000, 1_791_795_600_000_000)
    );
    assert!(claim.decision.as_ref().expect("a decision").approved);
}

#[test]
fn nobody_decides_a_claim_of_their_own_side() {
    let resolved = with(&CLAIM.replace("by: cat", "by: bob"));
    assert_eq!(
        resolved.findings,
        ["claims.yaml:5:129 self-approved-claim: `bob` decides a claim of their own party, the provider"]
    );
    assert_eq!(resolved.also[0], ["claims.yaml:5:14 claimed by `ann`"]);
    let resolved = with(&CLAIM.replace("by: cat", "by: ann"));
    assert_eq!(
        resolved.findings,
        ["claims.yaml:5:129 self-approved-claim: `ann` decides a claim of their own"]
    );
    let resolved = with(&CLAIM.replace("by: cat", "by: dan"));
    assert_eq!(
        resolved.findings,
        ["claims.yaml:5:129 missing-field: nobody knows on which side `dan` is"]
    );
}

#[test]
fn what_a_claim_names_exists_and_fits() {
    assert_eq!(
        with(&CLAIM.replace("carve_out: storm", "carve_out: plan")).findings,
        ["claims.yaml:5:30 invalid-value: carve-out `plan` is not by claims"]
    );
    assert_eq!(
        with(&CLAIM.replace("[speed]", "[audit]")).findings,
        ["claims.yaml:5:43 unknown-reference: carve-out `storm` is not among those of KPI `audit`"]
    );
    assert_eq!(
        with(&CLAIM.replace("[speed]", "[sped]")).findings,
        ["claims.yaml:5:44 unknown-reference: no KPI is called `sped`"]
    );
    assert_eq!(
        with(&CLAIM.replace("2026-10-12T", "2027-10-12T")).findings,
        ["claims.yaml:5:60 invalid-value: the window lies after the contract's end"]
    );
    let wider = CLAIM.replace(
        "on: 2026-10-20",
        "on: 2026-10-20, window: 2026-10-12T09:00/2026-10-12T12:00",
    );
    assert_eq!(
        with(&wider).findings,
        ["claims.yaml:5:158 invalid-value: the decision grants more than was claimed"]
    );
}

#[test]
fn an_attestation_is_in_the_unit_of_an_attested_kpi() {
    let entry = "attestations:\n  a: { kpi: audit, period: 2026-10, value: 97%, by: cat, on: 2026-11-03 }\n";
    let resolved = with(entry);
    assert_eq!(resolved.findings, Vec::<String>::new());
    let value = &resolved.workspace.cards[0].claims.attestations["a"].value;
    assert_eq!(value.number.to_exact(), "0.97");
    assert_eq!(
        with(&entry.replace("period: 2026-10", "period: 2026-Q4")).findings,
        ["claims.yaml:5:28 invalid-period: `2026-Q4` is not a period of this scorecard"]
    );
    assert_eq!(
        with(&entry.replace("kpi: audit", "kpi: speed-a")).findings,
        ["claims.yaml:5:13 invalid-value: KPI `speed-a` is measured from data, so nobody's statement stands in for it"]
    );
    let twice = format!("{entry}  b: {{ kpi: audit, period: 2026-10, value: 98%, by: cat, on: 2026-11-04 }}\n");
    assert_eq!(
        with(&twice).findings,
        ["claims.yaml:6:3 duplicate-id: `b` and `a` both state `audit` of 2026-10"]
    );
}

#[test]
fn two_documents_of_one_scorecard_are_one_register() {
    let text = card(SECTIONS);
    let claims = |id: &str, of: &str| {
        format!(
            "apiVersion: scoreline/v1\nkind: Claims\nfor: {of}\n{}",
            CLAIM.replace("one:", &format!("{id}:"))
        )
    };
    let (one, two, same) = (claims("one", "team"), claims("two", "team"), claims("one", "taem"));
    let resolved = resolve(&[("card.yaml", &text), ("1.yaml", &one), ("2.yaml", &two)]);
    assert_eq!(resolved.findings, Vec::<String>::new());
    assert_eq!(resolved.workspace.cards[0].claims.claims.len(), 2);
    let resolved = resolve(&[
        ("card.yaml", &text),
        ("1.yaml", &one),
        ("2.yaml", &one),
        ("3.yaml", &same),
    ]);
    assert_eq!(
        resolved.findings,
        [
            "3.yaml:3:6 unknown-reference: no scorecard is called `taem`",
            "2.yaml:5:3 duplicate-id: `one` stands twice under `claims`"
        ]
    );
    assert_eq!(resolved.helps[0], "did you mean `team`?");
    assert_eq!(resolved.also[1], ["1.yaml:5:3 the first is here"]);
}

#[test]
fn the_customer_selects() {
    let by = |person: &str| {
        with(&format!(
            "selections:\n  INC-1: {{ period: 2026-10, kpi: audit, by: {person} }}\n"
        ))
        .findings
    };
    assert_eq!(by("cat"), Vec::<String>::new());
    assert_eq!(
        by("ann"),
        ["claims.yaml:5:45 invalid-value: `ann` selects for the customer and is of the provider"]
    );
}
