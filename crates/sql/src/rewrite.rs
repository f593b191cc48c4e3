//! A query as people write it -> one that DataFusion plans.
//!
//! Calls such as `duty_mfn(code, origin, entered, value, known => 'today')` become parts of one
//! `truce_assess`, which carries the law and the coordinates ([`crate::call`]): calls with the same
//! arguments are then one expression, which is worked out once, with the parts that any of them wants.
//! Tables such as `measures()` get all their arguments in one text.

use std::ops::ControlFlow;

use datafusion::sql::parser::{CopyToSource, Statement};
use datafusion::sql::sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList, FunctionArguments, Ident,
    ObjectName, Select, SelectItem, TableAlias, TableFactor, TableFunctionArgs, Value,
    ValueWithSpan, Visit, VisitMut, Visitor, VisitorMut,
};

use crate::arguments::Arguments;
use crate::call::{self, Call};
use crate::coordinates::{Coordinates, names};
use crate::failure::Failure;
use crate::files;
use crate::law::Law;
use crate::price::{Assess, Part};
use crate::settings::Settings;
use crate::tables::{self, Asked};

/// Facts that may stand by place; then come two coordinates.
const REQUIRED: [&str; 4] = ["code", "origin", "entered", "value"];
const BY_PLACE: [&str; 7] = ["code", "origin", "entered", "value", "by", "known", "world"];

/// What a call may name besides its facts.
const COORDINATES: [&str; 5] = ["known", "world", "reading", "ledger", "strict"];

/// All answers at once, as a struct.
const WHOLE: &str = "assess";

/// Writes a statement anew.
///
/// # Errors
/// A call that cannot be right: what, in which function, and what would be.
pub fn rewrite(statement: &mut Statement, law: &Law, settings: &Settings) -> Result<(), Failure> {
    if !settings.ledger.is_empty() {
        law.check(&settings.ledger)?;
    }
    let parts = call::parts(law.ledger());
    let mut calls = Calls { law, settings, parts, found: Vec::new() };
    visit(statement, &mut calls)?;
    let Calls { parts, found: mut calls, .. } = calls;
    for (call, _) in &mut calls {
        call.parts = parts.iter().filter(|part| call.wants(part)).cloned().collect();
    }
    visit(statement, &mut Finish { calls })
}

fn visit<V>(statement: &mut Statement, visitor: &mut V) -> Result<(), Failure>
where
    V: VisitorMut<Break = Failure>,
{
    let flow = match statement {
        Statement::Statement(statement) => statement.visit(visitor),
        Statement::CopyTo(copy) => match &mut copy.source {
            CopyToSource::Query(query) => query.visit(visitor),
            CopyToSource::Relation(_) => ControlFlow::Continue(()),
        },
        Statement::Explain(explain) => return visit(&mut explain.statement, visitor),
        Statement::CreateExternalTable(_) | Statement::Reset(_) => ControlFlow::Continue(()),
    };
    match flow {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(failure) => Err(failure),
    }
}

/// Finds the calls and puts a number in the place of what they carry.
struct Calls<'a> {
    law: &'a Law,
    settings: &'a Settings,
    /// Every part that can be asked for.
    parts: Vec<String>,
    /// Calls that differ in more than what they want; those of the same facts share one.
    found: Vec<(Call, String)>,
}

/// Begins the text that stands for a call until all are known.
const PLACEHOLDER: &str = "\u{1}truce ";

