//! Names of the shop that the settings use: order statuses, payment methods, tax classes. Each is
//! compared with what the shop says it has, before the first order would trip over it.

use winkelbrug_protocol::record::Lookups;

use crate::{
    failure::{Failure, Result},
    profile::{Settings, read},
    step::Step,
    text,
    text::Text,
};

/// A list of the shop and the names of it that a setting uses.
struct List<'l> {
    /// The step's name.
    step: &'static str,
    /// The setting.
    key: &'static str,
    /// What they are, for people.
    what: Text,
    /// Names in the settings.
    used: Vec<&'l str>,
    /// Ids and names in the shop.
    known: Vec<(&'l str, &'l str)>,
}

/// Which statuses of the settings the shop knows, and which it does not.
#[must_use]
pub fn known_statuses<'l>(
    settings: &'l Settings,
    shop: &'l Lookups,
) -> (Vec<&'l str>, Vec<&'l str>) {
    let statuses = statuses(settings, shop);
    let used = statuses.used.iter().copied();
    used.partition(|name| statuses.known.iter().any(|known| is(known, name)))
}

/// What is said of statuses the shop does not know: `Misconfigured`, code
/// `order-statuses-unknown`, with the statuses there are.
#[must_use]
pub fn unknown_statuses(settings: &Settings, shop: &Lookups, strangers: &[&str]) -> Failure {
    statuses(settings, shop).unknown(strangers)
}

fn statuses<'l>(settings: &'l Settings, shop: &'l Lookups) -> List<'l> {
    let used = settings.shop.order_statuses.iter();
    let known = shop.order_statuses.iter();
    List {
        step: "order-statuses",
        key: "shop.order_statuses",
        what: text!("bestelstatussen", "order statuses"),
        used: used.map(String::as_str).collect(),
        known: known
            .map(|status| (status.id.as_str(), status.name.as_str()))
            .collect(),
    }
}

/// Every store of `shop.stores` is one of the installation: with a mistyped one every order would be left
/// out without a word.
///
/// # Errors
/// `Misconfigured`, code `order-stores-unknown`, with the stores there are.
pub fn has_chosen_stores(settings: &Settings, shop: &Lookups) -> Result<()> {
    let stores = chosen_stores(settings, shop);
    match stores.strangers() {
        strangers if strangers.is_empty() => Ok(()),
        strangers => Err(stores.unknown(&strangers)),
    }
}

fn chosen_stores<'l>(settings: &'l Settings, shop: &'l Lookups) -> List<'l> {
    List {
        step: "order-stores",
        key: "shop.stores",
        what: text!("winkels (store)", "stores"),
        used: settings.shop.stores.iter().map(String::as_str).collect(),
        known: known_stores(shop),
    }
}

fn known_stores(shop: &Lookups) -> Vec<(&str, &str)> {
    let stores = shop.stores.iter();
    stores
        .map(|store| (store.id.as_str(), store.name.as_str()))
        .collect()
}

/// One step for each list; lists the settings do not use are left out.
#[must_use]
pub fn check<'l>(settings: &'l Settings, shop: &'l Lookups) -> Vec<Step> {
    let statuses = statuses(settings, shop);
    let payments = List {
        step: "payment-methods",
        key: "sales.payment",
        what: text!("betaalwijzen", "payment methods"),
        used: settings.sales.payment.keys().map(String::as_str).collect(),
        known: shop
            .payment_methods
            .iter()
            .map(|method| (method.id.as_str(), method.name.as_str()))
            .collect(),
    };
    let classes = List {
        step: "tax-classes",
        key: "articles.revenue_groups",
        what: text!("belastingklassen", "tax classes"),
        used: settings
            .articles
            .revenue_groups
            .keys()
            .map(String::as_str)
            // Goods without a tax class: no shop lists that among its classes.
            .filter(|class| !matches!(class.trim(), "" | "0"))
            .collect(),
        known: shop
            .tax_classes
            .iter()
            .map(|class| (class.id.as_str(), class.name.as_str()))
            .collect(),
    };
    let of_vat = |key, used: Vec<&'l str>| List {
        step: "tax-classes",
        key,
        what: text!("belastingklassen", "tax classes"),
        used,
        known: classes.known.clone(),
    };
    let reverse = settings.vat.reverse_charge.keys();
    let reverse = of_vat("vat.reverse_charge", reverse.map(String::as_str).collect());
    let margin = settings.vat.margin.keys();
    let margin = of_vat("vat.margin", margin.map(String::as_str).collect());
    let rules = &settings.sales.templates;
    let stores = List {
        step: "stores",
        key: "sales.templates",
        what: text!("winkels (store)", "stores"),
        used: named(rules.iter().map(|rule| rule.store.as_str())),
        known: known_stores(shop),
    };
    let orders_of = chosen_stores(settings, shop);
    let unmapped = unmapped(&classes, &reverse.used);
    [
        statuses, orders_of, payments, classes, reverse, margin, stores,
    ]
    .iter()
    .filter_map(List::step)
    .chain(unmapped)
    .chain(languages(settings, shop))
    .collect()
}

