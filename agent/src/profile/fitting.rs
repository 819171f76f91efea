//! Settings that mean nothing for the kind of shop a profile has, or for the form its orders are
//! written in. Each is refused by name with what
//! takes its place: none is silently ignored.

use super::{
    mapping::{self, Target},
    settings::{
        PayBack, Payment, PaymentReference, Recipes, Sales, Settings, TemplateRule, Upload,
    },
};
use crate::{
    failure::{Failure, Result},
    text,
    text::Text,
};

/// Refuses what an S-Connect shop has no use for.
///
/// # Errors
/// `Misconfigured`, code `not-for-this-shop`, naming the first such key.
pub fn sconnect(settings: &Settings) -> Result<()> {
    let shop = &settings.shop;
    unused(shop.upload == Upload::default(), "shop.upload", || {
        text!(
            "Haal [shop.upload] weg: in een winkel met S-Connect komt geen bestand.",
            "Remove [shop.upload]: no file goes into a shop with S-Connect."
        )
    })?;
    unused(shop.table_prefix.is_empty(), "shop.table_prefix", || {
        text!(
            "Haal shop.table_prefix weg: de database van de winkel wordt niet gelezen.",
            "Remove shop.table_prefix: the shop's database is not read."
        )
    })?;
    unused(shop.allow_from.is_empty(), "shop.allow_from", || {
        text!(
            "Zet toegestane adressen in de instellingen van de plug-in in de winkel.",
            "Put allowed addresses into the settings of the plug-in in the shop."
        )
    })?;
    unused(
        shop.order_statuses.is_empty(),
        "shop.order_statuses",
        || {
            text!(
                "Kies in de instellingen van de plug-in in de winkel welke statussen op de exportlijst komen.",
                "Choose in the settings of the plug-in in the shop which statuses go onto the export list."
            )
        },
    )?;
    unused(shop.stores.is_empty(), "shop.stores", || {
        text!(
            "Haal shop.stores weg: S-Connect vertelt niet uit welke winkel een bestelling komt.",
            "Remove shop.stores: S-Connect does not tell which store an order is from."
        )
    })?;
    let sales = &settings.sales;
    unused(sales.payment.is_empty(), "sales.payment", || {
        text!(
            "Haal [sales.payment] weg: S-Connect vertelt niet hoe een bestelling betaald is.",
            "Remove [sales.payment]: S-Connect does not tell how an order was paid."
        )
    })?;
    let by_buyer = |rule: &TemplateRule| !rule.language.is_empty() || !rule.store.is_empty();
    unused(
        !sales.templates.iter().any(by_buyer),
        "sales.templates",
        || {
            text!(
                "Haal language en store weg bij [[sales.templates]]: S-Connect vertelt ze niet; country en vat kunnen wel.",
                "Remove language and store from [[sales.templates]]: S-Connect does not tell them; country and vat work."
            )
        },
    )?;
    unused(
        sales.order_fields.set().next().is_none(),
        "sales.order_fields",
        || {
            text!(
                "Haal [sales.order_fields] weg: S-Connect geeft geen eigen velden van bestellingen.",
                "Remove [sales.order_fields]: S-Connect gives no fields of an order's own."
            )
        },
    )?;
    let known = matches!(
        sales.payment_reference,
        PaymentReference::OrderNumber | PaymentReference::None
    );
    unused(known, "sales.payment_reference", || {
        text!(
            "Kies \"order-number\" of \"none\": S-Connect geeft geen andere nummers.",
            "Choose \"order-number\" or \"none\": S-Connect gives no other numbers."
        )
    })
}

/// Refuses what only booked invoices have where sales orders are written: ledgers and a number of
/// their own, and a journal for payments, since SnelStart settles payments on booked invoices only
/// (SnelStart B2B v2: a payment's line names a verkoopboeking, never an order).
///
/// # Errors
/// `Misconfigured`, code `not-for-orders`, naming the first such key.
pub fn order(sales: &Sales) -> Result<()> {
    let order = Sales::default();
    let keys = [
        (
            "sales.booking_number",
            sales.booking_number == order.booking_number,
        ),
        (
            "sales.booking_date",
            sales.booking_date == order.booking_date,
        ),
        ("sales.eu_ledger", sales.eu_ledger.trim().is_empty()),
        ("sales.export_ledger", sales.export_ledger.trim().is_empty()),
    ];
    if let Some((key, _)) = keys.into_iter().find(|(_, absent)| !absent) {
        return Err(Failure::misconfigured(
            "not-for-orders",
            text!(
                "{key} hoort niet bij sales.form = \"order\": een verkooporder heeft geen grootboekrekeningen en geen boekingsnummer.",
                "{key} does not go with sales.form = \"order\": a sales order has no ledgers and no number of a booking."
            ),
        )
        .hint(text!(
            "Haal {key} weg, of kies sales.form = \"booking\".",
            "Remove {key}, or choose sales.form = \"booking\"."
        )));
    }
    unpaid(sales)
}

