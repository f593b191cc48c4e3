//! The table of `truce panel`: every code by every country over days, with a rate for each program.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, DictionaryArray, Int32Array, RecordBatch, StringArray,
};
use arrow::compute::{cast, take};
use arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef};
use engine::course::{Courses, Pricer, RATE_SCALE, Rates, Stated};
use ledger::Ledger;
use tariff::{Country, Day};

use super::table::{decimals, shares};
use crate::assess::target::{Encoded, Encoder, Target};
use crate::failure::Failure;
use crate::in_order::{in_order, threads};

/// Stretches of time times codes of a piece: a piece is written as one row group.
const PIECE: usize = 2048;

/// Shares are written in hundred millionths.
const SHARE_SCALE: i64 = 100_000_000;

/// The values of a column of rates or days, which rows share here; how they are held is nobody's business.
fn shared_values(column: &ArrayRef) -> Option<&ArrayRef> {
    let values = column.as_dictionary_opt::<Int32Type>()?.values();
    (*values.data_type() != DataType::Utf8).then_some(values)
}

/// Rates and days with a value for each row; of words a dictionary in which each stands once and none is
/// null, since not everyone reads others.
fn spread(column: ArrayRef) -> Result<ArrayRef, arrow::error::ArrowError> {
    let keyed = column.as_dictionary::<Int32Type>();
    let spread = || take(keyed.values(), keyed.keys(), None);
    if shared_values(&column).is_some() {
        return spread();
    }
    let mut met = std::collections::HashSet::new();
    let mut words = keyed.values().as_string::<i32>().iter();
    match words.all(|word| word.is_some_and(|word| met.insert(word))) {
        true => Ok(column),
        false => cast(&spread()?, column.data_type()),
    }
}

/// The columns in their order, and what they are made from.
pub struct Panel<'a, 'r, 'l> {
    courses: &'a Courses<'r, 'l>,
    /// The program columns.
    names: Vec<String>,
    /// The codes of the table, by place in the courses.
    codes: Vec<usize>,
    origins: Vec<(Country, u16)>,
    classes: Vec<u16>,
    /// The day after the last, where the law goes on as it stands: rows that reach it have no end.
    open_end: Option<Day>,
}

/// What a table is limited to; everything where nothing is named.
#[derive(Debug, Default)]
pub struct Only {
    /// The digits that codes begin with, without dots.
    pub codes: Vec<String>,
    pub origins: Vec<Country>,
}

/// A row of the table, its rates by place among those of the piece.
struct Row {
    code: u32,
    origin: u32,
    from: Day,
    until: Option<Day>,
    rates: u32,
}

/// Some codes, priced.
#[derive(Default)]
struct Piece {
    codes: Vec<String>,
    rows: Vec<Row>,
    rates: Vec<Rates>,
}

/// Whether a panel can be written there, before any work is done.
///
/// # Errors
/// An extension that is not written, or a folder that is not there.
pub fn check(path: &Path) -> Result<(), Failure> {
    let kind = path.extension().and_then(|e| e.to_str()).and_then(entry::Kind::of);
    if !matches!(kind, Some(entry::Kind::Csv | entry::Kind::Parquet)) {
        let message = "the panel is written as CSV or Parquet, by its extension";
        let help = "name it FILE.csv or FILE.parquet";
        return Err(Failure::new(message, path.display(), help));
    }
    crate::assess::target::check(path, &[])
}

impl<'a, 'r, 'l> Panel<'a, 'r, 'l> {
    pub fn new(
        courses: &'a Courses<'r, 'l>,
        ledger: &Ledger,
        open_end: Option<Day>,
        only: &Only,
    ) -> Self {
        let mut origins = courses.origins();
        origins.retain(|(country, _)| only.origins.is_empty() || only.origins.contains(country));
        let is_wanted = |code: &str| {
            only.codes.is_empty() || only.codes.iter().any(|wanted| code.starts_with(wanted))
        };
        let codes = courses.codes().iter().enumerate();
        let codes = codes.filter(|(_, held)| is_wanted(&held.code.plain())).map(|(at, _)| at);
        let mut classes: Vec<u16> = origins.iter().map(|(_, class)| *class).collect();
        classes.sort_unstable();
        classes.dedup();
        let names = courses.programs().iter();
        let names = names.map(|at| format!("rate_{}", ledger.programs[*at].column())).collect();
        Panel { courses, names, codes: codes.collect(), origins, classes, open_end }
    }

