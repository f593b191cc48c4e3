//! Random small ledgers, written as the text that people write, and random lines.
//!
//! Measures belong to programs in an order, and relations point forward in it, so no ledger has a
//! circle. Acts become known twenty days apart.

use std::collections::BTreeMap;
use std::fmt::Write;

use ledger::{Ledger, Source};
use oracle::{Goods, Line};
use proptest::prelude::*;
use proptest::sample::select;
use tariff::{Cents, Code, Country, Exact, Stated, Zone};

pub const PROGRAMS: [&str; 4] = ["p0", "p1", "p2", "p3"];
/// The program whose measures form a pick.
const PICKED: usize = 2;
pub const ACTS: usize = 6;

/// Moments at which things begin and end. In winter they are the first minute of a day, in summer
/// an hour later, so that a day may hold two laws.
const BOUNDARIES: [&str; 6] = [
    "2025-01-15T00:01-05:00",
    "2025-02-04T00:01-05:00",
    "2025-03-04T00:01-05:00",
    "2025-04-05T00:01-04:00",
    "2025-05-14T00:01-05:00",
    "2025-06-04T12:00-04:00",
];

const RATES: [&str; 9] = [
    "10%",
    "25%",
    "0.5%",
    "free",
    "12¢/kg",
    "4¢/kg + 3%",
    "total 15%",
    "unknown 0% to 25%",
    "unknown",
];

/// Conditions, with the facts of each that may be unstated.
const CONDITIONS: [(&str, &[&str]); 8] = [
    ("claim S", &[]),
    ("not claim 9903.01.01", &[]),
    ("loaded before 2025-04-05T00:01-04:00 and mode is vessel", &["loaded", "mode"]),
    ("exported from 2025-03-01T00:01-05:00 or value <= 800", &["exported"]),
    ("content us >= 20% of value", &["content us"]),
    ("column claimed >= 5%", &[]),
    ("not (origin in column-2) and goods in us/some", &[]),
    (
        "privileged before 2025-04-05T00:01-04:00 or entered before 2025-03-10T00:01-05:00",
        &["privileged"],
    ),
];

const OUTCOMES: [&str; 5] = ["owed", "not-owed", "ask-owed", "ask-not-owed", "ask"];
const BASES: [(&str, Option<&str>); 4] = [
    ("value", None),
    ("content steel", Some("content steel")),
    ("content us", Some("content us")),
    ("value less content us", Some("content us")),
];

#[derive(Clone, Debug)]
pub struct Measure {
    pub act: usize,
    pub program: usize,
    rate: usize,
    of: &'static str,
    goods: &'static str,
    when: Option<usize>,
    outcome: usize,
    basis: usize,
    relief: bool,
    stage: bool,
    pub from: usize,
    /// Boundaries after `from`; beyond the last is no end.
    pub length: usize,
}

#[derive(Clone, Debug)]
pub struct Change {
    pub act: usize,
    kind: u8,
    measure: usize,
    whole_program: bool,
    rate: usize,
    from: usize,
    length: usize,
}

#[derive(Clone, Debug)]
struct Relation {
    act: usize,
    of: usize,
    /// How far after `of` the object stands.
    step: usize,
    takes_part: bool,
    provided_for: bool,
    from: usize,
}

#[derive(Clone, Debug, Default)]
pub struct Law {
    pub measures: Vec<Measure>,
    changes: Vec<Change>,
    relations: Vec<Relation>,
    rows: Vec<(usize, usize, bool)>,
    /// Every fact that is not stated is asked for; none is settled by a rule.
    pub asks: bool,
}

/// How things are named in the text, and in what order acts and measures come by name.
#[derive(Clone, Copy)]
pub struct Names {
    pub act: fn(usize) -> String,
    pub slug: fn(usize) -> String,
}

pub const PLAIN: Names = Names { act: |i| format!("act-{i}"), slug: |i| format!("m{i}") };
pub const REVERSED: Names =
    Names { act: |i| format!("deed-{}", 9 - i), slug: |i| format!("x{}", 99 - i) };

