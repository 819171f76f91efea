//! Where each platform keeps what is nobody's business, each place filled with a marker that no answer
//! may show.

use testbed::{hosted::RecordedShop, platform::Platform};

/// What every secret value begins with.
pub(super) const MARKER: &str = "ZQX9";

/// Columns by their names: what signs in, pays, traces or identifies a machine.
const SECRET_COLUMNS: &str = "pass(w|$)|passwd|password|salt|token|secret|secure_key|api_key|consumer_key|activation_key|session_(id|key|value|data)|^cc_|card_|private|fingerprint|user_agent|remote_ip|ip_address|^ip$|forwarded|_hash$|nonce|_debug|verifier|otp";

/// Puts markers wherever a shop keeps what is nobody's business. Answers in how many columns.
pub(super) fn mark(platform: Platform, shop: &RecordedShop) -> usize {
    let database = shop.database();
    let columns = database
        .query(&format!(
            "SELECT TABLE_NAME, COLUMN_NAME, CHARACTER_MAXIMUM_LENGTH FROM information_schema.COLUMNS \
             JOIN information_schema.TABLES USING (TABLE_SCHEMA, TABLE_NAME) \
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' AND CHARACTER_MAXIMUM_LENGTH >= {} \
             AND DATA_TYPE <> 'enum' AND COLUMN_NAME REGEXP '{SECRET_COLUMNS}' AND TABLE_NAME NOT LIKE '%winkelbrug%'",
            MARKER.len()
        ))
        .unwrap();
    let mut sql =
        "SET SESSION sql_mode = '', foreign_key_checks = 0, unique_checks = 0;\n".to_owned();
    let tables: std::collections::BTreeSet<&str> =
        columns.iter().map(|row| row[0].as_str()).collect();
    for table in tables {
        // A row where there is none; an empty table can hide nothing.
        let rows = database
            .value(&format!("SELECT EXISTS (SELECT 1 FROM `{table}`)"))
            .unwrap();
        if rows == "0" {
            sql.push_str(&format!("INSERT IGNORE INTO `{table}` () VALUES ();\n"));
        }
    }
    for row in &columns {
        let (table, column, length) = (&row[0], &row[1], &row[2]);
        sql.push_str(&format!(
            "UPDATE IGNORE `{table}` SET `{column}` = LEFT(CONCAT('{MARKER}', COALESCE(`{column}`, '')), {length});\n"
        ));
    }
    sql.push_str(&hidden_values(platform));
    database.execute(&sql).unwrap();
    columns.len()
}

/// Secrets that lie in tables of names and values.
fn hidden_values(platform: Platform) -> String {
    let prefix = platform.prefix();
    let value = format!("'{MARKER}-value'");
    match platform {
        Platform::WooCommerceTables | Platform::WooCommercePosts | Platform::WooCommerceOlder => {
            let orders = if platform == Platform::WooCommerceTables {
                ("wc_orders_meta", "order_id", "wc_orders", "id", "type")
            } else {
                ("postmeta", "post_id", "posts", "ID", "post_type")
            };
            let (meta, of, table, id, kind) = orders;
            let mut sql = String::new();
            for name in [
                "_order_key",
                "_stripe_source_id",
                "_customer_ip_address",
                "_customer_user_agent",
                "_payment_token",
                "payment_token_cc",
                "card_last4",
                "api_secret",
            ] {
                sql.push_str(&format!(
                    "INSERT INTO `{prefix}{meta}` ({of}, meta_key, meta_value) SELECT {id}, '{name}', {value} FROM `{prefix}{table}` WHERE {kind} = 'shop_order';\n"
                ));
            }
            sql.push_str(&format!(
                "INSERT INTO `{prefix}usermeta` (user_id, meta_key, meta_value) SELECT ID, k.name, {value} FROM `{prefix}users` JOIN (SELECT 'session_tokens' AS name UNION SELECT '_woocommerce_persistent_cart_1' UNION SELECT 'api_password') k;\n\
                 INSERT INTO `{prefix}options` (option_name, option_value, autoload) VALUES ('auth_salt', {value}, 'yes'), ('logged_in_key', {value}, 'yes'), ('woocommerce_stripe_settings', CONCAT('a:1:{{s:10:\"secret_key\";s:10:\"', {value}, '\";}}'), 'yes'), ('smtp_password', {value}, 'yes');\n\
                 UPDATE `{prefix}options` SET option_value = {value} WHERE option_name = 'mailserver_pass';\n"
            ));
            sql
        }
        Platform::OpenCart2 | Platform::OpenCart3 | Platform::OpenCart4 => {
            let keys = [
                "config_encryption",
                "config_mail_smtp_password",
                "config_mail_smtp_username",
                "payment_mollie_api_key",
                "config_ftp_password",
            ];
            keys.iter()
                .map(|key| {
                    format!(
                        "DELETE FROM `{prefix}setting` WHERE `key` = '{key}'; \
                         INSERT INTO `{prefix}setting` (store_id, code, `key`, value, serialized) VALUES (0, 'config', '{key}', {value}, 0);\n"
                    )
                })
                .collect()
        }
        Platform::PrestaShop => ["PS_MAIL_PASSWD", "PS_MAIL_USER", "PS_WEBSERVICE_KEY", "MOLLIE_API_KEY", "PS_NEWSLETTER_RAND"]
            .iter()
            .map(|name| {
                format!(
                    "DELETE FROM `{prefix}configuration` WHERE name = '{name}'; \
                     INSERT INTO `{prefix}configuration` (name, value, date_add, date_upd) VALUES ('{name}', {value}, NOW(), NOW());\n"
                )
            })
            .collect(),
        Platform::Magento1 | Platform::Magento2 => {
            let (core, payment) = match platform {
                Platform::Magento1 => ("core_config_data", "sales_flat_order_payment"),
                _ => ("core_config_data", "sales_order_payment"),
            };
            let mut sql = format!(
                "INSERT INTO `{prefix}{core}` (scope, scope_id, path, value) VALUES ('default', 0, 'payment/paypal/api_password', {value}), ('default', 0, 'payment/checkmo/merchant_key', {value}), ('default', 0, 'system/smtp/password', {value}), ('default', 0, 'carriers/flatrate/api_secret', {value});\n"
            );
            // What a payment module keeps beside its title.
            sql.push_str(&match platform {
                Platform::Magento1 => format!(
                    "UPDATE `{prefix}{payment}` SET additional_information = CONCAT('a:1:{{s:9:\"cc_number\";s:10:\"', {value}, '\";}}'), additional_data = {value};\n"
                ),
                _ => format!(
                    "UPDATE `{prefix}{payment}` SET additional_information = JSON_SET(COALESCE(additional_information, '{{}}'), '$.cc_number', {value}, '$.token', {value}), additional_data = {value};\n"
                ),
            });
            sql
        }
    }
}
