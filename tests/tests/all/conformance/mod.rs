//! The bridge against recorded shops of each platform: what it reads is what the shop's own classes
//! say, and what it writes is what the shop would have written.

mod magento;
mod opencart;
mod prestashop;
mod woocommerce;
mod writes;
