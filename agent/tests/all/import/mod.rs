//! Orders from a shop into books, with everything that can go wrong in between: each order,
//! relation and article exactly once, and nobody forgotten.

mod after_writing;
mod beside;
mod bookings;
mod books;
mod exactly_once;
mod fetching;
mod money_back;
mod new_articles;
mod owner;
mod payments;
mod refunds;
mod scene;
mod shop;
mod stock;
mod way;
