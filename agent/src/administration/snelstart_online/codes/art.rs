//! Articles.

use super::{Hint, Known, SETTING, SHOP, SNELSTART, THERE, refused, setup};

const CODE: Hint = Hint::new(
    "Kies in de winkel een artikelcode die de administratie toestaat (bij een numerieke administratie alleen cijfers), of maak het artikel zelf in SnelStart.",
    "Choose an article code in the shop that the administration allows (digits only in a numeric administration), or make the article in SnelStart yourself.",
);

pub(super) const CODES: &[Known] = &[
    refused(
        1,
        "het artikel bestaat niet (meer)",
        "the article does not exist (any more)",
        SNELSTART,
    ),
    refused(
        2,
        "de artikelcode ontbreekt",
        "the article code is missing",
        SHOP,
    ),
    refused(
        3,
        "de artikelcode mag alleen uit cijfers bestaan",
        "the article code may only be digits",
        CODE,
    ),
    refused(
        4,
        "de artikelcode is te lang",
        "the article code is too long",
        CODE,
    ),
    refused(
        5,
        "de artikelcode bestaat al",
        "the article code exists already",
        THERE,
    ),
    refused(
        6,
        "de omschrijving van het artikel ontbreekt",
        "the article's description is missing",
        SHOP,
    ),
    refused(
        7,
        "de omschrijving van het artikel is te lang",
        "the article's description is too long",
        SHOP,
    ),
    setup(
        8,
        "de omzetgroep van het artikel ontbreekt",
        "the article's revenue group is missing",
        SETTING,
    ),
    setup(
        9,
        "de omzetgroep van het artikel bestaat niet",
        "the article's revenue group does not exist",
        SETTING,
    ),
    refused(
        10,
        "het artikel heeft nog voorraad",
        "the article still has stock",
        SNELSTART,
    ),
    refused(
        11,
        "het artikel staat op een openstaande order of factuur",
        "the article is on an open order or invoice",
        SNELSTART,
    ),
    refused(
        12,
        "het artikel is onderdeel van een recept",
        "the article is part of a recipe",
        SNELSTART,
    ),
    refused(
        13,
        "het artikel is ingesteld voor een groothandelskoppeling",
        "the article is set up for a wholesaler link",
        SNELSTART,
    ),
    refused(
        14,
        "de opgegeven klant is niet gevonden",
        "the given customer was not found",
        SNELSTART,
    ),
    refused(
        15,
        "het is het tekstartikel van facturen",
        "it is the text article of invoices",
        SNELSTART,
    ),
    refused(
        16,
        "de leverancier van het artikel is niet gevonden",
        "the article's supplier was not found",
        SNELSTART,
    ),
    refused(
        17,
        "de relatie van het artikel is geen leverancier en niet het eigen bedrijf",
        "the article's relation is neither a supplier nor the company itself",
        SNELSTART,
    ),
    refused(
        18,
        "de leverancier van het artikel is niet actief",
        "the article's supplier is inactive",
        SNELSTART,
    ),
];
