//! What real shops say about their own orders: each shop's `truth.json`, written by the shop's own
//! classes, as the canonical records a bridge would answer with; and small books to translate them
//! into.

pub mod books;
pub mod generated;
pub mod generated_recorded;
pub mod magento;
pub mod opencart;
mod opencart_products;
mod opencart_rows;
pub mod prestashop;
mod prestashop_money;
mod prestashop_rows;
pub mod woocommerce;
mod woocommerce_fields;
mod woocommerce_rows;

pub use crate::shared::shops as shared;
