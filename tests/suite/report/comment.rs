//! The comment on all reports of a build.

use scoreline::report::{Audience, Templates, View, comment};

use super::{contract, team};

fn text(views: &[View]) -> String {
    let file = comment(views, &Templates::new()).expect("it renders");
    assert_eq!(file.path, "comment.md");
    String::from_utf8(file.bytes).expect("UTF-8")
}

/// `count` reports that differ in their ids; the first of them is the worst.
fn many(count: usize) -> Vec<View> {
    let view = View::build(&contract::october(13).input(), Audience::DEFAULT);
    let named = |n: usize| {
        let mut view = view.clone();
        view.card.id = format!("card-{n:05}");
        view.card.title = format!("Card {n:05}");
        view
    };
    (0..count).map(named).collect()
}

#[test]
fn a_comment_has_its_marker_first_and_what_went_wrong_worst_first() {
    let worst = View::build(&contract::october(13).input(), Audience::DEFAULT);
    let team = View::build(&team::technicians().input(), Audience::DEFAULT);
    let text = text(&[team, worst]);
    assert_eq!(text.lines().next(), Some("<!-- scoreline:build -->"));
    let at = |needle: &str| text.find(needle).unwrap_or_else(|| panic!("{needle} in\n{text}"));
    let uptime = at("| ERP availability | ■ Missed, disputed, provisional | 99.18% | ≥ 99.98% |");
    assert!(at("### Acme") < uptime);
    // Met KPIs are counted, not listed.
    assert!(!text.contains("● Met |"), "{text}");
    for line in text.lines().filter(|line| line.starts_with('|')) {
        assert!(line.ends_with('|'), "{line}");
    }
}

#[test]
fn a_comment_stays_within_its_budget_and_says_what_it_left_out() {
    let all = text(&many(3));
    assert!(!all.contains("not shown in detail"), "{all}");
    for (count, whole_table) in [(80, true), (700, false)] {
        let text = text(&many(count));
        assert!(text.chars().count() <= 60_000, "{}", text.chars().count());
        // Nothing is wasted either: one more card would take less than a tenth of it.
        assert!(text.chars().count() > 50_000, "{}", text.chars().count());
        let rows = text.lines().filter(|line| line.starts_with("| Card ")).count();
        let details = text.lines().filter(|line| line.starts_with("### ")).count();
        assert_eq!(rows == count, whole_table, "{rows} of {count}");
        assert!(details < count);
        let left_out = |n: usize| match n.to_string() {
            digits if digits.len() > 3 => format!("{},{}", &digits[..digits.len() - 3], &digits[digits.len() - 3..]),
            digits => digits,
        };
        let said = format!("{} scorecards are not shown in detail here", left_out(count - details));
        assert!(text.contains(&said), "{said}");
        if !whole_table {
            assert!(text.contains(&format!("… and {} scorecards more.", left_out(count - rows))));
        }
    }
}
