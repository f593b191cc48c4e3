//! Names of origins as the official text writes them.

use std::collections::BTreeSet;

use ledger::{Ledger, Verification};
use tariff::{Country, Moment};

/// Every name that an origin may have in the official text, the longest first.
pub struct Names<'a> {
    ledger: &'a Ledger,
    names: Vec<(String, Named)>,
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    Any,
    Country(Country),
    Area(String),
}

impl<'a> Names<'a> {
    pub fn new(ledger: &'a Ledger, verification: &Verification) -> Names<'a> {
        let mut names: Vec<(String, Named)> =
            vec![("any country".into(), Named::Any), ("all countries".into(), Named::Any)];
        for (country, name) in ledger.countries.iter() {
            names.push((name.to_lowercase(), Named::Country(country)));
        }
        for area in &ledger.areas {
            if !area.name.is_empty() {
                names.push((area.name.to_lowercase(), Named::Area(area.id.clone())));
            }
        }
        for (name, meant) in &verification.names {
            let country = Country::parse(meant).ok().filter(|_| ledger.area(meant).is_none());
            let named = country.map_or_else(|| Named::Area(meant.clone()), Named::Country);
            names.push((name.clone(), named));
        }
        names.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        Names { ledger, names }
    }

    /// The origins of `articles the product of …`, in every place that is no exception.
    pub fn origins(&self, description: &str) -> BTreeSet<Named> {
        let lower = description.to_lowercase().replace('\u{2019}', "'");
        let mut found = BTreeSet::new();
        for mark in ["product of ", "products of "] {
            for (at, _) in lower.match_indices(mark) {
                if !is_exception(&lower[..at]) {
                    self.list(&lower[at + mark.len()..], &mut found);
                }
            }
        }
        found
    }

    /// Takes the names at the start of a text: `Israel, Malawi, or Zambia, as provided …`.
    fn list(&self, mut text: &str, found: &mut BTreeSet<Named>) {
        let mut list = BTreeSet::new();
        loop {
            text = text.strip_prefix("a ").unwrap_or(text);
            text = text.strip_prefix("any ").filter(|t| t.starts_with("member")).unwrap_or(text);
            for lead in ["member nations of ", "member nation of ", "member countries of "] {
                text = text.strip_prefix(lead).unwrap_or(text);
            }
            text = text.strip_prefix("the ").unwrap_or(text);
            let name = self.names.iter().find(|(name, _)| {
                let rest = text.strip_prefix(name.as_str());
                rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
            });
            let Some((name, named)) = name else { break };
            text = &text[name.len()..];
            // `any country identified in general note 3(b)` names no country.
            if *named == Named::Any && text.starts_with(" identified") {
                return;
            }
            list.insert(named.clone());
            let joined = [", including ", ", and ", ", or ", ", ", " and ", " or "];
            let Some(rest) = joined.iter().find_map(|word| text.strip_prefix(word)) else { break };
            text = rest.strip_prefix("of ").unwrap_or(rest);
        }
        // `the product of Russia, or where any … is smelted in Russia`: origin is one way of several.
        if !text.starts_with("where ") {
            found.append(&mut list);
        }
    }

    /// The countries that names stand for at a moment; `None` is any.
    pub fn countries(&self, named: &BTreeSet<Named>, moment: Moment) -> Option<BTreeSet<Country>> {
        let mut countries = BTreeSet::new();
        for name in named {
            match name {
                Named::Any => return None,
                Named::Country(country) => {
                    countries.insert(*country);
                }
                Named::Area(area) => countries.extend(members(self.ledger, area, moment)),
            }
        }
        Some(countries)
    }
}

/// The countries of an area or of a code, at a moment.
pub fn members(ledger: &Ledger, area: &str, moment: Moment) -> BTreeSet<Country> {
    let all = ledger.countries.iter().map(|(country, _)| country);
    all.filter(|country| ledger.in_area(*country, area, moment)).collect()
}

/// Words of a clause after which `products of` names no origin of the goods: exceptions, one of
/// several alternatives, parts of the goods.
const ELSEWHERE: &[&str] = &["except", "other than", "excluding", " not ", "(1)", "assemblies"];

/// Whether what follows is no origin of the goods: the words since the last stop say so.
fn is_exception(before: &str) -> bool {
    let clause = before.rsplit([',', ';', ':']).next().unwrap_or(before);
    ELSEWHERE.iter().any(|word| clause.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_read_where_the_headings_name_them() {
        let ledger = Ledger::embedded();
        let names = Names::new(&ledger, &ledger.verifications["us"]);
        let moment = Moment::parse("2025-09-01T12:00-04:00").unwrap();
        for (text, wanted) in [
            (
                "articles the product of China and Hong Kong, as provided for in U.S. note 2(s)",
                "CN HK",
            ),
            (
                "articles the product of China, including Hong Kong and Macau, as provided",
                "CN HK MO",
            ),
            ("articles the product of Libya, Moldova, or Switzerland, as provided for", "CH LY MD"),
            (
                "articles the product of Cameroon or the Democratic Republic of the Congo, as",
                "CD CM",
            ),
            ("articles the product of Côte d`Ivoire or Namibia, as provided for", "CI NA"),
            (
                "articles the product of any country, except for articles the product of China",
                "any",
            ),
            ("Articles the product of any country identified in general note 3(b)", "none"),
            ("products of iron or steel, except products of Australia, of Argentina", "none"),
            (
                "Aluminum articles that are the product of Russia, or where any amount of primary aluminum \
                 is smelted in Russia",
                "none",
            ),
            ("attested that the cranes: (1) are not products of China", "none"),
            ("Wood products of Japan as provided for in subdivisions (d) and (f)", "JP"),
            ("Articles that are donations", "none"),
        ] {
            let named = names.origins(text);
            let found = match names.countries(&named, moment) {
                None => "any".to_owned(),
                Some(_) if named.is_empty() => "none".to_owned(),
                Some(countries) => {
                    countries.iter().map(Country::as_str).collect::<Vec<_>>().join(" ")
                }
            };
            assert_eq!(found, wanted, "{text}");
        }
        let named =
            names.origins("articles the product of the European Union or Jordan as provided");
        assert_eq!(names.countries(&named, moment).unwrap().len(), 28);
    }
}
