//! The table of `truce panel --on`: every code by every country, with a rate for each program.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal64Array, DictionaryArray, Int32Array, StringArray};
use arrow::datatypes::Int32Type;
use engine::export::{CodeRow, ColumnRate, PlanRow, SHARE_SCALE, Tables, Takes};
use ledger::{Ledger, Status};
use tariff::Country;

use super::column;
use super::table::{Part, Writer, shares};
use crate::failure::Failure;

/// Codes that are written together.
const CODES: usize = 512;

/// What a code owes by the class of its origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Rates {
    status: &'static str,
    /// For each program in hundred millionths of the value; `None` where it is no share of it.
    programs: Vec<Option<i64>>,
    /// All programs but that of the base duty.
    additional: Option<i64>,
    /// A duty that is no share of the value, as the schedule has it.
    specific: String,
}

struct Grid<'a> {
    tables: &'a Tables,
    base: Option<usize>,
    countries: Vec<(Country, usize)>,
    classes: usize,
    /// The cell of a class of goods and one of origins.
    cells: HashMap<(u32, u16), u32>,
    /// The plain row of each cell, by kind of code.
    plans: HashMap<(u32, Option<u32>), &'a PlanRow>,
}

/// Writes the table; the number of its rows.
pub fn write(
    ledger: &Ledger,
    territory: usize,
    tables: &Tables,
    path: &Path,
    notes: &[(String, String)],
) -> Result<usize, Failure> {
    let id = &ledger.territories[territory].id;
    let is_base = |at: &usize| ledger.programs[*at].base && ledger.programs[*at].by == *id;
    let mut countries: Vec<(Country, usize)> =
        tables.origins.iter().map(|(country, class)| (*country, usize::from(*class))).collect();
    countries.retain(|(country, _)| ledger.countries.resolve(*country) == Some(*country));
    let grid = Grid {
        tables,
        base: tables.programs.iter().position(is_base),
        classes: countries.iter().map(|(_, class)| class + 1).max().unwrap_or(0),
        countries,
        cells: tables.cells.iter().map(|c| ((c.scope, c.origin), c.cell)).collect(),
        plans: tables.plans.iter().map(|p| ((p.cell, p.kind), p)).collect(),
    };
    let names: Vec<String> =
        (0..tables.programs.len()).map(|at| column(ledger, tables, at)).collect();
    match path.extension().and_then(|e| e.to_str()) {
        Some("csv") => grid.csv(&names, path),
        Some("parquet") => grid.parquet(&names, path, notes),
        _ => {
            let message = "the panel is written as CSV or Parquet, by its extension";
            Err(Failure::new(message, path.display(), "name it FILE.csv or FILE.parquet"))
        }
    }
}