fn named<'l>(names: impl Iterator<Item = &'l str>) -> Vec<&'l str> {
    let mut names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Languages of template rules the shop does not name: no failure, since a shop may sell in more
/// than it names (WooCommerce leaves them to plug-ins).
fn languages(settings: &Settings, shop: &Lookups) -> Option<Step> {
    let rules = &settings.sales.templates;
    let used = named(rules.iter().map(|rule| rule.language.as_str()));
    let is_known = |wanted: &&str| {
        let wanted = wanted.trim().to_lowercase().replace('_', "-");
        shop.languages.iter().any(|language| {
            let id = language.id.to_lowercase();
            id == wanted || id.starts_with(&format!("{wanted}-"))
        })
    };
    let strangers: Vec<&str> = used.into_iter().filter(|name| !is_known(name)).collect();
    if strangers.is_empty() {
        return None;
    }
    let names = strangers.join(", ");
    let all: Vec<&str> = shop.languages.iter().map(|l| l.id.as_str()).collect();
    let all = all.join(", ");
    Some(
        Step::attention(
            "languages",
            text!(
                "sales.templates: de winkel noemt geen taal {names}",
                "sales.templates: the shop names no language {names}"
            ),
        )
        .hint(text!(
            "De winkel noemt: {all}. Zonder bestelling in die taal wordt het sjabloon nooit gekozen.",
            "The shop names: {all}. Without an order in that language the template is never chosen."
        )),
    )
}

impl<'l> List<'l> {
    fn step(&self) -> Option<Step> {
        if self.used.is_empty() {
            return None;
        }
        let strangers = self.strangers();
        Some(if strangers.is_empty() {
            let (nl, en) = (&self.what.nl, &self.what.en);
            let key = self.key;
            Step::passed(
                self.step,
                match self.used.len() {
                    1 => text!(
                        "De winkel kent wat bij {key} staat",
                        "The shop knows what {key} names"
                    ),
                    count => text!(
                        "De winkel kent alle {count} {nl} uit {key}",
                        "The shop knows all {count} {en} of {key}"
                    ),
                },
            )
        } else {
            Step::failed(self.step, &self.unknown(&strangers))
        })
    }

    /// What the settings name and the shop does not know.
    fn strangers(&self) -> Vec<&'l str> {
        let used = self.used.iter().copied();
        used.filter(|name| !self.known.iter().any(|known| is(known, name)))
            .collect()
    }

    fn unknown(&self, strangers: &[&str]) -> Failure {
        let key = self.key;
        let names = strangers.join(", ");
        let all: Vec<String> = self
            .known
            .iter()
            .map(|(id, name)| shown(id, name))
            .collect();
        let all = all.join(", ");
        let nearest = strangers.first().and_then(|stranger| {
            read::nearest(
                stranger,
                self.known.iter().flat_map(|(id, name)| [*id, *name]),
            )
        });
        let meant = nearest.map_or_else(Text::default, |nearest| {
            text!("Bedoelt u {nearest}? ", "Do you mean {nearest}? ")
        });
        Failure::misconfigured(
            format!("{}-unknown", self.step),
            text!(
                "{key}: de winkel kent {names} niet",
                "{key}: the shop does not know {names}"
            ),
        )
        .hint(Text {
            nl: format!("{}De winkel heeft: {all}", meant.nl),
            en: format!("{}The shop has: {all}", meant.en),
        })
    }
}

