//! One overlay on another: the only way in which packs, `each` rows and amendments change anything.
//!
//! Maps merge by key; scalars and lists replace; of a map that holds one of several variants the
//! variant written last stays. Merging is associative, so it does not matter whether a pack is first
//! merged with the pack it extends or with the scorecard. Two things make it so, and both last until
//! [`Layered::finish`]: a tombstone (`null`) stays where it was written, and a map that was written
//! over a tombstone, a scalar or another variant remembers that nothing below it shows through.

use std::borrow::Cow;
use std::sync::Arc;

use super::position::Position;
use crate::source::Span;
use crate::syntax::{Key, Map, Node, NodeKind};

/// A tree made of several documents; whatever only one of them says is borrowed from it.
#[derive(Clone, Debug)]
pub(super) enum Layered<'a> {
    /// As one document wrote it; `null` is a tombstone.
    Written(&'a Node),
    /// Merged, or written over something that must not show through.
    Merged(Merged<'a>),
}

/// A map made of several.
#[derive(Clone, Debug)]
pub(super) struct Merged<'a> {
    /// Where it stands, in the layer that has the say over places.
    pub(super) span: Span,
    /// Nothing below shows through.
    opaque: bool,
    /// Of the variants of its position, those that some layer held: bit i for variant i.
    held: u32,
    entries: Vec<(Cow<'a, Key>, Layered<'a>)>,
}

/// Whose place a map written by both layers gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The lower layer's: an amendment does not move what it changes.
    Below,
    /// The upper layer's: a scorecard's KPI stands in the scorecard, not in the pack's template.
    Above,
}

impl<'a> Layered<'a> {
    /// Makes a map of `entries`.
    pub(super) fn map(span: Span, entries: Vec<(Cow<'a, Key>, Layered<'a>)>) -> Self {
        Self::Merged(Merged {
            span,
            opaque: false,
            held: 0,
            entries,
        })
    }

    /// Lays `above` over this.
    pub(super) fn overlay(self, above: Self, position: Position, place: Place) -> Self {
        if !above.is_map() || above.is_opaque() {
            return above;
        }
        let above = above.open(position);
        if !self.is_map() {
            return Self::Merged(Merged { opaque: true, ..above });
        }
        let below = self.open(position);
        Self::Merged(below.overlay(above, position, place))
    }

    /// Returns the value of `key`, tombstones included.
    pub(super) fn get<'s>(&'s self, key: &str) -> Option<Cow<'s, Layered<'a>>> {
        match self {
            Self::Merged(map) => {
                let entry = map.entries.iter().find(|(k, _)| &*k.text == key)?;
                Some(Cow::Borrowed(&entry.1))
            }
            Self::Written(node) => node.as_map()?.get(key).map(|found| Cow::Owned(Layered::Written(found))),
        }
    }

    /// Returns the value at `path`, tombstones included.
    pub(super) fn at(&self, path: &[&str]) -> Option<Layered<'a>> {
        let Some((&step, rest)) = path.split_first() else {
            return Some(self.clone());
        };
        self.get(step)?.at(rest)
    }

    /// Returns the entries in order, tombstones included; empty unless it is a map.
    pub(super) fn entries(&self) -> Vec<(Cow<'a, Key>, Layered<'a>)> {
        match self {
            Self::Merged(map) => map.entries.clone(),
            Self::Written(node) => written_entries(node),
        }
    }

    /// Whether it is a map.
    pub(super) fn is_map(&self) -> bool {
        match self {
            Self::Merged(_) => true,
            Self::Written(node) => node.as_map().is_some(),
        }
    }

    /// Whether it is a tombstone.
    pub(super) fn is_removed(&self) -> bool {
        matches!(self, Self::Written(node) if matches!(node.kind, NodeKind::Null))
    }

    /// Returns where it stands.
    pub(super) fn span(&self) -> Span {
        match self {
            Self::Merged(map) => map.span,
            Self::Written(node) => node.span,
        }
    }

    /// Returns the node as written, where a single document did.
    pub(super) fn written(&self) -> Option<&'a Node> {
        match self {
            Self::Written(node) => Some(node),
            Self::Merged(_) => None,
        }
    }

    /// Returns the text, if it is a scalar.
    pub(super) fn text(&self) -> Option<&'a str> {
        self.written()?.as_text()
    }

    /// Ends the merging: copies what is left into a tree of its own, without tombstones.
    pub(super) fn finish(&self) -> Node {
        match self {
            Self::Written(node) => without_tombstones(node),
            Self::Merged(map) => {
                let entries = map.entries.iter().filter(|(_, value)| !value.is_removed());
                let entries = entries.map(|(key, value)| (key.as_ref().clone(), value.finish()));
                Node {
                    kind: NodeKind::Map(Map::new(entries.collect())),
                    span: map.span,
                }
            }
        }
    }

    fn is_opaque(&self) -> bool {
        matches!(self, Self::Merged(map) if map.opaque)
    }

    fn is_live(&self) -> bool {
        !self.is_removed()
    }

    /// Looks at a map as a merged one; the caller knows that it is a map.
    fn open(self, position: Position) -> Merged<'a> {
        match self {
            Self::Merged(mut map) => {
                map.held |= held(&map.entries, position);
                map
            }
            Self::Written(node) => {
                let entries = written_entries(node);
                Merged {
                    span: node.span,
                    opaque: false,
                    held: held(&entries, position),
                    entries,
                }
            }
        }
    }
}

