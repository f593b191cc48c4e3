//! What a report of entries comes to: plain data, for the terminal, JSON, CSV and the workbook.
//!
//! Money is in cents of the levying side's currency. `filed` is what the report says was paid, `owed
//! then` what the law as known on the day of entry asked, `owed today` what the law as known at the later
//! end of the question asks for the same entry. A difference is filed less owed: above nothing it was
//! overpaid.

use std::collections::BTreeMap;

use tariff::{Cents, Code, Country, Day};

/// The answer for a whole report.
#[derive(Clone, Debug)]
pub struct Report {
    /// The day from which days left are counted.
    pub on: Day,
    /// The day to which interest runs.
    pub interest_to: Day,
    /// In the order in which their numbers stand first in the report.
    pub entries: Vec<EntryRefund>,
    /// Rows that cannot be read, in the order of the report.
    pub faults: Vec<RowFault>,
    /// What the report does not say for want of a column, and what is assumed instead.
    pub notes: Vec<String>,
    /// Which acts took away or brought back how much of what was owed, largest first.
    pub acts: Vec<ActSum>,
    /// What hangs on points that nobody has settled, largest first.
    pub questions: Vec<Question>,
    pub totals: Totals,
}

/// An entry of the report.
#[derive(Clone, Debug)]
pub struct EntryRefund {
    /// The number without hyphens, blanks or wrapping: `60512345678`.
    pub entry: String,
    /// Blank where the report has no such column, as the four that follow.
    pub importer: String,
    pub importer_name: String,
    pub port: String,
    /// `01`, `06` …
    pub entry_type: String,
    /// As the report has it, for whoever reads it; `None` where it cannot be read.
    pub entered: Option<Day>,
    /// When the estimated duty was deposited: the date of the summary, else that of entry.
    pub deposited: Option<Day>,
    pub liquidation: Option<Liquidation>,
    /// Why the entry is set aside: a row of it cannot be read. It then has no amounts but `filed`.
    pub set_aside: Vec<String>,
    pub lines: Vec<LineRefund>,
    pub amounts: Amounts,
    /// Interest on `amounts.refundable`; `None` where a rate of it is not known.
    pub interest: Option<Cents>,
    /// Interest on `amounts.overpaid`, likewise.
    pub interest_overpaid: Option<Cents>,
    /// How what is refundable comes back.
    pub path: Path,
    /// How what was overpaid at entry comes back.
    pub path_overpaid: Path,
    /// By date.
    pub deadlines: Vec<Deadline>,
    /// Why a refund declaration would be refused.
    pub rejections: Vec<Rejection>,
    /// In the order of the lines.
    pub variance: Vec<Variance>,
}

/// When an entry was or will be liquidated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Liquidation {
    pub date: Day,
    /// Whether the date is estimated and not of the report.
    pub basis: LiquidationBasis,
}

/// Where a date of liquidation comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiquidationBasis {
    /// The report states it.
    Reported,
    /// The usual day after entry.
    Scheduled,
    /// By operation of law, where nothing else is known.
    Deemed,
}

/// A line of an entry.
#[derive(Clone, Debug)]
pub struct LineRefund {
    /// As the report numbers it.
    pub line: String,
    /// Rows of the report, in order.
    pub rows: Vec<u64>,
    /// The commodity code of chapters 1 to 97; `None` where there is none or several.
    pub code: Option<Code>,
    pub origin: Option<Country>,
    pub value: Cents,
    /// `exact`, `needs-facts`, `unknown` or `invalid`, at either end the worse of the two.
    pub status: ledger::Status,
    /// Facts that are missing; of a line without an answer the reason.
    pub needs: Vec<String>,
    /// What the filing itself was taken to say: claims, parts of the value, dates.
    pub taken: Vec<String>,
    pub amounts: Amounts,
    /// Each heading that was filed or owed, in the order of filing, those that were only owed last.
    pub headings: Vec<HeadingRefund>,
    pub variance: Vec<Variance>,
}

/// One heading of a line.
#[derive(Clone, Debug)]
pub struct HeadingRefund {
    /// The program it belongs to; blank where the ledger does not know the heading.
    pub program: String,
    /// The heading of chapter 99, or the commodity code for the base duty.
    pub heading: Code,
    /// `None`: it was not filed.
    pub filed: Option<Cents>,
    /// `None`: it was not owed, or nobody can tell.
    pub owed_then: Option<Cents>,
    pub owed_today: Option<Cents>,
    /// Whether the duty is void as known today.
    pub void: bool,
}

/// Sums of a line, an entry or a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    pub filed: Cents,
    /// Under the defaults of what is missing; `None` where some line has no answer.
    pub owed_then: Option<Cents>,
    pub owed_then_min: Option<Cents>,
    pub owed_then_max: Option<Cents>,
    pub owed_today: Option<Cents>,
    /// Paid under law that has fallen or changed since, less `revived`, and never more than was paid.
    pub refundable: Cents,
    /// Owed today and not then, because what displaced it fell; already taken off `refundable`.
    pub revived: Cents,
    /// Paid beyond what was owed at entry, where the law has not changed since. Not in `refundable`.
    pub overpaid: Cents,
    /// Owed at entry and still today, and not paid. Never netted with the others.
    pub underpaid: Cents,
}

