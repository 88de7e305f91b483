use std::collections::HashMap;

use indexmap::IndexMap;

/// No group, or no period.
pub(super) const NONE: u32 = u32::MAX;

/// What one group of rows has in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::measure) struct GroupKey {
    /// 0 without a scope.
    pub(in crate::measure) scope: u32,
    /// 0 without `each`.
    pub(in crate::measure) each: u32,
    /// 0 without an entity, else one more than its place in [`Groups::entities`].
    pub(in crate::measure) entity: u32,
    /// The place in [`Groups::classes`].
    pub(in crate::measure) class: u32,
}

/// Which carve-outs cover the rows of a class.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(in crate::measure) struct Class {
    /// Conditions that hold, by their place in the grouping.
    pub(in crate::measure) wheres: Vec<usize>,
    /// Claims over the row's ticket, by their number in the grouping.
    pub(in crate::measure) claims: Vec<u32>,
}

/// The groups that a grouping has seen.
#[derive(Clone, Debug, Default)]
pub(in crate::measure) struct Groups {
    pub(in crate::measure) keys: Vec<GroupKey>,
    pub(in crate::measure) entities: IndexMap<String, u32>,
    pub(in crate::measure) classes: IndexMap<Class, u32>,
    index: HashMap<GroupKey, u32>,
}

impl Groups {
    pub(super) fn group(&mut self, key: GroupKey) -> u32 {
        *self.index.entry(key).or_insert_with(|| {
            self.keys.push(key);
            self.keys.len() as u32 - 1
        })
    }

    /// Returns an entity's number, from 1.
    pub(super) fn entity(&mut self, name: &str) -> u32 {
        if let Some(number) = self.entities.get(name) {
            return *number;
        }
        let number = self.entities.len() as u32 + 1;
        self.entities.insert(name.to_owned(), number);
        number
    }

    pub(super) fn class(&mut self, class: Class) -> u32 {
        let next = self.classes.len() as u32;
        *self.classes.entry(class).or_insert(next)
    }

    /// Takes the groups of rows further on and returns their numbers here.
    pub(super) fn merge(&mut self, later: &Self) -> Vec<u32> {
        let entities: Vec<u32> = later.entities.keys().map(|name| self.entity(name)).collect();
        let classes: Vec<u32> = later.classes.keys().map(|class| self.class(class.clone())).collect();
        let key = |key: &GroupKey| GroupKey {
            entity: key.entity.checked_sub(1).map_or(0, |entity| entities[entity as usize]),
            class: classes[key.class as usize],
            ..*key
        };
        later.keys.iter().map(key).map(|key| self.group(key)).collect()
    }
}
