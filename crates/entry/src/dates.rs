//! Columns of dates, in every form that files hold them in.

use arrow::array::{Array, ArrayRef, AsArray, PrimitiveArray};
use arrow::datatypes::{
    DataType, Date32Type, Date64Type, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType,
};
use engine::PackedDate;
use tariff::{Day, Moment, Stated, Zone};

use crate::facts::FactError;
use crate::parsed::{Parsed, is_text, legible_text};

const HELP: &str = "write 2025-05-14 or 2025-05-14T00:01-04:00";
const DAY_SECONDS: i64 = 86_400;

/// Days of which no entry lies outside: from 1900-01-01 until 3000-01-01, as days since 1970-01-01.
const DAYS: std::ops::Range<i64> = -25_567..376_200;

/// What a text of a date means.
#[derive(Clone, Debug)]
pub(crate) enum Dated {
    Nothing,
    Everywhere(PackedDate),
    /// Without an offset: local to each territory that may levy.
    Local(Box<[PackedDate]>),
    Fault(FactError),
}

/// A column of dates that is read table by table.
#[derive(Debug, Default)]
pub(crate) struct Dates {
    parsed: Parsed<Dated>,
}

/// Whether a column of this type can hold dates.
pub(crate) fn is_date(kind: &DataType) -> bool {
    matches!(kind, DataType::Date32 | DataType::Date64 | DataType::Timestamp(..)) || is_text(kind)
}

/// A column of dates within bounds, and of nothing else: the form that most lines come in.
pub(crate) fn plain_days(column: &ArrayRef) -> Option<&PrimitiveArray<Date32Type>> {
    let days = column.as_primitive_opt::<Date32Type>()?;
    let is_within = |day: i32| DAYS.contains(&i64::from(day));
    let values = days.values();
    let fit = match days.nulls() {
        // All are looked at: without a way out the loop takes many at a time.
        None => values.iter().fold(true, |fit, day| fit & is_within(*day)),
        Some(nulls) => nulls.valid_indices().all(|row| is_within(values[row])),
    };
    fit.then_some(days)
}

impl Dates {
    /// Gives `put` the date of each row, and of a row that cannot be read the fault. `by` is the
    /// place in `zones` of the side that levies.
    pub fn rows(
        &mut self,
        column: &ArrayRef,
        zones: &[&Zone],
        by: &[u8],
        mut put: impl FnMut(usize, Result<PackedDate, FactError>),
    ) {
        let mut days = |row: usize, number: i64| put(row, day(number));
        match column.data_type() {
            DataType::Date32 => {
                let array = column.as_primitive::<Date32Type>();
                each(array.len(), |row| array.is_null(row), |row| i64::from(array.value(row)), {
                    |row, number| days(row, number.unwrap_or(i64::MIN))
                });
            }
            DataType::Date64 => {
                let array = column.as_primitive::<Date64Type>();
                let number = |row: usize| array.value(row).div_euclid(DAY_SECONDS * 1000);
                each(
                    array.len(),
                    |row| array.is_null(row),
                    number,
                    |row, number| {
                        days(row, number.unwrap_or(i64::MIN));
                    },
                );
            }
            DataType::Timestamp(unit, zone) => {
                let local = zone.is_none();
                let stamp = |row: usize, seconds: Option<i64>| {
                    let Some(seconds) = seconds else { return put(row, Ok(PackedDate::ABSENT)) };
                    put(row, moment(seconds, local.then(|| zones[usize::from(by[row])])));
                };
                seconds(column, *unit, stamp);
            }
            _ => self.texts(column, zones, by, put),
        }
    }

