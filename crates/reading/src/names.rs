//! Claims, verdicts and sources in words, for every form of the report.

use ledger::Ledger;
use tariff::Country;

use crate::align::Fact;
use crate::claim::{Claim, Kind};
use crate::verdict::Held;

/// So many countries or documents are named before the rest is counted.
const NAMED_MAX: usize = 3;

/// What a claim is about, without its figures: `change: United States on goods of China, steel`.
pub fn about(claim: &Claim, ledger: &Ledger) -> String {
    let names = |countries: &[Country]| match countries.len() {
        0 => None,
        1..=NAMED_MAX => {
            let names = countries.iter().map(|country| {
                let side = ledger.levying(country.as_str()).map(|side| side.name.as_str());
                let name = side.or_else(|| ledger.countries.name(*country));
                name.unwrap_or(country.as_str()).to_owned()
            });
            Some(names.collect::<Vec<String>>().join(", "))
        }
        many => Some(format!("{many} countries")),
    };
    let duty = matches!(claim.kind, Kind::Rate | Kind::Change | Kind::Suspension);
    let mut out = if duty {
        let on = names(&claim.on).map(|on| format!("on goods of {on}"));
        names(&claim.levied_by).into_iter().chain(on).collect::<Vec<String>>().join(" ")
    } else {
        let mut parties = claim.levied_by.clone();
        parties.extend(&claim.on);
        parties.sort();
        parties.dedup();
        names(&parties).unwrap_or_default()
    };
    for more in claim.goods.iter().chain(&claim.act) {
        if !out.is_empty() {
            out.push_str(", ");
        }
        out.push_str(more);
    }
    match out.is_empty() {
        true => claim.kind.name().to_owned(),
        false => format!("{}: {out}", claim.kind.name()),
    }
}

/// The figures of a fact that no document puts otherwise: `: from 145%, to 30%`.
pub fn agreed(fact: &Fact) -> String {
    let agreed = fact.figures.iter().filter_map(|figure| match figure.values.as_slice() {
        // What most leave out is not what they agree on.
        [(value, by)] if by.len() * 2 >= fact.documents.len() => {
            Some(format!("{} {value}", figure.field))
        }
        _ => None,
    });
    let agreed: Vec<String> = agreed.collect();
    if agreed.is_empty() { String::new() } else { format!(": {}", agreed.join(", ")) }
}

/// The exact figure and why; and by which law.
pub fn grounds(held: &Held) -> (String, String) {
    let exact = held.exact.as_ref().filter(|exact| !held.why.contains(exact.as_str()));
    let exact = exact.map(|exact| format!("{}: ", exact.trim_end_matches('.')));
    let mut cites: Vec<&str> = held.cites.iter().map(|cite| site(cite)).collect();
    cites.dedup();
    (format!("{}{}", exact.unwrap_or_default(), held.why), cites.join(", "))
}

/// An address by its site.
fn site(source: &str) -> &str {
    let bare = source.strip_prefix("https://").or_else(|| source.strip_prefix("http://"));
    bare.map_or(source, |rest| rest.split('/').next().unwrap_or(rest).trim_start_matches("www."))
}

/// `, Fox News, by Financial Times`
pub fn outlets(outlets: &[String]) -> String {
    let mut out = String::new();
    for (at, outlet) in outlets.iter().enumerate() {
        out.push_str(if at == 0 { ", " } else { ", by " });
        out.push_str(outlet);
    }
    out
}

/// The names of documents, the first few of many.
pub fn carriers(documents: &[usize], names: &[String]) -> String {
    let most = if documents.len() <= 2 * NAMED_MAX { documents.len() } else { NAMED_MAX };
    let named: Vec<&str> =
        documents.iter().take(most).filter_map(|at| names.get(*at)).map(String::as_str).collect();
    match documents.len() - most {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// Documents by their file names, where these tell them apart.
pub fn short(names: &[String]) -> Vec<String> {
    let short: Vec<&str> =
        names.iter().map(|name| name.rsplit(['/', '\\']).next().unwrap_or(name)).collect();
    let mut sorted = short.clone();
    sorted.sort_unstable();
    sorted.dedup();
    match sorted.len() == names.len() {
        true => short.into_iter().map(str::to_owned).collect(),
        false => names.to_vec(),
    }
}
