//! A newcomer breaks the shipped contract in one way at a time: each break is one finding, at its place.
//!
//! The place is marked with `‸` in what is typed; where the finding stands in a line that is left as it
//! is, that line is part of the replacement.

use scoreline::compile::compile;
use scoreline::diagnostics::{Level, Place};
use scoreline::source::MemoryTree;

const WORKSPACE: &str = include_str!("../../scorecards/scoreline.yaml");
const PACK: &str = include_str!("../../scorecards/packs/msp-core/pack.yaml");
const CARD: &str = include_str!("../../scorecards/managed-it/acme.yaml");
const CLAIMS: &str = include_str!("../../scorecards/managed-it/claims.yaml");
const CARD_PATH: &str = "managed-it/acme.yaml";
const CLAIMS_PATH: &str = "managed-it/claims.yaml";

/// What is written, what a newcomer types instead, the rule that finds it, and a part of its help.
type Break = (&'static str, &'static str, &'static str, &'static str);

const OF_THE_CARD: &[Break] = &[
    // Keys.
    (
        "    weight: 60\n",
        "    ‸wieght: 60\n",
        "unknown-key",
        "did you mean `weight`?",
    ),
    (
        "    category: support\n    weight: 15",
        "    ‸catgeory: support\n    weight: 15",
        "unknown-key",
        "did you mean `category`?",
    ),
    ("      rows:\n", "      ‸rowz:\n", "unknown-key", "did you mean `rows`?"),
    (
        "\nperiod: month",
        "\n‸perid: month",
        "unknown-key",
        "did you mean `period`?",
    ),
    (
        "\ncategories:",
        "\n‸categores:",
        "unknown-key",
        "did you mean `categories`?",
    ),
    ("covers: file", "‸cover: file", "unknown-key", "did you mean `covers`?"),
    (
        "  starts: 2024-07-01",
        "  ‸start: 2024-07-01",
        "unknown-key",
        "did you mean `starts`?",
    ),
    // Values.
    ("{ at_least: 99.95% }", "{ at_least: ‸4h }", "wrong-unit", "`99.95%`"),
    (
        "{ at_least: 99.95% }",
        "{ at_least: ‸99,95% }",
        "decimal-comma",
        "write `at_least: 99.95%`",
    ),
    (
        "{ at_least: 99.95% }",
        "‸\">= 99.95%\"",
        "misplaced-operator",
        "write `{ at_least: 99.95% }`",
    ),
    ("within: 4h", "within: ‸4", "wrong-unit", "write `4h`"),
    (
        "within: 4h",
        "within: ‸99999999999h",
        "invalid-duration",
        "such as `4h`",
    ),
    (
        "currency: EUR",
        "currency: ‸EURO",
        "invalid-value",
        "did you mean `EUR`?",
    ),
    (
        "charge: 42000.00",
        "charge: ‸42,000.00 EUR",
        "invalid-value",
        "`12500.00`",
    ),
    (
        "costs: 12500.00",
        "costs: ‸12,500.00",
        "decimal-comma",
        "write `costs: 12500.00`",
    ),
    (
        "costs: 12500.00",
        "costs: ‸12,500",
        "decimal-comma",
        "write `costs: 12500`, or `costs: 12.500`",
    ),
    ("weight: 30", "weight: ‸forty", "invalid-value", "`40`"),
    ("at_least: 99.98%", "at_least: ‸4h", "wrong-unit", "`99.95%`"),
    (
        "email: sdm@northwind.example",
        "email: ‸nope",
        "invalid-value",
        "`sdm@northwind.example`",
    ),
    (
        "period: month",
        "period: ‸month: x",
        "unquoted-operator",
        "quote the whole value",
    ),
    // Days.
    (
        "last: 2026-09-14",
        "last: ‸2026-02-30",
        "invalid-date",
        "February 2026 has 28 days",
    ),
    (
        "starts: 2024-07-01",
        "starts: ‸2024-07-32",
        "invalid-date",
        "July 2024 has 31 days",
    ),
    (
        "ends: 2027-06-30",
        "ends: ‸2023-06-30",
        "invalid-date",
        "write the last day",
    ),
    (
        "effective: 2025-01-01",
        "effective: ‸2025-01-02",
        "amendment-mid-period",
        "write 2025-01-01 or 2025-02-01",
    ),
    // Names.
    (
        "source: outages, where",
        "source: ‸outage, where",
        "unknown-reference",
        "did you mean `outages`?",
    ),
    (
        "clock: resolution",
        "clock: ‸resolutio",
        "unknown-reference",
        "did you mean `resolution`?",
    ),
    (
        "    owner: sdm\n    raci",
        "    owner: ‸smd\n    raci",
        "unknown-reference",
        "did you mean `sdm`?",
    ),
    // A definition that is misspelt is one finding, however often it is named.
    ("\n  sdm: {", "\n  ‸smd: {", "unknown-reference", "write them alike"),
    (
        "\n  support: ",
        "\n  ‸suport: ",
        "unknown-reference",
        "write them alike",
    ),
    (
        "category: satisfaction",
        "category: ‸satisfactio",
        "unknown-reference",
        "did you mean `satisfaction`?",
    ),
    (
        "[planned-maintenance, customer",
        "[‸planned-maintenanc, customer",
        "unknown-reference",
        "did you mean `planned-maintenance`?",
    ),
    (
        "customer-caused, third-party]",
        "customer-caused, ‸third-part]",
        "unknown-reference",
        "did you mean `third-party`?",
    ),
    (
        "[msp-core@1]",
        "[‸msp-cor@1]",
        "unknown-pack",
        "did you mean `msp-core`?",
    ),
    ("[msp-core@1]", "[‸msp-core]", "invalid-value", "`msp-core@1`"),
    (
        "title: Customer satisfaction",
        "title: ‸*satisfaction",
        "yaml-alias",
        "write the value out",
    ),
    (
        "{ at_least: 50%, score: 60 }, { at_least: 40%",
        "{ at_least: ‸.5, score: 60 }, { at_least: 40%",
        "invalid-value",
        "write `0.5`",
    ),
    (
        "of: at_risk, share: 60%",
        "of: at_risk, share: ‸0.6",
        "bare-fraction",
        "write `60%`",
    ),
    ("\nkpis:\n", "\n‸KPIs:\n", "unknown-key", "did you mean `kpis`?"),
    (
        "{ at_least: 99.95% }",
        "{ ‸min: 99.95% }",
        "unknown-key",
        "did you mean `at_least`?",
    ),
    ("[msp-core@1]", "[‸msp-core@2]", "pack-version", "write `msp-core@1`"),
    (
        "Europe/Berlin\nperiod",
        "‸Europe/Berln\nperiod",
        "unknown-time-zone",
        "did you mean `Europe/Berlin`?",
    ),
    (
        "change: { kpis: { erp-uptime:",
        "change: { kpis: { ‸erp-uptim:",
        "unknown-reference",
        "did you mean `erp-uptime`?",
    ),
    (
        "kind: Scorecard",
        "kind: ‸Scorcard",
        "unknown-kind",
        "did you mean `Scorecard`?",
    ),
    (
        "scoreline/v1",
        "‸scoreline/v2",
        "unknown-kind",
        "write `apiVersion: scoreline/v1`",
    ),
    (
        "scoreline/v1\nkind: Scorecard",
        "‸v1\nkind: Scorecard",
        "unknown-kind",
        "write `apiVersion: scoreline/v1`",
    ),
    (
        "{ mon-fri: [\"08:00-18:00\"] }",
        "{ ‸monday-friday: [\"08:00-18:00\"] }",
        "invalid-value",
        "`mon-fri`",
    ),
    // What is left out.
    (
        "apiVersion: scoreline/v1\nkind: Scorecard",
        "kind: ‸Scorecard",
        "missing-field",
        "add `apiVersion: scoreline/v1`",
    ),
    (
        "{ on_time: { source: tickets, clock: resolution, overdue: count_until_resolved }",
        "{ ‸on_time: { source: tickets, clock: resolution }",
        "choice-required",
        "`overdue: resolved_only`",
    ),
    (
        "cap: { hours: 12, per: month, counts: windows }",
        "‸cap: { hours: 12, per: month }",
        "choice-required",
        "`counts: downtime`",
    ),
    (
        "  customer-caused:\n    title: Caused by the customer\n    clause: B.4.5\n    cause: customer\n    by: { where: cause_code = 'customer' }\n    mode: remove\n",
        "  ‸customer-caused:\n    title: Caused by the customer\n    clause: B.4.5\n    cause: customer\n    by: { where: cause_code = 'customer' }\n",
        "choice-required",
        "`mode: deem_available`",
    ),
    (
        "  fcr:\n    category",
        "  ‸empty:\n  fcr:\n    category",
        "invalid-value",
        "write `empty: {}`",
    ),
    (
        "csat: { target: { at_least: 80% } }",
        "‸csat: null",
        "kpi-deleted",
        "write `retired:",
    ),
    // What does not fit together.
    (
        "{ at_least: 50%, score: 60 }, { at_least: 40%",
        "{ at_least: 50%, below: 60%, score: 60 }, ‸{ at_least: 40%",
        "band-overlap",
        "write one bound in each, or both",
    ),
    (
        "{ below: target, pays: 50% }, { below: minimum, pays: 100% }",
        "{ at_least: 99%, below: target, pays: 50% }, ‸{ below: 98%, pays: 100% }",
        "band-gap",
        "`below: 99%`",
    ),
    ("period: month", "period: ‸[month", "invalid-yaml", "add the `]`"),
];

