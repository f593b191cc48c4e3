//! Codes and rates of goods lists against what else the ledger knows of them.

use std::collections::{BTreeMap, HashMap};

use tariff::Code;

use crate::finding::Finding;
use crate::ledger::Ledger;
use crate::list::{GoodsList, ListRow};

pub(crate) fn check(ledger: &Ledger, findings: &mut Vec<Finding>) {
    for territory in &ledger.territories {
        let own = format!("{}/", territory.id);
        let lists = || ledger.lists.values().filter(|list| list.name.starts_with(&own));
        match ledger
            .schedules
            .get(&territory.id)
            .filter(|schedule| schedule.lines().next().is_some())
        {
            Some(schedule) => {
                for list in lists() {
                    let unheld = |row: &ListRow| !schedule.ever(row.code);
                    counted(list, unheld, "stands in no revision of the schedule", findings);
                }
            }
            None => {
                // Without a schedule the lists bear witness for each other.
                let mut holders: HashMap<Code, usize> = HashMap::new();
                for list in lists() {
                    let mut codes: Vec<Code> = list.rows.iter().map(|row| row.code).collect();
                    codes.sort_unstable();
                    codes.dedup();
                    for code in codes {
                        *holders.entry(code).or_default() += 1;
                    }
                }
                for list in lists() {
                    let unheld = |row: &ListRow| holders[&row.code] == 1;
                    counted(list, unheld, "stands in no other list", findings);
                }
            }
        }
        lists().for_each(|list| rates(list, findings));
    }
}

/// Codes that nothing else knows are as many as the head of the list says: none, where it says nothing.
fn counted(
    list: &GoodsList,
    unheld: impl Fn(&ListRow) -> bool,
    what: &str,
    findings: &mut Vec<Finding>,
) {
    let rows: Vec<&ListRow> = list.rows.iter().filter(|row| unheld(row)).collect();
    if rows.len() == list.not_held {
        return;
    }
    let said = list.not_held;
    let help = format!(
        "mend the code, or count it in the head: `# not-held = {}` in place of {said}",
        rows.len()
    );
    // Which of many is the wrong one cannot be told, so where the head counts some the finding is there.
    if said > 0 {
        let message = format!("{} codes each {what}", rows.len());
        findings.push(list.head_place().finding(message, help));
        return;
    }
    for row in rows {
        findings.push(list.place(row).finding(format!("{} {what}", row.code), help.clone()));
    }
}

/// The rates that a head states, each with the number of its rows, are those of the rows.
fn rates(list: &GoodsList, findings: &mut Vec<Finding>) {
    let Some(stated) = &list.rates else { return };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for rate in list.rows.iter().filter_map(|row| row.rate.as_ref()) {
        *counts.entry(rate.to_string()).or_default() += 1;
    }
    for (rate, count) in &counts {
        if stated.get(rate) != Some(count) {
            let said = stated.get(rate).map_or("none".to_owned(), usize::to_string);
            findings.push(list.head_place().finding(
                format!("{count} rows have the rate {rate}, and the head counts {said}"),
                "mend the rate of the row, or `# rates`",
            ));
        }
    }
    for (rate, said) in stated.iter().filter(|(rate, _)| !counts.contains_key(*rate)) {
        findings.push(list.head_place().finding(
            format!("no row has the rate {rate}, and the head counts {said}"),
            "mend the rate of the row, or `# rates`",
        ));
    }
}
