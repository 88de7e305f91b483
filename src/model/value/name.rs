use std::fmt;
use std::ops::Deref;

use schemars::{Schema, SchemaGenerator};

use super::text::MapKey;
use super::{Read, misread, refuse};
use crate::diagnostics::{Diagnostic, did_you_mean};
use crate::model::lower::{Lower, Lowering};
use crate::model::publish;
use crate::source::Span;
use crate::syntax::{Key, Node};

/// The name of something that can be referred to: lower-case letters, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(pub String);

/// A currency by its ISO 4217 code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Currency {
    /// The code, such as `EUR`.
    pub code: String,
    /// Decimals of its minor unit.
    pub minor_units: u32,
}

/// A pack and its major version, such as `msp-core@1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackReference {
    /// The pack's id.
    pub pack: Id,
    /// The major version.
    pub major: u64,
}

/// The version of a pack, such as `1.2.0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Changes when contracts that extend the pack may have to change.
    pub major: u64,
    /// Changes when something is added.
    pub minor: u64,
    /// Changes when something is corrected.
    pub patch: u64,
}

const KEBAB: &str = "^[a-z0-9]+(-[a-z0-9]+)*$";

/// Active codes of ISO 4217 by the decimals of their minor unit.
const CURRENCIES: &[(u32, &str)] = &[
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
    (
        2,
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE \
         CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD \
         HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP \
         MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD \
         SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS \
         VED VES WST XCD XCG YER ZAR ZMW ZWG",
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
];

fn is_kebab(text: &str) -> bool {
    text.split('-')
        .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

/// Writes any text as an id, the way `each` makes ids of values.
fn kebab(text: &str) -> String {
    let parts: Vec<String> = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(str::to_lowercase)
        .collect();
    parts.join("-")
}

fn id(text: &str, span: Span) -> Read<Id> {
    if is_kebab(text) {
        return Ok(Id(text.to_owned()));
    }
    let proposal = match kebab(text) {
        empty if empty.is_empty() => "lower-case-words".to_owned(),
        proposal => proposal,
    };
    refuse(
        Diagnostic::new("invalid-value", span, format!("`{text}` is not an id")).help(format!(
            "ids are lower-case letters, digits and hyphens: write `{proposal}`"
        )),
    )
}

impl Lower for Id {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        publish::scalar(&["string", "number"], Some(KEBAB), "")
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let text = cx.text(node)?;
        cx.accept(id(text, node.span))
    }
}

impl MapKey for Id {
    fn pattern() -> Option<&'static str> {
        Some(KEBAB)
    }

    fn read(key: &Key, cx: &mut Lowering<'_>) -> Option<Self> {
        cx.accept(id(&key.text, key.span))
    }
}

impl Deref for Id {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::borrow::Borrow<str> for Id {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Lower for Currency {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        publish::scalar(&["string"], Some("^[A-Z]{3}$"), "")
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let text = cx.text(node)?;
        let known = CURRENCIES
            .iter()
            .find(|(_, codes)| codes.split(' ').any(|code| code == text));
        if let Some((minor_units, _)) = known {
            return Some(Self {
                code: text.to_owned(),
                minor_units: *minor_units,
            });
        }
        let codes = CURRENCIES.iter().flat_map(|(_, codes)| codes.split(' '));
        let help = match did_you_mean(text, codes) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "write an ISO 4217 code such as `EUR`".to_owned(),
        };
        let finding = Diagnostic::new("invalid-value", node.span, format!("`{text}` is not a currency"));
        cx.refuse(finding.help(help))
    }
}

impl Lower for PackReference {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        publish::scalar(&["string"], Some("^[a-z0-9]+(-[a-z0-9]+)*@[0-9]+$"), "")
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let text = cx.text(node)?;
        let read = text.split_once('@').and_then(|(pack, major)| {
            let pack = is_kebab(pack).then(|| Id(pack.to_owned()))?;
            let digits = major.bytes().all(|b| b.is_ascii_digit());
            Some(Self {
                pack,
                major: digits.then(|| major.parse().ok()).flatten()?,
            })
        });
        cx.accept(read.ok_or_else(|| {
            let help = match text.split_once('@') {
                // Only the major version is part of the reference.
                Some((pack, version)) => {
                    let major = version.split('.').next().unwrap_or(version).trim_start_matches('v');
                    format!("name the pack and its major version: write `{}@{major}`", kebab(pack))
                }
                None => format!("name the major version too: write `{}@1`", kebab(text)),
            };
            Diagnostic::new("invalid-value", node.span, format!("`{text}` does not name a pack"))
                .help(help)
                .into()
        }))
    }
}

impl Lower for Version {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        publish::scalar(&["string"], Some(r"^[0-9]+\.[0-9]+\.[0-9]+$"), "")
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let text = cx.text(node)?;
        let part = |part: &str| {
            let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse::<u64>().ok()).flatten()
        };
        let parts: Vec<Option<u64>> = text.split('.').map(part).collect();
        match parts[..] {
            [Some(major), Some(minor), Some(patch)] => Some(Self { major, minor, patch }),
            _ => cx.refuse(misread(
                "invalid-value",
                node.span,
                text,
                "a version of three numbers such as `1.2.0`",
            )),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}
