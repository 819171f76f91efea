//! A shop, the books and the profile that joins them, ready for the program: what the demo, the
//! benchmark and the end-to-end tests begin with.

use std::path::Path;

use anyhow::{Context, Result};

use crate::{
    hosted::Hosted,
    opencart::{OpenCartShop, ShopOptions},
    profile::{Books, ProfileText, text},
    program::{Ran, Winkelbrug},
    snelstart::{NewArticle, Options, Simulator},
};

/// Cost articles: setting, code prefix, text.
const COST_ARTICLES: &[(&str, &str, &str)] = &[
    ("shipping_article", "VERZEND", "Verzendkosten"),
    ("discount_article", "KORTING", "Korting"),
    ("payment_cost_article", "BETAAL", "Betaalkosten"),
    ("fee_article", "TOESLAG", "Toeslag"),
    ("levy_article", "BIJDRAGE", "Bijdrage"),
    ("gift_card_article", "CADEAUBON", "Cadeaubon"),
    ("store_credit_article", "TEGOED", "Winkeltegoed"),
    ("rounding_article", "AFRONDING", "Afronding"),
    (
        "total_difference_article",
        "VERSCHIL",
        "Ordertotaalverschil",
    ),
];

/// Shop tax classes of the demo shop and of the real databases, and their revenue groups in a fresh
/// simulator.
const REVENUE_GROUPS: &[(&str, &str)] = &[
    ("BTW hoog", "Hoog btw (goederen)"),
    ("BTW laag", "Laag btw (goederen)"),
    ("BTW nul", "Geen btw (goederen)"),
    ("BTW hoog met bijdrage", "Hoog btw (goederen)"),
];

/// A shop and the books, with the program between them.
pub struct Scene<S = OpenCartShop> {
    /// The shop.
    pub shop: S,
    /// The books.
    pub books: Simulator,
    /// The profile, named `demo`.
    pub profile: ProfileText,
    /// The program over a data folder of its own.
    pub agent: Winkelbrug,
}

impl Scene {
    /// The demo shop with its orders.
    ///
    /// # Errors
    /// A server does not start.
    pub fn demo() -> Result<Self> {
        Self::of(
            OpenCartShop::demo()?,
            Options::default(),
            Winkelbrug::under_test()?,
        )
    }

    /// The demo shop before its first order.
    ///
    /// # Errors
    /// A server does not start.
    pub fn empty() -> Result<Self> {
        let shop = OpenCartShop::empty(ShopOptions::default())?;
        Self::of(shop, Options::default(), Winkelbrug::under_test()?)
    }
}

impl<S: Hosted> Scene<S> {
    /// A shop with books as `options` say.
    ///
    /// # Errors
    /// A server does not start.
    pub fn of(shop: S, options: Options, agent: Winkelbrug) -> Result<Self> {
        // Another part of the process may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let books = Simulator::start(options)?;
        let address = Books {
            api_url: books.api_url(),
            auth_url: books.auth_url(),
            connection_key: books.connection_key(),
            subscription_key: books.subscription_key(),
        };
        let mut profile = ProfileText::of("demo", &shop, &address)?;
        profile.set("sales", "template", &text("Webshop"));
        for (setting, prefix, words) in COST_ARTICLES {
            let [hoog, laag, geen] = books.add_cost_articles(prefix, words)?;
            let table = format!(
                "{{ hoog = {}, laag = {}, geen = {} }}",
                text(&hoog),
                text(&laag),
                text(&geen)
            );
            profile.set("sales", setting, &table);
        }
        for (class, group) in REVENUE_GROUPS {
            profile.set("articles.revenue_groups", class, &text(group));
        }
        Ok(Self {
            shop,
            books,
            profile,
            agent,
        })
    }

    /// Puts some of the demo shop's products into the books beforehand, with stock counted there.
    ///
    /// # Errors
    /// The books refuse.
    pub fn stock_the_books(&self) -> Result<()> {
        for (code, description, kind, count) in [
            ("KOFFIE-1KG", "Koffiebonen 1 kg", "Laag", 90),
            ("THEE-100", "Thee, 100 zakjes", "Laag", 110),
            ("MOK-WIT", "Mok Ochtend", "Hoog", 50),
            ("MOLEN-HAND", "Handmolen", "Hoog", 12),
            ("FILTER-100", "Filters, 100 stuks", "Hoog", 180),
        ] {
            self.books
                .add_article(NewArticle::new(code, description, kind).stocked(count))?;
        }
        Ok(())
    }

    /// Gives the profile to the program.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn add_profile(&self) -> Result<Ran> {
        let file = self.agent.data().with_file_name(format!(
            "{}.toml",
            self.agent
                .data()
                .file_name()
                .and_then(|name| name.to_str())
                .context("no name")?
        ));
        self.add_profile_from(&file)
    }

    /// Gives the profile to the program, by way of that file.
    ///
    /// # Errors
    /// The program cannot be started, or the file not written.
    pub fn add_profile_from(&self, file: &Path) -> Result<Ran> {
        std::fs::write(file, self.profile.toml())?;
        let name = file.to_string_lossy();
        self.agent.run_with(
            &["profile", "add", "--from", &name, "--secrets", "-"],
            &self.profile.secrets_json(),
        )
    }

    /// Profile added and bridge deployed: ready to run.
    ///
    /// # Errors
    /// A command fails.
    pub fn ready(self) -> Result<Self> {
        self.add_profile()?.ended(0)?;
        self.agent.run(&["deploy", "demo"])?.ended(0)?;
        Ok(self)
    }
}
