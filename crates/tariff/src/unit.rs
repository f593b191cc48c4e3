use std::fmt;

use crate::{Exact, parse_exact};

/// What a unit measures. Quantities convert within a kind and never between kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UnitKind {
    Mass,
    Length,
    Area,
    Volume,
    Count,
    /// Pairs: two pieces may be one pair or two halves of it, so pairs and pieces do not convert.
    Pairs,
    /// Anything that converts to nothing else: proof litres, megawatt hours, jewels, degrees …
    Other,
}

/// A unit of quantity in its canonical spelling, and what it is counted of.
///
/// `kg`, `No.`, `m2`; with a qualifier for a part of the goods: `Cu kg` is kilograms of copper
/// content and does not convert to `kg`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Unit {
    /// The canonical name without its qualifier: `kg`.
    pub name: String,
    /// Of what, when not of the whole article: `copper`, `clean yield` …
    pub of: Option<String>,
}

/// How much of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    pub amount: Exact,
    pub unit: Unit,
}

/// Canonical name, kind, and how many of the kind's base unit one is (as numerator, denominator).
/// Base units: kg, m, m2, liter, No., prs.
const UNITS: &[(&str, UnitKind, i128, i128)] = &[
    ("kg", UnitKind::Mass, 1, 1),
    ("g", UnitKind::Mass, 1, 1000),
    ("t", UnitKind::Mass, 1000, 1),
    ("carat", UnitKind::Mass, 1, 5000),
    ("lb", UnitKind::Mass, 45_359_237, 100_000_000),
    ("m", UnitKind::Length, 1, 1),
    ("cm", UnitKind::Length, 1, 100),
    ("km", UnitKind::Length, 1000, 1),
    ("thousand m", UnitKind::Length, 1000, 1),
    ("m2", UnitKind::Area, 1, 1),
    ("cm2", UnitKind::Area, 1, 10_000),
    ("square", UnitKind::Area, 9_290_304, 1_000_000),
    ("liter", UnitKind::Volume, 1, 1),
    ("ml", UnitKind::Volume, 1, 1000),
    ("m3", UnitKind::Volume, 1000, 1),
    ("thousand m3", UnitKind::Volume, 1_000_000, 1),
    ("bbl", UnitKind::Volume, 158_987_294_928, 1_000_000_000),
    ("No.", UnitKind::Count, 1, 1),
    ("prs.", UnitKind::Pairs, 1, 1),
    ("doz.", UnitKind::Count, 12, 1),
    ("doz. prs.", UnitKind::Pairs, 12, 1),
    ("gross", UnitKind::Count, 144, 1),
    ("hundreds", UnitKind::Count, 100, 1),
    ("thousands", UnitKind::Count, 1000, 1),
];

/// Spellings met in official and commercial files, lower case without blanks around, and the
/// canonical name they mean.
const SPELLINGS: &[(&str, &str)] = &[
    ("kgs", "kg"),
    ("kilogram", "kg"),
    ("kilograms", "kg"),
    ("kgm", "kg"),
    ("gram", "g"),
    ("grams", "g"),
    ("grm", "g"),
    ("gm", "g"),
    ("tonne", "t"),
    ("tonnes", "t"),
    ("ton", "t"),
    ("metric ton", "t"),
    ("metric tons", "t"),
    ("tne", "t"),
    ("carats", "carat"),
    ("car", "carat"),
    ("lbs", "lb"),
    ("pound", "lb"),
    ("pounds", "lb"),
    ("meter", "m"),
    ("meters", "m"),
    ("metre", "m"),
    ("metres", "m"),
    ("lin. m", "m"),
    ("m²", "m2"),
    ("sqm", "m2"),
    ("square meters", "m2"),
    ("cm²", "cm2"),
    ("squares", "square"),
    ("l", "liter"),
    ("ltr", "liter"),
    ("litre", "liter"),
    ("litres", "liter"),
    ("liters", "liter"),
    ("milliliter", "ml"),
    ("milliliters", "ml"),
    ("m³", "m3"),
    ("cubic meters", "m3"),
    ("thousand m³", "thousand m3"),
    ("barrel", "bbl"),
    ("barrels", "bbl"),
    ("no", "No."),
    ("number", "No."),
    ("each", "No."),
    ("ea", "No."),
    ("pcs", "No."),
    ("pcs.", "No."),
    ("pc", "No."),
    ("piece", "No."),
    ("pieces", "No."),
    ("article", "No."),
    ("articles", "No."),
    ("unit", "No."),
    ("units", "No."),
    ("head", "No."),
    ("pr", "prs."),
    ("pr.", "prs."),
    ("prs", "prs."),
    ("pair", "prs."),
    ("pairs", "prs."),
    ("doz", "doz."),
    ("dz", "doz."),
    ("dozen", "doz."),
    ("dozens", "doz."),
    ("dz pcs", "doz."),
    ("doz. pcs", "doz."),
    ("doz prs", "doz. prs."),
    ("doz. pr.", "doz. prs."),
    ("dpr", "doz. prs."),
    ("dozen pairs", "doz. prs."),
    ("gr", "gross"),
    ("hundred", "hundreds"),
    ("100", "hundreds"),
    ("thousand", "thousands"),
    ("1000", "thousands"),
    ("1,000", "thousands"),
    ("pf.liter", "pf. liter"),
    ("pf.liters", "pf. liter"),
    ("pf. liters", "pf. liter"),
    ("proof liter", "pf. liter"),
    ("proof liters", "pf. liter"),
    ("pfl", "pf. liter"),
    ("jwls.", "jewel"),
    ("jewels", "jewel"),
    ("degree", "degrees"),
    ("doses", "dose"),
    ("packs", "pack"),
    ("gr.lines", "line gross"),
    ("gr. lines", "line gross"),
];

