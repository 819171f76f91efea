//! Why each held order has to be held: every reason with the words that demand it, in the worked cases or where the
//! owner's own choice is described.

use std::collections::BTreeMap;

use testbed::shared;

/// Where the words stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    /// The worked cases a bookkeeper drew up.
    Cases,
    /// What the product promises of orders.
    Translation,
    /// What the owner chose.
    Settings,
}

use Page::{Cases, Settings, Translation};

/// Reason, page, and the words.
const DEMANDS: [(&str, Page, &str); 17] = [
    (
        "btw-wijkt-af",
        Cases,
        "Where that cannot be had, the order is held with reason `btw-wijkt-af`",
    ),
    (
        "geen-euro",
        Cases,
        "An amount that is not in euro is never written as euro.",
    ),
    (
        "btw-nummer-niet-gecontroleerd",
        Cases,
        "check service down (accepting anyway is a setting, off by default)",
    ),
    (
        "btw-nummer-ongeldig",
        Cases,
        "goods delivered within NL; number invalid; card differs",
    ),
    (
        "relatie-btw-nummer",
        Cases,
        "the relation's country and VAT number are compared with the order's VAT treatment",
    ),
    (
        "btw-tarief-onbekend",
        Cases,
        "rate differs from `/vatrates`",
    ),
    (
        "artikelcode-niet-toegestaan",
        Cases,
        "with codes the administration allows",
    ),
    ("product-verdwenen", Cases, "unknown class: held"),
    (
        "kenmerk-bestaat-al",
        Cases,
        "a reference already in the books is linked only if total and relation agree",
    ),
    (
        "verlegd-zonder-btw-nummer",
        Translation,
        "no Dutch VAT number (`verlegd-zonder-btw-nummer`)",
    ),
    (
        "terugbetaald",
        Translation,
        "held `terugbetaald` where the shop keeps no document of what was given back",
    ),
    (
        "totaal-verschil",
        Translation,
        "above it the order is held as `totaal-verschil`",
    ),
    (
        "klant-twijfel",
        Translation,
        "the order is held as `klant-twijfel` with all candidates and their points",
    ),
    (
        "artikel-ontbreekt",
        Settings,
        "`manual`: an order with an unknown article is held",
    ),
    (
        "klant-niet-gevonden",
        Settings,
        "`manual`: no relation is made",
    ),
    (
        "factuurnummer-ontbreekt",
        Settings,
        "an order without one waits, `factuurnummer-ontbreekt`",
    ),
    (
        "recept-kiezen",
        Settings,
        "the order is held as `recept-kiezen` until you chose for the article",
    ),
];

/// Held orders of a database under a profile, by reason.
pub type Held = BTreeMap<String, Vec<String>>;

/// Is it a reason to hold an order?
pub fn is_demanded(code: &str) -> bool {
    DEMANDS.iter().any(|(known, ..)| *known == code)
}

/// The reasons with the words that demand them, and the orders each holds, by profile and database.
pub fn told(held: &BTreeMap<(&str, &str), Held>) -> String {
    let mut text = String::new();
    for (code, page, words) in DEMANDS {
        let page = match page {
            Cases => "worked cases",
            Translation => "docs/translation.md",
            Settings => "docs/settings.md",
        };
        text += &format!("{code}: \"{words}\" ({page})\n");
        for ((profile, database), held) in held {
            if let Some(orders) = held.get(code) {
                text += &format!("    {profile} {database}: {}\n", orders.join(", "));
            }
        }
    }
    text
}

#[test]
fn every_reason_to_hold_an_order_is_demanded_in_writing() {
    let cases = std::fs::read_to_string(shared::folder().join("translation-cases.md")).ok();
    let translation = include_str!("../../../../docs/translation.md");
    let settings = include_str!("../../../../docs/settings.md");
    for (code, page, words) in DEMANDS {
        let page = match page {
            Cases => cases.as_deref(),
            Translation => Some(translation),
            Settings => Some(settings),
        };
        // A sentence may go over the end of a line.
        let in_one = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(page) = page {
            assert!(in_one(page).contains(words), "{code}: {words}");
        }
    }
}
