//! Fields that a pack has locked, and whoever changes one nevertheless.

use super::each::Rows;
use super::overlay::{self, Layered};
use super::pack::Pack;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::Span;

/// A field as a pack that has locked it leaves it.
#[derive(Debug)]
pub(super) struct Lock<'a> {
    path: Vec<String>,
    value: Layered<'a>,
    pack: &'a str,
    /// Where the pack says that it is locked.
    pattern: Span,
}

/// Adds what `pack` locks in `merged`, the tree up to and including it.
pub(super) fn collect<'a>(pack: &Pack<'a>, merged: &Layered<'a>, locks: &mut Vec<Lock<'a>>) {
    for (pattern, span) in pack.locked() {
        let steps: Vec<&str> = pattern.split('.').collect();
        expand(merged, &steps, &mut Vec::new(), &mut |path, value| {
            locks.push(Lock {
                path: path.to_vec(),
                value,
                pack: pack.id,
                pattern: span,
            });
        });
    }
}

/// Reports patterns of `pack` that match none of its fields: what they meant to lock is open.
///
/// A pack that extends others may lock what those define, which is not known here.
pub(super) fn check_patterns(pack: &Pack<'_>, diagnostics: &mut Diagnostics) {
    if pack.node.at(["extends"]).is_some() {
        return;
    }
    for (pattern, span) in pack.locked() {
        let steps: Vec<&str> = pattern.split('.').collect();
        let mut matches = false;
        expand(&Layered::Written(pack.node), &steps, &mut Vec::new(), &mut |_, _| {
            matches = true
        });
        if !matches {
            let message = format!("`{pattern}` matches nothing in pack `{}`", pack.id);
            diagnostics.push(
                Diagnostic::new("unknown-reference", span, message)
                    .help("write the path of a field, such as `kpis.*.measure`; `*` stands for any one key"),
            );
        }
    }
}

fn expand<'a>(
    tree: &Layered<'a>,
    pattern: &[&str],
    path: &mut Vec<String>,
    found: &mut dyn FnMut(&[String], Layered<'a>),
) {
    let Some((&step, rest)) = pattern.split_first() else {
        if !tree.is_removed() {
            found(path, tree.clone());
        }
        return;
    };
    for (key, value) in tree.entries() {
        if step == "*" || step == &*key.text {
            path.push(key.text.to_string());
            expand(&value, rest, path, found);
            path.pop();
        }
    }
}

/// Reports every lock that `tree`, with all layers up to now, does not keep.
///
/// Leaving out a whole KPI changes none of its fields. `expanded` is the same tree with the KPIs that
/// `each` makes, listed in `rows`: a row may add to a locked field what the pack left open, such as
/// `within`, but not change what it says. Returns it with every locked field as its pack has it: a change that is
/// refused has no consequences to report.
pub(super) fn check<'a>(
    locks: &[Lock<'a>],
    tree: &Layered<'a>,
    (expanded, rows): (Layered<'a>, &Rows),
    diagnostics: &mut Diagnostics,
) -> Layered<'a> {
    let mut kept = expanded;
    for lock in locks {
        let path: Vec<&str> = lock.path.iter().map(String::as_str).collect();
        let change = changed(lock, tree, &path, false);
        if let Some(span) = change {
            diagnostics.push(finding(lock, span, &lock.path.join(".")));
            kept = restored(&kept, &path, &lock.value, false);
        }
        let ["kpis", kpi, rest @ ..] = &path[..] else {
            continue;
        };
        for (id, _) in rows.iter().filter(|(_, row)| row.kpi == *kpi) {
            let path: Vec<&str> = ["kpis", id].into_iter().chain(rest.iter().copied()).collect();
            if let Some(span) = changed(lock, &kept, &path, true) {
                // What the KPI changes for all its rows has been reported.
                if change.is_none() {
                    diagnostics.push(finding(lock, span, &path.join(".")));
                }
                kept = restored(&kept, &path, &lock.value, true);
            }
        }
    }
    kept
}

/// Returns `tree` with `locked` at `path`; `may_add` keeps what stands beside its fields.
fn restored<'a>(tree: &Layered<'a>, path: &[&str], locked: &Layered<'a>, may_add: bool) -> Layered<'a> {
    if !tree.is_map() {
        return tree.clone();
    }
    let Some((first, rest)) = path.split_first() else {
        return tree.clone();
    };
    let mut entries = tree.entries();
    let inner = entries.iter_mut().find(|(key, _)| &*key.text == *first);
    match inner {
        Some((_, inner)) if rest.is_empty() => *inner = joined(locked, inner, false, may_add),
        Some((_, inner)) => *inner = restored(inner, rest, locked, may_add),
        None if rest.is_empty() => entries.push((overlay::key(first, tree.span()), locked.clone())),
        None => {}
    }
    Layered::map(tree.span(), entries)
}

/// Returns `locked` with what only `now` has: here, if `here`, and in the maps inside, if `inside`.
fn joined<'a>(locked: &Layered<'a>, now: &Layered<'a>, here: bool, inside: bool) -> Layered<'a> {
    if !(locked.is_map() && now.is_map()) {
        return locked.clone();
    }
    let mut entries = locked.entries();
    for (key, added) in now.entries() {
        match entries.iter_mut().find(|(known, _)| known.text == key.text) {
            Some((_, kept)) => *kept = joined(kept, &added, inside, inside),
            None if here => entries.push((key, added)),
            None => {}
        }
    }
    Layered::map(locked.span(), entries)
}

fn finding(lock: &Lock<'_>, span: Span, path: &str) -> Diagnostic {
    Diagnostic::new(
        "locked-field-changed",
        span,
        format!("`{path}` is locked by pack `{}`", lock.pack),
    )
    .label("changed here")
    .also(lock.value.span(), "the pack's value")
    .also(lock.pattern, "locked here")
    .help("remove this, or give the KPI an id of its own: then it is not the pack's measure any more")
}

/// Returns where the field differs from what the lock keeps.
fn changed(lock: &Lock<'_>, tree: &Layered<'_>, path: &[&str], may_add: bool) -> Option<Span> {
    let (last, owners) = path.split_last()?;
    let owner = tree.at(owners).filter(|owner| !owner.is_removed())?;
    match owner.get(last) {
        Some(now) => difference(&lock.value, &now, may_add),
        None => Some(owner.span()),
    }
}

/// Returns the first place in `now` that differs from `locked`.
fn difference(locked: &Layered<'_>, now: &Layered<'_>, may_add: bool) -> Option<Span> {
    if let (Some(locked), Some(now)) = (locked.written(), now.written()) {
        if std::ptr::eq(locked, now) {
            return None;
        }
        if !(locked.as_map().is_some() && now.as_map().is_some()) {
            return (!locked.says_the_same(now)).then_some(now.span);
        }
    } else if !(locked.is_map() && now.is_map()) {
        return Some(now.span());
    }
    for (key, kept) in locked.entries().iter().filter(|(_, kept)| !kept.is_removed()) {
        let found = match now.get(&key.text) {
            Some(now) => difference(kept, &now, may_add),
            // Another variant pushed it out: the new variant is the change.
            None => Some(first_added(locked, now).unwrap_or(now.span())),
        };
        if found.is_some() {
            return found;
        }
    }
    if may_add { None } else { first_added(locked, now) }
}

fn first_added(locked: &Layered<'_>, now: &Layered<'_>) -> Option<Span> {
    let added = now
        .entries()
        .into_iter()
        .find(|(key, value)| !value.is_removed() && locked.get(&key.text).is_none_or(|kept| kept.is_removed()));
    added.map(|(key, _)| key.span)
}
