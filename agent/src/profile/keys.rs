//! Every key a profile may have, and what its value may be. The reader walks the file beside this
//! list, so that a slip of the pen is answered with a line and the nearest name.

/// What a key's value may be.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A text.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number from 0 on.
    Whole,
    /// A port of a server; 0 = the usual one.
    Port,
    /// An amount: a number, or a text such as `"0.05"`.
    Amount,
    /// A date and time with its offset from UTC.
    Moment,
    /// A list of texts.
    Texts,
    /// A text, or a list of texts.
    OneOrMore,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// One code, or a table of codes by VAT kind.
    PerVatKind,
    /// A table with these keys.
    Table(&'static [Key]),
    /// A table with keys of the owner's own, each with such a value.
    Named(&'static Kind),
    /// Tables one after the other (`[[…]]`), each with these keys.
    Tables(&'static [Key]),
    /// `true`, `false`, or one of these words.
    FlagOr(&'static [&'static str]),
}

/// A key and its value.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What its value may be.
    pub kind: Kind,
    /// Must it be there?
    pub required: bool,
}

const fn key(name: &'static str, kind: Kind) -> Key {
    Key {
        name,
        kind,
        required: false,
    }
}

const fn required(name: &'static str, kind: Kind) -> Key {
    Key {
        name,
        kind,
        required: true,
    }
}

/// VAT kinds as they are written in a table of codes.
pub const VAT_KINDS: &[&str] = &["hoog", "laag", "geen", "overig"];

/// Tasks as `[planning]` names them.
pub const TASKS: &[&str] = &[
    "import-orders",
    "import-orders-export-stock",
    "export-articles",
    "export-customers",
    "import-customers",
    "write-back-status",
];

/// Those of [`TASKS`] that this version can run.
pub const TASKS_NOW: &[&str] = &["import-orders", "import-orders-export-stock"];

const HANDLING: Kind = Kind::OneOf(&["add", "add-and-update", "manual"]);

const UPLOAD: &[Key] = &[
    key(
        "protocol",
        Kind::OneOf(&["ftp", "ftps", "ftps-implicit", "sftp"]),
    ),
    key("host", Kind::Text),
    key("port", Kind::Port),
    key("user", Kind::Text),
    key("folder", Kind::Text),
    key("key_file", Kind::Text),
    key("fingerprint", Kind::Text),
];

const SHOP: &[Key] = &[
    key("kind", Kind::OneOf(&["bridge", "sconnect", "files"])),
    required("url", Kind::Text),
    key("orders_from", Kind::Moment),
    key("articles_from", Kind::Moment),
    key("order_statuses", Kind::Texts),
    key("stores", Kind::Texts),
    key("table_prefix", Kind::Text),
    key("time_zone", Kind::Text),
    key("allow_plain_http", Kind::Flag),
    key("allow_from", Kind::Texts),
    key("fingerprint", Kind::Text),
    key("ca_file", Kind::Text),
    key("basic_auth_user", Kind::Text),
    key("upload", Kind::Table(UPLOAD)),
];

const ADMINISTRATION: &[Key] = &[
    required(
        "kind",
        Kind::OneOf(&[
            "snelstart-online",
            "snelstart-local",
            "visma-net",
            "files",
            "trial",
        ]),
    ),
    key("api_url", Kind::Text),
    key("auth_url", Kind::Text),
];

const PAYMENT: Kind = Kind::Table(&[
    key(
        "import",
        Kind::OneOf(&["always", "paid", "authorised", "never"]),
    ),
    key("give_up_days", Kind::Whole),
    key("term_days", Kind::Whole),
    key("journal", Kind::Text),
    key("pay_back", Kind::OneOf(&["journal", "by-hand"])),
]);

/// What becomes of articles made of others.
const RECIPE: &[&str] = &["ask", "never", "always"];

const TEMPLATE_RULE: &[Key] = &[
    required("template", Kind::Text),
    key("language", Kind::Text),
    key("country", Kind::Text),
    key("store", Kind::Text),
    key(
        "vat",
        Kind::OneOf(&["domestic", "eu-consumer", "eu-business", "export"]),
    ),
];

const ORDER_FIELDS: &[Key] = &[
    key("template", Kind::Text),
    key("cost_centre", Kind::Text),
    key("seller", Kind::Text),
];