impl Calls<'_> {
    /// The part that a function gives, where it is one of ours.
    fn part(&self, function: &str) -> Option<Result<String, Failure>> {
        let name = function.to_lowercase();
        if name == WHOLE || self.parts.contains(&name) {
            return Some(Ok(name));
        }
        let program = name.strip_prefix("duty_")?;
        let columns = call::levying(self.law.ledger()).map(ledger::Program::column);
        let columns: Vec<String> = columns.collect();
        let help = ledger::did_you_mean(
            program,
            columns.iter().map(String::as_str),
            "`select * from programs()` lists them",
        );
        let message = format!("the ledger has no duty of a program `{program}`");
        Some(Err(Failure::new(message, format!("{name}()"), help)))
    }

    fn call(&mut self, function: &Function, part: &str) -> Result<Expr, Failure> {
        let FunctionArguments::List(list) = &function.args else {
            let message = "has no arguments";
            return Err(Failure::new(message, format!("{part}()"), REQUIRED.join(", ")));
        };
        let facts: Vec<&str> = entry::fact_names().collect();
        let names: Vec<&str> = COORDINATES.into_iter().chain(facts.iter().copied()).collect();
        let mut args = Arguments::read(part, &list.args, &BY_PLACE, &names)?;
        args.require(&REQUIRED)?;
        let mut call = self.coordinates(&mut args)?;
        let mut values = Vec::new();
        for (name, value) in args.rest() {
            call.facts.push(name);
            values.push(value);
        }
        let key = values.iter().map(ToString::to_string).collect::<Vec<_>>().join("\u{1}");
        let at = self.found.iter().position(|(known, values)| {
            let same = Call { parts: Vec::new(), ..known.clone() };
            same == call && *values == key
        });
        let at = at.unwrap_or_else(|| {
            self.found.push((call, key));
            self.found.len() - 1
        });
        let parts = &mut self.found[at].0.parts;
        let wanted = if part == WHOLE { self.parts.as_slice() } else { &[part.to_owned()] };
        parts.extend(wanted.iter().cloned());
        let carried = text(&format!("{PLACEHOLDER}{at}"));
        let whole = function_of(Assess::NAME, std::iter::once(carried).chain(values));
        Ok(match part {
            WHOLE => whole,
            _ => function_of(Part::NAME, [whole, text(part)].into_iter()),
        })
    }

    /// A call without facts, at the coordinates that it names or the session has.
    fn coordinates(&self, args: &mut Arguments) -> Result<Call, Failure> {
        let Coordinates { mut known, mut world, mut reading } = self.settings.coordinates();
        let at = |e: Failure, function: &str| {
            Failure::new(e.message, format!("{function}(), the argument `{}`", e.place), e.help)
        };
        if let Some(text) = args.take_literal("known")? {
            known = text;
        }
        if let Some(text) = args.take_literal("world")? {
            world = names(&text);
        }
        if let Some(text) = args.take_literal("reading")? {
            reading = names(&text);
        }
        if let Some(digest) = args.take_literal("ledger")? {
            self.law.check(&digest).map_err(|e| at(e, &args.function))?;
        }
        let strict = match args.take_literal("strict")?.as_deref() {
            None => self.settings.strict,
            Some("true") => true,
            Some("false") => false,
            Some(other) => {
                let message = format!("`{other}` is neither true nor false");
                return Err(at(Failure::new(message, "strict", "write true"), &args.function));
            }
        };
        let coordinates = Coordinates { known, world, reading };
        coordinates.of(self.law.ledger()).map_err(|e| at(e, &args.function))?;
        let ledger = self.law.digest().to_owned();
        Ok(Call { ledger, coordinates, facts: Vec::new(), parts: Vec::new(), strict })
    }

    fn table(&self, function: &str, args: &[FunctionArg]) -> Result<Option<Expr>, Failure> {
        let Some(table) = tables::named(function) else { return Ok(None) };
        let names: Vec<&str> = COORDINATES.into_iter().chain(table.named()).collect();
        let mut args = Arguments::read(function, args, table.by_place(), &names)?;
        args.require(table.required())?;
        let Call { ledger, coordinates, .. } = self.coordinates(&mut args)?;
        let mut given = Vec::new();
        for name in table.by_place().iter().copied().chain(table.named()) {
            given.extend(args.take_literal(name)?.map(|value| (name.to_owned(), value)));
        }
        Ok(Some(text(&Asked { ledger, coordinates, given }.text())))
    }
}

