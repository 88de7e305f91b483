//! The amendments themselves: what changed about the record of an agreement, and whether one reaches back.

use std::collections::BTreeSet;

use super::change::{Change, Effect, Favours, Part};
use super::compare::part;
use super::timeline::{Cards, amendments, end_of};
use crate::diagnostics::rule;
use crate::resolve::terms::Amendment;
use crate::resolve::{Layer, Origin};

impl Cards<'_> {
    /// What changed about the amendments themselves, and those that reach back.
    pub(super) fn amendments(&self, changes: &[Change]) -> Vec<Change> {
        let (old, new) = (amendments(self.before), amendments(self.after));
        let mut found = Vec::new();
        let ids: BTreeSet<&str> = new.keys().chain(old.keys()).copied().collect();
        for id in ids {
            let (was, is) = (old.get(id).copied(), new.get(id).copied());
            let parts = particulars(was, is);
            if parts.is_empty() {
                continue;
            }
            let resets = parts.iter().any(|part| part.field == "resets");
            let place = |amendment: Option<&Amendment>| {
                amendment.map(|it| Origin {
                    span: it.span,
                    from: Layer::Amendment { id: id.to_owned() },
                })
            };
            let base = Change {
                subject: Some(id.to_owned()),
                path: vec!["amendments".to_owned(), id.to_owned()],
                parts,
                effect: if resets { Effect::Indeterminate } else { Effect::Neutral },
                from: is.or(was).map(|it| it.effective),
                was_from: place(was),
                is_from: place(is).or_else(|| self.after.versions[0].origin(&["amendments"])),
                ..Change::new("amendment-changed", &self.after.id)
            };
            let mut changed = base.clone();
            self.date(&mut changed);
            found.push(changed);
            // A record that says so since long is no news.
            let news = |is: &Amendment| {
                was.is_none_or(|was| was.effective > is.effective || (signed_late(is) && !signed_late(was)))
            };
            if let Some(is) = is.filter(|is| news(is)) {
                let backdated = self.backdated(is, base, changes);
                // One that is new and changes no result – under another id, say – reaches back to nothing.
                found.extend(backdated.filter(|change| was.is_some() || resets || change.effect.matters()));
            }
        }
        found
    }

    fn backdated(&self, amendment: &Amendment, base: Change, changes: &[Change]) -> Option<Change> {
        let made = changes.iter().filter(|change| match &change.is_from {
            Some(Origin {
                from: Layer::Amendment { id },
                ..
            }) => *id == amendment.id && change.rule != "target-edited-in-place",
            _ => false,
        });
        let (effects, favours): (Vec<Effect>, BTreeSet<Favours>) =
            made.map(|change| (change.effect, change.favours)).unzip();
        let late = amendment.signed.filter(|_| signed_late(amendment));
        let scheme = self.after.latest().period;
        let ended = self
            .known
            .as_of
            .filter(|day| end_of(scheme, amendment.effective) < *day);
        let note = match (late, ended) {
            (Some(signed), _) => format!("signed on {signed}, after it took effect on {}", amendment.effective),
            (None, Some(day)) => format!(
                "takes effect on {}, in a period that had ended by {day}",
                amendment.effective
            ),
            (None, None) => return None,
        };
        let mut change = Change {
            rule: "amendment-backdated",
            level: rule("amendment-backdated").level,
            effect: effects.into_iter().fold(Effect::Neutral, Effect::and),
            favours: match favours.iter().copied().collect::<Vec<_>>().as_slice() {
                [one] => *one,
                [] => Favours::Unknown,
                _ => Favours::Mixed,
            },
            note: Some(note),
            parts: vec![part(
                "effective".to_owned(),
                None,
                Some(amendment.effective.to_string()),
            )],
            ..base
        };
        self.date(&mut change);
        Some(change)
    }
}

fn signed_late(amendment: &Amendment) -> bool {
    amendment.signed.is_some_and(|signed| signed > amendment.effective)
}

/// The particulars of an amendment that differ.
fn particulars(was: Option<&Amendment>, is: Option<&Amendment>) -> Vec<Part> {
    let texts = |amendment: &Amendment| {
        let Amendment {
            id: _,
            effective,
            signed,
            reference,
            approved_by,
            reason,
            resets,
            span: _,
        } = amendment;
        let list = |items: &[String]| Some(items.join(", ")).filter(|text| !text.is_empty());
        [
            ("effective", Some(effective.to_string())),
            ("signed", signed.map(|day| day.to_string())),
            ("reference", reference.clone()),
            ("approved_by", list(approved_by)),
            ("reason", reason.clone()),
            ("resets", list(resets)),
        ]
    };
    let (was, is) = (was.map(texts), is.map(texts));
    let of = |texts: &Option<[(&str, Option<String>); 6]>, index: usize| {
        texts.as_ref().and_then(|texts| texts[index].1.clone())
    };
    let names = was
        .as_ref()
        .or(is.as_ref())
        .into_iter()
        .flatten()
        .map(|(name, _)| *name);
    names
        .enumerate()
        .map(|(index, name)| part(name.to_owned(), of(&was, index), of(&is, index)))
        .filter(|part| part.before != part.after)
        .collect()
}
