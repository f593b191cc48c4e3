//! Prints what is read from texts: `cargo run -p reading --example claims -- 2025-05-30 FILE…`.

use ledger::{Ledger, Readings};
use reading::{Bench, Document, Lexicon};
use tariff::{Day, exact_decimal};

fn main() {
    let mut args = std::env::args().skip(1);
    let dated = args.next().and_then(|text| Day::parse(&text).ok());
    let ledger = Ledger::embedded();
    let (lexicon, findings) = Lexicon::new(&ledger);
    for finding in findings {
        eprintln!("{}:{} {} ({})", finding.file, finding.line, finding.message, finding.help);
    }
    let readings = Readings::new();
    let mut bench = Bench::new(&ledger, &readings);
    for name in args {
        let text = std::fs::read_to_string(&name).expect("a text");
        let mut at = dated;
        // Lines that begin with a date in brackets are documents of their own.
        let documents: Vec<(Option<Day>, String)> = if text.starts_with("[20") {
            text.lines()
                .filter(|l| !l.trim().is_empty())
                .map(|line| {
                    if let Some((date, rest)) =
                        line.strip_prefix('[').and_then(|l| l.split_once(']'))
                    {
                        at = Day::parse(date).ok();
                        return (at, rest.trim().to_owned());
                    }
                    (at, line.to_owned())
                })
                .collect()
        } else {
            vec![(dated, text)]
        };
        println!("=== {name}");
        for (dated, text) in documents {
            if text.len() < 4000 {
                println!("--- {} {text}", dated.map_or(String::new(), |d| d.to_string()));
            }
            let document = Document { name: name.clone(), dated, text };
            for claim in reading::read(&document, &lexicon) {
                let rate = |r: Option<tariff::Exact>| r.map_or("-".to_owned(), exact_decimal);
                let countries = |c: &[tariff::Country]| {
                    c.iter().map(tariff::Country::to_string).collect::<Vec<_>>().join("+")
                };
                println!("  «{}»", document.text[claim.span.clone()].replace('\n', " / "));
                println!(
                    "     {} {}>{}{} {} → {} {:?}{}{}{}{}{}{}{}{} {:?}{}",
                    claim.kind.name(),
                    countries(&claim.levied_by),
                    countries(&claim.on),
                    if claim.others { "others" } else { "" },
                    rate(claim.rate_from),
                    rate(claim.rate_to),
                    claim.bound,
                    claim.points.map_or(String::new(), |p| format!(" points {}", exact_decimal(p))),
                    claim.days.map_or(String::new(), |d| format!(" {d}d")),
                    claim.from.map_or(String::new(), |d| format!(" from {d}")),
                    claim.until.map_or(String::new(), |d| format!(" until {d}")),
                    claim.around.map_or(String::new(), |(a, b)| format!(" {a}..{b}")),
                    claim.goods.as_ref().map_or(String::new(), |g| format!(" goods {g}")),
                    if claim.programs.is_empty() {
                        String::new()
                    } else {
                        format!(" {:?}", claim.programs)
                    },
                    claim
                        .act
                        .as_ref()
                        .or(claim.court.as_ref())
                        .map_or(String::new(), |a| format!(" act {a}")),
                    claim.tense,
                    claim.status.map_or(String::new(), |s| format!(" {}", s.name())),
                );
                let (then, today) = bench.hold(&claim, dated);
                println!(
                    "     then: {:?} {} {:?} {}",
                    then.verdict,
                    then.exact.unwrap_or_default(),
                    then.cites,
                    then.why
                );
                println!(
                    "     today: {:?} {} {}",
                    today.verdict,
                    today.exact.unwrap_or_default(),
                    today.why
                );
            }
        }
    }
}