impl<'a> Merged<'a> {
    fn overlay(self, above: Self, position: Position, place: Place) -> Self {
        let (opaque, held_below, held_above) = (self.opaque, self.held, above.held);
        let span = match place {
            Place::Below => self.span,
            Place::Above => above.span,
        };
        let mut entries = self.entries;
        let mut taken = vec![false; entries.len()];
        let mut added = Vec::new();
        for (key, value) in above.entries {
            match entries.iter().position(|(k, _)| k.text == key.text) {
                Some(index) => {
                    let (old_key, old) = &mut entries[index];
                    let below = std::mem::replace(old, Layered::Written(&TOMBSTONE));
                    *old = below.overlay(value, position.step(&key.text), place);
                    if place == Place::Above {
                        *old_key = key;
                    }
                    taken[index] = true;
                }
                None => {
                    let shadowed = excludes(held_below, position.variant(&key.text));
                    let value = if shadowed {
                        value.opaque(position.step(&key.text))
                    } else {
                        value
                    };
                    added.push((key, value));
                }
            }
        }
        let mut index = 0;
        entries.retain(|(key, _)| {
            let stays = taken[index] || !excludes(held_above, position.variant(&key.text));
            index += 1;
            stays
        });
        entries.append(&mut added);
        Self {
            span,
            opaque,
            held: held_below | held_above,
            entries,
        }
    }
}

impl<'a> Layered<'a> {
    /// Marks a map so that nothing below it shows through; other values never let anything through.
    fn opaque(self, position: Position) -> Self {
        if !self.is_map() {
            return self;
        }
        let map = self.open(position);
        Self::Merged(Merged { opaque: true, ..map })
    }
}

/// Stands in for a value while it is being merged.
static TOMBSTONE: Node = Node {
    kind: NodeKind::Null,
    span: Span {
        file: crate::source::FileId(0),
        start: 0,
        end: 0,
    },
};

/// Whether holding the variants in `held` rules out the variant numbered `variant`.
fn excludes(held: u32, variant: Option<u32>) -> bool {
    variant.is_some_and(|variant| held & !(1 << variant) != 0)
}

fn held(entries: &[(Cow<'_, Key>, Layered<'_>)], position: Position) -> u32 {
    let live = entries.iter().filter(|(_, value)| value.is_live());
    live.filter_map(|(key, _)| position.variant(&key.text))
        .fold(0, |held, variant| held | 1 << variant)
}

fn written_entries(node: &Node) -> Vec<(Cow<'_, Key>, Layered<'_>)> {
    let map = node.as_map().into_iter().flat_map(Map::iter);
    map.map(|(key, value)| (Cow::Borrowed(key), Layered::Written(value)))
        .collect()
}

