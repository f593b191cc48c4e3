//! The arguments of a call as they stand in a query: some by place, some by name.

use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, UnaryOperator, Value, ValueWithSpan,
};

use crate::failure::Failure;

/// The arguments of one call, by name.
pub struct Arguments {
    /// The function as it is called, for messages.
    pub function: String,
    given: Vec<(String, Expr)>,
}

impl Arguments {
    /// `places` are the names of those that may stand by place; `names` of those that may be named
    /// besides.
    ///
    /// # Errors
    /// Too many, twice the same, or a name that is not known.
    pub fn read(
        function: &str,
        args: &[FunctionArg],
        places: &[&str],
        names: &[&str],
    ) -> Result<Arguments, Failure> {
        let place = format!("{function}()");
        let mut given: Vec<(String, Expr)> = Vec::new();
        for (at, arg) in args.iter().enumerate() {
            let (name, arg) = match arg {
                FunctionArg::Named { name, arg, .. } => {
                    let name = name.value.to_lowercase().replace("aluminium", "aluminum");
                    if !places.iter().chain(names).any(|known| *known == name) {
                        let all = places.iter().chain(names).copied();
                        let list = all.clone().collect::<Vec<_>>().join(", ");
                        let help = ledger::did_you_mean(&name, all, &format!("it takes {list}"));
                        let message = format!("there is no argument `{name}`");
                        return Err(Failure::new(message, place, help));
                    }
                    (name, arg)
                }
                FunctionArg::Unnamed(arg) => match places.get(at) {
                    Some(name) => ((*name).to_owned(), arg),
                    None => {
                        let message = format!("takes {} arguments by place at most", places.len());
                        let help =
                            format!("they are {}; name others: by => 'CN'", places.join(", "));
                        return Err(Failure::new(message, place, help));
                    }
                },
                FunctionArg::ExprNamed { name, .. } => {
                    let message = format!("`{name}` is no name of an argument");
                    return Err(Failure::new(message, place, "write known => 'today'"));
                }
            };
            let FunctionArgExpr::Expr(value) = arg else {
                return Err(Failure::new("`*` is no argument", place, "name the columns"));
            };
            if given.iter().any(|(known, _)| *known == name) {
                return Err(Failure::new(
                    format!("`{name}` is given twice"),
                    place,
                    "give it once",
                ));
            }
            given.push((name, value.clone()));
        }
        Ok(Arguments { function: function.to_owned(), given })
    }

    /// Takes an argument out.
    pub fn take(&mut self, name: &str) -> Option<Expr> {
        let at = self.given.iter().position(|(known, _)| known == name)?;
        Some(self.given.remove(at).1)
    }

    /// Takes an argument out that has to stand as a text or number in the query.
    ///
    /// # Errors
    /// One that is an expression.
    pub fn take_literal(&mut self, name: &str) -> Result<Option<String>, Failure> {
        let Some(value) = self.take(name) else { return Ok(None) };
        match literal(&value) {
            Some(text) => Ok(Some(text)),
            None => {
                let place = format!("{}(), the argument `{name}`", self.function);
                let message = format!("`{value}` has to stand in the query as a text");
                Err(Failure::new(message, place, "one query asks at one point, like 'today'"))
            }
        }
    }

    /// What was not taken, in the order given.
    pub fn rest(self) -> Vec<(String, Expr)> {
        self.given
    }

    /// # Errors
    /// When one of these is missing.
    pub fn require(&self, names: &[&str]) -> Result<(), Failure> {
        let missing = names.iter().find(|name| !self.given.iter().any(|(given, _)| given == *name));
        match missing {
            None => Ok(()),
            Some(name) => Err(Failure::new(
                format!("the argument `{name}` is missing"),
                format!("{}()", self.function),
                format!("it needs {}", names.join(", ")),
            )),
        }
    }
}

/// A text, number, date or truth value that stands in a query.
fn literal(value: &Expr) -> Option<String> {
    match value {
        Expr::Value(value) => plain(value),
        Expr::TypedString(typed) => plain(&typed.value),
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => {
            literal(expr).map(|number| format!("-{number}"))
        }
        Expr::Nested(inner) => literal(inner),
        _ => None,
    }
}

fn plain(value: &ValueWithSpan) -> Option<String> {
    match &value.value {
        Value::SingleQuotedString(text) => Some(text.clone()),
        Value::Number(number, _) => Some(number.to_string()),
        Value::Boolean(yes) => Some(yes.to_string()),
        _ => None,
    }
}
