//! A list as a request sees it: filter, order, `$skip`, `$top`, `$select` (SnelStart B2B v2,
//! section "OData").

use rand::seq::SliceRandom;

use super::{
    answer::{Answer, Refusal},
    json::Json,
    knobs::{BadFilter, Knobs, Nulls, OrderBy, RowOrder},
    odata::{Filter, FilterError, property},
    shape::Shape,
};

/// Query options of a request, decoded.
#[derive(Debug, Clone, Default)]
pub struct Query(pub Vec<(String, String)>);

impl Query {
    /// The last value of an option.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .rev()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// How one collection treats query options.
pub struct Rules {
    /// Are filters honoured?
    pub filter: bool,
    /// Most rows `$top` may ask for.
    pub cap: usize,
    /// Rows when `$top` is left out.
    pub without_top: usize,
}

impl Rules {
    /// The common case: filter, pages of 500.
    pub const ODATA: Rules = Rules {
        filter: true,
        cap: 500,
        without_top: 500,
    };
    /// No query options at all: the whole list, always.
    pub const PLAIN: Rules = Rules {
        filter: false,
        cap: usize::MAX,
        without_top: usize::MAX,
    };
}

/// The answer for a list of records already written out.
///
/// # Errors
/// A filter that does not fit, a `$top` over the cap, `$orderby` where it is not taken.
pub fn list(
    rows: Vec<Json>,
    shape: &'static Shape,
    query: &Query,
    rules: &Rules,
    knobs: &Knobs,
) -> Result<Answer, Refusal> {
    let mut rows = rows;
    if !rules.filter && rules.cap == usize::MAX {
        arrange(&mut rows, knobs);
        return Ok(Answer::json(200, &finished(rows, knobs)));
    }
    let top = match whole(query, "$top")? {
        None => rules.without_top,
        Some(top) if top > rules.cap => return Err(over_the_cap(rules.cap, top)),
        Some(top) => top,
    };
    let skip = whole(query, "$skip")?.unwrap_or(0);
    if rules.filter
        && let Some(text) = query.get("$filter").filter(|text| !text.trim().is_empty())
    {
        let filter = Filter::new(text, shape).map_err(|error| bad_filter(error, knobs))?;
        rows.retain(|row| filter.holds(row));
    }
    arrange(&mut rows, knobs);
    if let Some(by) = query.get("$orderby") {
        order_by(&mut rows, shape, by, knobs)?;
    }
    let page: Vec<Json> = rows.into_iter().skip(skip).take(top).collect();
    let page = match query.get("$select") {
        Some(names) => select(page, shape, names)?,
        None => page,
    };
    Ok(Answer::json(200, &finished(page, knobs)))
}

fn finished(rows: Vec<Json>, knobs: &Knobs) -> Json {
    Json::List(rows.into_iter().map(|row| written(row, knobs)).collect())
}

/// A record as it leaves: nulls written or left out.
#[must_use]
pub fn written(row: Json, knobs: &Knobs) -> Json {
    match knobs.nulls {
        Nulls::Written => row,
        Nulls::Absent => row.without_nulls(),
    }
}

fn whole(query: &Query, name: &str) -> Result<Option<usize>, Refusal> {
    let Some(text) = query.get(name) else {
        return Ok(None);
    };
    text.trim().parse().map(Some).map_err(|_| {
        let text = format!("Invalid value '{text}' for {name} query option found.");
        Refusal::Answer(Answer::message(400, &text))
    })
}

/// Text as client code recorded it (stock message of the ASP.NET OData library).
fn over_the_cap(cap: usize, top: usize) -> Refusal {
    let text = format!(
        "The limit of '{cap}' for Top query has been exceeded. The value from the incoming request is '{top}'."
    );
    Refusal::Answer(Answer::message(400, &text))
}

/// The refusal of a filter.
#[must_use]
pub fn bad_filter(error: FilterError, knobs: &Knobs) -> Refusal {
    match (&error, knobs.bad_filter) {
        (FilterError::Syntax(_), BadFilter::Code) => {
            Refusal::code("ALG-0104", "Ongeldig OData filter.")
        }
        _ => Refusal::Answer(Answer::message(400, &error.to_string())),
    }
}

fn arrange(rows: &mut [Json], knobs: &Knobs) {
    match knobs.row_order {
        RowOrder::Insertion => {}
        RowOrder::ById => rows.sort_by(|a, b| a.text("id").cmp(&b.text("id"))),
        RowOrder::Shuffled => rows.shuffle(&mut rand::rng()),
    }
}

fn order_by(
    rows: &mut [Json],
    shape: &'static Shape,
    by: &str,
    knobs: &Knobs,
) -> Result<(), Refusal> {
    match knobs.orderby {
        OrderBy::Ignored => return Ok(()),
        OrderBy::Refused => {
            let text = "Query option 'OrderBy' is not allowed.";
            return Err(Refusal::Answer(Answer::message(400, text)));
        }
        OrderBy::Honoured => {}
    }
    for part in by.split(',').rev() {
        let mut words = part.split_whitespace();
        let name = words.next().unwrap_or_default();
        let falling = words.next() == Some("desc");
        let field = property(shape, name).map_err(|error| bad_filter(error, knobs))?;
        rows.sort_by(|a, b| {
            let order = match (a.get(field.name), b.get(field.name)) {
                (Some(Json::Number(a)), Some(Json::Number(b))) => a.cmp(b),
                (a, b) => a.map(ToString::to_string).cmp(&b.map(ToString::to_string)),
            };
            if falling { order.reverse() } else { order }
        });
    }
    Ok(())
}

fn select(rows: Vec<Json>, shape: &'static Shape, names: &str) -> Result<Vec<Json>, Refusal> {
    let mut fields = Vec::new();
    for name in names.split(',') {
        let field = property(shape, name.trim())
            .map_err(|error| Refusal::Answer(Answer::message(400, &error.to_string())))?;
        fields.push(field.name);
    }
    let narrow = |row: Json| match row {
        Json::Object(entries) => Json::Object(
            entries
                .into_iter()
                .filter(|(key, _)| fields.contains(&key.as_str()))
                .collect(),
        ),
        other => other,
    };
    Ok(rows.into_iter().map(narrow).collect())
}
