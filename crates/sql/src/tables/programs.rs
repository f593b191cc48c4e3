//! `programs()`: the programs of the ledger and their functions.

use std::collections::BTreeSet;

use arrow::array::RecordBatch;

use super::Asked;
use super::rows::Columns;
use crate::call;
use crate::failure::Failure;
use crate::law::Law;

pub fn rows(law: &Law, asked: &Asked) -> Result<RecordBatch, Failure> {
    let ledger = law.ledger();
    let levying: BTreeSet<&str> = call::levying(ledger).map(|p| p.id.as_str()).collect();
    let by = asked.get("by").map(|by| super::measures::side(ledger, by)).transpose()?;
    let programs: Vec<&ledger::Program> =
        ledger.programs.iter().filter(|p| by.is_none_or(|by| p.by == by.id)).collect();
    let country = |p: &ledger::Program| ledger.territory(&p.by).map(|t| t.country.to_string());
    let function = |p: &&ledger::Program| {
        levying.contains(p.id.as_str()).then(|| format!("duty_{}", p.column()))
    };
    Columns::default()
        .text("program", programs.iter().map(|p| Some(&p.id)))
        .text("by", programs.iter().map(|p| country(p)))
        .text("function", programs.iter().map(function))
        .truth("base", programs.iter().map(|p| p.base))
        .text("title", programs.iter().map(|p| Some(&p.title)))
        .finish()
}
