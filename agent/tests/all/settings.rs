//! Each slip in a profile is answered with the key, its line, and what would have been right.
use winkelbrug::{
    failure::{Class, Failure},
    profile::{Profile, Settings, keys, read},
    sync::Task,
};

const WHOLE: &str = r#"# My shop
format = 1
name = "mijnwinkel"
[shop]
url = "https://www.voorbeeld.nl"
# statuses that count
order_statuses = ["processing"]
[shop.upload]
protocol = "ftp"
host = "ftp.voorbeeld.nl"
user = "voorbeeld"
folder = "/httpdocs"
[administration]
kind = "trial"
[sales]
lines = "full"
shipping_article = { hoog = "VZ-H", laag = "VZ-L" }
[sales.payment."bank_transfer"]
import = "always"
[articles.revenue_groups]
"Belasting hoog" = "Omzet hoog"
[planning]
import-orders-export-stock = { every = "15m" }
"#;

fn failure(source: &str) -> Failure {
    read::settings(source).expect_err(source)
}

/// The whole profile with one piece of text replaced.
fn with(old: &str, new: &str) -> String {
    assert!(WHOLE.contains(old), "{old}");
    WHOLE.replace(old, new)
}

#[test]
fn a_whole_profile_is_read() {
    let settings = read::settings(WHOLE).unwrap();
    assert_eq!(settings.name, "mijnwinkel");
    assert_eq!(settings.shop.upload.port, 0);
    assert_eq!(settings.sales.total_difference_limit.to_string(), "0.05");
}

