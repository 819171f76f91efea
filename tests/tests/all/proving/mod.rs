//! That translation is right, shown over every order of every recorded database: under settings that
//! together use every choice, beside a second telling of the rules, and as a bookkeeper would read it.

mod beside_the_model;
mod chart;
pub mod choices;
mod demands;
mod derived;
mod effects;
mod every_profile;
mod kept;
mod paper;
mod profiles;
pub mod shops;
mod vat_matrix;
