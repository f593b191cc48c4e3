//! Made-up reports of entries in the form of ACE ES-003 ("Entry Summary Line Tariff Details"), with
//! errors in places that are known: what a check of such reports is checked with.
//!
//! Lines are filed as the law asked on their day, found by the oracle line by line; then errors are
//! planted and listed. The same seed on the same ledger makes the same bytes.

mod filing;
mod headings;
mod life;
mod plant;
mod text;
mod trade;

use entry::EntryNumber;
use ledger::{Ledger, Readings};
use oracle::Oracle;
use tariff::{Cents, Code, Day, Exact};

use crate::mutate::dice::Dice;
use filing::FiledLine;
use headings::Headings;
use life::Life;
use plant::{CAUSES, Slip};
use trade::Importer;

/// Which report is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub seed: u64,
    pub entries: usize,
    /// One entry in so many gets an error.
    pub slip_one_in: usize,
    pub form: Form,
}

/// How the report is written down.
#[derive(Clone, Copy, Debug, Default)]
pub struct Form {
    /// Values stand under `Line Goods Value Amount`, not `Line Tariff Goods Value Amount`.
    pub line_value_head: bool,
    /// Numbers are wrapped so that a spreadsheet keeps their zeros: `="0123"`.
    pub wrapped: bool,
    /// The columns of liquidation and protest are left out.
    pub without_liquidation: bool,
}

/// A report, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Made {
    /// The report as CSV.
    pub report: String,
    /// What was planted, as CSV: `entry,line,heading,cause,amount,what`. Of a mark that keeps an entry
    /// out of a declaration `cause` is `rejection`, and `what` begins with the words of customs.
    pub planted: String,
    pub entries: usize,
    pub lines: usize,
    pub rows: usize,
    /// Lines whose duty hangs on facts that such a report does not have.
    pub open_lines: usize,
    pub slips: usize,
}

struct FiledEntry<'a> {
    number: EntryNumber,
    importer: &'a Importer,
    port: &'static str,
    entered: Day,
    life: Life,
    lines: Vec<FiledLine>,
    slips: Vec<Slip>,
}

/// How many headings of earlier lines an extra one is drawn from.
const RECENT: usize = 60;

/// How often goods are drawn for a line before it is left out.
const DRAWS_MAX: usize = 8;

/// Makes a report; `done` hears after every entry.
///
/// # Errors
/// When the ledger has no territory with a schedule, or knows no day.
pub fn make(ledger: &Ledger, wanted: Wanted, mut done: impl FnMut()) -> Result<Made, String> {
    let territory = ledger.territories.iter().find(|t| t.schedule);
    let territory = territory.ok_or("the ledger has no territory with a schedule")?;
    let on = ledger.last_known().ok_or("the ledger knows no act")?.day(&territory.zone);
    let first = Day::new(on.year() - 1, 1, 2).ok_or("the ledger ends in no year")?;
    let count = (3 + wanted.entries / 20).min(20);
    let schedule = &ledger.schedules[&territory.id];
    let importers = trade::importers(schedule, (first, on), wanted.seed, count);
    let headings = Headings::of(ledger, &territory.id);
    let readings = Readings::new();
    let mut oracle = Oracle::new(ledger, &readings);

    // The oracle answers lines fastest whose days come in order.
    let span = on.days_since(first) as usize + 1;
    let mut dice = Dice::new(wanted.seed, usize::MAX, 2);
    let mut days: Vec<Day> =
        (0..wanted.entries).map(|_| first.plus(dice.below(span) as i32)).collect();
    days.sort_unstable();

    // Of these the law of another day than that of entry may hold, which the report does not say.
    let types = ledger.refunds.get(&territory.id).map_or(&[][..], |refunds| &refunds.entry_types);
    let other_date = |code: &str| types.iter().any(|of| of.code == code);
    let mut recent: Vec<(Code, Exact)> = Vec::new();
    // Errors that have their turn, and those that were planted.
    let (mut due, mut planted) = (0, 0);
    let mut filed: Vec<FiledEntry<'_>> = Vec::new();
    for (at, entered) in days.into_iter().enumerate() {
        let mut dice = Dice::new(wanted.seed, at, 3);
        let importer = &importers[trade::ranked(&mut dice, importers.len())];
        let port = importer.ports[dice.below(importer.ports.len())];
        let life = life::live(entered, on, port, &mut dice);
        let mut lines: Vec<FiledLine> = Vec::new();
        for _ in 0..1 + trade::ranked(&mut dice, 8) {
            let line = (0..DRAWS_MAX).find_map(|_| {
                let goods = &importer.goods[trade::ranked(&mut dice, importer.goods.len())];
                let value = value(life.entry_type == "11", &mut dice);
                filing::file(ledger, &mut oracle, territory, goods, value, entered, &mut dice)
            });
            lines.extend(line);
        }
        done();
        if lines.is_empty() {
            continue;
        }
        // Each kind in turn, so that all are met: an entry that is not fit for one leaves it to the next.
        due += usize::from(dice.below(wanted.slip_one_in.max(1)) == 0);
        let mut slips = Vec::new();
        if due > 0 && !other_date(life.entry_type) {
            let cause = CAUSES[planted % CAUSES.len()];
            slips = plant::plant(&mut lines, cause, &headings, &recent, &mut dice);
            if !slips.is_empty() {
                due -= 1;
                planted += 1;
            }
        }
        let rated = lines.iter().flat_map(|line| &line.rows).filter(|row| row.heading.is_special());
        recent.extend(rated.filter_map(|row| Some((row.heading, row.rate?))));
        recent.drain(..recent.len().saturating_sub(RECENT));
        let first_ten = format!("{}{:07}", importer.filer, 1_000_037 + at * 13);
        let number = EntryNumber::with_check_digit(&first_ten).ok_or("a number of an entry")?;
        filed.push(FiledEntry { number, importer, port, entered, life, lines, slips });
    }
    misplace(&mut filed, &headings, wanted.seed);
    let lines = || filed.iter().flat_map(|entry| &entry.lines);
    Ok(Made {
        report: text::report(&filed, wanted.form),
        planted: text::planted(&filed),
        entries: filed.len(),
        lines: lines().count(),
        rows: lines().map(|line| line.rows.len()).sum(),
        open_lines: lines().filter(|line| !line.exact).count(),
        slips: filed.iter().map(|entry| entry.slips.len()).sum(),
    })
}

/// The value of a line in whole dollars: small ones more often.
fn value(informal: bool, dice: &mut Dice) -> Cents {
    let dollars = if informal {
        40 + dice.below(1_100)
    } else {
        let magnitude = 10usize.pow(2 + dice.below(4) as u32);
        magnitude + dice.below(9 * magnitude)
    };
    Cents(dollars as i64 * 100)
}

/// A fault of form that keeps an entry out of a declaration: a value on the row of a void duty.
fn misplace(filed: &mut [FiledEntry<'_>], headings: &Headings, seed: u64) {
    for (at, entry) in filed.iter_mut().enumerate() {
        if Dice::new(seed, at, 4).below(100) != 0 {
            continue;
        }
        let of_void = |line: &&mut FiledLine| headings.is_void(line.rows[0].heading);
        let Some(line) = entry.lines.iter_mut().find(of_void) else { continue };
        let why = format!("{} on a line of {}", line.rows[0].heading, line.code);
        // Not that of the line: some reports repeat it on every row.
        line.rows[0].value = Cents(line.value.0 / 200 * 100);
        entry.life.rejections.push(("GOODS VALUE AMOUNT NOT ALLOWED ON IEEPA HTS LINE", why));
    }
}
