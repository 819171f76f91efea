//! Why an order of which no content came is held.

use crate::{
    failure::Failure,
    journal::at_work::OrderAtWork,
    shop::TooLarge,
    text,
    text::{Amount, Text},
};

/// The shop gives it in a form nobody can read.
pub(super) fn unreadable(why: &Text) -> Failure {
    let (nl, en) = (&why.nl, &why.en);
    Failure::refused(
        "order-unreadable",
        text!(
            "De winkel geeft deze bestelling in een vorm die niet te lezen is: {nl}.",
            "The shop gives this order in a form that cannot be read: {en}."
        ),
    )
    .hint(text!(
        "Is er in de winkel iets aan te doen, dan wordt zij vanzelf opnieuw gelezen; zo niet, maak een ondersteuningsbestand en stuur het op.",
        "If something can be done about it in the shop, it is read again by itself; if not, make a support bundle and send it in."
    ))
}

/// The shop keeps more of it than a question can bring; the others go on.
pub(super) fn too_large(profile: &str, work: &OrderAtWork, large: &TooLarge) -> Failure {
    let number = &work.number;
    let typed = text::typed(number, &work.shop_id.0);
    let takes = match large.too_large {
        0 => text!("meer dan", "more than"),
        bytes => {
            let size = Amount::large((bytes.div_ceil(1024)).into());
            text!("{size} kB, meer dan", "{size:#} kB, more than")
        }
    };
    let (nl, en) = (takes.nl, takes.en);
    Failure::refused(
        "bestelling-te-groot",
        text!(
            "Bestelling {number} neemt in de winkel {nl} het koppelbestand daar in één keer kan lezen.",
            "Order {number} takes {en} the file in the shop can read at once."
        ),
    )
    .hint(text!(
        "Meestal bewaarde een plug-in veel gegevens bij de bestelling, of is er een heel lange opmerking: haal die weg, of zet memory_limit van PHP hoger (de bestelling mag een twintigste daarvan zijn, en ten hoogste 4 MB), en bied haar dan opnieuw aan: winkelbrug retry {profile} {typed}. Lukt dat niet, voer haar dan met de hand in en sla haar over: winkelbrug skip {profile} {typed} --why \"met de hand ingevoerd\"",
        "Usually a plug-in kept a lot of data with the order, or a note is very long: remove that, or raise PHP's memory_limit (an order may be a twentieth of it, and 4 MB at most), and offer it again: winkelbrug retry {profile} {typed}. If that is not possible, enter it by hand and skip it: winkelbrug skip {profile} {typed} --why \"entered by hand\""
    ))
}
