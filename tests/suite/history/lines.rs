//! Any graph of commits: what is credited, what stands, what is superseded.

use std::collections::HashMap;

use proptest::prelude::*;

use super::{card, read, target, workspace};

const VALUES: [&str; 3] = ["95%", "96%", "97%"];

/// A commit: which value it says, and which of the commits before it are its parents.
type Written = (usize, prop::sample::Index, Option<prop::sample::Index>);

fn commits() -> impl Strategy<Value = Vec<Written>> {
    let one = (
        0..VALUES.len(),
        any::<prop::sample::Index>(),
        prop::option::weighted(0.4, any::<prop::sample::Index>()),
    );
    prop::collection::vec(one, 1..9)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_row_is_credited_to_who_said_it_first(written in commits()) {
        let mut repo = workspace();
        let mut ids: Vec<String> = Vec::new();
        // What each commit says, and what its parents say.
        let mut said: HashMap<String, (String, Vec<String>)> = HashMap::new();
        for (at, (value, first, second)) in written.iter().enumerate() {
            repo.write("acme.yaml", &card(&target(VALUES[*value]), ""));
            repo.write("number.txt", &at.to_string());
            let mut parents: Vec<&str> = Vec::new();
            if at > 0 {
                parents.push(&ids[first.index(at)]);
                parents.extend(second.map(|second| ids[second.index(at)].as_str()));
                parents.dedup();
            }
            let before = parents.iter().map(|parent| said[*parent].0.clone()).collect();
            let id = repo.merge("2024-06-20T09:00:00+02:00", "x", &parents);
            said.insert(id.clone(), (format!("≥ {}", VALUES[*value]), before));
            ids.push(id);
        }
        let tip = ids.last().expect("a commit");
        let history = read(&repo, "acme/up.target", Some(tip)).expect("readable");
        let rows = &history.lives[0].rows;
        let standing: Vec<_> = rows.iter().filter(|row| row.superseded.is_none()).collect();
        prop_assert_eq!(standing.len(), 1);
        prop_assert_eq!(standing[0].value.as_ref(), Some(&said[tip].0));
        for row in rows {
            let value = row.value.as_ref().expect("a value");
            let (says, before) = &said[&row.record.commit().expect("a commit").id.to_string()];
            prop_assert_eq!(says, value);
            prop_assert!(!before.contains(value), "credited with what a parent says");
            if let Some(superseded) = &row.superseded {
                let (says, before) = &said[&superseded.by.commit().expect("a commit").id.to_string()];
                prop_assert_ne!(says, value);
                prop_assert!(before.contains(value), "superseded by a commit that never had it");
                prop_assert_eq!(superseded.value.as_ref(), Some(says));
            }
        }
    }
}