pub fn law() -> impl Strategy<Value = Law> {
    let measure = (
        (0..ACTS, 0..PROGRAMS.len(), 0..RATES.len()),
        select(vec!["\"world\"", "[\"CN\"]", "[\"CN\", \"CA\"]", "[\"column-2\"]"]),
        select(vec!["\"all\"", "[\"8302\"]", "[\"us/some\"]"]),
        (prop::option::of(0..CONDITIONS.len()), 0..OUTCOMES.len(), 0..BASES.len()),
        (any::<bool>(), any::<bool>(), 0..BOUNDARIES.len() - 1, 1..BOUNDARIES.len()),
    )
        .prop_map(
            |(
                (act, program, rate),
                of,
                goods,
                (when, outcome, basis),
                (relief, stage, from, length),
            )| {
                Measure {
                    act,
                    program,
                    rate,
                    of,
                    goods,
                    when,
                    outcome,
                    basis,
                    relief,
                    stage,
                    from,
                    length,
                }
            },
        );
    let change =
        (
            (0..ACTS, 0u8..8, 0..8usize, any::<bool>()),
            (0..RATES.len(), 0..BOUNDARIES.len() - 1, 1..BOUNDARIES.len()),
        )
            .prop_map(|((act, kind, measure, whole_program), (rate, from, length))| {
                Change { act, kind, measure, whole_program, rate, from, length }
            });
    let relation = (
        0..ACTS,
        0..PROGRAMS.len() - 1,
        1..3usize,
        any::<bool>(),
        any::<bool>(),
        0..BOUNDARIES.len(),
    )
        .prop_map(|(act, of, step, takes_part, provided_for, from)| Relation {
            act,
            of,
            step,
            takes_part,
            provided_for,
            from,
        });
    (
        prop::collection::vec(measure, 1..7),
        prop::collection::vec(change, 0..6),
        prop::collection::vec(relation, 0..4),
        prop::collection::vec((0..ACTS, 0..3usize, any::<bool>()), 0..3),
    )
        .prop_map(|(measures, mut changes, relations, rows)| {
            // Nothing acts on a measure before the act that makes it.
            for change in &mut changes {
                let program = measures[change.measure % measures.len()].program;
                let made = measures.iter().filter(|m| m.program == program).map(|m| m.act).max();
                change.act = change.act.max(made.unwrap_or(0));
            }
            Law { measures, changes, relations, rows, asks: false }
        })
}

fn interval(from: usize, length: usize) -> String {
    let mut text = format!("from = {}\n", BOUNDARIES[from]);
    if let Some(until) = BOUNDARIES.get(from + length) {
        writeln!(text, "until = {until}").unwrap();
    }
    text
}

/// The day on which the act at this place became known.
pub fn known(act: usize) -> String {
    ["2024-12-01", "2025-01-10", "2025-02-10", "2025-03-10", "2025-04-10", "2025-05-10"][act]
        .to_owned()
}

pub fn head(id: &str, known: &str) -> String {
    format!("id = \"{id}\"\nkind = \"notice\"\ntitle = \"{id}\"\ncite = \"x\"\nknown = {known}\n")
}

impl Law {
    pub fn id(&self, measure: usize, names: Names) -> String {
        format!("us/{}/{}", PROGRAMS[self.measures[measure].program], (names.slug)(measure))
    }