#[test]
fn a_slip_is_answered_with_line_and_advice() {
    // what is written, instead of what -> code, in the text, in the advice
    let table = [
        (
            "order_statuses =",
            "order_statusses =",
            "unknown-key",
            "Line 7: there is no setting shop.order_statusses",
            "shop.order_statuses?",
        ),
        (
            "shipping_article =",
            "shiping_article =",
            "unknown-key",
            "sales.shiping_article",
            "sales.shipping_article?",
        ),
        (
            "[shop.upload]",
            "[shop.uplaod]",
            "unknown-key",
            "shop.uplaod",
            "shop.upload?",
        ),
        (
            "[administration]",
            "[administratie]",
            "unknown-key",
            "administratie",
            "administration?",
        ),
        (
            "import = \"always\"",
            "imprt = \"always\"",
            "unknown-key",
            "sales.payment.bank_transfer.imprt",
            "sales.payment.bank_transfer.import?",
        ),
        (
            "hoog = \"VZ-H\"",
            "hoge = \"VZ-H\"",
            "unknown-key",
            "sales.shipping_article.hoge",
            "sales.shipping_article.hoog?",
        ),
        (
            "import-orders-export-stock =",
            "import-order =",
            "unknown-key",
            "planning.import-order",
            "planning.import-orders?",
        ),
        (
            "lines = \"full\"",
            "xyzzy = 1",
            "unknown-key",
            "Line 16: there is no setting sales.xyzzy",
            "Here may stand: form, booking_number",
        ),
        (
            "lines = \"full\"",
            "lines = \"ful\"",
            "wrong-value",
            "Line 16: sales.lines cannot be \"ful\"",
            "full | code-and-quantity | description-from-article",
        ),
        (
            "lines = \"full\"",
            "lines = 3",
            "wrong-value",
            "sales.lines cannot be 3",
            "full |",
        ),
        (
            "lines = \"full\"",
            "recipes = \"yes\"",
            "wrong-value",
            "sales.recipes",
            "true | false | ask | never | always",
        ),
        (
            "lines = \"full\"",
            "total_difference_limit = \"a lot\"",
            "wrong-value",
            "sales.total_difference_limit",
            "an amount",
        ),
        (
            "lines = \"full\"",
            "total_difference_limit = -1",
            "wrong-value",
            "sales.total_difference_limit",
            "0 or more",
        ),
        (
            "lines = \"full\"",
            "description = \"order\"",
            "wrong-value",
            "sales.description",
            "template:",
        ),
        (
            "lines = \"full\"",
            "process_stage = \"Factuur\"",
            "wrong-value",
            "sales.process_stage",
            "Bevestiging",
        ),
        (
            "order_statuses = [\"processing\"]",
            "order_statuses = \"processing\"",
            "wrong-value",
            "shop.order_statuses",
            "a list",
        ),
        (
            "order_statuses = [\"processing\"]",
            "orders_from = 2026-01-01",
            "wrong-value",
            "shop.orders_from",
            "offset",
        ),
        (
            "order_statuses = [\"processing\"]",
            "table_prefix = \"oc-\"",
            "wrong-value",
            "shop.table_prefix",
            "letters",
        ),
        (
            "order_statuses = [\"processing\"]",
            "time_zone = \"Europe/Amstrdam\"",
            "wrong-value",
            "shop.time_zone",
            "Europe/Amsterdam",
        ),
        (
            "order_statuses = [\"processing\"]",
            "allow_from = [\"10.0.0.0/33\"]",
            "wrong-value",
            "shop.allow_from",
            "addresses",
        ),
        (
            "user = \"voorbeeld\"",
            "port = 70000\nuser = \"v\"",
            "wrong-value",
            "shop.upload.port cannot be 70000",
            "a port from 1 to 65535",
        ),
        (
            "lines = \"full\"",
            "description = \"template:Order {nummer} {date}\"",
            "wrong-value",
            "{nummer} cannot be filled in",
            "Do you mean {number}? Allowed: {number}, {status}",
        ),
        (
            "lines = \"full\"",
            "description = \"template:Order {number\"",
            "wrong-value",
            "the } behind the { is missing",
            "Allowed: {number}",
        ),
        (
            "user = \"voorbeeld\"",
            "user = voorbeeld",
            "profile-syntax",
            "Line 11",
            "TOML",
        ),
        (
            "https://www.voorbeeld.nl",
            "www.voorbeeld.nl",
            "wrong-value",
            "shop.url",
            "https://",
        ),
        (
            "https://www.voorbeeld.nl",
            "http://www.voorbeeld.nl",
            "plain-http",
            "not encrypted",
            "allow_plain_http",
        ),
        (
            "url = \"https://www.voorbeeld.nl\"",
            "",
            "missing-key",
            "Line 4: the setting shop.url is missing",
            "",
        ),
        (
            "name = \"mijnwinkel\"",
            "name = \"Mijn Winkel\"",
            "wrong-value",
            "name cannot be",
            "small letters",
        ),
        (
            "format = 1",
            "format = 2",
            "profile-format",
            "format 2",
            "newer",
        ),
        (
            "{ every = \"15m\" }",
            "{ every = \"15s\" }",
            "wrong-value",
            "planning.import-orders-export-stock",
            "1m",
        ),
        (
            "{ every = \"15m\" }",
            "{ at = [\"7 uur\"] }",
            "wrong-value",
            "planning.import-orders-export-stock",
            "07:00",
        ),
        (
            "[planning]",
            "[customers]\ndefault_code = \"A12\"\n[planning]",
            "wrong-value",
            "customers.default_code",
            "digits",
        ),
        (
            "[planning]",
            "[customers]\nguests = \"one-relation\"\n[planning]",
            "wrong-value",
            "customers.default_code",
            "one-relation",
        ),
        (
            "[planning]",
            "[retention]\nraw_days = 0\n[planning]",
            "wrong-value",
            "retention.raw_days",
            "at least",
        ),
        (
            "kind = \"trial\"",
            "kind = \"snelstart-online\"\napi_url = \"http://b2b.example/v2\"",
            "plain-http",
            "administration.api_url",
            "https://",
        ),
    ];
    for (old, new, code, text, hint) in table {
        let failure = failure(&with(old, new));
        assert_eq!(failure.code, code, "{new}: {failure}");
        assert_eq!(failure.class, Class::Misconfigured, "{new}");
        assert!(failure.text.en.contains(text), "{new}: {failure}");
        assert!(failure.hint.en.contains(hint), "{new}: {failure}");
        assert!(
            !failure.text.nl.is_empty() && failure.hint.nl.is_empty() == failure.hint.en.is_empty()
        );
    }
}