    /// Writes the table; the number of its rows. `done` is told how many codes of how many are written.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(
        &self,
        path: &Path,
        notes: &[(String, String)],
        done: &dyn Fn(usize, usize),
    ) -> Result<usize, Failure> {
        let mut target = Target::create(path, self.schema(), &[], notes)?;
        let encoder = target.encoder();
        let mut rows = 0;
        self.pieces(
            |piece| {
                let encoded = self
                    .encoded(&piece, &encoder)
                    .map_err(|e| Failure::new(e.message, path.display(), e.help))?;
                Ok((piece.rows.len(), encoded))
            },
            |(count, encoded)| {
                rows += count;
                target.append(encoded)
            },
            done,
        )?;
        target.finish()?;
        Ok(rows)
    }

    /// The table in memory.
    pub fn batches(&self) -> Result<(SchemaRef, Vec<RecordBatch>), Failure> {
        let schema: SchemaRef = Arc::new(self.schema());
        let mut batches = Vec::new();
        self.pieces(
            |piece| {
                let defect = |e| Failure::new(e, "the panel", "this is a defect: report it");
                let columns = self.columns(&piece).into_iter();
                let columns = columns.map(|(_, column)| spread(column).map_err(defect));
                RecordBatch::try_new(schema.clone(), columns.collect::<Result<_, _>>()?)
                    .map_err(defect)
            },
            |batch| {
                batches.push(batch);
                Ok(())
            },
            &|_, _| {},
        )?;
        Ok((schema, batches))
    }

    fn schema(&self) -> Schema {
        let empty = self.columns(&Piece::default());
        let kind = |column: &ArrayRef| match shared_values(column) {
            Some(values) => values.data_type().clone(),
            None => column.data_type().clone(),
        };
        let fields = empty.iter().map(|(name, column)| Field::new(name, kind(column), true));
        Schema::new(fields.collect::<Vec<Field>>())
    }

    /// Prices all codes on all cores: `make` works on a piece, `take` gets what it makes in order.
    fn pieces<T: Send>(
        &self,
        make: impl Fn(Piece) -> Result<T, Failure> + Sync,
        mut take: impl FnMut(T) -> Result<(), Failure>,
        done: &dyn Fn(usize, usize),
    ) -> Result<(), Failure> {
        let all = self.codes.len();
        let step = (PIECE / self.courses.stretches().max(1)).clamp(4, 512);
        let mut taken = 0;
        in_order(
            all.div_ceil(step),
            threads(),
            || Pricer::new(self.courses),
            |pricer, at| make(self.piece(pricer, &self.codes[at * step..all.min((at + 1) * step)])),
            |made| {
                taken = all.min(taken + step);
                done(taken, all);
                take(made)
            },
        )
    }

    /// Prices some codes; codes that owe alike once.
    fn piece(&self, pricer: &mut Pricer<'_, '_, '_>, codes: &[usize]) -> Piece {
        let mut piece = Piece::default();
        let mut known = std::collections::HashMap::new();
        for &code in codes {
            let goods = self.courses.goods_of(code);
            let (first, priced) = known.entry(goods).or_insert_with(|| {
                let priced = pricer.price(goods, None, &self.classes, &Stated::default());
                let first = piece.rates.len() as u32;
                piece.rates.extend(priced.rates.iter().cloned());
                (first, priced)
            });
            piece.codes.push(self.courses.codes()[code].code.plain());
            let place = piece.codes.len() as u32 - 1;
            for (origin, (_, class)) in self.origins.iter().enumerate() {
                piece.rows.extend(priced.course(*class).iter().map(|stretch| Row {
                    code: place,
                    origin: origin as u32,
                    from: stretch.from,
                    until: Some(stretch.until).filter(|until| Some(*until) != self.open_end),
                    rates: *first + stretch.rates,
                }));
            }
        }
        piece
    }

    fn encoded(&self, piece: &Piece, encoder: &Encoder) -> Result<Encoded, entry::FileError> {
        match encoder {
            Encoder::Csv => Ok(Encoded::Text(self.text(piece))),
            _ => {
                let mut rows = encoder.rows()?;
                rows.put(self.columns(piece).into_iter().map(|(_, column)| column).collect())?;
                rows.encoded()
            }
        }
    }

    fn columns(&self, piece: &Piece) -> Vec<(String, ArrayRef)> {
        let rows = &piece.rows;
        let base = self.courses.base();
        let names = |of: &mut dyn Iterator<Item = String>| StringArray::from_iter_values(of);
        let places = |keys: &mut dyn Iterator<Item = u32>| {
            Int32Array::from_iter_values(keys.map(|key| key as i32))
        };
        let dictionary = |keys: Int32Array, values: ArrayRef| -> ArrayRef {
            let column = DictionaryArray::<Int32Type>::try_new(keys, values);
            Arc::new(column.expect("every key has its value"))
        };
        let codes = names(&mut piece.codes.iter().cloned());
        let origins = names(&mut self.origins.iter().map(|(country, _)| country.to_string()));
        // What rows share that owe alike: one value for each of the rates.
        let of_rates = places(&mut rows.iter().map(|row| row.rates));
        let words = |get: &dyn Fn(&Rates) -> Option<&str>| -> ArrayRef {
            let texts: StringArray = piece.rates.iter().map(get).collect();
            dictionary(of_rates.clone(), Arc::new(texts))
        };
        let rates = |get: &dyn Fn(&Rates) -> Option<i64>| -> ArrayRef {
            let values = piece.rates.iter().map(|rates| get(rates).map(hundred_millionths));
            dictionary(of_rates.clone(), Arc::new(shares(values)))
        };
        let day = |get: &dyn Fn(&Row) -> Option<Day>| -> ArrayRef {
            let mut days: Vec<Option<Day>> = Vec::new();
            let mut known = std::collections::HashMap::new();
            let mut last = None;
            let mut place = |day: Option<Day>| match last {
                Some((same, place)) if same == day => place,
                _ => {
                    let place = *known.entry(day).or_insert_with(|| {
                        days.push(day);
                        days.len() as u32 - 1
                    });
                    last = Some((day, place));
                    place
                }
            };
            let keys = places(&mut rows.iter().map(|row| place(get(row))));
            let days = Date32Array::from_iter(days.iter().map(|day| day.map(Day::number)));
            dictionary(keys, Arc::new(days))
        };
        let some = |text: &'_ str| -> bool { !text.is_empty() };
        let mut columns: Vec<(String, ArrayRef)> = vec![
            (
                "code".into(),
                dictionary(places(&mut rows.iter().map(|row| row.code)), Arc::new(codes)),
            ),
            (
                "origin".into(),
                dictionary(places(&mut rows.iter().map(|row| row.origin)), Arc::new(origins)),
            ),
            ("from".into(), day(&|row| Some(row.from))),
            ("until".into(), day(&|row| row.until)),
            ("status".into(), words(&|rates| Some(rates.status.name()))),
        ];
        for (at, name) in self.names.iter().enumerate() {
            columns.push((name.clone(), rates(&|rates| rates.programs[at])));
        }
        columns.push(("additional".into(), rates(&|rates| rates.additional(base))));
        columns.push(("total".into(), rates(&Rates::total)));
        columns.push(("least".into(), rates(&|rates| rates.least)));
        columns.push(("most".into(), rates(&|rates| rates.most)));
        let specific = |rates: &Rates| rates.specific.as_ref().map(|s| s.share);
        columns.push(("base_share".into(), rates(&specific)));
        let a_unit = piece.rates.iter().map(|rates| rates.specific.as_ref().map(|s| s.a_unit));
        let a_unit = dictionary(of_rates.clone(), Arc::new(decimals(a_unit, 7)));
        columns.push(("base_cents_a_unit".into(), a_unit));
        let unit = words(&|rates| rates.specific.as_ref().map(|s| s.unit.as_str()));
        columns.push(("base_unit".into(), unit));
        columns
            .push(("specific".into(), words(&|rates| Some(&*rates.in_words).filter(|t| some(t)))));
        columns.push(("note".into(), words(&|rates| Some(&*rates.needs).filter(|t| some(t)))));
        columns
    }

    /// The rows as CSV; the end of a row, which many share, is made once.
    fn text(&self, piece: &Piece) -> Vec<u8> {
        let tails: Vec<String> = piece.rates.iter().map(|rates| self.tail(rates)).collect();
        let mut out = Vec::with_capacity(piece.rows.len() * 160);
        let mut days = std::collections::HashMap::new();
        for row in &piece.rows {
            let mut day = |day: Option<Day>| -> String {
                days.entry(day)
                    .or_insert_with(|| day.map(|day| day.to_string()).unwrap_or_default())
                    .clone()
            };
            let (from, until) = (day(Some(row.from)), day(row.until));
            let origin = &self.origins[row.origin as usize].0;
            let code = &piece.codes[row.code as usize];
            for text in [code, ",", origin.as_str(), ",", &from, ",", &until] {
                out.extend_from_slice(text.as_bytes());
            }
            out.extend_from_slice(tails[row.rates as usize].as_bytes());
        }
        out
    }

    fn tail(&self, rates: &Rates) -> String {
        let base = self.courses.base();
        let mut out = format!(",{}", rates.status.name());
        let specific = rates.specific.as_ref();
        let together = [
            rates.additional(base),
            rates.total(),
            rates.least,
            rates.most,
            specific.map(|s| s.share),
        ];
        for rate in rates.programs.iter().chain(&together) {
            out.push(',');
            if let Some(rate) = rate {
                out.push_str(&decimal(hundred_millionths(*rate), SHARE_SCALE));
            }
        }
        let a_unit = specific.map(|s| decimal(s.a_unit, 10_000_000)).unwrap_or_default();
        let unit = specific.map_or("", |s| s.unit.as_str());
        for text in [a_unit.as_str(), unit, &rates.in_words, &rates.needs] {
            out.push(',');
            match text.contains([',', '"', '\n']) {
                true => out.push_str(&format!("\"{}\"", text.replace('"', "\"\""))),
                false => out.push_str(text),
            }
        }
        out.push('\n');
        out
    }
}

/// To the nearest hundred millionth, a half up.
fn hundred_millionths(rate: i64) -> i64 {
    let per = RATE_SCALE / SHARE_SCALE;
    (rate + per / 2).div_euclid(per)
}

/// A number of such parts as a decimal without needless zeros.
fn decimal(number: i64, parts: i64) -> String {
    let (whole, rest) = (number / parts, number % parts);
    if rest == 0 {
        return whole.to_string();
    }
    let width = parts.ilog10() as usize;
    format!("{whole}.{rest:0width$}").trim_end_matches('0').to_owned()
}
