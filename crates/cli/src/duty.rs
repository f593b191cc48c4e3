use std::path::Path;

use entry::FactError;
use ledger::Ledger;
use oracle::{Assessment, Disputed, Goods, Later, Line, Status};
use serde_json::Value;
use tariff::{Cents, Code, Stated};

use crate::failure::Failure;
use crate::question::{Coordinates, Question};
use crate::receipt::{self, Wanted};
use crate::{duty_check, duty_json, duty_text, filing, filing_print, print};

/// What one line owes, and the law behind every cent.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Duty {
    /// The commodity code; dots are optional.
    pub code: String,
    /// Country of origin (ISO code).
    #[arg(long, value_name = "CC")]
    pub origin: String,
    /// Date of entry: a day, or a moment (without an offset it is local to the importing side).
    #[arg(long, value_name = "DATE")]
    pub entered: String,
    /// Entered value in the importing side's currency.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    pub value: String,
    #[command(flatten)]
    pub facts: Facts,
    #[command(flatten)]
    pub coordinates: Coordinates,
    #[command(flatten)]
    pub wanted: Wanted,
    /// Print the lines as on the entry form (CBP Form 7501), with fees.
    #[arg(long)]
    pub file: bool,
    /// What the entry pays besides duty too (MPF, HMF), as of a formal entry that has this line alone.
    #[arg(long)]
    pub fees: bool,
    /// Compile the fast engine too and hold its answer against this one; a difference exits with 2.
    #[arg(long)]
    pub check: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// What a line may state besides.
#[derive(Debug, Default, clap::Args)]
pub struct Facts {
    /// The side that levies the duty.
    #[arg(long, value_name = "CC", default_value = "US")]
    pub by: String,
    /// A quantity with its unit ("100 kg"); may be repeated.
    #[arg(long, value_name = "AMOUNT UNIT")]
    pub quantity: Vec<String>,
    /// When the goods were loaded on the vessel that brought them.
    #[arg(long, value_name = "DATE")]
    pub loaded: Option<String>,
    /// When they were exported.
    #[arg(long, value_name = "DATE")]
    pub exported: Option<String>,
    /// When they were withdrawn from a warehouse.
    #[arg(long, value_name = "DATE")]
    pub withdrawn: Option<String>,
    /// When they were admitted to a zone in privileged foreign status.
    #[arg(long, value_name = "DATE")]
    pub privileged: Option<String>,
    /// Mode of transport: vessel, air, rail, truck, mail.
    #[arg(long, value_name = "MODE")]
    pub mode: Option<String>,
    /// A claim: a program symbol (S, KR, usmca) or a heading of chapter 98 or 99; may be repeated.
    #[arg(long, value_name = "CLAIM")]
    pub claim: Vec<String>,
    /// Value of a part of the article (steel=2500); may be repeated.
    #[arg(long, value_name = "PART=AMOUNT")]
    pub content: Vec<String>,
}

const EXAMPLES: &str = "\
Examples:
  truce duty 9503.00.00.73 --origin CN --entered 2025-05-20 --value 10000
  truce duty 0201.10.05 --origin AU --entered 2025-03-03 --value 5000 --quantity \"1200 kg\"
  truce duty 9503.00.00.73 --origin CN --entered 2025-05-10 --value 10000 --loaded 2025-04-09 --mode vessel
  truce duty 9503.00.00.73 --origin CN --entered 2025-05-20 --value 10000 --mode vessel --file
  truce duty 12019011 --by CN --origin US --entered 2025-06-01 --value 10000 --json";

/// A question about one line, with its answer.
pub struct Answer<'a> {
    pub question: &'a Question,
    pub line: &'a Line,
    pub assessment: &'a Assessment,
    pub later: Option<&'a Later>,
    pub disputed: &'a [Disputed],
}

pub fn run(duty: &Duty, law: Option<&Path>) -> Result<u8, Failure> {
    let question = duty.coordinates.settle(law)?;
    let (printed, status) = answered(duty, &question, |told| {
        let printed = if duty.json { format!("{}\n", told.json()) } else { told.text() };
        (printed, told.status())
    })?;
    print(&printed);
    receipt::Run {
        wanted: &duty.wanted,
        law,
        ledger: &question.ledger,
        asked: question.asked(),
        inputs: duty.coordinates.files(&question.ledger),
        output: None,
        written: Vec::new(),
        printed: &printed,
        status,
    }
    .write()?;
    Ok(status)
}

/// The answer as JSON, as `truce duty --json` prints it; the coordinates are those of the question.
///
/// # Errors
/// What the line states cannot be read, or cannot be right; the place is the option.
pub fn json(duty: &Duty, question: &Question) -> Result<Value, Failure> {
    answered(duty, question, |told| told.json())
}

/// An answer and what was asked for besides.
struct Told<'a> {
    answer: &'a Answer<'a>,
    checked: Option<duty_check::Check>,
    fees: Vec<filing_print::OwedFee<'a>>,
    filing: Option<filing::Filing<'a>>,
}