#[test]
fn what_no_code_acts_on_is_refused_by_name_and_value() {
    let table = [
        (
            "kind = \"trial\"",
            "kind = \"snelstart-local\"",
            "administration.kind = \"snelstart-local\"",
        ),
        (
            "kind = \"trial\"",
            "kind = \"visma-net\"",
            "administration.kind = \"visma-net\"",
        ),
        (
            "kind = \"trial\"",
            "kind = \"files\"",
            "administration.kind = \"files\"",
        ),
        (
            "[shop]",
            "[shop]\nkind = \"files\"",
            "shop.kind = \"files\"",
        ),
        (
            "import-orders-export-stock =",
            "export-articles =",
            "planning = \"export-articles\"",
        ),
        (
            "import-orders-export-stock =",
            "write-back-status =",
            "planning = \"write-back-status\"",
        ),
    ];
    for (old, new, text) in table {
        let failure = failure(&with(old, new));
        assert_eq!(failure.code, "not-yet-available", "{new}: {failure}");
        assert!(failure.text.en.contains(text), "{new}: {failure}");
        assert!(
            failure.text.nl.contains(text) || failure.text.nl.contains("is leeg"),
            "{new}"
        );
    }
}

#[test]
fn the_list_of_keys_and_the_settings_name_the_same_keys() {
    let written = toml::Value::try_from(read::settings(WHOLE).unwrap()).unwrap();
    same_keys("", &written, keys::PROFILE);
}

fn same_keys(path: &str, written: &toml::Value, keys: &[keys::Key]) {
    // Left out of the text while they are not set.
    const SILENT: [&str; 9] = [
        "orders_from",
        "articles_from",
        "every",
        "at",
        "term_days",
        "invoiced_by",
        "revenue_groups_by_category",
        "default_codes",
        "mapping",
    ];
    let table = written.as_table().unwrap();
    for name in table.keys() {
        assert!(
            keys.iter().any(|key| key.name == name),
            "{path}.{name} is no key"
        );
    }
    for key in keys {
        let Some(value) = table.get(key.name) else {
            assert!(
                SILENT.contains(&key.name) || path == ".planning",
                "{path}.{} is no setting",
                key.name
            );
            continue;
        };
        if let keys::Kind::Table(inner) = key.kind {
            same_keys(&format!("{path}.{}", key.name), value, inner);
        }
    }
}

#[test]
fn a_payment_term_the_books_do_not_take_is_refused() {
    for (key, table) in [
        ("term_days = 101", "[sales.payment.bank]\nterm_days = 101\n"),
        (
            "payment_term_days = 400",
            "[customers]\npayment_term_days = 400\n",
        ),
    ] {
        let profile = format!(
            "format = 1\nname = \"winkel\"\n\
             shop = {{ url = \"https://voorbeeld.nl\", upload = {{ protocol = \"ftp\", host = \"h\", user = \"u\", folder = \"/\" }} }}\n\
             administration = {{ kind = \"trial\" }}\n{table}"
        );
        let failure = read::settings(&profile).unwrap_err();
        assert_eq!(failure.code, "wrong-value", "{key}");
        assert!(failure.text.en.contains("term_days"), "{failure}");
    }
}

