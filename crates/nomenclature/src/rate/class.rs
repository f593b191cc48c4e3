//! The texts in words: references to other rates, and the classes that need one more fact.

use std::fmt;

use tariff::{Code, Exact, exact_decimal, percent};

use super::RateText;

/// Why a rate cannot be computed from the line alone. A closed list: a text that fits none of
/// these is an error, never an "other".
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RateClass {
    /// Ensembles of chapters 61 and 62: needs the code and value of each garment, which pays as if
    /// entered on its own.
    RateOfEachGarment,
    /// Sets (8206, 8211, 8215): needs the codes of the articles in the set; the highest of their
    /// rates applies to the whole.
    HighestRateInSet,
    /// Parts and accessories: needs the code of the article they belong to.
    RateOfWholeArticle,
    /// Mixed and concentrated juices: needs the code of the natural juice in heading 2009.
    NaturalJuice,
    /// Watch and clock movements: needs the code of the complete, assembled movement.
    CompleteMovement,
    /// Incomplete movements: needs the number of jewels and of other pieces, and, for plates, the
    /// duty of the complete movement, which is the most that is owed.
    PiecesUpToMovement,
    /// Needs the code the goods would have if this heading did not exist.
    WithoutThisHeading,
    /// As [`RateClass::WithoutThisHeading`], on the cost of the parts alone: needs that cost too.
    WithoutThisHeadingOnParts,
    /// Needs the facts that the additional U.S. note with this number asks for (embroidery: the
    /// fabric and its rate).
    AdditionalUsNote(u16),
    /// Needs what the U.S. note named here says of these goods.
    UsNote(String),
    /// Free on the conditions of the U.S. note named here: needs their assertion.
    FreeUnderNote(String),
    /// Needs the heading of chapter 98 or 99 that applies, out of these (first and last of each
    /// range): mostly quota positions of one free-trade agreement.
    SeeHeadings(Vec<(Code, Code)>),
    /// Free while under bond: needs the assertion that the bond is given.
    UnderBond,
    /// Free for a time that a regulation sets: needs the assertion that it is not over.
    TemporaryPeriod,
    /// Goods exported with drawback or free of tax and now returned: needs the duty on like goods
    /// and the drawback or tax of the export.
    LikeArticlesUpToDrawback,
    /// Needs the cost or value of the repairs or alterations made abroad.
    ValueOfRepairs,
    /// Needs the cost or value of the processing outside the United States.
    ValueOfProcessing,
    /// Needs the cost or value of the products of the United States in the article.
    ValueLessAmericanGoods,
    /// Needs the code that the heading's text names; this fraction of the value comes off its rate.
    RateOfSubheadingLess(Exact),
    /// Needs the special rate of the goods of this partner in the subheading named by the text.
    RateOfPartner(String),
}

impl RateClass {
    /// The name in tables and messages.
    pub fn name(&self) -> &'static str {
        match self {
            RateClass::RateOfEachGarment => "rate-of-each-garment",
            RateClass::HighestRateInSet => "highest-rate-in-set",
            RateClass::RateOfWholeArticle => "rate-of-whole-article",
            RateClass::NaturalJuice => "natural-juice",
            RateClass::CompleteMovement => "complete-movement",
            RateClass::PiecesUpToMovement => "pieces-up-to-movement",
            RateClass::WithoutThisHeading => "without-this-heading",
            RateClass::WithoutThisHeadingOnParts => "without-this-heading-on-parts",
            RateClass::AdditionalUsNote(_) => "additional-us-note",
            RateClass::UsNote(_) => "us-note",
            RateClass::FreeUnderNote(_) => "free-under-note",
            RateClass::SeeHeadings(_) => "see-headings",
            RateClass::UnderBond => "under-bond",
            RateClass::TemporaryPeriod => "temporary-period",
            RateClass::LikeArticlesUpToDrawback => "like-articles-up-to-drawback",
            RateClass::ValueOfRepairs => "value-of-repairs",
            RateClass::ValueOfProcessing => "value-of-processing",
            RateClass::ValueLessAmericanGoods => "value-less-american-goods",
            RateClass::RateOfSubheadingLess(_) => "rate-of-subheading-less",
            RateClass::RateOfPartner(_) => "rate-of-partner",
        }
    }

    /// The fact that is missing, in words that can follow "needs".
    pub fn fact(&self) -> String {
        match self {
            RateClass::RateOfEachGarment => "the code and value of each garment".into(),
            RateClass::HighestRateInSet => "the codes of the articles in the set".into(),
            RateClass::RateOfWholeArticle => {
                "the code of the article it is a part or accessory of".into()
            }
            RateClass::NaturalJuice => "the code of the natural juice in heading 2009".into(),
            RateClass::CompleteMovement => "the code of the complete movement".into(),
            RateClass::PiecesUpToMovement => {
                "the number of jewels and other pieces and the duty of the complete movement".into()
            }
            RateClass::WithoutThisHeading => {
                "the code of the goods in the absence of this heading".into()
            }
            RateClass::WithoutThisHeadingOnParts => {
                "the cost of the parts and their code in the absence of this heading".into()
            }
            RateClass::AdditionalUsNote(n) => {
                format!("the facts of additional U.S. note {n} to the chapter")
            }
            RateClass::UsNote(note) => format!("the facts of U.S. note {note}"),
            RateClass::FreeUnderNote(note) => {
                format!("the assertion that the conditions of U.S. note {note} are met")
            }
            RateClass::SeeHeadings(ranges) => {
                format!("the heading that applies, out of {}", ranges_in_words(ranges))
            }
            RateClass::UnderBond => "the assertion that a bond is given".into(),
            RateClass::TemporaryPeriod => "the assertion that the period is not over".into(),
            RateClass::LikeArticlesUpToDrawback => {
                "the duty on like articles and the drawback or tax of the export".into()
            }
            RateClass::ValueOfRepairs => "the value of the repairs or alterations".into(),
            RateClass::ValueOfProcessing => {
                "the value of the processing outside the United States".into()
            }
            RateClass::ValueLessAmericanGoods => {
                "the value of the products of the United States in the article".into()
            }
            RateClass::RateOfSubheadingLess(_) => "the code that the text names".into(),
            RateClass::RateOfPartner(partner) => {
                format!("the special rate for {partner} in the subheading named")
            }
        }
    }
}

