//! The computable texts: `Free`, sums of terms, and the sugar rate by degree.

use tariff::{DutyExpression, Exact, Part, Per, Term, Unit, UnitKind, parse_exact};

use super::RateError;

/// Units of no kind that a rate may be stated in.
const UNITS_OF_THEIR_OWN: &[&str] = &["pf. liter", "jewel", "pack", "line gross", "dose"];

/// Longest name of a part (`cost of such parts or materials`): beyond it a text is not a name.
const PART_CHARACTERS: usize = 80;

/// Reads the duty that starts at byte `from` of a cleaned text and runs to its end.
pub fn parse(text: &str, from: usize) -> Result<DutyExpression, RateError> {
    let mut cursor = Cursor { text, at: from };
    if cursor.rest().eq_ignore_ascii_case("free") {
        return Ok(DutyExpression::Free);
    }
    let mut terms = vec![cursor.term()?];
    if cursor.take(" less ") {
        return cursor.per_degree(&terms[0]);
    }
    while !cursor.rest().is_empty() {
        cursor.expect(" + ", "` + `, or the end of the text")?;
        terms.push(cursor.term()?);
    }
    Ok(DutyExpression::Sum(terms))
}

/// Longest number and longest half of a fraction: what is beyond them is no rate, and within them
/// no arithmetic on rates can overflow.
const NUMBER_CHARACTERS: usize = 24;
const DECIMALS: usize = 8;
const FRACTION_DIGITS: usize = 4;

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn take(&mut self, token: &str) -> bool {
        let found =
            self.rest().get(..token.len()).is_some_and(|head| head.eq_ignore_ascii_case(token));
        if found {
            self.at += token.len();
        }
        found
    }

    /// As `take`, where the word ends there.
    fn take_word(&mut self, word: &str) -> bool {
        let ends = self
            .rest()
            .get(word.len()..)
            .is_some_and(|after| !after.starts_with(char::is_alphabetic));
        ends && self.take(word)
    }

    fn expect(&mut self, token: &str, expected: &str) -> Result<(), RateError> {
        if self.take(token) { Ok(()) } else { Err(self.error(expected)) }
    }

    fn error(&self, expected: &str) -> RateError {
        RateError {
            text: self.text.to_owned(),
            at: self.text[..self.at].chars().count() + 1,
            expected: expected.to_owned(),
        }
    }

    /// Everything up to the next term or the end.
    fn until_next_term(&mut self) -> &'a str {
        let rest = self.rest();
        let end = rest.find(" + ").into_iter().chain(rest.find(" less ")).min();
        let taken = &rest[..end.unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }

    /// `4.4`, `1,034`, `33 1/3`, and where no unit can follow at once, `1/3`.
    fn number(&mut self, bare_fraction: bool) -> Result<Exact, RateError> {
        let rest = self.rest();
        let span = |s: &str, of: fn(char) -> bool| s.find(|c| !of(c)).unwrap_or(s.len());
        let plain = |s: &str| span(s, |c| c.is_ascii_digit() || c == '.' || c == ',');
        let whole = |s: &str| span(s, |c| c.is_ascii_digit());
        // Cents of a hundred and more print as dollars, with two digits more.
        let more = if bare_fraction { 0 } else { 2 };
        let fraction = |s: &str| {
            let n = whole(s);
            let d = s[n..].strip_prefix('/').map_or(0, whole);
            let within = |digits: usize| (1..=FRACTION_DIGITS + more).contains(&digits);
            (within(n) && within(d)).then_some(n + 1 + d)
        };
        let mut end = plain(rest);
        if let Some(length) = fraction(rest).filter(|_| bare_fraction) {
            end = length;
        } else if whole(rest) == end
            && (bare_fraction || !rest.starts_with('0'))
            && let Some(length) = rest[end..].strip_prefix(' ').and_then(fraction)
        {
            end += 1 + length;
        }
        let value = parse_exact(&rest[..end]).filter(|_| {
            let decimals = rest[..end].split_once('.').map_or(0, |(_, decimals)| decimals.len());
            end <= NUMBER_CHARACTERS && decimals <= DECIMALS + more
        });
        let value = value.ok_or_else(|| self.error("a number"))?;
        self.at += end;
        Ok(value)
    }

    fn term(&mut self) -> Result<Term, RateError> {
        self.take("a duty of ");
        if self.take("$") {
            // `$6/1000` is six dollars for each thousand, not a fraction.
            let rate = self.number(false)?;
            return Ok(Term { rate, per: self.unit()? });
        }
        let number = self
            .number(true)
            .map_err(|e| RateError { expected: "`Free`, a number or `$`".to_owned(), ..e })?;
        if self.take("¢") {
            return Ok(Term { rate: number / 100, per: self.unit()? });
        }
        if self.take("%") || self.take_word(" percent") {
            return Ok(Term { rate: number / 100, per: Per::Value(self.part()?) });
        }
        Err(self.error("`%` or `¢`"))
    }

    /// After a percentage: nothing, or the part whose value it is of.
    fn part(&mut self) -> Result<Part, RateError> {
        if !(self.take(" on ") || self.take(" upon ") || self.take(" of ")) {
            return Ok(Part::Article);
        }
        let at = self.at;
        let text = self.until_next_term();
        let name = ["the value of ", "the "]
            .iter()
            .fold(text, |name, lead| name.strip_prefix(lead).unwrap_or(name));
        let name = name.strip_suffix(", if any").unwrap_or(name).trim();
        if ["entire set", "full value of the imported article", "value", "article"].contains(&name)
        {
            return Ok(Part::Article);
        }
        let is_name = name.starts_with(|c: char| c.is_alphabetic())
            && name.len() <= PART_CHARACTERS
            && name.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | ',' | '-' | '.' | '\''));
        if is_name {
            return Ok(Part::Named(name.to_owned()));
        }
        self.at = at;
        Err(self.error("the name of a part of the article"))
    }

    /// After an amount of money: ` each`, `/kg`, `/1,000 pins`, `/jewel over 7`, `/kg of copper`.
    fn unit(&mut self) -> Result<Per, RateError> {
        if self.take(" each") {
            return Ok(per_unit(Unit::named("No."), Exact::ONE, Exact::ZERO));
        }
        self.expect("/", "` each`, or `/` and a unit")?;
        let mut of = Exact::ONE;
        if self.rest().starts_with(|c: char| c.is_ascii_digit()) {
            of = self.number(false)?;
        } else if self.take("thousand") {
            of = Exact::from_integer(1000);
        }
        let at = self.at;
        let text = self.until_next_term().trim_start();
        let (text, above) = match text.split_once(" over ") {
            Some((unit, above)) => {
                (unit, above.parse::<u32>().ok().map(|n| Exact::from_integer(n.into())))
            }
            None => (text, Some(Exact::ZERO)),
        };
        let unit = if text.is_empty() && of != Exact::ONE {
            Some(Unit::named("No."))
        } else {
            unit_named(text)
        };
        match (unit, above) {
            (Some(unit), Some(above)) if of > Exact::ZERO => Ok(per_unit(unit, of, above)),
            _ => {
                self.at = at;
                Err(self.error("a unit (kg, liter, doz. …)"))
            }
        }
    }

    /// After `base less`: `step for each degree under 100 degrees … but not less than floor`.
    fn per_degree(&mut self, base: &Term) -> Result<DutyExpression, RateError> {
        let step = self.money_per_unit_until(" for each degree under ")?;
        let full = self.number(true)?;
        self.expect(" degrees", "` degrees`")?;
        self.take(" (and fractions of a degree in proportion)");
        if !(self.take(" but not less ") || self.take(", not less ")) {
            return Err(self.error("` but not less than` and the lowest rate"));
        }
        self.take("than ");
        let floor = self.term()?;
        if !self.rest().is_empty() {
            return Err(self.error("the end of the text"));
        }
        match (&base.per, step.1, &floor.per) {
            (Per::Unit { unit, of, above }, step_unit, Per::Unit { unit: floor_unit, .. })
                if *unit == step_unit
                    && unit == floor_unit
                    && *of == Exact::ONE
                    && *above == Exact::ZERO =>
            {
                Ok(DutyExpression::PerDegree {
                    base: base.rate,
                    step: step.0,
                    full,
                    floor: floor.rate,
                    unit: unit.clone(),
                })
            }
            _ => Err(self.error("the same unit in base, step and lowest rate")),
        }
    }

    fn money_per_unit_until(&mut self, end: &str) -> Result<(Exact, Unit), RateError> {
        let dollars = self.take("$");
        let number = self.number(!dollars)?;
        if !dollars {
            self.expect("¢", "`¢`")?;
        }
        self.expect("/", "`/` and a unit")?;
        let at = self.at;
        let length = self.rest().find(end).ok_or_else(|| self.error(end))?;
        let unit = unit_named(&self.rest()[..length]).ok_or_else(|| self.error("a unit"))?;
        self.at = at + length + end.len();
        Ok((if dollars { number } else { number / 100 }, unit))
    }
}

