//! Settings that mean nothing for the kind of shop a profile has. Each is refused by name with what
//! takes its place: none is silently ignored.

use super::settings::{PaymentReference, Settings, TemplateRule, Upload};
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
