//! Changing a profile's text in single places: the owner's remarks, his order and his spelling of
//! everything else stay as they are.

use toml_edit::{DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::{Profile, Settings, settings::PerVatKind};
use crate::{
    books::VatKind,
    failure::{Failure, Result},
    text,
};

/// An article code that a setting of `[sales]` gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCode {
    /// The setting's key in `[sales]`.
    pub setting: String,
    /// The VAT kind it is for; none = the setting's only code.
    pub kind: Option<VatKind>,
    /// The code.
    pub code: String,
}

impl Profile {
    /// The same profile with these codes filled in where nothing was named.
    ///
    /// # Errors
    /// The text comes to other settings than meant: `Bug`; nothing was changed.
    pub fn with_codes(self, codes: &[NewCode]) -> Result<Self> {
        let mut document: DocumentMut = self.source.parse().map_err(|_| not_edited())?;
        let mut wanted = self.settings;
        for new in codes {
            set(&mut document, new)?;
            let value = setting(&mut wanted, &new.setting).ok_or_else(not_edited)?;
            add(value, new);
        }
        let profile = Self::read(document.to_string())?;
        if profile.settings != wanted {
            return Err(not_edited());
        }
        Ok(profile)
    }

    /// The same profile with that address at `[shop] url`.
    ///
    /// # Errors
    /// The address may not be used: `Misconfigured`; else as [`Profile::with_codes`].
    pub fn with_url(self, url: &str) -> Result<Self> {
        let mut document: DocumentMut = self.source.parse().map_err(|_| not_edited())?;
        let shop = document
            .get_mut("shop")
            .and_then(Item::as_table_like_mut)
            .ok_or_else(not_edited)?;
        replace(shop, "url", Value::from(url));
        let mut wanted = self.settings;
        url.clone_into(&mut wanted.shop.url);
        let profile = Self::read(document.to_string())?;
        if profile.settings != wanted {
            return Err(not_edited());
        }
        Ok(profile)
    }

    /// The same profile with that folder at `[shop.upload] folder`.
    ///
    /// # Errors
    /// As [`Profile::with_codes`].
    pub fn with_folder(self, folder: &str) -> Result<Self> {
        let mut document: DocumentMut = self.source.parse().map_err(|_| not_edited())?;
        let upload = document
            .get_mut("shop")
            .and_then(|shop| shop.get_mut("upload"))
            .and_then(Item::as_table_like_mut)
            .ok_or_else(not_edited)?;
        replace(upload, "folder", Value::from(folder));
        let mut wanted = self.settings;
        folder.clone_into(&mut wanted.shop.upload.folder);
        let profile = Self::read(document.to_string())?;
        if profile.settings != wanted {
            return Err(not_edited());
        }
        Ok(profile)
    }
}

/// The text: a code of its own as a text, a code per kind in a table.
fn set(document: &mut DocumentMut, new: &NewCode) -> Result<()> {
    let sales = document
        .entry("sales")
        .or_insert_with(|| Item::Table(Table::new()))
        .as_table_like_mut()
        .ok_or_else(not_edited)?;
    let Some(kind) = new.kind else {
        replace(sales, &new.setting, Value::from(new.code.as_str()));
        return Ok(());
    };
    let is_table = sales
        .get(&new.setting)
        .is_some_and(|item| item.as_table_like().is_some());
    if !is_table {
        replace(sales, &new.setting, Value::from(InlineTable::new()));
    }
    let codes = sales
        .get_mut(&new.setting)
        .and_then(Item::as_table_like_mut)
        .ok_or_else(not_edited)?;
    replace(codes, word(kind), Value::from(new.code.as_str()));
    Ok(())
}

/// Puts a value in the place of another, with the remark that stood behind it.
fn replace(table: &mut dyn TableLike, key: &str, mut value: Value) {
    match table.get_mut(key) {
        Some(item) => {
            if let Some(old) = item.as_value() {
                *value.decor_mut() = old.decor().clone();
            }
            *item = Item::Value(value);
        }
        None => {
            table.insert(key, Item::Value(value));
        }
    }
}

fn add(value: &mut PerVatKind, new: &NewCode) {
    match (new.kind, &mut *value) {
        (Some(kind), PerVatKind::Each(codes)) => {
            codes.insert(kind, new.code.clone());
        }
        (Some(kind), PerVatKind::One(_)) => {
            *value = PerVatKind::Each([(kind, new.code.clone())].into());
        }
        (None, _) => *value = PerVatKind::One(new.code.clone()),
    }
}

