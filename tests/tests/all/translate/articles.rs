//! Articles: found, created in the group of the product's own class, or held.

use rust_decimal::dec;
use testbed::truth::generated::{Buyer, Class, Wish};
use winkelbrug::{
    books::{ArticleRef, VatKind},
    profile::settings::Handling,
    translate::plan::ArticleStep,
};

use crate::translate::desk::{desk, desk_of, good, settings, wish};

fn created(desk: &crate::translate::desk::Desk) -> winkelbrug::books::ArticleDraft {
    match desk.plan().articles.as_slice() {
        [ArticleStep::Create { draft, .. }] => draft.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_new_article_goes_into_the_group_of_its_class() {
    for (class, group) in [
        (Class::High, "group-1"),
        (Class::Low, "group-2"),
        (Class::Zero, "group-3"),
        (Class::Levy, "group-1"),
    ] {
        let desk = desk_of(&Wish {
            goods: vec![good(1_000, 2, class)],
            ..wish()
        });
        let draft = created(&desk);
        assert_eq!(draft.revenue_group, group, "{class:?}");
        assert!(!draft.keeps_stock);
        let plan = desk.plan();
        assert_eq!(
            plan.order.lines[0].article,
            Some(ArticleRef::Planned(draft.code))
        );
    }
}

#[test]
fn a_swiss_first_buyer_does_not_make_an_article_without_vat() {
    let desk = desk_of(&Wish {
        goods: vec![good(1_000, 2, Class::Low)],
        buyer: Buyer::Swiss,
        ..wish()
    });
    assert_eq!(created(&desk).revenue_group, "group-2");
}

#[test]
fn a_new_articles_price_is_in_the_article_files_own_mode() {
    let mut desk = desk();
    assert_eq!(created(&desk).price, dec!(12.10));
    desk.books.company.article_prices_exclude_vat = true;
    assert_eq!(created(&desk).price, dec!(10.00));
}

#[test]
fn the_price_a_shop_keeps_with_vat_is_taken_as_it_is() {
    let mut desk = desk();
    crate::settings_shown::articles::product(&mut desk);
    let product = &mut desk.books.products[0];
    (product.price, product.price_incl) = (Some(dec!(8.26)), Some(dec!(10.00)));
    assert_eq!(created(&desk).price, dec!(10.00));
    desk.books.company.article_prices_exclude_vat = true;
    assert_eq!(created(&desk).price, dec!(8.26));
}

/// Why the plan makes its one new article.
fn why(desk: &crate::translate::desk::Desk) -> String {
    match desk.plan().articles.as_slice() {
        [ArticleStep::Create { why, .. }] => why.nl.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn where_the_shop_does_not_tell_what_a_product_costs_the_line_does_and_the_plan_says_so() {
    let mut desk = desk();
    crate::settings_shown::articles::product(&mut desk);
    desk.books.products[0].price = None;
    assert_eq!(created(&desk).price, dec!(12.10));
    assert_eq!(created(&desk).description, "Mok");
    assert!(why(&desk).contains("De prijs komt van de bestelregel"));
}

#[test]
fn a_product_that_costs_nothing_in_the_shop_costs_nothing_in_the_books() {
    let mut desk = desk();
    crate::settings_shown::articles::product(&mut desk);
    desk.books.products[0].price = Some(dec!(0));
    assert_eq!(created(&desk).price, dec!(0));
    assert!(!why(&desk).contains("bestelregel"));
}

#[test]
fn a_variant_is_made_of_its_own_record_also_where_the_line_names_its_product() {
    let mut desk = desk();
    crate::settings_shown::articles::product(&mut desk);
    let mut variant = desk.books.products[0].clone();
    desk.books.products[0].code = "MOK".to_owned();
    variant.id = "71000000009".to_owned();
    variant.parent_id = Some("71".to_owned());
    variant.name = "Mok (rood)".to_owned();
    variant.price = Some(dec!(20));
    desk.books.products.push(variant);
    let draft = created(&desk);
    assert_eq!(
        (draft.description.as_str(), draft.price),
        ("Mok (rood)", dec!(24.20))
    );
    // Without it the product it belonged to does not stand in for it.
    desk.books.products.pop();
    assert_eq!(created(&desk).price, dec!(12.10));
    assert!(why(&desk).contains("geen product met deze code"));
}

#[test]
fn a_product_that_was_made_anew_or_that_no_line_names_is_found_by_its_code() {
    for id in [Some("5"), None] {
        let mut desk = desk();
        crate::settings_shown::articles::product(&mut desk);
        desk.order.lines[0].product_id = id.map(str::to_owned);
        assert_eq!(created(&desk).description, "Mok");
        // Two of one code, neither of them the line's: which is meant cannot be told.
        let mut second = desk.books.products[0].clone();
        second.id = "72".to_owned();
        desk.books.products.push(second);
        assert!(why(&desk).contains("bestelregel"));
    }
}

#[test]
fn both_ways_of_handling_make_the_same_article() {
    let mut desk = desk();
    crate::settings_shown::articles::product(&mut desk);
    let added = created(&desk);
    desk.settings.articles.handling = Handling::AddAndUpdate;
    assert_eq!(created(&desk), added);
}

#[test]
fn a_class_without_a_group_is_held() {
    let mut desk = desk();
    desk.settings = settings("", "[articles.revenue_groups]\n\"Laag\" = \"Omzet laag\"");
    let reason = desk.held();
    assert_eq!(reason.code, "omzetgroep-niet-gekozen");
    assert!(reason.text.nl.contains("Hoog"));
}

#[test]
fn a_group_that_does_not_exist_stops_the_profile() {
    let mut desk = desk();
    desk.settings = settings("", "[articles.revenue_groups]\n\"Hoog\" = \"Nergens\"");
    assert_eq!(desk.stopped().code, "omzetgroep-ontbreekt");
}

#[test]
fn a_product_that_is_gone_is_held_unless_its_article_exists() {
    let mut desk = desk();
    desk.order.lines[0].tax_class = None;
    assert_eq!(desk.held().code, "product-verdwenen");
    desk.books.add_article("9-0", VatKind::Hoog);
    desk.plan();
}

#[test]
fn an_article_of_another_rate_is_held_naming_article_group_and_both_rates() {
    let mut desk = desk();
    desk.books.add_article("9-0", VatKind::Laag);
    let reason = desk.held();
    assert_eq!(reason.code, "btw-wijkt-af");
    for part in ["9-0", "Omzet laag", "9%", "21%"] {
        assert!(reason.text.nl.contains(part), "{part}: {}", reason.text.nl);
    }
}

#[test]
fn an_article_of_another_rate_is_held_on_an_export_order_too() {
    let mut desk = desk_of(&Wish {
        buyer: Buyer::Swiss,
        ..wish()
    });
    desk.books.add_article("9-0", VatKind::Laag);
    assert_eq!(desk.held().code, "btw-wijkt-af");
}

#[test]
fn a_mapped_group_of_another_rate_is_held() {
    let mut desk = desk();
    desk.settings = settings("", "[articles.revenue_groups]\n\"Hoog\" = \"Omzet laag\"");
    assert_eq!(desk.held().code, "btw-wijkt-af");
}

#[test]
fn codes_the_administration_does_not_allow_are_held() {
    let mut desk = desk();
    desk.books.company.numeric_article_codes = true;
    assert_eq!(desk.held().code, "artikelcode-niet-toegestaan");
    desk.books.company.numeric_article_codes = false;
    desk.books.company.article_code_length = 2;
    assert_eq!(desk.held().code, "artikelcode-niet-toegestaan");
    desk.order.lines[0].code = "1".to_owned();
    desk.plan();
}

#[test]
fn a_code_that_occurs_twice_is_held_naming_both() {
    let mut desk = desk();
    desk.books.add_article("9-0", VatKind::Hoog);
    desk.books.add_article("9-0", VatKind::Hoog);
    desk.books.articles.last_mut().unwrap().description = "De tweede".to_owned();
    let reason = desk.held();
    assert_eq!(reason.code, "artikel-dubbel");
    assert!(reason.text.nl.contains("De tweede"));
}

#[test]
fn an_inactive_article_is_held_and_the_active_one_of_two_is_taken() {
    let mut desk = desk();
    desk.books.add_article("9-0", VatKind::Hoog);
    desk.books.articles.last_mut().unwrap().active = false;
    assert_eq!(desk.held().code, "artikel-niet-actief");
    desk.books.add_article("9-0", VatKind::Hoog);
    desk.plan();
}

#[test]
fn codes_that_differ_by_case_only_are_two_articles() {
    let mut desk = desk_of(&Wish {
        goods: vec![good(1_000, 2, Class::High), good(1_000, 1, Class::High)],
        ..wish()
    });
    desk.order.lines[0].code = "abc".to_owned();
    desk.order.lines[1].code = "ABC".to_owned();
    desk.books.add_article("abc", VatKind::Hoog);
    assert_eq!(desk.plan().articles.len(), 1);
}

#[test]
fn manual_handling_creates_nothing() {
    let mut desk = desk();
    desk.settings.articles.handling = Handling::Manual;
    assert_eq!(desk.held().code, "artikel-ontbreekt");
    desk.books.add_article("9-0", VatKind::Hoog);
    assert!(desk.plan().articles.is_empty());
}
