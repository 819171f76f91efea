//! What SnelStart would refuse, the trial administration refuses too, with the same codes.

use rusqlite::Connection;

use super::store;
use crate::{
    administration::snelstart_online::codes,
    books::{
        Article, ArticleDraft, ArticleRef, BookAddress, Booking, BookingDraft, Company, Lookups,
        OrderDraft, PaymentDraft, ProcessStage, Relation, RelationDraft, Till,
    },
    failure::{Failure, Result},
    text::Text,
};

/// What is refused, as the object of a sentence.
#[derive(Clone, Copy)]
pub(super) enum What {
    Relation,
    Article,
    Order,
    Booking,
    Payment,
}

/// The failure of a code.
pub(super) fn refusal(what: What, code: &str) -> Failure {
    let (nl, en) = match what {
        What::Relation => ("de relatie", "the relation"),
        What::Article => ("het artikel", "the article"),
        What::Order => ("de verkooporder", "the sales order"),
        What::Booking => ("de verkoopboeking", "the booked invoice"),
        What::Payment => ("de betaling", "the payment"),
    };
    let known = codes::find(code);
    let (reason_nl, reason_en) = known.map_or((code, code), |known| (known.nl, known.en));
    let class = known.map_or(crate::failure::Class::Refused, |known| known.class);
    Failure::new(
        class,
        code,
        Text {
            nl: format!(
                "De proefadministratie weigert {nl}, zoals SnelStart zou doen: {reason_nl} ({code})"
            ),
            en: format!(
                "The trial administration refuses {en}, as SnelStart would: {reason_en} ({code})"
            ),
        },
    )
    .hint(known.map_or(codes::READ_WORDS, |known| known.hint).text())
}

/// The first broken rule, if any.
fn demand(what: What, rules: &[(bool, &str)]) -> Result<()> {
    match rules.iter().find(|(broken, _)| *broken) {
        Some((_, code)) => Err(refusal(what, code)),
        None => Ok(()),
    }
}

fn longer(text: &str, most: usize) -> bool {
    text.chars().count() > most
}

/// A relation to create or to bring up to date (`own` is its id).
pub(super) fn relation(
    connection: &Connection,
    lookups: &Lookups,
    draft: &RelationDraft,
    own: Option<&str>,
) -> Result<()> {
    let address = &draft.address;
    let given = [&address.street, &address.postcode, &address.city];
    let any = given.iter().any(|part| !part.is_empty()) || !address.country.is_empty();
    let all = given.iter().all(|part| !part.is_empty());
    let in_use = match draft.code {
        Some(code) => store::by_key::<Relation>(connection, &code.to_string())?
            .is_some_and(|other| Some(other.id.as_str()) != own),
        None => false,
    };
    let number = &draft.vat_number;
    demand(
        What::Relation,
        &[
            (own.is_none() && draft.name.trim().is_empty(), "REL-0007"),
            (longer(&draft.name, 50), "ALG-0102"),
            (in_use, "REL-0008"),
            (longer(&draft.phone, 25), "REL-0013"),
            (longer(&draft.email, 250), "REL-0085"),
            (
                !draft.email.is_empty() && !draft.email.contains('@'),
                "REL-0061",
            ),
            (longer(number, 50), "REL-0057"),
            (number.chars().count() == 1, "REL-0058"),
            (
                !number.chars().all(|c| c.is_ascii_alphanumeric()),
                "REL-0059",
            ),
            (
                draft
                    .payment_term
                    .is_some_and(|days| !(-365..=1000).contains(&days)),
                "REL-0003",
            ),
            (longer(&address.street, 50), "REL-0020"),
            (longer(&address.postcode, 25), "REL-0021"),
            (longer(&address.city, 50), "REL-0022"),
            (longer(&address.contact, 50), "REL-0023"),
            (!is_known(lookups, address), "REL-0056"),
            (own.is_none() && any && !all, "REL-0060"),
        ],
    )
}

fn is_known(lookups: &Lookups, address: &BookAddress) -> bool {
    let code = &address.country;
    code.is_empty()
        || lookups
            .countries
            .iter()
            .any(|country| country.code == *code)
}

