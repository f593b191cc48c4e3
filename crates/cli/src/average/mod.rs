//! `truce average`: average rates by day, over lines or over trade that the user gives.

mod columns;
mod input;
mod picture;
mod text;

use std::fs;
use std::path::{Path, PathBuf};

use chronicle::average::{self, Asked, Averages, ClaimShare, GroupBy, Trade, UnitValue, Weighing};
use engine::course::{Courses, Settings};
use ledger::{Ledger, Territory};
use serde_json::{Map, Value, json};
use tariff::{Country, Day, limits};

use crate::failure::Failure;
use crate::print;
use crate::progress::progress;
use crate::question::{Coordinates, load};
use columns::six_places;

/// Average additional and total rates by day: over lines, or weighted by a table of trade.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Average {
    /// Who levies (ISO code).
    #[arg(long, value_name = "CC", default_value = "US")]
    pub by: String,
    /// On goods of these partners: countries or groups (CN, MEX, EU27); all without it.
    #[arg(long, value_name = "PARTNER", value_delimiter = ',')]
    pub of: Vec<String>,
    /// One day; without a day or a range the last that the ledger follows.
    #[arg(long, value_name = "DATE", conflicts_with_all = ["from", "to"])]
    pub on: Option<String>,
    /// The first day of entry.
    #[arg(long, value_name = "DATE", requires = "to")]
    pub from: Option<String>,
    /// The last day of entry.
    #[arg(long, value_name = "DATE", requires = "from")]
    pub to: Option<String>,
    /// A row for every day, not one for every change.
    #[arg(long)]
    pub daily: bool,
    /// Trade to weigh with: CSV (also .csv.gz) of code, origin, value. Without it every line counts the same.
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
    /// What units are worth: CSV of code, unit_value, unit. Duties by quantity of these codes count.
    #[arg(long, value_name = "FILE")]
    pub unit_values: Option<PathBuf>,
    /// What part of trade makes a claim: CSV of origin, claim, share and, where it is of some goods, code.
    #[arg(long, value_name = "FILE")]
    pub claims: Option<PathBuf>,
    /// Averages of each program, chapter or partner.
    #[arg(long, value_name = "KEY")]
    pub group_by: Option<Key>,
    /// Which law had been made: `entry`, `today`, a day or a moment. Several are several series.
    #[arg(long, value_name = "entry|today|DATE", default_value = "entry", value_delimiter = ',')]
    pub known: Vec<String>,
    /// A world, `record` for the law as it stands. Several are several series; `a+b` lays b over a.
    #[arg(long, value_name = "NAME|FILE")]
    pub world: Vec<String>,
    /// The option to take where authorities disagree; may be repeated.
    #[arg(long, value_name = "NAME=OPTION")]
    pub reading: Vec<String>,
    /// Write the averages: .csv, .parquet or .xlsx.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Draw them: lines, with --group-by program layers.
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
    #[arg(long)]
    pub json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Key {
    Program,
    Chapter,
    Partner,
}

const EXAMPLES: &str = "\
Examples:
  truce average --on 2025-05-20 --of CN
  truce average --from 2025-01-01 --to 2026-10-31 --weights imports.csv --group-by program --svg us.svg
  truce average --from 2025-01-01 --to 2026-10-31 --weights imports.csv --known entry,today --svg both.svg
  truce average --by CN --of US --from 2025-01-01 --to 2025-12-31 --weights trade.csv -o china.csv";

impl Average {
    fn grouping(&self) -> GroupBy {
        match self.group_by {
            None => GroupBy::Nothing,
            Some(Key::Program) => GroupBy::Program,
            Some(Key::Chapter) => GroupBy::Chapter,
            Some(Key::Partner) => GroupBy::Partner,
        }
    }

    /// The coordinates of each series.
    fn coordinates(&self) -> Vec<Coordinates> {
        let worlds: Vec<Vec<String>> = match self.world.as_slice() {
            [] => vec![Vec::new()],
            named => named.iter().map(|world| layers(world)).collect(),
        };
        let known = |world: &Vec<String>| {
            let of = |known: &String| Coordinates {
                known: known.clone(),
                world: world.clone(),
                reading: self.reading.clone(),
            };
            self.known.iter().map(of).collect::<Vec<_>>()
        };
        worlds.iter().flat_map(known).collect()
    }
}

