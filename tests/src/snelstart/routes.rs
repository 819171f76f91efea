//! Every operation the simulator serves: method, path, scopes, and who serves it.

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    answer::{Answer, Refusal},
    collection::Query,
    json::Json,
    knobs::Knobs,
    resources::{
        articles, bookings, company, custom_fields, documents, invoices, lookups, orders, payments,
        prices, quotations, relations,
    },
    world::World,
};

/// One request at work.
pub struct Call<'a> {
    /// The administration.
    pub world: &'a mut World,
    /// The switches.
    pub knobs: &'a Knobs,
    /// Now, by the simulator's clock.
    pub now: Timestamp,
    /// What stood in the path for `{…}`, decoded.
    pub path: Vec<String>,
    /// Query options.
    pub query: Query,
    /// Body; null when there was none.
    pub body: Json,
}

impl Call<'_> {
    /// The id in the path.
    ///
    /// # Errors
    /// It is no GUID: a path miss with that code.
    pub fn id(&self, code: &'static str) -> Result<Uuid, Refusal> {
        let text = self.path.first().map(String::as_str).unwrap_or_default();
        text.parse().map_err(|_| Refusal::PathMiss(code))
    }
}

/// Serves one operation.
pub type Serve = fn(&mut Call<'_>) -> Result<Answer, Refusal>;

/// One operation.
pub struct Route {
    /// Method.
    pub method: &'static str,
    /// Path as in the API's definition.
    pub path: &'static str,
    /// Scopes a token needs, all of them.
    pub scopes: &'static [&'static str],
    /// Who serves it.
    pub serve: Serve,
}

const fn route(
    method: &'static str,
    path: &'static str,
    scopes: &'static [&'static str],
    serve: Serve,
) -> Route {
    Route {
        method,
        path,
        scopes,
        serve,
    }
}

const DOCUMENT_WRITE: &[&str] = &["boekhouden:write", "documenten:write"];

