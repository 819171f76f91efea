//! From a shop order to what is to be written: pure functions. No I/O, no clock, no database.
//! `order` reads top to bottom the way an order goes. The worked cases are `docs/translation.md`.

mod address;
mod alike;
mod articles;
mod basket;
mod between;
mod booking;
mod business;
mod called;
mod case;
mod cents;
mod changes;
mod charged;
mod cost;
mod cost_centre;
mod costs;
mod counted;
mod credit;
pub mod currency;
mod customer_code;
mod default_code;
mod description;
mod difference;
mod digest;
mod discounts;
mod eligible;
mod explain;
mod fits;
mod foreign;
mod goods;
mod header;
mod invoice;
mod lines;
mod mapping;
mod names;
mod needs;
mod new_article;
mod new_relation;
mod odd;
mod order;
mod order_fields;
mod paid;
mod prices;
mod product;
mod recipes;
mod recognise;
mod recorded;
mod reference;
mod relation;
mod smart;
mod special;
mod tax_rows;
mod template;
mod territory;
mod vat;
mod vat_number;
mod within;
mod written;

/// The words translation answers in.
pub use crate::books::plan;
pub use booking::{booking_day, booking_number};
pub use business::vat_number_question;
pub use changes::changes;
pub use credit::{Given, RATE_ASKED, by_price, credit};
pub use digest::{facts_digest, refund_digest, settings_digest};
pub use eligible::is_wanted;
pub use invoice::is_the_shops;
pub use lines::pieces;
pub use needs::{is_account, link_keys, looks_at_products, may_make_articles, needs, product_keys};
pub use order::order;
pub use paid::{is_paid, is_paid_back, is_received, paid_on, payment_journal};
pub use plan::{
    Change, DifferenceChoice, Facts, Linked, Needs, NegativeLines, Outcome, Plan, Reason, TextLines,
};
pub use prices::price_questions;
pub use recognise::may_be_the_buyer;
