//! Such a shop, the books and the profile that joins them, ready for the program.

use anyhow::Result;
use rust_decimal::Decimal;

use super::{Flavour, SconnectShop};
use crate::{
    profile::{ProfileText, text},
    program::{Ran, Winkelbrug},
    snelstart::{NewArticle, Options, Simulator},
};

/// A shop and the books, with the program between them.
pub struct SconnectScene {
    /// The shop.
    pub shop: SconnectShop,
    /// The books.
    pub books: Simulator,
    /// The profile, named `demo`.
    pub profile: ProfileText,
    /// The program over a data folder of its own.
    pub agent: Winkelbrug,
}

impl SconnectScene {
    /// A shop with that plug-in, and books that know its products.
    ///
    /// # Errors
    /// A server does not start.
    pub fn new(flavour: Flavour) -> Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let shop = SconnectShop::start(flavour)?;
        let books = Simulator::start(Options::default())?;
        let mut profile = ProfileText::bare("demo");
        for (table, key, value) in [
            ("shop", "kind", text("sconnect")),
            ("shop", "url", text(&shop.url())),
            (
                "shop",
                "orders_from",
                "2026-11-01T00:00:00+01:00".to_owned(),
            ),
            ("administration", "kind", text("snelstart-online")),
            ("administration", "api_url", text(&books.api_url())),
            ("administration", "auth_url", text(&books.auth_url())),
            ("sales", "template", text("Webshop")),
            // A test asks no register but one of its own.
            ("vat", "vies_url", text("")),
            ("vat", "ecb_url", text("")),
        ] {
            profile.set(table, key, &value);
        }
        for (setting, prefix, words) in [
            ("shipping_article", "VERZEND", "Verzendkosten"),
            ("discount_article", "KORTING", "Korting"),
            ("payment_cost_article", "BETAAL", "Betaalkosten"),
            ("default_article", "DIVERS", "Diversen"),
            (
                "total_difference_article",
                "VERSCHIL",
                "Ordertotaalverschil",
            ),
        ] {
            let [hoog, laag, geen] = books.add_cost_articles(prefix, words)?;
            let table = format!(
                "{{ hoog = {}, laag = {}, geen = {} }}",
                text(&hoog),
                text(&laag),
                text(&geen)
            );
            profile.set("sales", setting, &table);
        }
        for (class, group) in [
            ("hoog", "Hoog btw (goederen)"),
            ("laag", "Laag btw (goederen)"),
        ] {
            profile.set("articles.revenue_groups", class, &text(group));
        }
        profile
            .secrets
            .insert("shop".to_owned(), shop.with(|world| world.token.clone()));
        profile
            .secrets
            .insert("administration".to_owned(), books.connection_key());
        profile
            .secrets
            .insert("subscription".to_owned(), books.subscription_key());
        Ok(Self {
            shop,
            books,
            profile,
            agent: Winkelbrug::under_test()?,
        })
    }

    /// A product in both, so many in each.
    ///
    /// # Errors
    /// The books refuse.
    pub fn stock(&self, code: &str, kind: &str, shop: i64, books: i64) -> Result<()> {
        self.shop.with(|world| {
            world
                .stock
                .push((code.to_owned(), Some(Decimal::from(shop))))
        });
        self.books
            .add_article(NewArticle::new(code, code, kind).stocked(books))?;
        Ok(())
    }

    /// Gives the profile to the program, in place of one it has.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn add_profile(&self) -> Result<Ran> {
        let file = self.agent.data().join("new.toml");
        std::fs::write(&file, self.profile.toml())?;
        let name = file.to_string_lossy();
        let arguments = [
            "profile",
            "add",
            "--replace",
            "--from",
            &name,
            "--secrets",
            "-",
        ];
        self.agent
            .run_with(&arguments, &self.profile.secrets_json())
    }

    /// Profile added: ready to run.
    ///
    /// # Errors
    /// It is refused.
    pub fn ready(self) -> Result<Self> {
        self.add_profile()?.ended(0)?;
        Ok(self)
    }
}
