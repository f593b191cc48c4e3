//! Who imports what: made-up importers, each with goods of its own, as unequal as in trade.

use nomenclature::Schedule;
use tariff::{Code, Country, Day, Unit};

use crate::mutate::dice::Dice;

/// An importer of the report.
pub struct Importer {
    /// As customs has it: `12-345678900`.
    pub number: String,
    pub name: &'static str,
    /// The broker that files for it: the first three characters of its entries.
    pub filer: &'static str,
    pub ports: Vec<&'static str>,
    /// The goods it imports, the most frequent first.
    pub goods: Vec<Traded>,
}

/// A kind of goods that an importer buys again and again.
pub struct Traded {
    pub code: Code,
    pub origin: Country,
    /// The code of the origin as customs files it: a province, for one country.
    pub filed_origin: &'static str,
    /// A preference that is claimed.
    pub claim: Option<&'static str>,
    pub unit: Option<Unit>,
    /// Of one unit.
    pub price_cents: usize,
    pub maker: String,
}

/// Names that no company has. Some begin with signs that a spreadsheet takes for a formula.
const NAMES: &[&str] = &[
    "Harbor Lane Toys Inc",
    "Cedar & Pike Furniture LLC",
    "@Home Textiles Co",
    "Northfield, Bros. & Co",
    "+Plus Lighting LLC",
    "Blue Mesa Outdoor Corp",
    "Quarry Road Hardware Inc",
    "=Equal Parts Electronics",
    "Tidewater Machine Works",
    "Saltbox Kitchens LLC",
    "Prairie Optical Inc",
    "Lantern Street Foods",
    "-Minus Apparel Group",
    "Granite Fork Auto Parts",
    "Willow Creek Medical \"WCM\"",
    "Ferry Point Ceramics",
    "Copper Kettle Trading",
    "Juniper Bicycle Works",
    "Old Mill Paper Co",
    "Summit & Shore Sports",
];

const FILERS: &[&str] = &["605", "AB7", "W4K", "9ZT"];

/// Ports of entry: Los Angeles, Newark, Savannah, Houston, Laredo, Detroit, Chicago, Seattle, JFK.
const PORTS: &[&str] = &["2704", "4601", "1703", "5301", "2304", "3801", "3901", "3001", "4701"];

/// Origins, those of most American imports first, each with the code that a filing has for it and the
/// preference that may be claimed.
const ORIGINS: &[(&str, &[&str], Option<&str>)] = &[
    ("CN", &["CN"], None),
    ("MX", &["MX"], Some("S")),
    ("CA", &["XO", "XA", "CA"], Some("S")),
    ("DE", &["DE"], None),
    ("VN", &["VN"], None),
    ("JP", &["JP"], None),
    ("KR", &["KR"], Some("KR")),
    ("TW", &["TW"], None),
    ("IN", &["IN"], None),
    ("IT", &["IT"], None),
    ("CH", &["CH"], None),
    ("TH", &["TH"], None),
    ("GB", &["GB"], None),
    ("BR", &["BR"], None),
    ("FR", &["FR"], None),
    ("MY", &["MY"], None),
    ("ID", &["ID"], None),
    ("AU", &["AU"], Some("AU")),
    ("KH", &["KH"], None),
    ("BD", &["BD"], None),
    ("PK", &["PK"], None),
    ("NO", &["NO"], None),
];

/// A place below `count`: the first half as often again as the second, and so on (one over the rank).
pub fn ranked(dice: &mut Dice, count: usize) -> usize {
    let weight = |rank: usize| 1_000_000 / (rank + 1);
    let all: usize = (0..count).map(weight).sum();
    let mut drawn = dice.below(all);
    (0..count)
        .find(|rank| {
            let hit = drawn < weight(*rank);
            drawn = drawn.saturating_sub(weight(*rank));
            hit
        })
        .unwrap_or(0)
}

/// Makes the importers. Their goods are codes of the schedule in force on both days.
pub fn importers(
    schedule: &Schedule,
    (first, last): (Day, Day),
    seed: u64,
    count: usize,
) -> Vec<Importer> {
    let known = schedule.span().map_or(last, |(_, known)| known);
    let codes = |day| -> Vec<Code> {
        let held = schedule.codes_on(day, known).into_iter().map(|(code, _)| code);
        held.filter(|code| code.digits() == 10 && !code.is_special()).collect()
    };
    let at_end = codes(last);
    let codes: Vec<Code> =
        codes(first).into_iter().filter(|code| at_end.binary_search(code).is_ok()).collect();
    (0..count.min(NAMES.len()))
        .map(|at| {
            let mut dice = Dice::new(seed, at, 1);
            let mut origins: Vec<usize> =
                (0..1 + dice.below(4)).map(|_| ranked(&mut dice, ORIGINS.len())).collect();
            origins.dedup();
            let goods = (0..6 + dice.below(30))
                .filter_map(|_| {
                    let (origin, filed, preference) =
                        ORIGINS[origins[ranked(&mut dice, origins.len())]];
                    let code = *dice.one(&codes)?;
                    let origin = Country::parse(origin).ok()?;
                    let claim = preference.filter(|_| dice.below(10) < 7);
                    let unit = schedule.units(code, last, known).first().cloned();
                    let filed_origin = *dice.one(filed)?;
                    let maker = maker(origin, &mut dice);
                    let price_cents = 50 + dice.below(20_000);
                    Some(Traded { code, origin, filed_origin, claim, unit, price_cents, maker })
                })
                .collect();
            let number = format!(
                "{:02}-{:07}{:02}",
                10 + dice.below(80),
                1_000_000 + dice.below(8_999_999),
                dice.below(3)
            );
            let ports = (0..1 + dice.below(3)).filter_map(|_| dice.one(PORTS).copied()).collect();
            let filer = FILERS[dice.below(FILERS.len())];
            Importer { number, name: NAMES[at], filer, ports, goods }
        })
        .collect()
}

/// A manufacturer's identification: country, letters of a name, a number, letters of a town.
fn maker(origin: Country, dice: &mut Dice) -> String {
    let mut letters = |count: usize| -> String {
        (0..count).map(|_| (b'A' + dice.below(26) as u8) as char).collect()
    };
    let (name, town) = (letters(6), letters(3));
    format!("{origin}{name}{}{town}", 1 + dice.below(998))
}