fn per_unit(unit: Unit, of: Exact, above: Exact) -> Per {
    Per::Unit { unit, of, above }
}

/// A unit that a table knows, with what it is counted of: `kg`, `kg on copper content`,
/// `clean kg`, `t, including weight of container`.
fn unit_named(text: &str) -> Option<Unit> {
    let (name, of) = [(", including ", "weight including "), (" on ", ""), (" of ", "")]
        .iter()
        .find_map(|(mark, lead)| {
            let (name, of) = text.split_once(mark)?;
            // "including weight of container" and "weight including container" say the same.
            let of = if lead.is_empty() { of } else { of.strip_prefix("weight of ")? };
            Some((name, Some(format!("{lead}{of}"))))
        })
        .unwrap_or((text, None));
    let name = name.trim();
    let unit = match name {
        "pins" | "pin" => Unit::named("No."),
        _ => [name.to_owned(), format!("{name}.")].iter().find_map(|name| {
            Unit::parse(name).filter(|u| {
                u.kind() != UnitKind::Other || UNITS_OF_THEIR_OWN.contains(&u.name.as_str())
            })
        })?,
    };
    let Some(of) = of else { return Some(unit) };
    let of = of.trim().strip_prefix("the ").unwrap_or(of.trim());
    let is_name = !of.is_empty()
        && of.len() <= PART_CHARACTERS
        && of.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\''));
    if !is_name || unit.of.is_some() {
        return None;
    }
    // A proof litre is counted on the alcohol in any case; `copper content` is the `Cu` of `Cu kg`.
    let of = match of {
        "ethyl alcohol content" if unit.name == "pf. liter" => return Some(unit),
        "anhydrous morphine content" => of,
        _ => of.strip_suffix(" content").unwrap_or(of),
    };
    Some(Unit { of: Some(of.to_owned()), ..unit })
}
