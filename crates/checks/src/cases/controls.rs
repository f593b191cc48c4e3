//! Cases of controls, which are on trade and not on a line of goods.

use ledger::Ledger;
use oracle::Survey;
use tariff::{Country, Stated};

use super::NO_READINGS;
use super::form::Controls;

/// One line for each field that comes out otherwise.
///
/// # Errors
/// When the case names a side, a country or a day that is none.
pub(super) fn check(ledger: &Ledger, case: &Controls) -> Result<Vec<String>, String> {
    let territory = ledger.levying(&case.by).ok_or("unknown `by`")?;
    let other = Country::parse(&case.with).map_err(|e| e.to_string())?;
    let date = |text: &str| Stated::parse(text, &territory.zone).map_err(|e| e.to_string());
    let on = date(&case.on)?;
    let known = match case.known.as_str() {
        "entry" => on.last(&territory.zone),
        "today" => ledger.last_known().ok_or("nothing is known")?,
        text => date(text)?.last(&territory.zone),
    };
    // As of a line: a day is meant after the first minutes of it.
    let moment = match on {
        Stated::Day(day) => day.at(0, 2, &territory.zone),
        Stated::Moment(moment) => moment,
    };
    let survey = Survey::new(ledger, known, &NO_READINGS);
    let found = survey.controls(territory, other, None, moment);
    let mut faults = Vec::new();
    let mut compare = |what: &str, suspended: bool, wanted: &[String]| {
        let mut wanted = wanted.to_vec();
        wanted.sort();
        let of_kind = found.iter().filter(|c| c.suspended.is_some() == suspended);
        let mut found: Vec<&str> = of_kind.map(|c| c.measure.as_str()).collect();
        found.sort_unstable();
        if found != wanted {
            faults.push(format!("{what} are {}, should be {}", found.join(" "), wanted.join(" ")));
        }
    };
    compare("the controls that hold", false, &case.hold);
    compare("the suspended controls", true, &case.suspended);
    Ok(faults)
}
