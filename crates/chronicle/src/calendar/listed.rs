//! Codes asked about that join or leave the lists of measures after a day. Without codes it is not told:
//! most such changes only put new numbers in the place of old ones.

use std::collections::BTreeMap;

use ledger::{Does, GoodsSelector, Ledger, Records, program_of};
use oracle::Survey;
use tariff::{Code, Moment, Stated};

use crate::calendar::turns::Turned;
use crate::calendar::{Due, Question, Side};

/// Rows of one list, one act and one moment.
struct Change<'a> {
    codes: usize,
    joins: bool,
    act: &'a str,
}

/// The changes of lists that measures of the side name, but for those that come with a turn of the
/// measure itself.
pub fn changes(
    question: &Question<'_>,
    survey: &Survey<'_>,
    side: Side<'_>,
    codes: &[Code],
    turns: &[Turned<'_>],
) -> Vec<Due> {
    let ledger = question.ledger;
    let after = question.after(side.territory);
    let prefix = format!("{}/", side.territory.id);
    let mut found = Vec::new();
    for (name, list) in ledger.lists.iter().filter(|(name, _)| name.starts_with(&prefix)) {
        if !list.moments().any(|moment| moment > after) {
            continue;
        }
        let Some(measure) = user(ledger, name) else { continue };
        let mut changes: BTreeMap<(Moment, bool, &str), Change<'_>> = BTreeMap::new();
        for row in list.rows.iter().filter(|row| codes.iter().any(|code| row.code.covers(*code))) {
            let ends = row.ended_by.as_deref().unwrap_or(&row.act);
            for (moment, joins, act) in
                [(row.from, !row.out, &*row.act), (row.until, row.out, ends)]
            {
                let Some(moment) = moment.filter(|moment| *moment > after) else { continue };
                let counts =
                    survey.binds(act) && row.from.is_none_or(|from| from < moment || joins);
                if counts {
                    let change = changes.entry((moment, joins, act)).or_insert(Change {
                        codes: 0,
                        joins,
                        act,
                    });
                    change.codes += 1;
                }
            }
        }
        for ((moment, _, _), change) in changes {
            let with_measure = turns.iter().any(|t| t.moment == moment && t.measure == measure);
            let Some((id, records)) = survey.measure(measure).filter(|_| !with_measure) else {
                continue;
            };
            let seen = moment.plus_seconds(-1);
            let about = |origin| survey.concerns(id, records, origin, None, seen);
            let of_partner = side.partner.is_some_and(|partner| about(Some(partner)));
            if !(of_partner || (side.partner.is_none() || side.others) && about(None)) {
                continue;
            }
            let title = survey.stand(id, records, seen).map_or(id, |stand| stand.title);
            let (verb, plural) = (
                if change.joins { "join" } else { "leave" },
                if change.codes == 1 { " code of goods " } else { " codes of goods " },
            );
            let s = if change.codes == 1 { "s" } else { "" };
            let territory = side.territory;
            found.push(Due {
                moment: Stated::Moment(moment),
                kind: "list-changes".to_owned(),
                title: format!("{}: {}{plural}{verb}{s}: {title}", territory.name, change.codes),
                by: Some(territory.country),
                program: Some(program_of(id).to_owned()),
                cites: vec![change.act.to_owned()],
                measures: vec![id.to_owned()],
                until: None,
                key: format!("list-changes {name} {verb} {}", change.act),
            });
        }
    }
    found
}

/// The first measure that names the list as its goods; one without a condition where there is one.
fn user<'a>(ledger: &'a Ledger, list: &str) -> Option<&'a str> {
    let names = |selectors: &[GoodsSelector]| {
        selectors.iter().any(|s| matches!(s, GoodsSelector::List(name) if name == list))
    };
    let users = ledger.measures().filter(|(_, records)| {
        records.iter().any(|record| match &ledger.record(*record).1.does {
            Does::Measure { fields, .. } | Does::Amend { fields, .. } => {
                fields.goods.as_ref().and_then(Option::as_ref).is_some_and(|s| names(s))
            }
            _ => false,
        })
    });
    let plain = |records: &Records| {
        !records.iter().any(|record| {
            matches!(&ledger.record(*record).1.does,
                Does::Measure { fields, .. } if fields.when.is_some())
        })
    };
    users.min_by_key(|(_, records)| !plain(records)).map(|(id, _)| id)
}
