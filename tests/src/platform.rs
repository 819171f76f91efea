//! Every recorded shop in one list, with the bridge in it: for what must hold on each of them.

use std::path::Path;

use anyhow::Result;
use winkelbrug_protocol::key::Variant;

use crate::{
    bridge_file::BridgeFile,
    hosted::RecordedShop,
    magento::Generation,
    opencart::recorded::{OPENCART_2, OPENCART_3, OPENCART_4},
    prestashop,
    woocommerce::{OLDER, POSTS, TABLES},
};

/// A recorded shop of a platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// WooCommerce 11 with order tables.
    WooCommerceTables,
    /// WooCommerce 11 with orders among the posts.
    WooCommercePosts,
    /// WooCommerce 7.9, posts only.
    WooCommerceOlder,
    /// OpenCart 2.3.
    OpenCart2,
    /// OpenCart 3.0.
    OpenCart3,
    /// OpenCart 4.1.
    OpenCart4,
    /// PrestaShop 8.2.
    PrestaShop,
    /// OpenMage 20, which is Magento 1.9.
    Magento1,
    /// Magento 2.4.
    Magento2,
}

impl Platform {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::WooCommerceTables,
        Self::WooCommercePosts,
        Self::WooCommerceOlder,
        Self::OpenCart2,
        Self::OpenCart3,
        Self::OpenCart4,
        Self::PrestaShop,
        Self::Magento1,
        Self::Magento2,
    ];

    /// What an owner would call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::WooCommerceTables => "WooCommerce 11.0, order tables",
            Self::WooCommercePosts => "WooCommerce 11.0, posts",
            Self::WooCommerceOlder => "WooCommerce 7.9, posts",
            Self::OpenCart2 => "OpenCart 2.3",
            Self::OpenCart3 => "OpenCart 3.0",
            Self::OpenCart4 => "OpenCart 4.1",
            Self::PrestaShop => "PrestaShop 8.2",
            Self::Magento1 => "Magento 1.9 (OpenMage 20.0)",
            Self::Magento2 => "Magento 2.4.7",
        }
    }

    /// Its file in `bridge-php/dist`.
    #[must_use]
    pub fn file(self) -> &'static str {
        match self {
            Self::WooCommerceTables | Self::WooCommercePosts | Self::WooCommerceOlder => {
                "woocommerce"
            }
            Self::OpenCart2 | Self::OpenCart3 | Self::OpenCart4 => "opencart",
            Self::PrestaShop => "prestashop",
            Self::Magento1 => Generation::One.platform(),
            Self::Magento2 => Generation::Two.platform(),
        }
    }

    /// The shop's configuration file, as seen from its root.
    #[must_use]
    pub fn config(self) -> &'static str {
        match self {
            Self::WooCommerceTables | Self::WooCommercePosts | Self::WooCommerceOlder => {
                "wp-config.php"
            }
            Self::OpenCart2 | Self::OpenCart3 | Self::OpenCart4 => "config.php",
            Self::PrestaShop => prestashop::CONFIG,
            Self::Magento1 => Generation::One.place().1,
            Self::Magento2 => Generation::Two.place().1,
        }
    }

    /// What its tables' names begin with.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::WooCommerceTables => TABLES.prefix,
            Self::WooCommercePosts => POSTS.prefix,
            Self::WooCommerceOlder => OLDER.prefix,
            Self::OpenCart2 => OPENCART_2.prefix,
            Self::OpenCart3 => OPENCART_3.prefix,
            Self::OpenCart4 => OPENCART_4.prefix,
            Self::PrestaShop => "ps_",
            Self::Magento1 => "mage_",
            Self::Magento2 => "",
        }
    }

    /// Are its orders among WordPress's posts?
    #[must_use]
    pub fn is_post_store(self) -> bool {
        matches!(self, Self::WooCommercePosts | Self::WooCommerceOlder)
    }

    /// SQL for the number of its orders.
    #[must_use]
    pub fn count_orders(self) -> String {
        let prefix = self.prefix();
        match self {
            Self::WooCommerceTables => {
                format!("SELECT COUNT(*) FROM `{prefix}wc_orders` WHERE type = 'shop_order'")
            }
            Self::WooCommercePosts | Self::WooCommerceOlder => {
                format!("SELECT COUNT(*) FROM `{prefix}posts` WHERE post_type = 'shop_order'")
            }
            Self::OpenCart2 | Self::OpenCart3 | Self::OpenCart4 => {
                format!("SELECT COUNT(*) FROM `{prefix}order`")
            }
            Self::PrestaShop => format!("SELECT COUNT(*) FROM `{prefix}orders`"),
            Self::Magento1 => format!("SELECT COUNT(*) FROM `{prefix}sales_flat_order`"),
            Self::Magento2 => "SELECT COUNT(*) FROM `sales_order`".to_owned(),
        }
    }

    /// The shop, running.
    ///
    /// # Errors
    /// The dump cannot be read, or a server does not come up.
    pub fn start(self, shared: &Path) -> Result<RecordedShop> {
        match self {
            Self::WooCommerceTables => TABLES.start(shared),
            Self::WooCommercePosts => POSTS.start(shared),
            Self::WooCommerceOlder => OLDER.start(shared),
            Self::OpenCart2 => OPENCART_2.start(shared),
            Self::OpenCart3 => OPENCART_3.start(shared),
            Self::OpenCart4 => OPENCART_4.start(shared),
            Self::PrestaShop => prestashop::start(shared),
            Self::Magento1 => Generation::One.start(shared),
            Self::Magento2 => Generation::Two.start(shared),
        }
    }

    /// The bridge's file for it, with every scope.
    ///
    /// # Errors
    /// It is not built.
    pub fn bridge(self, variant: Variant) -> Result<BridgeFile> {
        let root = if self == Self::Magento2 { ".." } else { "." };
        let file = BridgeFile::of(self.file(), root, self.config(), variant)?;
        Ok(file.with("TIME_ZONE", self.time_zone()))
    }

    /// The time zone an owner would have to name; empty where the shop says it.
    #[must_use]
    pub fn time_zone(self) -> &'static str {
        match self {
            Self::OpenCart2 => OPENCART_2.time_zone,
            _ => "",
        }
    }
}