    /// The members of the pick have rates on the value: by amount they can always be compared.
    fn rate(&self, measure: usize, rate: usize) -> &'static str {
        RATES[if self.measures[measure].program == PICKED { rate % 4 } else { rate }]
    }

    fn measure_text(&self, at: usize, names: Names) -> String {
        let m = &self.measures[at];
        let mut text = format!(
            "\n[[do]]\nmeasure = \"{}\"\nat = \"x\"\nrate = \"{}\"\nof = {}\ngoods = {}\n",
            self.id(at, names),
            RATES[m.rate],
            m.of,
            m.goods
        );
        if RATES[m.rate].starts_with("total") {
            text.push_str("absorbs = \"mfn\"\n");
        }
        let (basis, content) = BASES[m.basis];
        let mut facts: Vec<&str> = content.into_iter().collect();
        writeln!(text, "basis = \"{basis}\"").unwrap();
        if let Some((when, asked)) = m.when.map(|w| CONDITIONS[w]) {
            writeln!(text, "when = \"{when}\"").unwrap();
            facts.extend(asked.iter().filter(|f| Some(**f) != content));
        }
        if !facts.is_empty() {
            let outcomes: Vec<String> = facts
                .iter()
                .enumerate()
                .map(|(i, fact)| {
                    // The last three ask.
                    let at = (m.outcome + i) % OUTCOMES.len();
                    let at = if self.asks { 2 + at % 3 } else { at };
                    format!("\"{fact}\" = \"{}\"", OUTCOMES[at])
                })
                .collect();
            writeln!(text, "unstated = {{ {}, cite = \"x\" }}", outcomes.join(", ")).unwrap();
        }
        writeln!(text, "relief = {}", m.relief).unwrap();
        if m.program == PICKED {
            writeln!(text, "pick = \"us/p\"\nstage = \"{}\"", if m.stage { "a" } else { "b" })
                .unwrap();
        }
        text + &interval(m.from, m.length)
    }

    fn change_text(&self, change: &Change, names: Names) -> String {
        let at = change.measure % self.measures.len();
        let measure = self.id(at, names);
        let program = PROGRAMS[self.measures[at].program];
        let target = if change.whole_program { program } else { &measure };
        let from = format!("from = {}\n", BOUNDARIES[change.from]);
        let both = interval(change.from, change.length);
        let text = match change.kind {
            0 => {
                let rate = self.rate(at, change.rate);
                let absorbs = if rate.starts_with("total") { "absorbs = \"mfn\"\n" } else { "" };
                format!("amend = \"{measure}\"\nrate = \"{rate}\"\n{absorbs}{both}")
            }
            1 => format!("end = \"{target}\"\n{from}"),
            2 => format!("extend = \"{target}\"\n{both}"),
            3 => format!("suspend = \"{target}\"\n{both}"),
            4 => format!("suspend = \"{target}\"\nleaving = \"3%\"\n{both}"),
            5 => format!("resume = \"{target}\"\n{from}"),
            6 => format!("void = \"{target}\"\n"),
            // An act is stayed by a later one, or by itself where it is the first: that is nothing.
            _ => format!("stay = \"{}\"\n{both}", (names.act)(change.act.saturating_sub(1))),
        };
        format!("\n[[do]]\n{text}")
    }

    /// The files; `extra` follows the measure at its place (for what splits it), and `without` is a
    /// program whose measures are left out.
    pub fn files(
        &self,
        names: Names,
        extra: impl Fn(usize) -> String,
        without: Option<usize>,
    ) -> BTreeMap<String, String> {
        let mut files = frame();
        for act in 0..ACTS {
            let id = (names.act)(act);
            let mut text = head(&id, &known(act));
            if act == 0 {
                text.push_str("\n[[do]]\npick = \"us/p\"\nat = \"x\"\nstages = [\"a\", \"b\"]\nchoose = \"lowest\"\n");
            }
            for (at, measure) in self.measures.iter().enumerate() {
                if measure.act == act && Some(measure.program) != without {
                    text.push_str(&self.measure_text(at, names));
                    text.push_str(&extra(at));
                }
            }
            for change in self.changes.iter().filter(|c| c.act == act) {
                text.push_str(&self.change_text(change, names));
            }
            for (i, r) in self.relations.iter().enumerate().filter(|(_, r)| r.act == act) {
                let object = (r.of + r.step).min(PROGRAMS.len() - 1);
                writeln!(
                    text,
                    "\n[[do]]\nrelation = \"us/r/{}\"\nat = \"x\"\nof = [\"{}\"]\n{} = [\"{}\"]\ntest = \"{}\"\nfrom = {}",
                    (names.slug)(i),
                    PROGRAMS[r.of],
                    if r.takes_part { "takes-part-of" } else { "excludes" },
                    PROGRAMS[object],
                    if r.provided_for { "provided-for" } else { "owed" },
                    BOUNDARIES[r.from],
                )
                .unwrap();
            }
            files.insert(format!("us/acts/{}_{id}.toml", known(act)), text);
        }
        let mut rows = vec![format!("83,,,{}\n", (names.act)(0))];
        for (i, (act, code, out)) in self.rows.iter().enumerate() {
            let code = ["830210", "83021030", "9403"][*code];
            let (from, until) =
                [("2025-01-20", "2025-03-01"), ("2025-03-01", "2025-05-01"), ("2025-05-01", "")][i];
            rows.push(format!(
                "{}{code},{from},{until},{}\n",
                if *out { "!" } else { "" },
                (names.act)(*act)
            ));
        }
        let list = format!(
            "# source = x\n# count = {}\ncode,from,until,act\n{}",
            rows.len(),
            rows.concat()
        );
        files.insert("us/lists/some.csv".into(), list);
        files
    }

    pub fn plain(&self) -> BTreeMap<String, String> {
        self.files(PLAIN, |_| String::new(), None)
    }

    /// `end` and `extend` in the middle of a measure's interval, in the act that makes it.
    pub fn split(&self, at: usize, names: Names) -> String {
        let m = &self.measures[at];
        let id = self.id(at, names);
        let until =
            BOUNDARIES.get(m.from + m.length).map(|u| format!("until = {u}\n")).unwrap_or_default();
        // Three days after it begins, which is before the next boundary.
        let (day, rest) = BOUNDARIES[m.from].split_at(10);
        let cut = format!("{}{:02}{rest}", &day[..8], day[8..].parse::<u8>().unwrap() + 3);
        format!(
            "\n[[do]]\nend = \"{id}\"\nfrom = {cut}\n\n[[do]]\nextend = \"{id}\"\nfrom = {cut}\n{until}"
        )
    }
}