/// An article to create or to bring up to date.
pub(super) fn article(
    connection: &Connection,
    company: &Company,
    lookups: &Lookups,
    draft: &ArticleDraft,
    own: Option<&str>,
) -> Result<()> {
    let code = &draft.code;
    let in_use = store::by_key::<Article>(connection, code)?
        .is_some_and(|other| Some(other.id.as_str()) != own);
    let numeric = company.numeric_article_codes;
    let group = &draft.revenue_group;
    let known = lookups
        .revenue_groups
        .iter()
        .any(|known| known.id == *group);
    demand(
        What::Article,
        &[
            (code.trim().is_empty(), "ART-0002"),
            (
                numeric && !code.bytes().all(|b| b.is_ascii_digit()),
                "ART-0003",
            ),
            (longer(code, company.article_code_length), "ART-0004"),
            (in_use, "ART-0005"),
            (draft.description.trim().is_empty(), "ART-0006"),
            (longer(&draft.description, 250), "ART-0007"),
            (group.is_empty(), "ART-0008"),
            (!known, "ART-0009"),
        ],
    )
}

/// A booked invoice for that relation; gives the relation.
pub(super) fn booking(
    connection: &Connection,
    relation: &str,
    draft: &BookingDraft,
) -> Result<Relation> {
    let relation: Relation =
        store::get(connection, relation)?.ok_or_else(|| refusal(What::Booking, "REL-0005"))?;
    let in_use = store::by_key::<Booking>(connection, &draft.number)?.is_some();
    let lines: rust_decimal::Decimal = draft.lines.iter().map(|line| line.amount).sum();
    let vat: rust_decimal::Decimal = draft.vat.iter().map(|row| row.amount).sum();
    let unknown = draft
        .lines
        .iter()
        .any(|line| !super::seed::has_ledger(&line.ledger));
    demand(
        What::Booking,
        &[
            (!relation.is_customer, "BOE-0060"),
            (!relation.active, "BOE-0054"),
            (
                draft.number.is_empty() || longer(&draft.number, 25),
                "BOE-0058",
            ),
            (in_use, "BOE-0021"),
            (draft.lines.is_empty(), "BOE-0023"),
            (unknown, "BOE-0037"),
            (longer(&draft.description, 250), "BOE-0071"),
            (lines + vat != draft.amount, "BOE-0039"),
        ],
    )?;
    Ok(relation)
}

/// A payment: into a journal of its kind, of an amount.
pub(super) fn payment(draft: &PaymentDraft) -> Result<()> {
    let daybooks = super::seed::daybooks();
    let known = daybooks
        .iter()
        .any(|one| one.id == draft.daybook && one.till == Some(draft.till));
    demand(
        What::Payment,
        &[
            (!known && draft.till == Till::Cash, "BOE-0025"),
            (!known && draft.till == Till::Bank, "BOE-0096"),
            (draft.amount.is_zero(), "BOE-0028"),
            (longer(&draft.description, 250), "BOE-0071"),
        ],
    )
}

/// A sales order for that relation; gives the relation.
pub(super) fn order(
    connection: &Connection,
    lookups: &Lookups,
    relation: &str,
    draft: &OrderDraft,
) -> Result<Relation> {
    let relation: Relation =
        store::get(connection, relation)?.ok_or_else(|| refusal(What::Order, "REL-0005"))?;
    let invoiced = matches!(
        draft.stage,
        ProcessStage::Factuur | ProcessStage::Contantbon
    );
    let template = draft.template.as_ref();
    let centre = draft.cost_centre.as_ref();
    demand(
        What::Order,
        &[
            (!relation.is_customer, "VOR-0002"),
            (!relation.active, "ALG-0105"),
            (invoiced, "ALG-0102"),
            (
                template.is_some_and(|id| lookups.templates.iter().all(|known| known.id != *id)),
                "ALG-0102",
            ),
            (
                centre.is_some_and(|id| lookups.cost_centres.iter().all(|known| known.id != *id)),
                "KPL-0001",
            ),
            (longer(&draft.order_reference, 50), "VOR-0011"),
            (
                draft
                    .payment_term
                    .is_some_and(|days| !(0..=100).contains(&days)),
                "ALG-0102",
            ),
        ],
    )?;
    for address in [&draft.invoice_address, &draft.delivery_address]
        .into_iter()
        .flatten()
    {
        demand(
            What::Order,
            &[
                (longer(&address.street, 50), "VOR-0006"),
                (longer(&address.postcode, 25), "VOR-0007"),
                (longer(&address.city, 50), "VOR-0008"),
                (longer(&address.contact, 50), "VOR-0009"),
                (!is_known(lookups, address), "VOR-0010"),
            ],
        )?;
    }
    for line in &draft.lines {
        let article = match &line.article {
            Some(ArticleRef::Existing(id)) => store::get::<Article>(connection, id)?,
            Some(ArticleRef::Planned(_)) => None,
            None => continue,
        };
        demand(
            What::Order,
            &[
                (article.is_none(), "ART-0001"),
                (article.is_some_and(|article| !article.active), "ALG-0105"),
                (longer(&line.description, 250), "ALG-0102"),
            ],
        )?;
    }
    Ok(relation)
}
