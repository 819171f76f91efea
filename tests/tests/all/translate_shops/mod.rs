//! Every order of every recorded shop through the real bridge and translation: written to the cent
//! with the shop's VAT per rate, left out, or held for the reason its table names.

mod costs;
pub mod desk;
pub mod magento;
pub mod opencart;
pub mod prestashop;
mod same_purchase;
pub mod woocommerce;