/// Copies a node without its tombstones; one that has none is shared.
fn without_tombstones(node: &Node) -> Node {
    let NodeKind::Map(map) = &node.kind else {
        return node.clone();
    };
    if !holds_tombstone(map) {
        return node.clone();
    }
    let live = map.iter().filter(|(_, value)| !matches!(value.kind, NodeKind::Null));
    let entries = live.map(|(key, value)| (key.clone(), without_tombstones(value)));
    Node {
        kind: NodeKind::Map(Map::new(entries.collect())),
        span: node.span,
    }
}

fn holds_tombstone(map: &Map) -> bool {
    map.iter().any(|(_, value)| match &value.kind {
        NodeKind::Null => true,
        NodeKind::Map(map) => holds_tombstone(map),
        NodeKind::List(_) | NodeKind::Scalar(_) => false,
    })
}

/// Makes a key that no document wrote.
pub(super) fn key<'a>(text: &str, span: Span) -> Cow<'a, Key> {
    Cow::Owned(Key {
        text: Arc::from(text),
        span,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::FileId;
    use crate::syntax::{Scalar, ScalarStyle};

    const HERE: Span = Span {
        file: FileId(0),
        start: 0,
        end: 0,
    };

    fn node(kind: NodeKind) -> Node {
        Node { kind, span: HERE }
    }

    fn scalar(text: &str) -> Node {
        node(NodeKind::Scalar(Scalar {
            text: Arc::from(text),
            style: ScalarStyle::Plain,
            offsets: None,
        }))
    }

    fn map(entries: Vec<(&str, Node)>) -> Node {
        let keyed = entries.into_iter().map(|(text, value)| {
            let key = Key {
                text: Arc::from(text),
                span: HERE,
            };
            (key, value)
        });
        node(NodeKind::Map(Map::new(keyed.collect())))
    }

    fn null() -> Node {
        node(NodeKind::Null)
    }

    /// Writes a tree as `{a: 1, b: [..]}`, so that trees can be compared whatever their places.
    fn text(node: &Node) -> String {
        match &node.kind {
            NodeKind::Null => "null".to_owned(),
            NodeKind::Scalar(scalar) => scalar.text.to_string(),
            NodeKind::List(items) => format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(", ")),
            NodeKind::Map(map) => {
                let entries = map.iter().map(|(key, value)| format!("{}: {}", key.text, text(value)));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn merged(layers: &[&Node], position: Position) -> String {
        let layers = layers.iter().map(|layer| Layered::Written(layer));
        let merged = layers.reduce(|below, above| below.overlay(above, position, Place::Above));
        text(&merged.expect("a layer").finish())
    }

    #[test]
    fn maps_merge_by_key_and_scalars_and_lists_replace() {
        let below = map(vec![
            ("a", map(vec![("x", scalar("1")), ("y", scalar("2"))])),
            ("b", node(NodeKind::List(vec![scalar("1"), scalar("2")]))),
        ]);
        let above = map(vec![
            ("a", map(vec![("y", scalar("3"))])),
            ("b", node(NodeKind::List(vec![scalar("3")]))),
            ("c", scalar("4")),
        ]);
        assert_eq!(
            merged(&[&below, &above], Position::Plain),
            "{a: {x: 1, y: 3}, b: [3], c: 4}"
        );
    }

    #[test]
    fn another_variant_replaces_and_the_same_one_merges() {
        let ratio = |entries| map(vec![("ratio", map(entries))]);
        let below = ratio(vec![("source", scalar("tickets")), ("hit", scalar("reopened"))]);
        let same = ratio(vec![("hit", scalar("closed"))]);
        let other = map(vec![("count", map(vec![("source", scalar("tickets"))]))]);
        assert_eq!(
            merged(&[&below, &same], Position::Measure),
            "{ratio: {source: tickets, hit: closed}}"
        );
        assert_eq!(
            merged(&[&below, &other], Position::Measure),
            "{count: {source: tickets}}"
        );
        // Nothing of the first ratio shows through the count between.
        assert_eq!(
            merged(&[&below, &other, &same], Position::Measure),
            "{ratio: {hit: closed}}"
        );
    }

    #[test]
    fn a_credit_keeps_its_share_when_its_model_changes() {
        let below = map(vec![("of", scalar("charge")), ("tiers", node(NodeKind::List(vec![])))]);
        let above = map(vec![("shortfall", map(vec![]))]);
        assert_eq!(
            merged(&[&below, &above], Position::Credit),
            "{of: charge, shortfall: {}}"
        );
    }

    #[test]
    fn a_tombstone_removes_and_what_follows_starts_from_nothing() {
        let below = map(vec![(
            "impact",
            map(vec![("per", scalar("1h")), ("as", scalar("loss"))]),
        )]);
        let gone = map(vec![("impact", null())]);
        let again = map(vec![("impact", map(vec![("per", scalar("2h"))]))]);
        assert_eq!(merged(&[&below, &gone], Position::Kpi), "{}");
        assert_eq!(merged(&[&below, &gone, &again], Position::Kpi), "{impact: {per: 2h}}");
    }

    /// Keys under which the positions that hold variants are reached, and a few that merge.
    fn keys(position: Position) -> &'static [&'static str] {
        match position {
            Position::Card => &["kpis", "carve_outs", "title"],
            Position::Kpis | Position::CarveOuts => &["a", "b"],
            Position::Kpi => &["measure", "target", "credit", "title"],
            Position::Measure => &["ratio", "count", "formula"],
            Position::Formula => &["is", "a"],
            Position::Goal => &["at_least", "between", "within_band"],
            Position::Credit => &["of", "tiers", "points", "shortfall"],
            Position::CarveOut => &["by", "mode"],
            Position::CarveOutBy => &["schedule", "where"],
            _ => &["x", "y"],
        }
    }

    fn tree(position: Position, depth: u32) -> BoxedStrategy<Node> {
        let leaf = prop_oneof![
            2 => (0..3u8).prop_map(|n| scalar(&n.to_string())),
            2 => Just(null()),
            1 => Just(node(NodeKind::List(vec![scalar("0")]))),
        ];
        if depth == 0 {
            return leaf.boxed();
        }
        let entry = move |key: &'static str| {
            let value = tree(position.step(key), depth - 1);
            proptest::option::weighted(0.6, value).prop_map(move |value| value.map(|value| (key, value)))
        };
        let entries: Vec<_> = keys(position).iter().map(|key| entry(key)).collect();
        let maps = entries.prop_map(|entries| map(entries.into_iter().flatten().collect()));
        prop_oneof![1 => leaf, 6 => maps].boxed()
    }

    /// Where an author wrote two variants side by side, an error, their order means nothing.
    fn sorted_variants(tree: Node, position: Position) -> Node {
        let NodeKind::Map(map) = tree.kind else {
            return tree;
        };
        let entries = map.iter().map(|(key, value)| {
            let value = sorted_variants(value.clone(), position.step(&key.text));
            (key.clone(), value)
        });
        let mut entries: Vec<(Key, Node)> = entries.collect();
        entries.sort_by_key(|(key, _)| position.variant(&key.text));
        node(NodeKind::Map(Map::new(entries)))
    }

    proptest! {
        #[test]
        fn overlays_are_associative(
            a in tree(Position::Card, 5),
            b in tree(Position::Card, 5),
            c in tree(Position::Card, 5),
        ) {
            let on = |below: Layered<'static>, above: Layered<'static>| below.overlay(above, Position::Card, Place::Above);
            // The layers borrow from the documents; leaking a few small trees keeps the test plain.
            let [a, b, c] = [a, b, c].map(|node| Layered::Written(Box::leak(Box::new(node))));
            let left = on(on(a.clone(), b.clone()), c.clone()).finish();
            let right = on(a, on(b, c)).finish();
            let [left, right] = [left, right].map(|tree| text(&sorted_variants(tree, Position::Card)));
            prop_assert_eq!(left, right);
        }
    }
}
