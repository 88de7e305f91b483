//! Maturity: levels are climbed one by one, the lowest dimension stands for all.

use crate::maturity::{model, practice};

#[test]
fn empty_level_not_passed() {
    // Criteria for level 5 alone, all of them met: nothing is said of level 2.
    let standing = model(&format!(
        "  innovation: {{ title: Innovation, to_reach: {{ 5: {{ {} }} }} }}\n",
        practice("a", 1)
    ));
    assert_eq!(standing.dimensions[0].level, None);
    assert_eq!(standing.overall, None);
    assert!(standing.dimensions[0].criteria.iter().all(|criterion| criterion.met));
}

#[test]
fn gated_by_lowest() {
    // Each dimension has criteria for every level, met up to its own: 4, 4, 3, 5, 2.
    let dimension = |(index, level): (usize, &i32)| {
        let levels: Vec<String> = (2..=5)
            .map(|n| format!("{n}: {{ {} }}", practice(&format!("p{n}"), i32::from(n <= *level))))
            .collect();
        format!(
            "  d{index}: {{ title: D{index}, to_reach: {{ {} }} }}\n",
            levels.join(", ")
        )
    };
    let dimensions: String = [4, 4, 3, 5, 2].iter().enumerate().map(dimension).collect();
    let standing = model(&dimensions);
    assert_eq!(standing.overall, Some(2));
    // 18 levels over five dimensions.
    assert_eq!(
        standing.mean.as_ref().map(|mean| mean.to_fixed(1)).as_deref(),
        Some("3.6")
    );
    assert_eq!(standing.bottleneck, ["d4"]);
}
