//! Extra fields.

use super::{Known, SNELSTART, bug, refused};

pub(super) const CODES: &[Known] = &[
    refused(
        1,
        "het item met het extra veld bestaat niet",
        "the item with the extra field does not exist",
        SNELSTART,
    ),
    refused(
        2,
        "het extra veld bestaat niet",
        "the extra field does not exist",
        SNELSTART,
    ),
    bug(
        3,
        "hetzelfde extra veld staat twee keer in de aanvraag",
        "the same extra field is twice in the request",
    ),
    refused(
        4,
        "de tekst in een extra veld is te lang",
        "the text in an extra field is too long",
        SNELSTART,
    ),
    refused(
        5,
        "de waarde staat niet in de keuzelijst van het extra veld",
        "the value is not among the extra field's choices",
        SNELSTART,
    ),
    refused(
        6,
        "de extra velden passen niet bij de soort relatie",
        "the extra fields do not fit the kind of relation",
        SNELSTART,
    ),
    refused(
        7,
        "het extra veld verwacht een geheel getal",
        "the extra field wants a whole number",
        SNELSTART,
    ),
    refused(
        8,
        "het extra veld verwacht een datum met tijd",
        "the extra field wants a date and time",
        SNELSTART,
    ),
    refused(
        9,
        "het extra veld verwacht ja of nee",
        "the extra field wants yes or no",
        SNELSTART,
    ),
    refused(
        10,
        "het extra veld verwacht een bedrag",
        "the extra field wants an amount",
        SNELSTART,
    ),
    refused(
        11,
        "het extra veld verwacht een getal",
        "the extra field wants a number",
        SNELSTART,
    ),
    refused(
        12,
        "het bedrag in een extra veld is te groot",
        "the amount in an extra field is too large",
        SNELSTART,
    ),
    refused(
        13,
        "het bedrag in een extra veld heeft meer dan 4 decimalen",
        "the amount in an extra field has more than 4 decimals",
        SNELSTART,
    ),
    refused(
        14,
        "het extra veld verwacht een tekst",
        "the extra field wants a text",
        SNELSTART,
    ),
    refused(
        15,
        "de datum in een extra veld valt buiten wat SnelStart kent",
        "the date in an extra field is outside what SnelStart knows",
        SNELSTART,
    ),
    bug(
        16,
        "de invoer van de extra velden is onvolledig",
        "the input of the extra fields is incomplete",
    ),
];