impl fmt::Display for RateClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RateClass::SeeHeadings(ranges) => f.pad(&format!("see {}", ranges_in_words(ranges))),
            RateClass::RateOfSubheadingLess(rate) => {
                f.pad(&format!("{} ({}%)", self.name(), exact_decimal(*rate * 100)))
            }
            _ => f.pad(self.name()),
        }
    }
}

fn ranges_in_words(ranges: &[(Code, Code)]) -> String {
    let one = |(a, b): &(Code, Code)| if a == b { a.to_string() } else { format!("{a}-{b}") };
    ranges.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// What a text in words turned out to be.
pub enum Worded {
    Whole(RateText),
    /// The duty of the applicable subheading; what is added starts at this byte.
    ApplicablePlus(usize),
}

/// Whole texts (lower case, as [`super::clean`] leaves them) and what they mean.
const WHOLE: &[(&str, RateClass)] = &[
    (
        "the rate applicable to each garment in the ensemble if separately entered",
        RateClass::RateOfEachGarment,
    ),
    (
        "the rate applicable to each garment in the ensemble if entered separately",
        RateClass::RateOfEachGarment,
    ),
    (
        "the rate of duty applicable to that article in the set subject to the highest rate of duty",
        RateClass::HighestRateInSet,
    ),
    (
        "the rate applicable to the article of which it is a part or accessory",
        RateClass::RateOfWholeArticle,
    ),
    (
        "the rate applicable to the article of which it is an accessory",
        RateClass::RateOfWholeArticle,
    ),
    ("the rate applicable to the natural juice in heading 2009", RateClass::NaturalJuice),
    ("the rate applicable to the complete, assembled movement", RateClass::CompleteMovement),
    // One cell of column 2 lacks the last word.
    ("the rate applicable to the complete, assembled", RateClass::CompleteMovement),
    ("the rate applicable in the absence of this heading", RateClass::WithoutThisHeading),
    ("the rate applicable in the absence of this subheading", RateClass::WithoutThisHeading),
    (
        "the rate applicable to each article in the absence of this subheading",
        RateClass::WithoutThisHeading,
    ),
    (
        "the rate applicable, to each article in the absence of this subheading",
        RateClass::WithoutThisHeading,
    ),
    (
        "the rate applicable in the absence of this subheading on the cost of such parts",
        RateClass::WithoutThisHeadingOnParts,
    ),
    ("free, under bond", RateClass::UnderBond),
];

/// Beginnings that settle the meaning, and a piece that must follow somewhere.
const BEGINNINGS: &[(&str, &str, RateClass)] = &[
    ("free, under bond, as prescribed in u.s. note", "", RateClass::UnderBond),
    ("free, for such temporary periods", "", RateClass::TemporaryPeriod),
    ("a duty upon the value of the repairs or alterations", "", RateClass::ValueOfRepairs),
    (
        "a duty upon the value of such processing outside the united states",
        "",
        RateClass::ValueOfProcessing,
    ),
    (
        "a duty upon the full value of the imported article",
        "less the cost or value of such products of the united states",
        RateClass::ValueLessAmericanGoods,
    ),
    (
        "a duty upon the full value of the imported article",
        "less the value of fabrics, components or materials",
        RateClass::ValueLessAmericanGoods,
    ),
    (
        "a duty equal to the duty upon the importation of like articles",
        "drawback",
        RateClass::LikeArticlesUpToDrawback,
    ),
    (
        "a duty (in lieu of any other duty or tax) equal to",
        "drawback",
        RateClass::LikeArticlesUpToDrawback,
    ),
];

/// Recognises a text in words; `None` leaves it to the grammar of duties.
pub fn worded(text: &str) -> Option<Worded> {
    let lower = text.to_ascii_lowercase();
    let needs = |class: RateClass| Some(Worded::Whole(RateText::Needs(class)));
    if lower == "no change" {
        return Some(Worded::Whole(RateText::NoChange));
    }
    if let Some(at) = applicable(&lower) {
        return match lower[at..].strip_prefix(" + ") {
            None if at == lower.len() => Some(Worded::Whole(RateText::Applicable { plus: None })),
            None => None,
            Some(_) => Some(Worded::ApplicablePlus(at + 3)),
        };
    }
    if let Some((_, class)) = WHOLE.iter().find(|(whole, _)| *whole == lower) {
        return needs(class.clone());
    }
    if let Some((_, _, class)) = BEGINNINGS
        .iter()
        .find(|(start, piece, _)| lower.starts_with(start) && lower.contains(piece))
    {
        return needs(class.clone());
    }
    if lower.contains("for each other piece or part")
        && lower.ends_with("shall not exceed the duty for the complete movement")
    {
        return needs(RateClass::PiecesUpToMovement);
    }
    if let Some(number) = lower.strip_prefix("see additional u.s. note ") {
        return needs(RateClass::AdditionalUsNote(number.parse().ok()?));
    }
    if let Some(note) = lower.strip_prefix("see u.s. note ") {
        return needs(RateClass::UsNote(note_number(note)?));
    }
    for lead in ["free (see u.s. note ", "free, under the terms of u.s. note "] {
        if let Some(note) = lower.strip_prefix(lead) {
            return needs(RateClass::FreeUnderNote(note_number(note)?));
        }
    }
    if let Some(list) = lower.strip_prefix("see ") {
        return needs(RateClass::SeeHeadings(ranges(list)?));
    }
    if let Some(less) = lower.strip_prefix("the duty rate provided in such subheading minus ") {
        let points = less.strip_suffix('%').filter(|points| points.len() <= 8)?;
        return needs(RateClass::RateOfSubheadingLess(percent(points)?));
    }
    for (lead, tail) in [
        ("the duty rate provided for originating goods of ", " in such subheading"),
        ("the rate provided for ", " in heading 9901.00.50"),
    ] {
        if lower.starts_with(lead) && lower.ends_with(tail) {
            let partner = text.get(lead.len()..text.len() - tail.len())?;
            return needs(RateClass::RateOfPartner(partner.to_owned()));
        }
    }
    None
}

/// Where a reference to the applicable subheading ends.
fn applicable(lower: &str) -> Option<usize> {
    for lead in [
        "the duty provided in the applicable subheading",
        "the duty provided for in the applicable subheading",
        "the rate of duty provided in the applicable subheading",
    ] {
        if lower.starts_with(lead) {
            return Some(lead.len());
        }
    }
    // The applicable subheading, out of those named.
    let list = lower.strip_prefix("the duty provided in subheading")?;
    let codes = list.strip_prefix("s ").or(list.strip_prefix(' '))?;
    let end = codes.find(" + ").unwrap_or(codes.len());
    let all_codes = codes[..end]
        .split([',', ' '])
        .filter(|word| !word.is_empty() && *word != "or" && *word != "and")
        .all(|word| Code::parse(word).is_ok());
    all_codes.then(|| lower.len() - codes.len() + end)
}

/// The number at the start of `3(e)`, `4 of this subchapter)`.
fn note_number(text: &str) -> Option<String> {
    let number = text.split(' ').next()?.trim_end_matches(',');
    let opens = number.matches('(').count();
    let number =
        if opens < number.matches(')').count() { number.trim_end_matches(')') } else { number };
    number.starts_with(|c: char| c.is_ascii_digit()).then(|| number.to_owned())
}

/// `9822.04.25`, `9823.01.01-9823.01.07`, several with commas.
fn ranges(text: &str) -> Option<Vec<(Code, Code)>> {
    text.split(", ")
        .map(|range| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let (first, last) = (Code::parse(first).ok()?, Code::parse(last).ok()?);
            (first.digits() >= 4 && first <= last).then_some((first, last))
        })
        .collect()
}