fn setting<'s>(settings: &'s mut Settings, key: &str) -> Option<&'s mut PerVatKind> {
    let sales = &mut settings.sales;
    Some(match key {
        "shipping_article" => &mut sales.shipping_article,
        "discount_article" => &mut sales.discount_article,
        "payment_cost_article" => &mut sales.payment_cost_article,
        "fee_article" => &mut sales.fee_article,
        "levy_article" => &mut sales.levy_article,
        "gift_card_article" => &mut sales.gift_card_article,
        "store_credit_article" => &mut sales.store_credit_article,
        "rounding_article" => &mut sales.rounding_article,
        "total_difference_article" => &mut sales.total_difference_article,
        "default_article" => &mut sales.default_article,
        _ => return None,
    })
}

/// The kind as the settings write it.
const fn word(kind: VatKind) -> &'static str {
    match kind {
        VatKind::Hoog => "hoog",
        VatKind::Laag => "laag",
        VatKind::Geen => "geen",
        VatKind::Overig => "overig",
    }
}

fn not_edited() -> Failure {
    Failure::bug(
        "profile-not-edited",
        text!(
            "Het profiel kon niet worden aangevuld.",
            "The profile could not be added to."
        ),
    )
    .hint(text!(
        "Vul de artikelcodes zelf in onder [sales].",
        "Enter the article codes yourself under [sales]."
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const HEAD: &str = "# Van mij\nformat = 1\nname = \"winkel\"\n[shop] # de winkel\nurl = \"https://a.nl\"\n\
        upload = { protocol = \"ftp\", host = \"h\", user = \"u\", folder = \"/\" }\n\
        [administration]\nkind = \"trial\"\n";

    fn new(setting: &str, kind: Option<VatKind>, code: &str) -> NewCode {
        NewCode {
            setting: setting.to_owned(),
            kind,
            code: code.to_owned(),
        }
    }

    fn filled(sales: &str, codes: &[NewCode]) -> String {
        let source = format!("{HEAD}{sales}");
        let profile = Profile::read(source).unwrap().with_codes(codes).unwrap();
        let after = profile.source.strip_prefix(HEAD);
        after.unwrap_or(&profile.source).to_owned()
    }

    #[test]
    fn what_is_not_there_is_added_and_remarks_stay() {
        let codes = [
            new("shipping_article", Some(VatKind::Hoog), "VERZEND-H"),
            new("shipping_article", Some(VatKind::Laag), "VERZEND-L"),
            new("gift_card_article", None, "BON"),
        ];
        let added = "shipping_article = { hoog = \"VERZEND-H\", laag = \"VERZEND-L\" }\n\
            gift_card_article = \"BON\"\n";
        assert_eq!(filled("", &codes).trim_start(), format!("[sales]\n{added}"));
        assert_eq!(
            filled(
                "[sales]\ntemplate = \"\" # geen\n\n[stock] # voorraad\nbuffer = 2\n",
                &codes
            ),
            format!("[sales]\ntemplate = \"\" # geen\n{added}\n[stock] # voorraad\nbuffer = 2\n")
        );
    }

    #[test]
    fn a_chosen_folder_goes_to_its_place_and_nowhere_else() {
        let profile = Profile::read(HEAD.to_owned()).unwrap();
        let chosen = profile.with_folder("domains/b.nl/\"x\"").unwrap();
        assert_eq!(
            chosen.settings.shop.upload.folder, "domains/b.nl/\"x\"",
            "{}",
            chosen.source
        );
        assert!(chosen.source.starts_with("# Van mij") && chosen.source.contains("# de winkel"));
    }

    #[test]
    fn a_new_address_goes_to_its_place_and_one_that_may_not_be_used_is_refused() {
        let before = HEAD.replace(
            "url = \"https://a.nl\"",
            "url = \"https://a.nl\" # tot de verhuizing",
        );
        let profile = Profile::read(before.clone()).unwrap();
        let moved = profile.with_url("https://www.a.nl/winkel/").unwrap();
        assert_eq!(
            moved.source,
            before.replace("https://a.nl", "https://www.a.nl/winkel/")
        );
        let profile = Profile::read(before).unwrap();
        assert!(profile.with_url("http://www.a.nl/").is_err());
    }

    #[test]
    fn an_empty_text_makes_room_and_its_remark_stays() {
        let codes = [
            new("shipping_article", Some(VatKind::Geen), "V-G"),
            new("fee_article", Some(VatKind::Laag), "T-L"),
            new("discount_article", Some(VatKind::Hoog), "K-H"),
        ];
        let before = "[sales]\nshipping_article = \"\"  # later\n\
            fee_article = { hoog = \"T-H\", laag = \"\" } # toeslag\n\
            [sales.discount_article]\n# korting\nlaag = \"K-L\"\n";
        let after = "[sales]\nshipping_article = { geen = \"V-G\" }  # later\n\
            fee_article = { hoog = \"T-H\", laag = \"T-L\" } # toeslag\n\
            [sales.discount_article]\n# korting\nlaag = \"K-L\"\nhoog = \"K-H\"\n";
        assert_eq!(filled(before, &codes), after);
    }
}
