//! The first table of language.md §5: what each verdict and flag does to the score, to money, to counts and to streaks.

use scoreline::assess::outcome::Verdict;
use scoreline::measure::facts::Fact;
use scoreline::resolve::terms::*;

use super::build::*;

/// What February is, between two defaults, and what that does.
struct Row {
    february: Fact,
    verdict: Verdict,
    scored: Option<&'static str>,
    pays: &'static str,
    provisional: bool,
    is_miss: bool,
    /// The months in which two defaults in a row are told.
    told_in: &'static [i32],
}

/// A charge of 1,000 of which a default pays a tenth, 20 rows at least, and two defaults in a row are told.
fn card(february: &Fact, told: TierTest) -> Card {
    let kpi = paying(
        CreditBase::Charge,
        CreditModel::Tiers(vec![tier(told, "10")]),
        Kpi {
            min_sample: Some(20),
            ..at_least("a", "95", "90")
        },
    );
    let told = Trigger {
        when: TriggerWhen::Consecutive {
            periods: 2,
            counting: Counting {
                kpis: None,
                below_target: false,
                same_kpi: true,
            },
        },
        notify: vec!["cio".into()],
        within: None,
        right: None,
        clause: None,
    };
    Card::of([kpi])
        .with(|terms| {
            terms.contract = Some(contract("1000"));
            terms.consequences.triggers.insert("t".into(), told);
        })
        .fact("a", "2024-01", written("80"))
        .fact("a", "2024-02", february.clone())
        .fact("a", "2024-03", written("80"))
}

#[test]
fn what_a_verdict_does_to_score_money_counts_and_streaks() {
    let disputed = Row {
        february: disputed_fact("80"),
        verdict: Verdict::Default,
        scored: Some("0"),
        pays: "100.00",
        provisional: true,
        is_miss: true,
        told_in: &[2, 3],
    };
    let few = Row {
        february: rows_fact(4, 5),
        verdict: Verdict::Default,
        scored: None,
        pays: "0.00",
        provisional: false,
        is_miss: false,
        told_in: &[3],
    };
    let row = |value: &str, verdict, scored, pays, is_miss, told_in| Row {
        february: written(value),
        verdict,
        scored,
        pays,
        provisional: false,
        is_miss,
        told_in,
    };
    let rows = [
        row("99", Verdict::Met, Some("100"), "0.00", false, &[]),
        row("93", Verdict::BelowTarget, Some("0"), "0.00", true, &[]),
        row("80", Verdict::Default, Some("0"), "100.00", true, &[2, 3]),
        row("", Verdict::NotApplicable, None, "0.00", false, &[3]),
        row("-", Verdict::NoData, None, "0.00", false, &[3]),
        few,
        disputed,
    ];
    for (number, row) in rows.iter().enumerate() {
        let card = card(&row.february, TierTest::BelowMinimum);
        let outcome = card.on("2024-02");
        let a = one(&outcome, "a");
        assert_eq!(a.verdict, row.verdict, "row {number}");
        let scored = a.score.as_ref().map(|score| score.to_exact());
        assert_eq!(scored.as_deref(), row.scored, "row {number}");
        assert_eq!((a.in_sum, a.miss), (row.scored.is_some(), row.is_miss), "row {number}");
        let money = outcome.statement.as_ref().expect("a statement");
        assert_eq!(
            (money.credit.to_fixed(2).as_str(), money.provisional),
            (row.pays, row.provisional),
            "row {number}"
        );
        let told = (1..=3).filter(|i| !card.on(&format!("2024-0{i}")).triggers.is_empty());
        assert_eq!(told.collect::<Vec<i32>>(), row.told_in, "row {number}");
    }
}

#[test]
fn below_target_pays_only_if_a_tier_says_so() {
    assert_eq!(card(&written("93"), TierTest::BelowMinimum).credit("2024-02"), "0.00");
    assert_eq!(card(&written("93"), TierTest::BelowTarget).credit("2024-02"), "100.00");
}