/// Qualifiers before or after a mass unit, and of what they count.
const QUALIFIERS: &[(&str, &str)] = &[
    ("cu", "copper"),
    ("pb", "lead"),
    ("zn", "zinc"),
    ("mn", "manganese"),
    ("mo", "molybdenum"),
    ("mg", "magnesium"),
    ("si", "silicon"),
    ("w", "tungsten"),
    ("v", "vanadium"),
    ("ni", "nickel"),
    ("cr", "chromium"),
    ("co", "cobalt"),
    ("sn", "tin"),
    ("sb", "antimony"),
    ("au", "gold"),
    ("ag", "silver"),
    ("pt", "platinum"),
    ("pd", "palladium"),
    ("rh", "rhodium"),
    ("ir", "iridium"),
    ("os", "osmium"),
    ("ru", "ruthenium"),
    ("v2o5", "vanadium pentoxide"),
    ("cr2o3", "chromium oxide"),
    ("naoh", "sodium hydroxide"),
    ("nh3", "ammonia"),
    ("cy", "clean yield"),
    ("clean", "clean yield"),
    ("cmsc", "cows' milk solids content"),
    ("msc", "milk solids content"),
    ("ttl sug", "total sugars"),
    ("total sugars", "total sugars"),
    ("amc", "anhydrous morphine content"),
    ("adw", "air dry weight"),
    ("dwb", "dry weight basis"),
    ("fiber", "fiber"),
];

impl Unit {
    /// A unit of the whole article by its canonical name.
    pub fn named(name: &str) -> Unit {
        Unit { name: name.to_owned(), of: None }
    }

    /// Reads any spelling: `kg`, `KGS`, `Cu kg`, `m<sup>2</sup>`, `doz. prs.`. A text that is in no
    /// table becomes a unit of its own that converts to nothing; an empty text is none.
    pub fn parse(text: &str) -> Option<Unit> {
        let text = strip_markup(text);
        if text.is_empty() {
            return None;
        }
        if let Some(unit) = Unit::unqualified(&text) {
            return Some(unit);
        }
        let lower = text.to_lowercase();
        for (qualifier, of) in QUALIFIERS {
            let rest = lower
                .strip_prefix(qualifier)
                .or_else(|| lower.strip_suffix(qualifier))
                .filter(|rest| rest.starts_with(' ') || rest.ends_with(' '));
            if let Some(unit) = rest.and_then(Unit::unqualified) {
                return Some(Unit { of: Some((*of).to_owned()), ..unit });
            }
        }
        Some(Unit::of_words(&text).unwrap_or_else(|| Unit::named(&text)))
    }

    /// `kg drained weight`, `kg of total sugars`, `kg on contents and container`.
    fn of_words(text: &str) -> Option<Unit> {
        let (unit, rest) = text.split_once(' ')?;
        let unit = Unit::unqualified(unit)?;
        let rest =
            rest.trim_start_matches("on ").trim_start_matches("of ").trim_start_matches("the ");
        let words = !rest.is_empty() && !rest.starts_with("and ");
        words.then(|| Unit { of: Some(rest.to_lowercase()), ..unit })
    }