    fn texts(
        &mut self,
        column: &ArrayRef,
        zones: &[&Zone],
        by: &[u8],
        mut put: impl FnMut(usize, Result<PackedDate, FactError>),
    ) {
        let column = match legible_text(column) {
            Ok(column) => column,
            Err(error) => {
                let fault = FactError { message: error.message, help: error.help };
                (0..column.len()).for_each(|row| put(row, Err(fault.clone())));
                return;
            }
        };
        self.parsed.rows(
            &column,
            |text| dated(text.trim(), zones),
            |row, dated| {
                put(
                    row,
                    match dated {
                        Dated::Nothing => Ok(PackedDate::ABSENT),
                        Dated::Everywhere(date) => Ok(*date),
                        Dated::Local(dates) => Ok(dates[usize::from(by[row])]),
                        Dated::Fault(fault) => Err(fault.clone()),
                    },
                );
            },
        );
    }
}

fn each<T>(
    count: usize,
    is_null: impl Fn(usize) -> bool,
    value: impl Fn(usize) -> T,
    mut put: impl FnMut(usize, Option<T>),
) {
    for row in 0..count {
        put(row, if is_null(row) { None } else { Some(value(row)) });
    }
}

/// Seconds since 1970, of a column of timestamps.
fn seconds(column: &ArrayRef, unit: TimeUnit, put: impl FnMut(usize, Option<i64>)) {
    macro_rules! of {
        ($kind:ty, $scale:expr) => {{
            let array = column.as_primitive::<$kind>();
            let value = |row: usize| array.value(row).div_euclid($scale);
            each(array.len(), |row| array.is_null(row), value, put)
        }};
    }
    match unit {
        TimeUnit::Second => of!(TimestampSecondType, 1),
        TimeUnit::Millisecond => of!(TimestampMillisecondType, 1_000),
        TimeUnit::Microsecond => of!(TimestampMicrosecondType, 1_000_000),
        TimeUnit::Nanosecond => of!(TimestampNanosecondType, 1_000_000_000),
    }
}

fn fault(message: impl Into<String>) -> FactError {
    FactError { message: message.into(), help: HELP.to_owned() }
}

fn outside(what: impl std::fmt::Display) -> FactError {
    fault(format!("`{what}` is outside the years 1900 to 2999"))
}

fn day(number: i64) -> Result<PackedDate, FactError> {
    if number == i64::MIN {
        return Ok(PackedDate::ABSENT);
    }
    if !DAYS.contains(&number) {
        return Err(outside(format!("day {number} since 1970")));
    }
    Ok(PackedDate::day(number as i32))
}

/// A timestamp. Without a zone it is local, and midnight is the day itself: that is how tools that
/// know no dates write them.
fn moment(seconds: i64, local: Option<&Zone>) -> Result<PackedDate, FactError> {
    let number = seconds.div_euclid(DAY_SECONDS);
    if !DAYS.contains(&number) {
        return Err(outside(format!("day {number} since 1970")));
    }
    let Some(zone) = local else { return Ok(PackedDate::moment(Moment::from_seconds(seconds))) };
    let within = seconds.rem_euclid(DAY_SECONDS);
    if within == 0 {
        return Ok(PackedDate::day(number as i32));
    }
    let (hour, minute) = ((within / 3600) as i8, (within / 60 % 60) as i8);
    let moment = Day::from_number(number as i32).at(hour, minute, zone);
    Ok(PackedDate::moment(moment.plus_seconds(within % 60)))
}

fn dated(text: &str, zones: &[&Zone]) -> Dated {
    if text.is_empty() {
        return Dated::Nothing;
    }
    // Checked before anything is worked out from it: a day at the end of the calendar has no
    // moment in every zone.
    let year = text.get(..5).and_then(|head| head.strip_suffix('-')).map(str::parse::<i64>);
    if matches!(year, Some(Ok(year)) if !(1900..3000).contains(&year)) {
        return Dated::Fault(outside(text));
    }
    let mut dates = Vec::with_capacity(zones.len());
    for zone in zones {
        match Stated::parse(text, zone) {
            Ok(stated) => dates.push(PackedDate::of(stated)),
            Err(error) => return Dated::Fault(fault(error.to_string())),
        }
    }
    if dates.windows(2).all(|pair| pair[0] == pair[1]) {
        return Dated::Everywhere(dates[0]);
    }
    Dated::Local(dates.into())
}