/// Everything but the acts and lists.
fn frame() -> BTreeMap<String, String> {
    let mut programs =
        "[[program]]\nid = \"mfn\"\nby = \"us\"\ntitle = \"mfn\"\nbase = true\n".to_owned();
    for program in PROGRAMS {
        write!(programs, "\n[[program]]\nid = \"{program}\"\nby = \"us\"\ntitle = \"{program}\"\n")
            .unwrap();
    }
    let territory = "[[territory]]\nid = \"us\"\ncountry = \"US\"\nname = \"United States\"\nzone = \"America/New_York\"\n\
        currency = \"USD\"\nboundary = \"00:01\"\nvalue-rounding = \"whole\"\ncode-digits = 10\n\
        quantity-rounding = { whole-up-to = \"1\" }\nofficial-through = 2026-12-31\nverified-through = 2026-12-31\n\
        schedule = \"us/schedule\"\n";
    let base = "\n[[do]]\nclock = \"us\"\nat = \"x\"\norder = [\"privileged\", \"withdrawn\", \"entered\"]\n\
        \n[[do]]\npick = \"us/mfn\"\nat = \"x\"\nstages = [\"special\", \"general\"]\n\
        \n[[do]]\nmeasure = \"us/mfn/general\"\nat = \"x\"\nrate = \"schedule general\"\nof = \"world\"\nexcept-of = [\"column-2\"]\npick = \"us/mfn\"\nstage = \"general\"\n\
        \n[[do]]\nmeasure = \"us/mfn/special\"\nat = \"x\"\nrate = \"schedule special S\"\nof = [\"CA\"]\nwhen = \"claim S\"\nrelief = true\npick = \"us/mfn\"\nstage = \"special\"\n\
        \n[[do]]\nmeasure = \"us/mfn/column-2\"\nat = \"x\"\nrate = \"schedule column 2\"\nof = [\"column-2\"]\npick = \"us/mfn\"\nstage = \"general\"\n";
    let schedule = "code,from,until,known,ended,units,general,special,other\n";
    [
        ("programs.toml", programs),
        ("territories.toml", territory.to_owned()),
        ("areas/countries.csv", "iso2,name,census,as,note\nUS,a,,,\nCN,b,,,\nCA,c,,,\nDE,d,,,\nRU,e,,,\nKR,f,,,\n".to_owned()),
        ("areas/groups.toml", "[[area]]\nid = \"column-2\"\nname = \"x\"\nmembers = [{ country = \"RU\", from = 2025-02-10T00:01-05:00 }]\n".to_owned()),
        ("us/acts/1989-01-01_hts.toml", head("hts", "1989-01-01") + base),
        ("us/schedule/83.csv", format!("{schedule}8302.10.30,,,2025-01-01,,kg,2%,\"Free (S)\",25%\n8302.41.30,,,2025-01-01,,kg,4.4¢/kg + 6%,,45%\n")),
        ("us/schedule/94.csv", format!("{schedule}9403.20.00,,,2025-01-01,,No.,Free,,45%\n")),
        ("us/schedule/imported.csv", "revision,published,effective\n2025_basic,2025-01-01,2025-01-01\n2026_basic,2026-01-01,2026-01-01\n".to_owned()),
    ]
    .map(|(path, text)| (path.to_owned(), text))
    .into()
}