/// The worlds that are laid one over the other; none is the record. A file may have a plus in its name.
fn layers(world: &str) -> Vec<String> {
    match world {
        "record" => Vec::new(),
        file if Path::new(file).is_file() => vec![file.to_owned()],
        names => names.split('+').map(str::to_owned).collect(),
    }
}

/// What the user gave besides the law.
pub struct Given {
    pub trade: Option<Trade>,
    pub unit_values: Vec<UnitValue>,
    pub claims: Vec<ClaimShare>,
    pub of: Vec<Country>,
}

/// The averages at one choice of coordinates.
pub struct Series {
    pub known: String,
    pub world: String,
    pub averages: Averages,
    /// Programs by place in the ledger, and the place of the base duty among them.
    pub programs: Vec<usize>,
    pub base: Option<usize>,
}

/// What was asked and what came out.
pub struct Told<'a> {
    pub average: &'a Average,
    pub ledger: &'a Ledger,
    pub territory: &'a Territory,
    pub given: &'a Given,
    pub series: Vec<Series>,
    pub days: (Day, Day),
    /// Whether there is no base duty to average.
    pub additional_alone: bool,
}

pub fn run(average: &Average, law: Option<&Path>) -> Result<u8, Failure> {
    let record = load(law)?;
    let levying = record.levying(&average.by);
    let at = record.territories.iter().position(|t| levying.is_some_and(|l| l.id == t.id));
    let Some(at) = at else {
        let all: Vec<&str> = record.territories.iter().map(|t| t.country.as_str()).collect();
        let help = format!("the ledger holds the duties of {}", all.join(", "));
        return Err(Failure::new(format!("`{}` levies nothing here", average.by), "--by", help));
    };
    let territory = &record.territories[at];
    let days = days(average, territory)?;
    let coordinates = average.coordinates();
    if average.svg.is_some() && average.group_by.is_some() && coordinates.len() > 1 {
        let message = "groups of several series do not fit one picture";
        return Err(Failure::new(message, "--svg", "leave --group-by out, or ask for one series"));
    }
    if let Some(path) = &average.output {
        crate::assess::target::check(path, &[])?;
    }
    let given = input::given(average, &record)?;
    let mut series = Vec::new();
    let mut additional_alone = false;
    for coordinates in coordinates {
        let of = coordinates.of(&record)?;
        let supposed = (!of.worlds.is_empty()).then(|| record.in_worlds(&of.worlds));
        let ledger = supposed.as_ref().unwrap_or(&record);
        let regime = engine::compile(ledger, of.known, &of.readings)
            .map_err(|e| Failure::new(e, "the ledger", "see crates/tariff/src/limits.rs"))?;
        let settings = Settings { claims: !given.claims.is_empty(), by_end_of_day: true };
        let courses = Courses::new(&regime, at, days, settings);
        let weighing = given.trade.as_ref().map_or(Weighing::Lines, Weighing::Trade);
        let asked = Asked {
            weighing,
            unit_values: &given.unit_values,
            claims: &given.claims,
            of: &given.of,
            group_by: average.grouping(),
            days,
        };
        let bar = progress(courses.goods() as u64, "sorts of goods");
        let averages = average::average(&courses, &asked, &|done, all| {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
        });
        bar.finish_and_clear();
        additional_alone = average::additional_alone(&courses);
        series.push(Series {
            known: coordinates.known,
            world: if ledger.supposed.is_empty() {
                "record".to_owned()
            } else {
                ledger.supposed.join("+")
            },
            averages,
            programs: courses.programs().to_vec(),
            base: courses.base(),
        });
    }
    let told =
        Told { average, ledger: &record, territory, given: &given, series, days, additional_alone };
    if let Some(path) = &average.svg {
        let svg = picture::svg(&told);
        fs::write(path, svg).map_err(|e| {
            Failure::new(format!("cannot be written: {e}"), path.display(), "check the folder")
        })?;
    }
    if let Some(path) = &average.output {
        columns::write(&told, path)?;
    }
    if average.json {
        print(&format!("{}\n", told.json()));
    } else {
        print(&text::told(&told));
    }
    Ok(0)
}