impl VisitorMut for Calls<'_> {
    type Break = Failure;

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<Failure> {
        let mut taken: Vec<String> = Vec::new();
        for item in &mut select.projection {
            let SelectItem::UnnamedExpr(expr) = item else { continue };
            if !self.is_ours(expr) {
                continue;
            }
            // A call alone goes by the name of its function, where that is free.
            let short = match &*expr {
                Expr::Function(function) if self.part(&bare(&function.name)).is_some() => {
                    bare(&function.name).to_lowercase()
                }
                other => other.to_string(),
            };
            let name = if taken.contains(&short) { expr.to_string() } else { short };
            taken.push(name.clone());
            let alias = Ident::with_quote('"', name);
            *item = SelectItem::ExprWithAlias { expr: expr.clone(), alias };
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<Failure> {
        let Expr::Function(function) = expr else { return ControlFlow::Continue(()) };
        let name = bare(&function.name);
        if name.eq_ignore_ascii_case("ledger_digest") {
            *expr = text(self.law.digest());
            return ControlFlow::Continue(());
        }
        let called = match self.part(&name) {
            None => return ControlFlow::Continue(()),
            Some(part) => part.and_then(|part| self.call(function, &part)),
        };
        match called {
            Ok(call) => {
                *expr = call;
                ControlFlow::Continue(())
            }
            Err(failure) => ControlFlow::Break(failure),
        }
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<Failure> {
        if let TableFactor::Table { name, args: None, alias, .. } = factor {
            let path = bare(name);
            if files::is_path(&path) {
                *name = ObjectName::from(vec![Ident::with_quote('"', files::name_of(&path))]);
                alias.get_or_insert_with(|| TableAlias {
                    explicit: true,
                    name: Ident::with_quote('"', stem(&path)),
                    columns: Vec::new(),
                    at: None,
                });
            }
            return ControlFlow::Continue(());
        }
        let TableFactor::Table { name, args: Some(TableFunctionArgs { args, .. }), .. } = factor
        else {
            return ControlFlow::Continue(());
        };
        match self.table(&bare(name).to_lowercase(), args) {
            Ok(None) => {}
            Ok(Some(asked)) => {
                *args = vec![FunctionArg::Unnamed(FunctionArgExpr::Expr(asked))];
            }
            Err(failure) => return ControlFlow::Break(failure),
        }
        ControlFlow::Continue(())
    }
}

impl Calls<'_> {
    /// Whether an expression calls one of our functions.
    fn is_ours(&self, expr: &Expr) -> bool {
        struct Find<'a, 'b>(&'a Calls<'b>);
        impl Visitor for Find<'_, '_> {
            type Break = ();
            fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
                match expr {
                    Expr::Function(f)
                        if self.0.part(&bare(&f.name)).is_some()
                            || bare(&f.name).eq_ignore_ascii_case("ledger_digest") =>
                    {
                        ControlFlow::Break(())
                    }
                    _ => ControlFlow::Continue(()),
                }
            }
        }
        expr.visit(&mut Find(self)).is_break()
    }
}

/// Puts in what each call carries, once all that is wanted of it is known.
struct Finish {
    calls: Vec<(Call, String)>,
}

impl VisitorMut for Finish {
    type Break = Failure;

    fn pre_visit_value(&mut self, value: &mut ValueWithSpan) -> ControlFlow<Failure> {
        if let Value::SingleQuotedString(text) = &mut value.value
            && let Some(at) = text.strip_prefix(PLACEHOLDER)
            && let Some((call, _)) = at.parse().ok().and_then(|at: usize| self.calls.get(at))
        {
            *text = call.text();
        }
        ControlFlow::Continue(())
    }
}

/// The name of a file without its folders and its extension: `entries` of `a/entries.csv`; `files` of a
/// pattern.
fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    let is_name = !stem.is_empty() && stem.chars().all(|c| c.is_alphanumeric() || "_-".contains(c));
    if is_name { stem.to_owned() } else { "files".to_owned() }
}

/// A name without its schema, as it is called.
fn bare(name: &ObjectName) -> String {
    match name.0.as_slice() {
        [one] => one.as_ident().map(|ident| ident.value.clone()).unwrap_or_default(),
        _ => String::new(),
    }
}

fn text(text: &str) -> Expr {
    Expr::Value(Value::SingleQuotedString(text.to_owned()).into())
}

fn function_of(name: &str, args: impl Iterator<Item = Expr>) -> Expr {
    let args = args.map(|arg| FunctionArg::Unnamed(FunctionArgExpr::Expr(arg)));
    Expr::Function(Function {
        name: ObjectName::from(vec![Ident::new(name)]),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(FunctionArgumentList {
            duplicate_treatment: None,
            args: args.collect(),
            clauses: Vec::new(),
        }),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}