/// All of them.
pub static ROUTES: &[Route] = &[
    route("GET", "/companyInfo", &["settings:read"], company::get),
    route("PUT", "/companyInfo", &["settings:write"], company::put),
    route("GET", "/echo/{input}", &[], company::echo),
    route("GET", "/landen", &["settings:read"], lookups::countries),
    route("GET", "/landen/{id}", &["settings:read"], lookups::country),
    route(
        "GET",
        "/artikelomzetgroepen",
        &["artikelen:read"],
        lookups::groups,
    ),
    route(
        "GET",
        "/artikelomzetgroepen/{id}",
        &["artikelen:read"],
        lookups::group,
    ),
    route(
        "GET",
        "/btwtarieven",
        &["settings:read"],
        lookups::vat_rates,
    ),
    route(
        "GET",
        "/vatrates",
        &["settings:read"],
        lookups::foreign_rates,
    ),
    route(
        "GET",
        "/vatrates/{id}",
        &["settings:read"],
        lookups::foreign_rates_of,
    ),
    route(
        "GET",
        "/vatratedefinitions",
        &["settings:read"],
        lookups::rate_definitions,
    ),
    route(
        "GET",
        "/verkoopordersjablonen",
        &["orders:read"],
        lookups::templates,
    ),
    route(
        "GET",
        "/verkoopordersjablonen/{id}",
        &["orders:read"],
        lookups::template,
    ),
    route(
        "GET",
        "/kostenplaatsen",
        &["settings:read"],
        lookups::cost_centres,
    ),
    route(
        "GET",
        "/kostenplaatsen/{id}",
        &["settings:read"],
        lookups::cost_centre,
    ),
    route(
        "POST",
        "/kostenplaatsen",
        &["settings:write"],
        lookups::add_cost_centre,
    ),
    route(
        "POST",
        "/grootboeken",
        &["boekhouden:write"],
        lookups::add_ledger,
    ),
    route(
        "GET",
        "/grootboeken",
        &["boekhouden:read"],
        lookups::ledgers,
    ),
    route(
        "GET",
        "/grootboeken/{id}",
        &["boekhouden:read"],
        lookups::ledger,
    ),
    route("GET", "/dagboeken", &["boekhouden:read"], lookups::journals),
    route("GET", "/relaties", &["relaties:read"], relations::list),
    route("POST", "/relaties", &["relaties:write"], relations::create),
    route("GET", "/relaties/{id}", &["relaties:read"], relations::get),
    route(
        "PUT",
        "/relaties/{id}",
        &["relaties:write"],
        relations::update,
    ),
    route(
        "DELETE",
        "/relaties/{id}",
        &["relaties:write"],
        relations::delete,
    ),
    route("GET", "/artikelen", &["artikelen:read"], articles::list),
    route("POST", "/artikelen", &["artikelen:write"], articles::create),
    route("GET", "/artikelen/{id}", &["artikelen:read"], articles::get),
    route(
        "PUT",
        "/artikelen/{id}",
        &["artikelen:write"],
        articles::update,
    ),
    route(
        "DELETE",
        "/artikelen/{id}",
        &["artikelen:write"],
        articles::delete,
    ),
    route("GET", "/verkoopfacturen", &["orders:read"], invoices::list),
    route(
        "GET",
        "/verkoopfacturen/{id}",
        &["orders:read"],
        invoices::get,
    ),
    route("GET", "/offertes", &["orders:read"], quotations::list),
    route("POST", "/offertes", &["orders:write"], quotations::create),
    route("GET", "/offertes/{id}", &["orders:read"], quotations::get),
    route(
        "PUT",
        "/offertes/{id}",
        &["orders:write"],
        quotations::update,
    ),
    route(
        "DELETE",
        "/offertes/{id}",
        &["orders:write"],
        quotations::delete,
    ),
    route(
        "POST",
        "/verkoopboekingen",
        &["boekhouden:write"],
        bookings::create,
    ),
    route(
        "GET",
        "/verkoopboekingen/{id}",
        &["boekhouden:read"],
        bookings::get,
    ),
    route(
        "PUT",
        "/verkoopboekingen/{id}",
        &["boekhouden:write"],
        bookings::update,
    ),
    route(
        "DELETE",
        "/verkoopboekingen/{id}",
        &["boekhouden:write"],
        bookings::delete,
    ),
    route(
        "GET",
        "/relaties/{id}/verkoopboekingen",
        &["relaties:read", "boekhouden:read"],
        bookings::of_relation,
    ),
    route(
        "GET",
        "/relaties/{id}/inkoopboekingen",
        &["relaties:read", "boekhouden:read"],
        bookings::purchases_of_relation,
    ),
    route(
        "GET",
        "/relaties/{id}/doorlopendeincassomachtigingen",
        &["relaties:read"],
        bookings::mandates_of_relation,
    ),
    route(
        "GET",
        "/bankboekingen",
        &["bankieren:read"],
        payments::bank_list,
    ),
    route(
        "POST",
        "/bankboekingen",
        &["bankieren:write"],
        payments::bank_create,
    ),
    route(
        "GET",
        "/bankboekingen/{id}",
        &["bankieren:read"],
        payments::bank_get,
    ),
    route(
        "DELETE",
        "/bankboekingen/{id}",
        &["bankieren:write"],
        payments::bank_delete,
    ),
    route("GET", "/kasboekingen", &["kas:read"], payments::cash_list),
    route(
        "POST",
        "/kasboekingen",
        &["kas:write"],
        payments::cash_create,
    ),
    route(
        "GET",
        "/kasboekingen/{id}",
        &["kas:read"],
        payments::cash_get,
    ),
    route(
        "DELETE",
        "/kasboekingen/{id}",
        &["kas:write"],
        payments::cash_delete,
    ),
    route(
        "POST",
        "/documenten/{documenttype}",
        DOCUMENT_WRITE,
        documents::create,
    ),
    route(
        "GET",
        "/documenten/{documenttype}/{pid}",
        &["documenten:read"],
        documents::list,
    ),
    route(
        "GET",
        "/documenten/{id}",
        &["documenten:read"],
        documents::get,
    ),
    route(
        "DELETE",
        "/documenten/{id}",
        DOCUMENT_WRITE,
        documents::delete,
    ),
    route(
        "GET",
        "/prijsafspraken",
        &["relaties:read"],
        prices::agreements,
    ),
    route(
        "GET",
        "/artikelen/prijsafspraken",
        &["artikelen:read"],
        prices::by_article,
    ),
    route(
        "GET",
        "/actieprijzen",
        &["settings:read"],
        prices::promotions,
    ),
    route(
        "GET",
        "/artikelen/{id}/customFields",
        &["artikelen:read"],
        custom_fields::of_article,
    ),
    route(
        "PUT",
        "/artikelen/{id}/customFields",
        &["artikelen:write"],
        custom_fields::set_article,
    ),
    route(
        "GET",
        "/relaties/{id}/customFields",
        &["relaties:read"],
        custom_fields::of_relation,
    ),
    route(
        "PUT",
        "/relaties/{id}/customFields",
        &["relaties:write"],
        custom_fields::set_relation,
    ),
    route("GET", "/verkooporders", &["orders:read"], orders::list),
    route("POST", "/verkooporders", &["orders:write"], orders::create),
    route("GET", "/verkooporders/{id}", &["orders:read"], orders::get),
    route(
        "PUT",
        "/verkooporders/{id}",
        &["orders:write"],
        orders::update,
    ),
    route(
        "DELETE",
        "/verkooporders/{id}",
        &["orders:write"],
        orders::delete,
    ),
    route(
        "PUT",
        "/verkooporders/{id}/ProcesStatus",
        &["orders:write"],
        orders::change_stage,
    ),
];

/// The operation for a path, and what stands in the path for its `{…}`. Fixed words win over `{…}`.
#[must_use]
pub fn find(method: &str, path: &str) -> Option<(&'static Route, Vec<String>)> {
    let fits = |route: &&'static Route| Some((*route, arguments(route.path, path)?));
    let mut found: Vec<_> = ROUTES
        .iter()
        .filter(|route| route.method == method)
        .filter_map(|r| fits(&r))
        .collect();
    found.sort_by_key(|(_, arguments)| arguments.len());
    found.into_iter().next()
}

/// Is the path served with another method?
#[must_use]
pub fn path_is_known(path: &str) -> bool {
    ROUTES
        .iter()
        .any(|route| arguments(route.path, path).is_some())
}

/// What stands for the `{…}` of a pattern; none when the path is another. A closing slash is taken.
#[must_use]
pub fn arguments(pattern: &str, path: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let mut wanted = pattern.trim_matches('/').split('/');
    let mut given = path.trim_matches('/').split('/');
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(found),
            (Some(w), Some(g)) if w.starts_with('{') => found.push(g.to_string()),
            (Some(w), Some(g)) if w == g => {}
            _ => return None,
        }
    }
}
