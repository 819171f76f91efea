//! That translation is right, shown over every order of every recorded database: under settings that
//! together use every choice, beside a second telling of the rules, and as a bookkeeper would read it.

mod beside_the_model;
pub mod choices;
mod every_profile;
mod paper;
mod profiles;
pub mod shops;
mod vat_matrix;
