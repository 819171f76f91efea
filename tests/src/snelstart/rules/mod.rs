//! The business rules behind the error codes (SnelStart B2B v2, section "Code tables").

pub mod article;
pub mod booking;
pub mod numbers;
pub mod order;
pub mod payment;
pub mod relation;
pub mod vat_number;

use super::{
    answer::{Coded, Refusal, coded},
    json::Json,
    shape::Misfit,
};

/// Broken rules so far.
#[derive(Debug, Default)]
pub struct Broken(Vec<Coded>);

impl Broken {
    /// Breaks a rule when it holds.
    pub fn when(&mut self, is_broken: bool, code: &str, message: &str) {
        if is_broken {
            self.0.push(coded(code, message));
        }
    }

    /// All broken rules as one refusal; what does not bind to the model comes first.
    ///
    /// # Errors
    /// When there is anything.
    pub fn verdict(self, misfits: Vec<Misfit>) -> Result<(), Refusal> {
        if !misfits.is_empty() {
            Err(Refusal::Misfits(misfits))
        } else if self.0.is_empty() {
            Ok(())
        } else {
            Err(Refusal::Codes(self.0))
        }
    }
}

/// Is a text property longer than that?
fn longer(doc: &Json, name: &str, most: usize) -> bool {
    doc.text(name)
        .is_some_and(|text| text.chars().count() > most)
}