/// What random law may be beside what a legislator would write: it has an answer all the same.
const UNLIKELY: [&str; 4] = [
    "this relieves of a duty and has the rate",
    "is on the full value, so it leaves no part to others",
    "no measure is a member of the stage",
    "are of another kind",
];

/// The ledger of these files; what else is wrong with them is a fault of the generator.
pub fn load(files: BTreeMap<String, String>) -> Ledger {
    let (ledger, mut findings) = Ledger::load(&Source::new(files));
    findings.retain(|finding| !UNLIKELY.iter().any(|words| finding.message.contains(words)));
    let listed: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(findings.is_empty(), "{}", listed.join("\n"));
    ledger
}

/// The same without asking whether names are missing.
pub fn load_partial(files: BTreeMap<String, String>) -> Ledger {
    Ledger::load(&Source::new(files)).0
}

pub fn stated(text: &str) -> Stated {
    Stated::parse(text, &Zone::named("America/New_York").unwrap()).unwrap()
}

/// Any line: known and unknown codes and origins, every kind of fact stated or missing.
pub fn line() -> impl Strategy<Value = Line> {
    let date = || {
        select(vec![
            "2025-01-10",
            "2025-02-04",
            "2025-03-04T00:00:30-05:00",
            "2025-03-20",
            "2025-04-05",
            "2025-05-14",
            "2025-05-14T00:30-04:00",
            "2025-06-04",
            "2025-06-04T12:00-04:00",
            "2025-07-01",
        ])
        .prop_map(stated)
    };
    let facts = (
        prop::option::of(date()),
        prop::option::of(date()),
        prop::option::of(date()),
        prop::option::of(date()),
        prop::option::of(select(vec!["vessel", "air"])),
    );
    let goods = (
        prop_oneof![
            8 => select(vec!["8302.10.30", "8302.41.30", "9403.20.00"]),
            1 => select(vec!["8302", "0101.21.00", "8302.10.30.99"]),
        ],
        prop_oneof![9 => select(vec!["CN", "CA", "DE", "RU"]), 1 => Just("XX")],
    );
    let value = prop_oneof![
        Just(0),
        Just(1),
        Just(49),
        Just(80_000),
        Just(1_000_000),
        Just(9_000_000_000_000_000),
        0..10_000_000i64,
    ];
    (
        goods,
        date(),
        value,
        facts,
        prop::sample::subsequence(vec!["S", "9903.01.01", "9903.99.99"], 0..=3),
        prop::sample::subsequence(vec!["steel", "us", "copper"], 0..=3),
        (0..4i64, prop::option::of(0..100_000i128)),
    )
        .prop_map(
            |((code, origin), entered, value, facts, claims, parts, (share, quantity))| {
                let goods = Goods::Code(Code::parse(code).unwrap());
                let mut line =
                    Line::new("us", goods, Country::parse(origin).unwrap(), entered, Cents(value));
                (line.loaded, line.exported, line.withdrawn, line.privileged, line.mode) =
                    (facts.0, facts.1, facts.2, facts.3, facts.4.map(str::to_owned));
                line.claims = claims.into_iter().map(str::to_owned).collect();
                // From nothing to a half of the value each: three halves are too much, and refused.
                line.contents =
                    parts.into_iter().map(|p| (p.to_owned(), Cents(value / 6 * share))).collect();
                line.quantities = quantity.map(|q| (Exact::new(q, 10), None)).into_iter().collect();
                line
            },
        )
}
