//! Codes for new articles that the administration allows and nobody uses.

use std::collections::BTreeSet;

use super::existing::Existing;
use crate::{
    administration::Administration,
    books::{Article, Company, VatKind},
    failure::Result,
};

/// Longest code where the administration does not tell (SnelStart B2B v2: artikelcodeMaxLengte).
const USUAL_LENGTH: usize = 10;

/// So many codes are asked after for one article before it is given up.
const TRIES: usize = 40;

/// Does the administration take that code? SnelStart B2B v2: `ART-0003` (digits only), `ART-0004`
/// (length).
pub(super) fn is_allowed(company: &Company, code: &str) -> bool {
    let digits = code.bytes().all(|byte| byte.is_ascii_digit());
    let most = company.article_code_length;
    (digits || !company.numeric_article_codes) && (most == 0 || code.chars().count() <= most)
}

/// Proposes codes, one after the other.
pub(super) struct Codes<'a> {
    pub company: &'a Company,
    pub books: &'a dyn Administration,
    /// Codes the settings name or that were proposed, in capitals.
    taken: BTreeSet<String>,
}

/// A code, and the article that has it already and is just what is wanted.
pub(super) struct Proposed {
    pub code: String,
    pub there: Option<Article>,
}

impl<'a> Codes<'a> {
    pub fn new(company: &'a Company, books: &'a dyn Administration) -> Self {
        Self {
            company,
            books,
            taken: BTreeSet::new(),
        }
    }

    /// Nobody else may have that code.
    pub fn take(&mut self, code: &str) {
        self.taken.insert(code.to_uppercase());
    }

    /// Is it named by a setting, or proposed?
    pub fn is_taken(&self, code: &str) -> bool {
        self.taken.contains(&code.to_uppercase())
    }

    /// A free code, or that of an article that `fits`; none when every code tried is in use.
    pub async fn propose(
        &mut self,
        stem: &str,
        kind: VatKind,
        existing: &Existing,
        fits: impl Fn(&Article) -> bool,
    ) -> Result<Option<Proposed>> {
        let mut asked = 0;
        for code in candidates(self.company, stem, kind) {
            if self.is_taken(&code) || existing.has_otherwise(&code, &fits) {
                continue;
            }
            if asked == TRIES {
                break;
            }
            asked += 1;
            let there = match self.books.find_articles(&code).await?.as_slice() {
                [] => None,
                [one] if fits(one) => Some(one.clone()),
                _ => continue,
            };
            self.take(&code);
            return Ok(Some(Proposed { code, there }));
        }
        Ok(None)
    }
}

/// Codes worth trying, the nicest first.
fn candidates(
    company: &Company,
    stem: &str,
    kind: VatKind,
) -> Box<dyn Iterator<Item = String> + Send> {
    let most = match company.article_code_length {
        0 => USUAL_LENGTH,
        most => most,
    };
    if company.numeric_article_codes {
        return numbers(most);
    }
    let letter = match kind {
        VatKind::Hoog => "H",
        VatKind::Laag => "L",
        VatKind::Geen => "G",
        VatKind::Overig => "O",
    };
    let stem = stem.to_owned();
    let ends = std::iter::once(String::new()).chain((2..=99).map(|n: u32| n.to_string()));
    Box::new(ends.filter_map(move |end| {
        let end = format!("-{letter}{end}");
        let room = most.checked_sub(end.len()).filter(|room| *room > 0)?;
        Some(stem.chars().take(room).chain(end.chars()).collect())
    }))
}

/// Numbers far from where an owner begins to count, then the others.
fn numbers(digits: usize) -> Box<dyn Iterator<Item = String> + Send> {
    let width = u32::try_from(digits.min(4)).unwrap_or(4);
    let end = 10_u32.pow(width);
    let start = end / 10 * 9 + 1;
    let all = (start..end).chain(1..start.min(end));
    Box::new(all.map(|number| number.to_string()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::books::StockStage;

    fn company(numeric: bool, length: usize) -> Company {
        Company {
            id: "1".to_owned(),
            name: "A".to_owned(),
            country: "NL".to_owned(),
            numeric_article_codes: numeric,
            article_code_length: length,
            article_prices_exclude_vat: true,
            price_decimals: 2,
            quantity_decimals: 2,
            stock_stage: StockStage::Alle,
            small_business_scheme: false,
            foreign_vat: false,
            foreign: crate::books::ForeignVat::default(),
            vat_number: String::new(),
        }
    }

    #[test]
    fn every_candidate_is_allowed_and_says_what_it_is_for() {
        for (numeric, length, first) in [
            (false, 10, "VERSCHIL-G"),
            (false, 5, "VER-G"),
            (false, 3, "V-G"),
            (false, 0, "VERSCHIL-G"),
            (true, 13, "9001"),
            (true, 3, "901"),
            (true, 1, "1"),
        ] {
            let company = company(numeric, length);
            let all: Vec<String> = candidates(&company, "VERSCHIL", VatKind::Geen)
                .take(30)
                .collect();
            assert_eq!(all.first().map(String::as_str), Some(first), "{length}");
            assert!(
                all.iter().all(|code| is_allowed(&company, code)),
                "{length}: {all:?}"
            );
        }
    }

    #[test]
    fn letters_and_long_codes_are_refused_where_the_books_refuse_them() {
        assert!(!is_allowed(&company(true, 10), "VERZEND"));
        assert!(!is_allowed(&company(false, 6), "VERZEND"));
        assert!(is_allowed(&company(false, 7), "VERZEND"));
        assert!(is_allowed(&company(true, 4), "9001"));
    }
}
