//! Goods lists against the footnotes of legal lines, which say on which list a line stands.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{GoodsSelector, Ledger};
use nomenclature::Snapshot;
use oracle::{Stand, Survey};
use tariff::{Code, Moment};

/// What a file says of goods: its lines, and the lines whose footnotes name a heading.
#[derive(Clone, Debug, Default)]
pub struct Goods {
    pub lines: BTreeSet<Code>,
    /// With ten digits, where a line has suffixes.
    pub statistical: BTreeSet<Code>,
    pub footnotes: BTreeMap<Code, BTreeSet<Code>>,
}

impl Goods {
    pub fn of(snapshot: &Snapshot) -> Goods {
        let mut goods = Goods {
            lines: snapshot.lines.keys().map(|code| code.prefix(8)).collect(),
            statistical: snapshot.suffixes.keys().copied().collect(),
            ..Goods::default()
        };
        for line in snapshot.lines.keys() {
            let suffixed = goods.statistical.range(*line..).next().is_some_and(|s| line.covers(*s));
            if !suffixed {
                goods.statistical.insert(*line);
            }
        }
        // Provisions of chapter 98 name the headings they are charged under; they are on no list.
        let coded = snapshot.footnotes.iter().filter(|(code, _)| !code.is_special());
        for (code, headings) in coded.filter(|(code, _)| code.digits() >= 8) {
            for heading in headings {
                goods.footnotes.entry(*heading).or_default().insert(code.prefix(8));
            }
        }
        goods
    }
}

/// Adds the legal lines on the goods lists of a measure at a moment.
pub fn listed(
    ledger: &Ledger,
    survey: &Survey<'_>,
    stand: &Stand<'_>,
    lines: &BTreeSet<Code>,
    moment: Moment,
) -> BTreeSet<Code> {
    let mut on = BTreeSet::new();
    for selector in stand.goods.unwrap_or_default() {
        each_line(ledger, survey, selector, lines, moment, &mut |line, _| {
            on.insert(line);
        });
    }
    for selector in stand.except_goods {
        // A line of which only some suffixes are taken out stays on the list.
        each_line(ledger, survey, selector, lines, moment, &mut |line, whole| {
            if whole {
                on.remove(&line);
            }
        });
    }
    on
}

/// Calls `f` with each legal line that a selector covers, and whether it covers all of it.
fn each_line(
    ledger: &Ledger,
    survey: &Survey<'_>,
    selector: &GoodsSelector,
    lines: &BTreeSet<Code>,
    moment: Moment,
    f: &mut impl FnMut(Code, bool),
) {
    let mut of_code = |code: Code| {
        if code.digits() >= 8 {
            f(code.prefix(8), code.digits() == 8);
        } else {
            lines.iter().filter(|line| code.covers(**line)).for_each(|line| f(*line, true));
        }
    };
    match selector {
        GoodsSelector::Prefix(code) => of_code(*code),
        GoodsSelector::List(name) => {
            let rows = ledger.lists.get(name).into_iter().flat_map(|list| &list.rows);
            rows.filter(|row| !row.out && survey.row_holds(row, moment))
                .for_each(|row| of_code(row.code));
        }
    }
}

/// The moments at which rows of these lists come and go.
pub fn moments(ledger: &Ledger, stand: &Stand<'_>, code: Code) -> BTreeSet<Moment> {
    let mut moments = BTreeSet::new();
    for selector in stand.goods.unwrap_or_default() {
        let GoodsSelector::List(name) = selector else { continue };
        let rows = ledger.lists.get(name).into_iter().flat_map(|list| &list.rows);
        for row in rows.filter(|row| code.covers(row.code) || row.code.covers(code)) {
            moments.extend(row.from);
            moments.extend(row.until);
        }
    }
    moments
}