#[test]
fn settings_of_the_order_header_that_contradict_each_other_are_refused() {
    for (sales, more, key) in [
        ("templates = \"Webshop\"", "", "sales.templates"),
        (
            "templates = [{ template = \"Webshop\" }]",
            "",
            "sales.templates",
        ),
        (
            "templates = [{ template = \" \", country = \"DE\" }]",
            "",
            "sales.templates.template",
        ),
        (
            "templates = [{ template = \"Duits\", country = \"Duitsland\" }]",
            "",
            "sales.templates.country",
        ),
        (
            "templates = [{ template = \"Duits\", country = \"XX\" }]",
            "",
            "sales.templates.country",
        ),
        (
            "templates = [{ template = \"Duits\", language = \"\\u202e\" }]",
            "",
            "sales.templates.language",
        ),
        (
            "templates = [{ template = \"Duits\", vat = \"hoog\" }]",
            "",
            "sales.templates.vat",
        ),
        (
            "invoiced_by = \"shop\"\nblocked = \"never\"",
            "",
            "sales.blocked",
        ),
        (
            "invoiced_by = \"shop\"",
            "[customers]\ninvoice_by_email = true\n",
            "customers.invoice_by_email",
        ),
    ] {
        let source =
            with("lines = \"full\"", sales).replace("[planning]", &format!("{more}[planning]"));
        let failure = failure(&source);
        assert_eq!(failure.code, "wrong-value", "{sales}");
        assert!(failure.text.en.contains(key), "{sales}: {failure}");
        assert!(!failure.hint.nl.is_empty() && !failure.hint.en.is_empty());
    }
}

#[test]
fn values_that_read_well_and_cannot_be_right_are_refused_with_what_is_allowed() {
    let long = format!("payment_reference_prefix = \"{}\"", "W".repeat(21));
    for (sales, more, said, hint) in [
        (
            "total_difference_limit = \"1e28\"",
            "",
            "total_difference_limit",
            "100 euro",
        ),
        (
            "total_difference_limit = \"100.01\"",
            "",
            "total_difference_limit",
            "100 euro",
        ),
        (
            "payment_reference_prefix = \"W\\u001b\"",
            "",
            "payment_reference_prefix",
            "20 readable",
        ),
        (&long, "", "payment_reference_prefix", "20 readable"),
        (
            "description = \"template:{number\"",
            "",
            "the } behind the { is missing",
            "{number}, {status}",
        ),
        (
            "lines = \"full\"",
            "[[mapping]]\nfrom = [\"text:\"]\nto = \"order.memo\"\n",
            "mapping.from",
            "fixed text",
        ),
    ] {
        let source =
            with("lines = \"full\"", sales).replace("[planning]", &format!("{more}[planning]"));
        let failure = failure(&source);
        assert_eq!(failure.code, "wrong-value", "{sales}");
        assert!(failure.text.en.contains(said), "{sales}: {failure}");
        assert!(
            failure.hint.en.contains(hint),
            "{sales}: {}",
            failure.hint.en
        );
    }
    let never = with(
        "order_statuses =",
        "orders_from = 9999-12-31T23:59:59Z\norder_statuses =",
    );
    let failure = failure(&never);
    assert_eq!(failure.code, "wrong-value");
    let told = format!("{} {}", failure.text.en, failure.hint.en);
    assert!(told.contains("before the year 9999"), "{told}");
    read::settings(&with(
        "lines = \"full\"",
        "templates = [{ template = \"Duits\", country = \"de\", language = \"nl_BE\" }]\ntotal_difference_limit = \"100\"\npayment_reference_prefix = \"Wé-12/ \"",
    ))
    .unwrap();
}

#[test]
fn tasks_that_can_be_planned_now_are_those_that_run() {
    let names: Vec<_> = Task::ALL.iter().map(|task| task.name()).collect();
    assert_eq!(names, keys::TASKS_NOW);
}

#[test]
fn the_moment_a_profile_is_made_is_filled_in_and_remarks_stay() {
    let now = "2026-03-01T12:00:00Z".parse().unwrap();
    let profile = Profile::read(WHOLE).unwrap().with_orders_from(now).unwrap();
    assert_eq!(profile.settings.shop.orders_from, Some(now));
    assert!(profile.source.contains("# statuses that count"));
    assert!(
        profile
            .source
            .contains("[shop]\norders_from = 2026-03-01T12:00:00Z\n")
    );
    let again: Settings = read::settings(&profile.source).unwrap();
    assert_eq!(again, profile.settings);
}

#[test]
fn a_profile_without_a_shop_heading_gets_its_moment_too() {
    let source = r#"
format = 1
name = "kort"
shop = { url = "https://voorbeeld.nl", upload = { protocol = "ftp", host = "h", user = "u", folder = "/" } }
administration = { kind = "trial" }
"#;
    let now = "2026-03-01T12:00:00Z".parse().unwrap();
    let profile = Profile::read(source)
        .unwrap()
        .with_orders_from(now)
        .unwrap();
    assert_eq!(
        read::settings(&profile.source).unwrap().shop.orders_from,
        Some(now)
    );
}