impl Grid<'_> {
    /// The rates of a code for each class of origins.
    fn rates(&self, code: &CodeRow) -> Vec<Rates> {
        (0..self.classes as u16).map(|class| self.rate(code, class)).collect()
    }

    fn rate(&self, code: &CodeRow, class: u16) -> Rates {
        let count = self.tables.programs.len();
        let mut rates = Rates { programs: vec![None; count], ..Rates::default() };
        let cell = code.scope.and_then(|scope| self.cells.get(&(scope, class)));
        let plan = cell.and_then(|cell| {
            let kinds = [None, code.kind];
            kinds.iter().find_map(|kind| self.plans.get(&(*cell, *kind)).copied())
        });
        let Some((plan, parts)) = plan.and_then(|plan| Some((plan, plan.parts.as_ref()?))) else {
            rates.status = Status::NeedsFacts.name();
            rates.specific.clone_from(&code.general_text);
            return rates;
        };
        rates.programs.fill(Some(0));
        // Whether every amount was put into words, where it is no share.
        let mut told = true;
        for part in parts {
            rates.programs[part.program] = match &part.takes {
                Takes::Rate(rate) => Some(*rate),
                Takes::General | Takes::Other => {
                    let (duty, text) = match part.takes {
                        Takes::General => (code.general, &code.general_text),
                        _ => (code.other, &code.other_text),
                    };
                    let share = duty.filter(|duty| duty.a_unit == 0).map(|d: ColumnRate| d.share);
                    if share.is_none() {
                        told &= !text.is_empty();
                        rates.specific.clone_from(text);
                    }
                    share
                }
                Takes::Total { share, absorbs } => {
                    let absorbed: Option<i64> =
                        absorbs.iter().map(|program| rates.programs[*program]).sum();
                    if absorbed.is_none() {
                        let total = decimal(share * 100);
                        rates.specific.push_str(&format!(", to a total of {total}%"));
                    }
                    absorbed.map(|absorbed| (share - absorbed).max(0))
                }
            };
        }
        let additional = (0..count).filter(|at| Some(*at) != self.base);
        rates.additional = additional.map(|at| rates.programs[at]).sum();
        let exact = plan.complete && told;
        rates.status = if exact { plan.status } else { Status::NeedsFacts }.name();
        rates
    }

    fn csv(&self, names: &[String], path: &Path) -> Result<usize, Failure> {
        let part = Part::create(path)?;
        let mut file = part.file()?;
        let head: Vec<String> = names.iter().map(|name| format!("rate_{name}")).collect();
        let mut out = format!("code,origin,status,{},additional,specific\n", head.join(","));
        let mut rows = 0;
        for code in &self.tables.codes {
            let name = code.code.plain();
            let tails: Vec<String> = self.rates(code).iter().map(tail).collect();
            for (country, class) in &self.countries {
                out.push_str(&name);
                out.push(',');
                out.push_str(country.as_str());
                out.push_str(&tails[*class]);
            }
            rows += self.countries.len();
            if out.len() > 1 << 20 {
                file.write_all(out.as_bytes()).map_err(|e| part.failed(e))?;
                out.clear();
            }
        }
        file.write_all(out.as_bytes()).map_err(|e| part.failed(e))?;
        part.keep()?;
        Ok(rows)
    }

    fn parquet(
        &self,
        names: &[String],
        path: &Path,
        notes: &[(String, String)],
    ) -> Result<usize, Failure> {
        std::thread::scope(|scope| {
            // Columns are made while those before are written.
            let (made, ready) = std::sync::mpsc::sync_channel(2);
            scope.spawn(move || {
                let mut batches = self.tables.codes.chunks(CODES).map(|c| self.batch(names, c));
                // Whoever writes may have given up.
                batches.try_for_each(|batch| made.send(batch))
            });
            let mut writer: Option<Writer> = None;
            for columns in ready {
                let writer = match &mut writer {
                    Some(writer) => writer,
                    none => none.insert(Writer::create(path, &columns, notes)?),
                };
                writer.write(columns.into_iter().map(|(_, column)| column).collect())?;
            }
            match writer {
                Some(writer) => writer.finish(),
                None => Err(Failure::new("no code is held for that day", "--on", "another day")),
            }
        })
    }

    /// The rows of some codes as columns.
    fn batch(&self, names: &[String], codes: &[CodeRow]) -> Vec<(String, ArrayRef)> {
        let rates: Vec<Vec<Rates>> = codes.iter().map(|code| self.rates(code)).collect();
        let count = codes.len() * self.countries.len();
        let rows =
            || rates.iter().flat_map(|of| self.countries.iter().map(move |(_, class)| &of[*class]));
        let countries = self.countries.len();
        let code_keys = (0..count).map(|row| (row / countries) as i32);
        let code_names = codes.iter().map(|code| code.code.plain());
        let origin_keys = (0..count).map(|row| (row % countries) as i32);
        let origin_names = self.countries.iter().map(|(country, _)| country.to_string());
        let mut columns: Vec<(String, ArrayRef)> = vec![
            ("code".to_owned(), dictionary(code_keys, code_names)),
            ("origin".to_owned(), dictionary(origin_keys, origin_names)),
        ];
        let status: DictionaryArray<Int32Type> = rows().map(|rates| rates.status).collect();
        columns.push(("status".to_owned(), Arc::new(status)));
        let column = |values: Decimal64Array| -> ArrayRef { Arc::new(values) };
        for (at, name) in names.iter().enumerate() {
            let rate = shares(rows().map(|rates| rates.programs[at]));
            columns.push((format!("rate_{name}"), column(rate)));
        }
        let additional = shares(rows().map(|rates| rates.additional));
        columns.push(("additional".to_owned(), column(additional)));
        let specific: DictionaryArray<Int32Type> = rows()
            .map(|rates| Some(rates.specific.as_str()).filter(|text| !text.is_empty()))
            .collect();
        columns.push(("specific".to_owned(), Arc::new(specific)));
        columns
    }
}

fn dictionary(keys: impl Iterator<Item = i32>, names: impl Iterator<Item = String>) -> ArrayRef {
    let keys: Int32Array = Int32Array::from_iter_values(keys);
    let names: StringArray = StringArray::from_iter_values(names);
    let column = DictionaryArray::<Int32Type>::try_new(keys, Arc::new(names));
    Arc::new(column.expect("every key has its name"))
}

/// The end of a row, which many countries share.
fn tail(rates: &Rates) -> String {
    let mut text = format!(",{},", rates.status);
    for rate in rates.programs.iter().chain([&rates.additional]) {
        if let Some(rate) = rate {
            text.push_str(&decimal(*rate));
        }
        text.push(',');
    }
    let quoted = rates.specific.contains([',', '"', '\n']);
    match quoted {
        true => text.push_str(&format!("\"{}\"\n", rates.specific.replace('"', "\"\""))),
        false => text.push_str(&format!("{}\n", rates.specific)),
    }
    text
}

/// Hundred millionths as a decimal without needless zeros.
fn decimal(share: i64) -> String {
    let (whole, rest) = (share / SHARE_SCALE, share % SHARE_SCALE);
    if rest == 0 {
        return whole.to_string();
    }
    let rest = format!("{rest:08}");
    format!("{whole}.{}", rest.trim_end_matches('0'))
}
