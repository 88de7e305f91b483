//! Packs that were edited under the version they had.

use super::change::{Change, Effect, Favours};
use super::compare::part;
use super::timeline::Cards;
use crate::compile::Compiled;
use crate::resolve::{Layer, Origin};

impl Cards<'_> {
    /// Packs whose content changed and whose version did not.
    pub(super) fn packs(&self, before: &Compiled, after: &Compiled, changes: &[Change]) -> Vec<Change> {
        let mut found = Vec::new();
        for (_, layer) in self.after.versions[0].layers.iter() {
            let Layer::Pack { id, version } = layer else { continue };
            let node = |compiled: &'_ Compiled| {
                let pack = compiled.workspace.packs.iter().find(|pack| pack.id == *id)?;
                let document = compiled.documents.iter().find(|it| it.node.span == pack.span)?;
                Some((pack.version.clone(), document.node.clone()))
            };
            let (Some((was_version, was)), Some((is_version, is))) = (node(before), node(after)) else {
                continue;
            };
            if was_version != is_version || was.says_the_same(&is) {
                continue;
            }
            let of_pack = changes
                .iter()
                .filter(|change| change.is_from.as_ref().is_some_and(|origin| origin.from == *layer));
            let touched: Vec<&Change> = of_pack.collect();
            let effect = touched
                .iter()
                .map(|change| change.effect)
                .fold(Effect::Neutral, Effect::and);
            let mut change = Change {
                parts: vec![part(
                    id.clone(),
                    Some(version.clone()),
                    Some(format!("{version}, with other content")),
                )],
                effect,
                favours: touched.first().map_or(Favours::Unknown, |first| first.favours),
                is_from: Some(Origin {
                    span: is.at(["version"]).map_or(is.span, |node| node.span),
                    from: layer.clone(),
                }),
                note: Some(match touched.len() {
                    0 => "none of its changes reaches this contract".to_owned(),
                    1 => "1 change of this contract comes from it".to_owned(),
                    n => format!("{n} changes of this contract come from it"),
                }),
                ..Change::new("pack-edited-in-place", &self.after.id)
            };
            self.date(&mut change);
            found.push(change);
        }
        found
    }
}