/// How money comes back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Path {
    /// There is nothing to ask for.
    Nothing,
    /// A way that is open, by the id of its clock in the ledger: `cape`, `protest`.
    Open(String),
    /// Every way is closed.
    Closed,
}

/// The last day of a way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The id of the clock: `post-summary-correction`, `cape`, `reliquidation`, `protest`, `court`.
    pub kind: String,
    /// The last day on which it can be done.
    pub date: Day,
    /// Days left from `Report::on`; below nothing it has passed.
    pub days: i32,
    /// Whether it hangs on an estimated date.
    pub estimated: bool,
    /// Whether the way would bring back what is refundable, were it in time.
    pub serves: bool,
}

/// A condition of the refund declaration that an entry fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// In the words of customs, where they are known.
    pub message: String,
    /// What in the report says so.
    pub why: String,
}

/// Why what was filed is not what was owed at entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// A heading was owed and not filed.
    MissingHeading,
    /// A heading was filed and not owed.
    ExtraHeading,
    /// The amount is another rate of the law on the same basis.
    WrongRate,
    /// The amount is the same rate on another basis.
    WrongBasis,
    /// The amount is neither.
    Arithmetic,
    /// Small differences of an entry that come to at most three dollars.
    Rounding,
    /// The report does not say enough to tell: no error is found.
    NeedsFacts,
}

/// A difference between what was filed and what was owed at entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variance {
    pub cause: Cause,
    /// The line as the report numbers it.
    pub line: String,
    /// The heading, or the commodity code for the base duty; `None` for a line as a whole.
    pub heading: Option<Code>,
    /// Filed less owed: above nothing it was overpaid.
    pub amount: Cents,
    /// In words, with the rate or basis that was found.
    pub why: String,
}

/// A row, or a cell of it, that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    pub row: u64,
    /// Blank where the whole row is meant.
    pub column: String,
    pub message: String,
    /// The entry it belongs to, where that much can be read.
    pub entry: Option<String>,
}

/// What an act did to what was owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActSum {
    /// The id of the act; other causes in words.
    pub act: String,
    pub title: String,
    pub cite: String,
    pub lines: u64,
    /// Owed after it less before it.
    pub difference: Cents,
}

/// A point that nobody has settled, and the money that hangs on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub kind: QuestionKind,
    /// `void-revives-metals=yes`, `content steel`.
    pub name: String,
    /// In words: what the other option says, or what is missing.
    pub title: String,
    pub source: String,
    pub lines: u64,
    pub entries: u64,
    /// What would be refundable in the whole report under this option; `None` for a fact.
    pub refundable: Option<Cents>,
    /// How much hangs on it, without sign: of a reading what owed and refundable change by, of a fact
    /// the width of the range of the lines that miss it.
    pub at_stake: Cents,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuestionKind {
    Reading,
    Fact,
}

/// Sums of the report.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    pub entries: u64,
    pub set_aside: u64,
    pub lines: u64,
    pub amounts: Amounts,
    /// Of the entries whose interest is known.
    pub interest: Cents,
    pub interest_overpaid: Cents,
    /// Entries with something refundable whose interest is not known.
    pub without_interest: u64,
    pub paths: BTreeMap<Path, PathSum>,
    pub causes: BTreeMap<Cause, CauseSum>,
}

/// What comes back on one path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PathSum {
    pub entries: u64,
    pub refundable: Cents,
    pub interest: Cents,
    /// The first of the last days on it.
    pub first: Option<Day>,
}

/// Variances of one cause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CauseSum {
    pub variances: u64,
    pub entries: u64,
    /// What was overpaid, and what was underpaid, both without sign.
    pub over: Cents,
    pub under: Cents,
}

impl Cause {
    pub const ALL: [Cause; 7] = [
        Cause::MissingHeading,
        Cause::ExtraHeading,
        Cause::WrongRate,
        Cause::WrongBasis,
        Cause::Arithmetic,
        Cause::Rounding,
        Cause::NeedsFacts,
    ];

    /// The word of files and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Cause::MissingHeading => "missing-heading",
            Cause::ExtraHeading => "extra-heading",
            Cause::WrongRate => "wrong-rate",
            Cause::WrongBasis => "wrong-basis",
            Cause::Arithmetic => "arithmetic",
            Cause::Rounding => "rounding",
            Cause::NeedsFacts => "needs-facts",
        }
    }
}

impl Path {
    /// The word of files and JSON: `none`, `closed`, or the id of the clock.
    pub fn name(&self) -> &str {
        match self {
            Path::Nothing => "none",
            Path::Open(clock) => clock,
            Path::Closed => "closed",
        }
    }
}

impl EntryRefund {
    /// The deadline of the path that brings back what is refundable.
    pub fn deadline(&self) -> Option<&Deadline> {
        self.deadlines.iter().find(|deadline| deadline.kind == self.path.name())
    }
}