fn days(average: &Average, territory: &Territory) -> Result<(Day, Day), Failure> {
    let parse = |text: &str, option: &str| {
        Day::parse(text).map_err(|e| Failure::new(e, option, "write 2025-05-30"))
    };
    let (from, to) = match (&average.on, &average.from, &average.to) {
        (Some(on), ..) => (parse(on, "--on")?, parse(on, "--on")?),
        (None, Some(from), Some(to)) => (parse(from, "--from")?, parse(to, "--to")?),
        _ => (territory.verified_through, territory.verified_through),
    };
    if to < from {
        return Err(Failure::new("no day lies between them", "--to", "not before --from"));
    }
    if to.days_since(from) as usize >= limits::AVERAGED_DAYS_MAX {
        let help = format!("at most {} days", limits::AVERAGED_DAYS_MAX);
        return Err(Failure::new("too many days", "--from", help));
    }
    Ok((from, to.next()))
}

impl Told<'_> {
    fn json(&self) -> Value {
        let weights = match &self.given.trade {
            None => json!({"kind": "lines"}),
            Some(trade) => {
                let left_out: Vec<Value> = trade
                    .left_out
                    .iter()
                    .map(|left| {
                        json!({"reason": left.reason, "rows": left.rows,
                            "value": money(left.cents), "first": left.first})
                    })
                    .collect();
                let value = trade.flows.iter().map(|flow| flow.cents).sum();
                json!({"kind": "trade", "file": self.name(&self.average.weights), "rows": trade.rows,
                    "value": money(value), "left_out": left_out})
            }
        };
        let series: Vec<Value> =
            self.series.iter().map(|series| self.series_json(series)).collect();
        let last = self.days.1.plus(-1);
        json!({
            "by": self.territory.country.as_str(),
            "of": self.given.of.iter().map(Country::to_string).collect::<Vec<_>>(),
            "from": self.days.0.to_string(), "to": last.to_string(),
            "weights": weights,
            "unit_values": self.name(&self.average.unit_values),
            "claims": self.name(&self.average.claims),
            "additional_alone": self.additional_alone,
            "series": series,
            "official_through": self.territory.official_through.to_string(),
            "verified_through": self.territory.verified_through.to_string(),
            "ledger": self.ledger.digest, "version": env!("CARGO_PKG_VERSION"),
        })
    }

    fn series_json(&self, series: &Series) -> Value {
        let groups = series.averages.groups.iter().flat_map(|group| {
            columns::rows(group, self.average.daily).into_iter().map(move |row| (group, row))
        });
        let rows: Vec<Value> = groups
            .map(|(group, (from, until, sums))| {
                let mut row = Map::new();
                let rate = |rate: Option<i64>| rate.map_or(Value::Null, |r| json!(six_places(r)));
                row.insert("from".into(), json!(from.to_string()));
                row.insert("until".into(), json!(until.to_string()));
                if let Some(Key::Chapter | Key::Partner) = self.average.group_by {
                    let key = self.key();
                    row.insert(key.into(), json!(group.name));
                }
                row.insert("additional".into(), rate(sums.additional()));
                row.insert("base".into(), rate(sums.base()));
                row.insert("total".into(), rate(sums.total()));
                row.insert("least".into(), rate(sums.least()));
                let apart = json!({"additional": rate(sums.apart(sums.additional)),
                    "base": rate(sums.apart(sums.base))});
                row.insert("apart".into(), apart);
                row.insert("open_facts".into(), rate(sums.share(sums.open)));
                row.insert("by_heading".into(), rate(sums.share(sums.by_heading)));
                row.insert("weight".into(), json!(columns::whole(sums.weight).to_string()));
                if self.average.group_by == Some(Key::Program) {
                    let met = (0..series.programs.len()).filter(|at| sums.programs[*at] != 0);
                    let programs = met.map(|at| {
                        let id = &self.ledger.programs[series.programs[at]].id;
                        (id.clone(), rate(sums.program(at, series.base)))
                    });
                    row.insert("programs".into(), Value::Object(programs.collect()));
                }
                Value::Object(row)
            })
            .collect();
        let of_table = self.given.trade.as_ref();
        let of_table = of_table.map(|_| columns::whole(series.averages.of_table).to_string());
        json!({"known": series.known, "world": series.world, "value": of_table, "rows": rows})
    }

    /// What groups are called in columns.
    fn key(&self) -> &'static str {
        match self.average.group_by {
            Some(Key::Chapter) => "chapter",
            Some(Key::Partner) => "partner",
            Some(Key::Program) => "program",
            None => "",
        }
    }

    /// A file by its name, without the folder it lies in.
    fn name(&self, path: &Option<PathBuf>) -> Option<String> {
        let name = path.as_ref()?.file_name()?;
        Some(name.to_string_lossy().into_owned())
    }
}

fn money(cents: i128) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
