//! Claims, verdicts and sources in words, for every form of the report.

use ledger::Ledger;
use tariff::Country;

use crate::claim::Claim;
use crate::verdict::Held;

/// So many countries or documents are named before the rest is counted.
const NAMED_MAX: usize = 3;

/// What a claim is about, without its figures: `change: United States on goods of China, steel`.
pub fn about(claim: &Claim, ledger: &Ledger) -> String {
    let names = |countries: &[Country]| match countries.len() {
        0 => None,
        1..=NAMED_MAX => {
            let names = countries.iter().map(|country| {
                ledger.countries.name(*country).unwrap_or(country.as_str()).to_owned()
            });
            Some(names.collect::<Vec<String>>().join(", "))
        }
        many => Some(format!("{many} countries")),
    };
    let mut parts: Vec<String> = names(&claim.levied_by).into_iter().collect();
    if let Some(on) = names(&claim.on) {
        parts.push(format!("on goods of {on}"));
    }
    let mut out = parts.join(" ");
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
