//! Goods that a heading's description names by their codes: `provided for in subheading 7304.90.10 or
//! 7305.31.60 (except for statistical reporting number 7305.31.6010)`.

use std::collections::BTreeSet;

use ledger::{GoodsSelector, Ledger};
use oracle::{Stand, Survey};
use tariff::{Code, Moment};

/// Codes as a description names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedGoods {
    pub codes: BTreeSet<Code>,
    pub except: BTreeSet<Code>,
}

/// Words that may stand between codes.
const BETWEEN: [&str; 13] = [
    "in",
    "the",
    "tariff",
    "heading",
    "headings",
    "subheading",
    "subheadings",
    "statistical",
    "reporting",
    "number",
    "numbers",
    "and",
    "or",
];

impl NamedGoods {
    /// The goods of a description; `None` where it names none by code, or sends to a list for others.
    pub fn read(description: &str) -> Option<NamedGoods> {
        let text = description.to_lowercase();
        if text.contains("enumerated in") {
            return None;
        }
        let mut goods = NamedGoods::default();
        for phrase in ["provided for in", "described in"] {
            for (at, _) in text.match_indices(phrase) {
                let negated =
                    ["not", "as", "those"].iter().any(|w| text[..at].trim_end().ends_with(w));
                if !negated {
                    goods.add(&text[at + phrase.len()..]);
                }
            }
        }
        (!goods.codes.is_empty()).then_some(goods)
    }

    /// Reads codes up to a word that ends their row. Headings of chapter 99 are no goods.
    fn add(&mut self, text: &str) {
        let (mut codes, mut except) = (BTreeSet::new(), BTreeSet::new());
        let mut excepting = false;
        for word in text.split_whitespace() {
            let opens = word.starts_with('(');
            let bare = word.trim_matches(|c: char| "(),;.:".contains(c));
            let closes = word.contains(')');
            match Code::parse(bare) {
                Ok(code) if code.is_special() => return,
                Ok(code) if excepting => _ = except.insert(code),
                Ok(code) => _ = codes.insert(code),
                Err(_) if bare.is_empty() || BETWEEN.contains(&bare) => {}
                Err(_) if opens && bare == "except" => excepting = true,
                Err(_) if excepting && bare == "for" => {}
                Err(_) => break,
            }
            if closes && !excepting {
                break;
            }
            if closes {
                excepting = false;
            }
        }
        self.codes.append(&mut codes);
        self.except.append(&mut except);
    }

    /// The statistical lines that it names.
    pub fn lines(&self, all: &BTreeSet<Code>) -> BTreeSet<Code> {
        let mut lines: BTreeSet<Code> = self.codes.iter().flat_map(|c| under(all, *c)).collect();
        for line in self.except.iter().flat_map(|code| under(all, *code)) {
            lines.remove(&line);
        }
        lines
    }
}

/// The statistical lines on the goods of a measure at a moment; `None` where it is on all goods.
pub fn lines_of(
    ledger: &Ledger,
    survey: &Survey<'_>,
    stand: &Stand<'_>,
    all: &BTreeSet<Code>,
    moment: Moment,
) -> Option<BTreeSet<Code>> {
    let of = |selectors: &[GoodsSelector]| {
        let mut lines = BTreeSet::new();
        for selector in selectors {
            match selector {
                GoodsSelector::Prefix(code) => lines.extend(under(all, *code)),
                GoodsSelector::List(name) => {
                    let rows = ledger.lists.get(name).into_iter().flat_map(|list| &list.rows);
                    let (out, on): (Vec<_>, Vec<_>) =
                        rows.filter(|row| survey.row_holds(row, moment)).partition(|row| row.out);
                    let mut listed: BTreeSet<Code> =
                        on.iter().flat_map(|row| under(all, row.code)).collect();
                    out.iter().flat_map(|row| under(all, row.code)).for_each(|line| {
                        listed.remove(&line);
                    });
                    lines.append(&mut listed);
                }
            }
        }
        lines
    };
    let mut lines = of(stand.goods?);
    for line in of(stand.except_goods) {
        lines.remove(&line);
    }
    Some(lines)
}

/// The lines that a code covers.
fn under(all: &BTreeSet<Code>, code: Code) -> impl Iterator<Item = Code> + '_ {
    all.range(code..).copied().take_while(move |line| code.covers(*line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let Some(goods) = NamedGoods::read(text) else { return "none".to_owned() };
        let list = |codes: &BTreeSet<Code>| {
            codes.iter().map(|code| code.plain()).collect::<Vec<_>>().join(" ")
        };
        match goods.except.is_empty() {
            true => list(&goods.codes),
            false => format!("{} but {}", list(&goods.codes), list(&goods.except)),
        }
    }

    #[test]
    fn codes_are_read_as_descriptions_name_them() {
        for (text, wanted) in [
            (
                "Tin plate, provided for in subheading 7210.11.00, 7210.12.00 or 7212.10.00",
                "72101100 72101200 72121000",
            ),
            (
                "Unwrought aluminum, not alloyed (provided for in subheading 7601.10.30 or 7601.10.60)",
                "76011030 76011060",
            ),
            (
                "Line pipe, provided for in subheading 7304.19.10 (except for statistical reporting number \
                 7304.19.1080), 7304.19.50 or 7306.19.51 (except for statistical reporting numbers 7306.19.5110 and 7306.19.5150)",
                "73041910 73041950 73061951 but 7304191080 7306195110 7306195150",
            ),
            (
                "can stock (described in statistical reporting number 7606.12.3045 or 7606.12.3055",
                "7606123045 7606123055",
            ),
            (
                "Wrought aluminum, provided for in headings 7604, 7605 and castings of aluminum provided for in subheading 7616.99.51",
                "7604 7605 76169951",
            ),
            (
                "chassis (provided for in statistical reporting number 8716.39.0090, or in subheadings 8716.90.30 or \
                 8716.90.50), articles the product of China",
                "8716390090 87169030 87169050",
            ),
            (
                "Aircraft (provided for in subheading 8802.40.00), the foregoing not described in subheading 9903.89.05",
                "88024000",
            ),
            (
                "Except as provided for in heading 9903.91.10, articles as provided for in subdivision (d)",
                "none",
            ),
            (
                "products provided for in the headings enumerated in subdivision (g) of note 19",
                "none",
            ),
        ] {
            assert_eq!(read(text), wanted, "{text}");
        }
    }
}