fn answered<T>(
    duty: &Duty,
    question: &Question,
    tell: impl FnOnce(&Told<'_>) -> T,
) -> Result<T, Failure> {
    let required = [&duty.code, &duty.origin, &duty.entered, &duty.value];
    let line = line(required.map(String::as_str), &duty.facts, &question.ledger)?;
    let assessment = oracle::assess(&question.ledger, &line, question.known, &question.readings);
    if assessment.status == Status::Invalid {
        let reason = assessment.needs.first().map(|n| n.fact.clone()).unwrap_or_default();
        let (place, message) = reason.split_once(": ").unwrap_or(("", &reason));
        return Err(Failure::new(message, place, ""));
    }
    let later = oracle::later(&question.ledger, &line, &assessment, &question.readings);
    let (ledger, readings) = (&question.ledger, &question.readings);
    let disputed = oracle::disputed(ledger, &line, question.known, &assessment, readings);
    let answer = Answer {
        question,
        line: &line,
        assessment: &assessment,
        later: later.as_ref(),
        disputed: &disputed,
    };
    let checked = match duty.check {
        true => Some(duty_check::check(question, &line, &assessment)?),
        false => None,
    };
    let fees = if duty.fees || duty.file { filing_print::fees(&answer) } else { Vec::new() };
    // What nothing resolves has no lines to file.
    let filing = match duty.file && assessment.status != Status::Unknown {
        true => Some(filing::filing(&answer)?),
        false => None,
    };
    Ok(tell(&Told { answer: &answer, checked, fees, filing }))
}

impl Told<'_> {
    fn json(&self) -> Value {
        let mut json = duty_json::json(self.answer);
        json["fees"] = self.fees.iter().map(filing_print::OwedFee::json).collect();
        if let Some(filing) = &self.filing {
            json["filing"] = filing_print::form_json(self.answer, filing);
        }
        if let Some(checked) = &self.checked {
            json["check"] = checked.json();
        }
        json
    }

    fn text(&self) -> String {
        let Told { answer, checked, fees, filing } = self;
        let checked = checked.as_ref().map(duty_check::Check::text).unwrap_or_default();
        let foot = receipt::foot(&answer.question.ledger, &answer.question.in_words());
        let answered = match filing {
            Some(filing) => {
                let form = filing_print::form_text(answer, filing, fees);
                format!("{}{form}", duty_text::head(answer))
            }
            None if fees.is_empty() => duty_text::text(answer),
            None => format!("{}{}", duty_text::text(answer), filing_print::fees_text(fees)),
        };
        format!("{answered}{checked}{foot}")
    }

    /// The exit status.
    fn status(&self) -> u8 {
        match &self.checked {
            Some(checked) if !checked.differences.is_empty() => 2,
            _ => u8::from(self.answer.assessment.status != Status::Exact),
        }
    }
}

/// A line of its code, origin, date of entry and value, and what it states besides.
pub fn line(
    [code, origin, entered, value]: [&str; 4],
    facts: &Facts,
    ledger: &Ledger,
) -> Result<Line, Failure> {
    let fault = |place: &'static str| move |e: FactError| Failure::new(e.message, place, e.help);
    let territory = ledger.levying(&facts.by).ok_or_else(|| {
        let sides: Vec<&str> = ledger.territories.iter().map(|t| t.country.as_str()).collect();
        let help = format!("the ledger holds the duties of {}", sides.join(", "));
        Failure::new(format!("`{}` levies nothing here", facts.by), "--by", help)
    })?;
    let date = |place: &'static str, text: &str| {
        Stated::parse(text, &territory.zone)
            .map_err(|e| Failure::new(e, place, "write 2025-05-14 or 2025-05-14T00:01-04:00"))
    };
    let optional = |place: &'static str, text: &Option<String>| {
        text.as_ref().map(|text| date(place, text)).transpose()
    };
    let code = Code::parse(code)
        .map_err(|e| Failure::new(e, "CODE", "10 digits, dots optional, like 9503.00.00.73"))?;
    let origin = entry::origin(ledger, origin).map_err(fault("--origin"))?;
    let value = Cents::parse(value)
        .map_err(|e| Failure::new(e, "--value", "an amount like 10000 or 10000.50"))?;
    let entered = date("--entered", entered)?;
    let mut line = Line::new(&territory.id, Goods::Code(code), origin, entered, value);
    for text in &facts.quantity {
        line.quantities.push(entry::quantity(ledger, text).map_err(fault("--quantity"))?);
    }
    if let Some(error) = entry::twice(&line.quantities) {
        return Err(fault("--quantity")(error));
    }
    line.loaded = optional("--loaded", &facts.loaded)?;
    line.exported = optional("--exported", &facts.exported)?;
    line.withdrawn = optional("--withdrawn", &facts.withdrawn)?;
    line.privileged = optional("--privileged", &facts.privileged)?;
    line.mode = facts.mode.as_deref().map(entry::mode).transpose().map_err(fault("--mode"))?;
    for text in &facts.claim {
        line.claims.push(entry::claim(ledger, text).map_err(fault("--claim"))?);
    }
    for text in &facts.content {
        let (part, amount) = entry::content(text).map_err(fault("--content"))?;
        if line.contents.insert(part.clone(), amount).is_some() {
            return Err(Failure::new(
                format!("`{part}` is stated twice"),
                "--content",
                "state it once",
            ));
        }
    }
    Ok(line)
}
