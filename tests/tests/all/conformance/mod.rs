//! Each platform's bridge against recorded shops: what it reads is what the shop itself says.

mod magento;