fn unpaid(sales: &Sales) -> Result<()> {
    let mut methods = sales.payment.iter();
    let key = |payment: &Payment| match payment.books_in() {
        Some(_) => Some("journal"),
        None => (payment.pay_back != PayBack::Journal).then_some("pay_back"),
    };
    let Some((method, key)) = methods.find_map(|(method, payment)| Some((method, key(payment)?)))
    else {
        return Ok(());
    };
    Err(Failure::misconfigured(
        "not-for-orders",
        text!(
            "sales.payment.\"{method}\".{key} hoort niet bij sales.form = \"order\": een verkooporder kan in SnelStart niet betaald worden.",
            "sales.payment.\"{method}\".{key} does not go with sales.form = \"order\": a sales order cannot be paid in SnelStart."
        ),
    )
    .hint(text!(
        "Haal {key} weg: SnelStart koppelt de betaling aan de factuur door het betalingskenmerk. Of kies sales.form = \"booking\".",
        "Remove {key}: SnelStart matches the payment to the invoice by the payment reference. Or choose sales.form = \"booking\"."
    )))
}

/// Refuses what a booked invoice (verkoopboeking) has no place for: it bears ledgers and amounts, and
/// no articles, texts, addresses or template.
///
/// # Errors
/// `Misconfigured`, code `not-for-bookings`, naming the first such key.
pub fn booking(settings: &Settings) -> Result<()> {
    let (sales, order) = (&settings.sales, Sales::default());
    let fields = &sales.order_fields;
    let plain = matches!(
        sales.recipes,
        Recipes::Respected(_) | Recipes::Each(crate::books::Recipe::Never)
    );
    let keys = [
        ("sales.templates", sales.templates.is_empty()),
        ("sales.template_follow_last", !sales.template_follow_last),
        ("sales.order_fields.template", fields.template.is_empty()),
        ("sales.order_fields.seller", fields.seller.is_empty()),
        ("sales.blocked", sales.blocked == order.blocked),
        ("sales.addresses", sales.addresses == order.addresses),
        ("sales.lines", sales.lines == order.lines),
        ("sales.options", sales.options == order.options),
        ("sales.recipes", plain),
        ("sales.recipe", sales.recipe.is_empty()),
    ];
    if let Some((key, _)) = keys.into_iter().find(|(_, absent)| !absent) {
        return Err(not_for_bookings(key));
    }
    for (rule, mapping) in mapping::rules(&settings.mapping)?
        .into_iter()
        .zip(&settings.mapping)
    {
        match rule.target {
            Target::OrderMemo
            | Target::OrderReference
            | Target::ArticleExtra(_)
            | Target::LineDescription => {
                return Err(not_for_bookings(&format!(
                    "mapping.to = \"{}\"",
                    mapping.to
                )));
            }
            Target::OrderDescription | Target::RelationMemo | Target::RelationExtra(_) => {}
        }
    }
    Ok(())
}

fn not_for_bookings(key: &str) -> Failure {
    Failure::misconfigured(
        "not-for-bookings",
        text!(
            "{key} hoort niet bij sales.form = \"booking\": een verkoopboeking heeft alleen grootboekregels, geen artikelen, teksten, adressen of sjabloon.",
            "{key} does not go with sales.form = \"booking\": a booked invoice has ledger lines only, no articles, texts, addresses or template."
        ),
    )
    .hint(text!(
        "Haal {key} weg, of kies sales.form = \"order\".",
        "Remove {key}, or choose sales.form = \"order\"."
    ))
}

fn unused(absent: bool, key: &str, instead: impl FnOnce() -> Text) -> Result<()> {
    if absent {
        return Ok(());
    }
    Err(Failure::misconfigured(
        "not-for-this-shop",
        text!(
            "{key} hoort niet bij shop.kind = \"sconnect\".",
            "{key} does not go with shop.kind = \"sconnect\"."
        ),
    )
    .hint(instead()))
}