#[test]
fn settings_written_anew_mean_the_same() {
    let settings = read::settings(WHOLE).unwrap();
    let written = Profile::written(settings.clone()).unwrap();
    assert_eq!(read::settings(&written.source).unwrap(), settings);
}

#[test]
fn who_chose_a_wrong_word_is_offered_only_what_works() {
    for (old, new, works, not_yet) in [
        (
            "kind = \"trial\"",
            "kind = \"exact\"",
            "snelstart-online | trial",
            "visma-net",
        ),
        (
            "[shop]",
            "[shop]\nkind = \"csv\"",
            "bridge | sconnect",
            "files",
        ),
    ] {
        let hint = failure(&with(old, new)).hint;
        assert!(hint.en.contains(works), "{hint:?}");
        assert!(!hint.en.contains(not_yet), "{hint:?}");
    }
}

#[test]
fn what_a_booked_invoice_has_no_place_for_is_refused_by_name() {
    let booking = |sales: &str, more: &str| {
        let sales = format!("form = \"booking\"\n{sales}");
        with("lines = \"full\"", &sales).replace("[planning]", &format!("{more}[planning]"))
    };
    for (sales, more, key) in [
        (
            "templates = [{ template = \"Duits\", country = \"DE\" }]",
            "",
            "sales.templates",
        ),
        ("blocked = \"always\"", "", "sales.blocked"),
        ("addresses = \"customer-card\"", "", "sales.addresses"),
        ("lines = \"code-and-quantity\"", "", "sales.lines"),
        ("options = \"own-line\"", "", "sales.options"),
        ("recipes = \"always\"", "", "sales.recipes"),
        (
            "",
            "[sales.order_fields]\nseller = \"Verkoper\"\n",
            "sales.order_fields.seller",
        ),
        (
            "",
            "[[mapping]]\nfrom = \"order.comment\"\nto = \"order.memo\"\n",
            "order.memo",
        ),
        (
            "",
            "[[mapping]]\nfrom = \"line.ean\"\nto = \"article.extra.Ean\"\n",
            "article.extra.Ean",
        ),
    ] {
        let failure = failure(&booking(sales, more));
        assert_eq!(failure.code, "not-for-bookings", "{key}: {failure}");
        assert!(failure.text.en.contains(key), "{failure}");
    }
    let fits = "[[mapping]]\nfrom = \"order.number\"\nto = \"order.description\"\n";
    read::settings(&booking("lines = \"full\"", fits)).unwrap();
}

#[test]
fn what_only_booked_invoices_have_is_refused_by_name_where_orders_are_written() {
    let rule = "[sales.payment.\"bank_transfer\"]\nimport = \"always\"\n";
    let with_sales = |sales: &str| with("lines = \"full\"", sales).replace(rule, "");
    for (sales, key) in [
        ("booking_number = \"order-number\"", "sales.booking_number"),
        ("booking_date = \"order-date\"", "sales.booking_date"),
        ("eu_ledger = \"8110\"", "sales.eu_ledger"),
        ("export_ledger = \"Export\"", "sales.export_ledger"),
        (
            "payment = { ideal = { journal = \"Bank\" } }",
            "sales.payment.\"ideal\".journal",
        ),
        (
            "payment = { ideal = { pay_back = \"by-hand\" } }",
            "sales.payment.\"ideal\".pay_back",
        ),
    ] {
        for form in ["", "form = \"order\"\n"] {
            let failure = failure(&with_sales(&format!("{form}{sales}")));
            assert_eq!(failure.code, "not-for-orders", "{key}: {failure}");
            assert!(failure.text.en.contains(key), "{failure}");
            assert!(failure.hint.en.contains("sales.form = \"booking\""));
        }
        read::settings(&with_sales(&format!("form = \"booking\"\n{sales}"))).unwrap();
    }
}