/// Errors of the workspace whose `path` says `bytes`, as `path:line:column rule`, with their helps.
fn errors(path: &str, bytes: impl Into<Vec<u8>>) -> (Vec<String>, Vec<String>) {
    let mut tree = MemoryTree::default();
    tree.insert("scoreline.yaml", WORKSPACE);
    tree.insert("packs/msp-core/pack.yaml", PACK);
    tree.insert(CARD_PATH, CARD);
    tree.insert(CLAIMS_PATH, CLAIMS);
    tree.insert(path, bytes);
    let compiled = compile(&tree).expect("files in memory can be read");
    let found = compiled
        .diagnostics
        .iter()
        .filter(|finding| finding.level == Level::Error);
    found
        .map(|finding| {
            let place = match &finding.primary.place {
                Place::Text(span) => compiled.sources.place(*span),
                Place::Data { path, line, .. } => format!("{path}:{}", line.unwrap_or_default()),
                Place::File { path } => path.clone(),
            };
            (
                format!("{place} {}", finding.rule),
                finding.help.clone().unwrap_or_default(),
            )
        })
        .unzip()
}

/// Returns `text` without its mark, and the line and column where that stood.
fn unmarked(text: &str) -> (String, String) {
    let start = text.find('‸').expect("a mark");
    let before = &text[..start];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (text.replace('‸', ""), format!("{line}:{column}"))
}