/// Tax classes of the shop that lead to no revenue group: no failure, but the owner should know
/// before an order with a new article is held for it. `elsewhere`: classes with an article of their own.
fn unmapped(classes: &List<'_>, elsewhere: &[&str]) -> Option<Step> {
    let left: Vec<String> = classes
        .known
        .iter()
        .filter(|known| !known.1.is_empty())
        .filter(|known| {
            let mut leading = classes.used.iter().chain(elsewhere);
            !leading.any(|name| is(known, name))
        })
        .map(|(id, name)| shown(id, name))
        .collect();
    if left.is_empty() {
        return None;
    }
    let left = left.join(", ");
    Some(
        Step::attention(
            "tax-classes-unmapped",
            text!(
                "Belastingklassen zonder omzetgroep: {left}",
                "Tax classes without a revenue group: {left}"
            ),
        )
        .hint(text!(
            "Een bestelling met een nieuw artikel van zo'n klasse wacht op u; geef haar een omzetgroep bij [articles.revenue_groups]",
            "An order with a new article of such a class is held; give it a revenue group at [articles.revenue_groups]"
        )),
    )
}

/// By id, or by name whatever its case.
fn is((id, name): &(&str, &str), used: &str) -> bool {
    let used = used.trim();
    *id == used || (!name.is_empty() && name.trim().to_lowercase() == used.to_lowercase())
}

