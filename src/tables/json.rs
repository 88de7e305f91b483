use std::borrow::Cow;
use std::fmt;

use indexmap::IndexMap;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Names of the wanted members of an object and their slots.
///
/// A member fits a name that differs in case only where no member fits it exactly.
#[derive(Debug, Default)]
pub(super) struct Members {
    slots: IndexMap<String, usize>,
}

/// Where a member belongs.
#[derive(Clone, Copy)]
struct Fit {
    slot: usize,
    exact: bool,
}

impl Members {
    /// Returns the slot of a member, a new one for a new name.
    pub(super) fn slot(&mut self, name: &str) -> usize {
        let next = self.slots.len();
        *self.slots.entry(name.to_owned()).or_insert(next)
    }

    /// Returns the slot of a member that was asked for.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.slots.get(name).copied()
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Reads one object and sets the wanted members' raw texts, `None` where there is none; the last
    /// of equal names counts.
    pub(super) fn read<'a>(&self, text: &'a str, found: &mut [Option<&'a str>]) -> Result<(), serde_json::Error> {
        found.fill(None);
        let mut deserializer = serde_json::Deserializer::from_str(text);
        Object { members: self, found }.deserialize(&mut deserializer)?;
        deserializer.end()
    }

    fn fit(&self, name: &str) -> Option<Fit> {
        if let Some(&slot) = self.slots.get(name) {
            return Some(Fit { slot, exact: true });
        }
        let similar = self.slots.iter().find(|(wanted, _)| wanted.eq_ignore_ascii_case(name));
        similar.map(|(_, &slot)| Fit { slot, exact: false })
    }
}

struct Object<'m, 'f, 'a> {
    members: &'m Members,
    found: &'f mut [Option<&'a str>],
}

impl<'a> DeserializeSeed<'a> for Object<'_, '_, 'a> {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for Object<'_, '_, 'a> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(slot) = map.next_key_seed(Name(self.members))? {
            match slot {
                Some(Fit { slot, exact }) if exact || self.found[slot].is_none() => {
                    self.found[slot] = Some(map.next_value::<&RawValue>()?.get());
                }
                _ => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        Ok(())
    }
}

/// Reads a member's name as its slot.
struct Name<'m>(&'m Members);

impl<'a> DeserializeSeed<'a> for Name<'_> {
    type Value = Option<Fit>;
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Option<Fit>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Option<Fit>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }
    fn visit_str<E>(self, name: &str) -> Result<Option<Fit>, E> {
        Ok(self.0.fit(name))
    }
}

/// What a member's raw text is as a field: a string's text, a number or boolean as written, `None`
/// for null, and a list or object as its JSON text.
pub(super) fn field(raw: &str, decimal: u8) -> Option<Cow<'_, [u8]>> {
    match raw.as_bytes() {
        b"null" => None,
        [b'"', inside @ .., b'"'] if memchr::memchr(b'\\', inside).is_none() => Some(Cow::Borrowed(inside)),
        [b'"', ..] => {
            let text: String = serde_json::from_str(raw).unwrap_or_default();
            Some(Cow::Owned(text.into_bytes()))
        }
        // A JSON number has a point whatever the source's texts have.
        [b'-' | b'0'..=b'9', ..] if decimal != b'.' => Some(Cow::Owned(
            raw.bytes().map(|b| if b == b'.' { decimal } else { b }).collect(),
        )),
        bytes => Some(Cow::Borrowed(bytes)),
    }
}

/// All members of an object with their raw texts, in order.
pub(super) fn members(text: &str) -> Result<IndexMap<String, &RawValue>, serde_json::Error> {
    serde_json::from_str(text)
}

/// Finds the rows of a document: the elements of the array that a pointer (RFC 6901) leads to.
///
/// # Errors
/// With a lowercase phrase.
pub(super) fn rows<'a>(text: &'a str, pointer: Option<&str>) -> Result<Vec<&'a str>, String> {
    let mut at: &RawValue = serde_json::from_str(text).map_err(|why| why.to_string())?;
    let pointer = pointer.unwrap_or("");
    let mut walked = String::new();
    for step in pointer.split('/').skip(1) {
        let name = step.replace("~1", "/").replace("~0", "~");
        let next = match at.get().as_bytes().first() {
            Some(b'{') => members(at.get()).map_err(|why| why.to_string())?.get(&name).copied(),
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(at.get()).map_err(|why| why.to_string())?;
                name.parse::<usize>().ok().and_then(|i| items.get(i).copied())
            }
            _ => None,
        };
        at = next.ok_or_else(|| {
            let inside = if walked.is_empty() {
                "the document"
            } else {
                walked.as_str()
            };
            format!("{inside} has no `{name}`")
        })?;
        walked = format!("{walked}/{step}");
    }
    match at.get().as_bytes().first() {
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(at.get()).map_err(|why| why.to_string())?;
            Ok(items.into_iter().map(RawValue::get).collect())
        }
        Some(b'{') => {
            let inside = members(at.get()).map_err(|why| why.to_string())?;
            let array = inside.iter().find(|(_, value)| value.get().starts_with('['));
            Err(match array {
                Some((name, _)) => format!("the rows are not at the top: say `rows: {walked}/{name}`"),
                None => "there is an object where the array of rows should be".to_owned(),
            })
        }
        _ => Err("there is a value where the array of rows should be".to_owned()),
    }
}