    fn unqualified(text: &str) -> Option<Unit> {
        let lower = text.trim().to_lowercase();
        let name =
            UNITS.iter().map(|u| u.0).find(|name| name.to_lowercase() == lower).or_else(|| {
                SPELLINGS.iter().find(|(spelling, _)| *spelling == lower).map(|(_, name)| *name)
            })?;
        Some(Unit::named(name))
    }

    /// Whether it is a unit of rate texts that no table converts: proof litres, jewels, degrees.
    pub fn is_of_rates(&self) -> bool {
        let known = ["degrees", "jewel", "pf. liter", "pack", "dose", "line gross", "pins"];
        known.contains(&self.name.as_str())
    }

    pub fn kind(&self) -> UnitKind {
        self.scale().map_or(UnitKind::Other, |(kind, _)| kind)
    }

    fn scale(&self) -> Option<(UnitKind, Exact)> {
        UNITS
            .iter()
            .find(|(name, ..)| *name == self.name)
            .map(|(_, kind, n, d)| (*kind, Exact::new(*n, *d)))
    }

    /// How many of `other` one of this unit is; `None` where no exact conversion is allowed.
    pub fn to(&self, other: &Unit) -> Option<Exact> {
        if self == other {
            return Some(Exact::ONE);
        }
        let ((kind, a), (other_kind, b)) = (self.scale()?, other.scale()?);
        (kind == other_kind && self.of == other.of).then(|| a / b)
    }
}

impl Quantity {
    /// Reads `100 kg`, `12 doz.`, `1,250.5 Cu kg`.
    pub fn parse(text: &str) -> Option<Quantity> {
        let text = text.trim();
        let split = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ','))?;
        let (amount, unit) = text.split_at(split);
        Some(Quantity { amount: parse_exact(amount)?, unit: Unit::parse(unit)? })
    }

    /// This quantity counted in `unit`, when an exact conversion is allowed.
    pub fn in_unit(&self, unit: &Unit) -> Option<Exact> {
        Some(self.amount * self.unit.to(unit)?)
    }
}

/// Takes HTML tags and doubled blanks out of a text of the official files.
fn strip_markup(text: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in text.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => out.push(c),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.of {
            Some(of) => f.pad(&format!("{} of {of}", self.name)),
            None => f.pad(&self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(text: &str) -> Unit {
        Unit::parse(text).unwrap()
    }

    #[test]
    fn official_spellings_meet_in_one_canonical_unit() {
        assert_eq!(unit("m<sup>2</sup>"), unit("m²"));
        assert_eq!(unit(" <u>kg</u>"), Unit::named("kg"));
        assert_eq!(unit("KGS"), Unit::named("kg"));
        assert_eq!(unit("pcs "), unit("No."));
        assert_eq!(unit("Cu kg"), Unit { name: "kg".into(), of: Some("copper".into()) });
        assert_eq!(unit("kg cmsc").of.as_deref(), Some("cows' milk solids content"));
        assert_eq!(unit("kg on drained weight"), unit("kg drained weight"));
        assert_eq!(unit("kg drained weight").of.as_deref(), Some("drained weight"));
        assert_eq!(Unit::parse("  "), None);
    }

    #[test]
    fn conversion_is_exact_and_only_within_a_kind() {
        let dozen = Quantity::parse("2.5 doz.").unwrap();
        assert_eq!(dozen.in_unit(&unit("No.")), Some(Exact::from_integer(30)));
        let grams = Quantity::parse("1,500 g").unwrap();
        assert_eq!(grams.in_unit(&unit("kg")), Some(Exact::new(3, 2)));
        assert_eq!(grams.in_unit(&unit("liter")), None);
        assert_eq!(unit("Cu kg").to(&unit("kg")), None);
        assert_eq!(unit("Cu kg").to(&unit("Cu g")), Some(Exact::from_integer(1000)));
        assert_eq!(unit("MWh").to(&unit("No.")), None);
        assert_eq!(unit("prs.").to(&unit("No.")), None);
        assert_eq!(unit("doz. prs.").to(&unit("prs.")), Some(Exact::from_integer(12)));
    }
}