fn shown(id: &str, name: &str) -> String {
    if name.is_empty() || name == id {
        id.to_owned()
    } else {
        format!("{name} ({id})")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use serde_json::json;

    use super::*;

    const PROFILE: &str = r#"
format = 1
name = "winkel"
shop = { url = "https://voorbeeld.nl", order_statuses = ["processing", "5"], upload = { protocol = "ftp", host = "h", user = "u", folder = "/" } }
administration = { kind = "trial" }
[sales.payment."Bank Transfer"]
import = "always"
[articles.revenue_groups]
"Belasting hoog" = "1"
"#;

    fn shop() -> Lookups {
        serde_json::from_value(json!({
            "order_statuses": [
                {"id": "2", "name": "Processing", "kind": "processing"},
                {"id": "5", "name": "Complete", "kind": "complete"},
            ],
            "payment_methods": [{"id": "bank_transfer", "name": "Bank transfer"}],
            "shipping_methods": [],
            "tax_classes": [
                {"id": "0", "name": "", "rate_ids": []},
                {"id": "9", "name": "Belasting hoog", "rate_ids": []},
            ],
            "tax_rates": [],
            "languages": [{"id": "nl-nl", "name": "Nederlands"}],
            "stores": [{"id": "0", "name": "Winkel"}, {"id": "3", "name": "Zakelijk"}], "customer_groups": [], "country": "NL",
        }))
        .unwrap()
    }

    fn steps(profile: &str) -> Vec<Step> {
        check(&read::settings(profile).unwrap(), &shop())
    }

    #[test]
    fn names_and_ids_the_shop_knows_pass() {
        let steps = steps(PROFILE);
        let names: Vec<_> = steps.iter().map(|step| step.name.as_str()).collect();
        assert_eq!(names, ["order-statuses", "payment-methods", "tax-classes"]);
        assert!(steps.iter().all(|step| step.ok));
    }

    #[test]
    fn a_group_for_goods_without_a_tax_class_is_no_name_the_shop_must_know() {
        for none in ["\"\"", "\"0\""] {
            let with = format!("{none} = \"Omzet geen btw\"\n\"Belasting hoog\"");
            let steps = steps(&PROFILE.replace("\"Belasting hoog\"", &with));
            assert!(steps.iter().all(|step| step.ok), "{none}: {steps:?}");
        }
    }

    #[test]
    fn a_name_the_shop_does_not_know_is_named_with_the_nearest() {
        let table = [
            (
                "\"processing\"",
                "\"procesing\"",
                "order-statuses-unknown",
                "Do you mean Processing?",
            ),
            (
                "\"Bank Transfer\"",
                "\"ideal\"",
                "payment-methods-unknown",
                "Bank transfer (bank_transfer)",
            ),
            (
                "\"Belasting hoog\"",
                "\"Belasting laag\"",
                "tax-classes-unknown",
                "Belasting hoog (9)",
            ),
        ];
        for (old, new, code, hint) in table {
            let steps = steps(&PROFILE.replace(old, new));
            let failed: Vec<_> = steps.iter().filter(|step| !step.ok).collect();
            assert_eq!(failed.len(), 1, "{new}");
            assert_eq!(failed[0].code.as_deref(), Some(code));
            assert!(failed[0].hint.en.contains(hint), "{:?}", failed[0].hint);
        }
    }

    #[test]
    fn stores_whose_orders_are_read_are_looked_for_before_any_order_is_left_out() {
        let of = |stores: &str| {
            let profile = PROFILE.replacen(
                "order_statuses",
                &format!("stores = {stores}, order_statuses"),
                1,
            );
            has_chosen_stores(&read::settings(&profile).unwrap(), &shop())
        };
        for known in ["[]", "[\"zakelijk\", \"0\"]"] {
            of(known).unwrap();
        }
        let failure = of("[\"zakelijk\", \"Zakelijke winkel\"]").unwrap_err();
        assert_eq!(failure.code, "order-stores-unknown");
        assert!(failure.hint.en.contains("Zakelijk (3)"));
    }

    #[test]
    fn stores_and_languages_of_template_rules_are_looked_for() {
        let with = |rule: &str| {
            let rule = format!("[[sales.templates]]\ntemplate = \"T\"\n{rule}\n[sales.payment");
            steps(&PROFILE.replacen("[sales.payment", &rule, 1))
        };
        for known in ["store = \"zakelijk\"", "store = \"3\"", "language = \"nl\""] {
            assert!(with(known).iter().all(|step| step.ok && !step.attention));
        }
        let steps = with("store = \"Zakelijke winkel\"");
        let failed: Vec<_> = steps.iter().filter(|step| !step.ok).collect();
        assert_eq!(failed[0].code.as_deref(), Some("stores-unknown"));
        assert!(failed[0].hint.en.contains("Zakelijk (3)"));
        let steps = with("language = \"de\"");
        let told: Vec<_> = steps.iter().filter(|step| step.attention).collect();
        assert!(told[0].message.en.contains("no language de") && told[0].hint.en.contains("nl-nl"));
    }

    #[test]
    fn a_tax_class_without_a_group_is_told_but_no_failure() {
        let (profile, _) = PROFILE.split_once("[articles.revenue_groups]").unwrap();
        let steps = steps(profile);
        let told = steps
            .iter()
            .find(|step| step.name == "tax-classes-unmapped")
            .unwrap();
        assert!(told.ok && told.message.en.contains("Belasting hoog (9)"));
    }

    #[test]
    fn classes_of_reverse_charge_and_margin_are_looked_for() {
        let (profile, _) = PROFILE.split_once("[articles.revenue_groups]").unwrap();
        for table in ["reverse_charge", "margin"] {
            let with = |class: &str| steps(&format!("{profile}[vat.{table}]\n\"{class}\" = \"A\""));
            let failed: Vec<_> = with("Telefoons").into_iter().filter(|s| !s.ok).collect();
            assert_eq!(failed[0].code.as_deref(), Some("tax-classes-unknown"));
            assert!(failed[0].message.en.contains(&format!("vat.{table}")));
            let known = with("belasting hoog");
            assert!(known.iter().all(|step| step.ok));
            // Goods with reverse charge need no revenue group of their own; margin goods do.
            let told = known.iter().any(|step| step.name == "tax-classes-unmapped");
            assert_eq!(told, table == "margin");
        }
    }
}