fn assert_breaks(path: &str, whole: &str, breaks: &[Break]) {
    let mut wrong = Vec::new();
    for (from, to, rule, help) in breaks {
        assert!(whole.contains(from), "{path} says `{from}` no more");
        let (text, place) = unmarked(&whole.replacen(from, to, 1));
        let (found, helps) = errors(path, text);
        if found != [format!("{path}:{place} {rule}")] || !helps[0].contains(help) {
            wrong.push(format!("`{to}` at {place} {rule}, help {help}: {found:#?} {helps:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn nothing_is_wrong_with_the_contract_as_shipped() {
    assert_eq!(errors(CARD_PATH, CARD).0, [""; 0]);
}

#[test]
fn one_break_of_the_contract_is_one_finding_at_its_place() {
    assert_breaks(CARD_PATH, CARD, OF_THE_CARD);
}

#[test]
fn one_break_of_the_register_is_one_finding_at_its_place() {
    let breaks: &[Break] = &[
        (
            "for: acme-managed-it",
            "for: ‸acme-managed-i",
            "unknown-reference",
            "did you mean `acme-managed-it`?",
        ),
        (
            "for: acme-managed-it",
            "for: ‸globex",
            "unknown-reference",
            "`id: globex`",
        ),
        (
            "kpis: [erp-uptime]",
            "kpis: [‸erp-uptim]",
            "unknown-reference",
            "did you mean `erp-uptime`?",
        ),
    ];
    assert_breaks(CLAIMS_PATH, CLAIMS, breaks);
}

#[test]
fn a_card_in_utf_16_is_not_passed_over() {
    let wide: Vec<u8> = CARD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let found = errors(CARD_PATH, [b"\xff\xfe".to_vec(), wide].concat()).0;
    assert_eq!(found, [format!("{CARD_PATH}:1 not-utf-8")]);
}

#[test]
fn a_card_in_another_encoding_is_one_finding() {
    let latin = CARD.replace('–', "ä").into_bytes();
    // `ä` of Latin-1 is one byte.
    let latin: Vec<u8> = String::from_utf8(latin)
        .expect("text")
        .chars()
        .map(|c| u8::try_from(u32::from(c)).expect("Latin-1"))
        .collect();
    // The title is on line 6.
    assert_eq!(errors(CARD_PATH, latin).0, [format!("{CARD_PATH}:6 not-utf-8")]);
}