const SALES: &[Key] = &[
    key("form", Kind::OneOf(&["order", "booking"])),
    key(
        "booking_number",
        Kind::OneOf(&["invoice-number", "order-number"]),
    ),
    key("booking_date", Kind::OneOf(&["invoice-date", "order-date"])),
    key("eu_ledger", Kind::Text),
    key("export_ledger", Kind::Text),
    key("refunds", Kind::OneOf(&["propose", "write"])),
    key("cancelled", Kind::OneOf(&["block", "report"])),
    key("template", Kind::Text),
    key("template_follow_last", Kind::Flag),
    key(
        "process_stage",
        Kind::OneOf(&[
            "Order",
            "Offerte",
            "Bevestiging",
            "Werkbon",
            "Pakbon",
            "Afhaalbon",
            "Contantbon",
            "Factuur",
        ]),
    ),
    key("blocked", Kind::OneOf(&["as-template", "always", "never"])),
    key("invoiced_by", Kind::OneOf(&["snelstart", "shop"])),
    key("cost_centre", Kind::Text),
    key(
        "payment_reference",
        Kind::OneOf(&["order-number", "shop-reference", "invoice-number", "none"]),
    ),
    key("payment_reference_prefix", Kind::Text),
    key("payment_reference_unique", Kind::Flag),
    key("description", Kind::Text),
    key("addresses", Kind::OneOf(&["shop", "customer-card"])),
    key(
        "lines",
        Kind::OneOf(&["full", "code-and-quantity", "description-from-article"]),
    ),
    key("options", Kind::OneOf(&["own-line", "on-line", "ignore"])),
    key("recipes", Kind::FlagOr(RECIPE)),
    key("shipping_article", Kind::PerVatKind),
    key("discount_article", Kind::PerVatKind),
    key("payment_cost_article", Kind::PerVatKind),
    key("fee_article", Kind::PerVatKind),
    key("levy_article", Kind::PerVatKind),
    key("gift_card_article", Kind::PerVatKind),
    key("store_credit_article", Kind::PerVatKind),
    key("rounding_article", Kind::PerVatKind),
    key("total_difference_article", Kind::PerVatKind),
    key("total_difference_limit", Kind::Amount),
    key("default_article", Kind::PerVatKind),
    key("templates", Kind::Tables(TEMPLATE_RULE)),
    key("order_fields", Kind::Table(ORDER_FIELDS)),
    key("recipe", Kind::Named(&Kind::OneOf(RECIPE))),
    key("payment", Kind::Named(&PAYMENT)),
];

const RATE_CODE: Kind = Kind::OneOf(&["SR", "RRH", "RRL", "PR", "SRR"]);

const VAT: &[Key] = &[
    key("foreign", Kind::Named(&RATE_CODE)),
    key("reverse_charge", Kind::Named(&Kind::Text)),
    key("margin", Kind::Named(&Kind::Text)),
    key("accept_unchecked", Kind::Flag),
    key("vies_url", Kind::Text),
    key("ecb_url", Kind::Text),
];

const ARTICLES: &[Key] = &[
    key("code_field", Kind::Text),
    key("handling", HANDLING),
    key("revenue_groups", Kind::Named(&Kind::Text)),
    key("revenue_groups_by_category", Kind::Named(&Kind::Text)),
];

const CUSTOMERS: &[Key] = &[
    key(
        "recognition",
        Kind::OneOf(&[
            "code",
            "email",
            "code-or-email",
            "email-and-postcode",
            "code-or-email-and-postcode",
            "smart",
        ]),
    ),
    key("code_field", Kind::Text),
    key("handling", HANDLING),
    key("default_code", Kind::Text),
    key("default_codes", Kind::Named(&Kind::Text)),
    key("payment_term_days", Kind::Whole),
    key("invoice_by_email", Kind::Flag),
    key("reminder_by_email", Kind::Flag),
    key(
        "guests",
        Kind::OneOf(&["by-recognition", "one-relation", "always-new"]),
    ),
];

const MAPPING: &[Key] = &[
    required("from", Kind::OneOrMore),
    required("to", Kind::Text),
    key("change", Kind::OneOrMore),
];

const RHYTHM: Kind = Kind::Table(&[key("every", Kind::Text), key("at", Kind::Texts)]);

const PLANNING: &[Key] = &[
    key("import-orders", RHYTHM),
    key("import-orders-export-stock", RHYTHM),
    key("export-articles", RHYTHM),
    key("export-customers", RHYTHM),
    key("import-customers", RHYTHM),
    key("write-back-status", RHYTHM),
];

/// The whole file.
pub const PROFILE: &[Key] = &[
    required("format", Kind::Whole),
    required("name", Kind::Text),
    required("shop", Kind::Table(SHOP)),
    required("administration", Kind::Table(ADMINISTRATION)),
    key("sales", Kind::Table(SALES)),
    key("vat", Kind::Table(VAT)),
    key("articles", Kind::Table(ARTICLES)),
    key("customers", Kind::Table(CUSTOMERS)),
    key("mapping", Kind::Tables(MAPPING)),
    key(
        "stock",
        Kind::Table(&[
            key("source", Kind::OneOf(&["free", "technical"])),
            key("buffer", Kind::Amount),
            key("maximum", Kind::Amount),
            key("decimals", Kind::OneOf(&["floor", "keep"])),
        ]),
    ),
    key("planning", Kind::Table(PLANNING)),
    key(
        "retention",
        Kind::Table(&[key("raw_days", Kind::Whole), key("log_days", Kind::Whole)]),
    ),
];
