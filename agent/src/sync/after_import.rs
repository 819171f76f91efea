//! What a clean import leaves behind for the stock export: whose books, which pieces they do not
//! count yet, which orders came in about the time the shop's stock was read.

use std::collections::BTreeSet;

use super::{
    books::Books,
    run::Run,
    stock::{
        Imported, RecentOrder, ShopStock, StockExport,
        pieces::{Booked, OpenOrder},
    },
};
use crate::{
    books::{Article, BookedOrder, ProcessStage},
    failure::{Failure, Result},
    journal::{ShopOrderId, pieces::InBooks, pieces::Pieces},
    text,
    translate::pieces,
};

impl Run<'_> {
    pub(super) fn stock_export(&self) -> StockExport<'_> {
        StockExport {
            profile: self.place.profile(),
            settings: &self.place.settings.stock,
            shop: self.sides.shop,
            books: self.sides.administration,
            journal: self.place.journal,
            clock: self.place.clock.clone(),
            observer: self.place.observer,
            stop: self.place.stop,
        }
    }

    pub(super) async fn imported(&self, stock: &ShopStock) -> Result<Imported> {
        let books = self.books().await?;
        if self.place.journal.has_bookings(books.id())? {
            return Err(bookings_beside(self.place.profile()));
        }
        // Stages and invoices of orders change in the books without us.
        books.refresh().await?;
        let finished = self.place.now();
        let mirror = books.mirror();
        Ok(Imported {
            finished,
            company: mirror.company()?.ok_or_else(no_company)?,
            articles: self.by_shop_code(mirror.articles()?),
            open: self.open_orders(books)?,
            recent: self.recent(stock)?,
            touched: self.touched_codes()?,
        })
    }

    /// Articles by the code the shop knows them by.
    fn by_shop_code(&self, mut articles: Vec<Article>) -> Vec<Article> {
        let settings = &self.place.settings.articles;
        if settings.code_in_extra_field() || settings.code_in_description() {
            for article in &mut articles {
                article.code = article.field(&settings.code_field).trim().to_owned();
            }
        }
        articles
    }

    fn open_orders(&self, books: &Books<'_>) -> Result<Vec<OpenOrder>> {
        let journal = self.place.journal;
        let mut open: Vec<OpenOrder> = journal
            .waiting_pieces(books.id())?
            .into_iter()
            .map(|waiting| OpenOrder {
                booked: None,
                pieces: (waiting.pieces)
                    .unwrap_or_else(|| self.counted(&waiting.shop_id, waiting.raw.as_deref())),
            })
            .collect();
        let mut invoiced = Vec::new();
        for written in journal.uninvoiced_pieces(books.id())? {
            match books.mirror().order(&written.booked)? {
                Some(order) if is_invoiced(&order) => invoiced.push(written.order),
                Some(order) => open.push(in_books(written, &order)),
                // Deleted from the books: it takes nothing from stock any more.
                None => invoiced.push(written.order),
            }
        }
        journal.note_invoiced(&invoiced)?;
        Ok(open)
    }

    fn recent(&self, stock: &ShopStock) -> Result<Vec<RecentOrder>> {
        let recent = self
            .place
            .journal
            .changed_since(self.place.profile(), stock.recent_since())?;
        Ok(recent
            .into_iter()
            .map(|order| RecentOrder {
                codes: (self.counted(&order.shop_id, order.raw.as_deref()))
                    .into_keys()
                    .collect(),
                id: order.shop_id.0,
                hash: order.hash,
            })
            .collect())
    }

    fn touched_codes(&self) -> Result<BTreeSet<String>> {
        let mut codes = BTreeSet::new();
        for order in self.touched() {
            let work = self.place.journal.order_at_work(order)?;
            let raw = self.place.journal.raw(work.version)?;
            codes.extend(self.counted(&work.shop_id, raw.as_deref()).into_keys());
        }
        Ok(codes)
    }

    /// Pieces by what the order's lines say, as the shop itself reads them; none when it cannot be read.
    fn counted(&self, shop_id: &ShopOrderId, raw: Option<&str>) -> Pieces {
        let read = |raw| self.sides.shop.read(&shop_id.0, raw).ok();
        raw.and_then(read)
            .map(|order| pieces(&order))
            .unwrap_or_default()
    }
}

/// A booked invoice names no articles, so the books' stock does not fall by what the shop sells:
/// its figures would make the shop sell what is gone.
pub(super) fn no_stock_with_bookings() -> Failure {
    Failure::misconfigured(
        "voorraad-bij-boeking",
        text!(
            "Met verkoopboekingen (sales.form = \"booking\") daalt de voorraad in de administratie niet door wat de winkel verkoopt; zij kan dus niet naar de winkel.",
            "With booked invoices (sales.form = \"booking\") the stock in the administration does not fall by what the shop sells; so it cannot go to the shop."
        ),
    )
    .hint(text!(
        "Draai alleen de bestellingen, met de taak import-orders (ook bij [planning]). Wilt u de voorraad toch vanuit de administratie, kies dan sales.form = \"order\", tel de voorraad daar, en bevestig dat eenmaal met --stock-counted achter deze opdracht.",
        "Run only the orders, with the task import-orders (at [planning] too). If you want the stock from the administration after all, choose sales.form = \"order\", count the stock there, and confirm that once with --stock-counted after this command."
    ))
}

/// A booked invoice takes nothing from the books' stock, ever: with one of ours among the orders, by
/// whichever profile, a figure of the books has pieces in it that are sold.
fn bookings_beside(profile: &str) -> Failure {
    Failure::misconfigured(
        "voorraad-naast-boekingen",
        text!(
            "In deze administratie staan bestellingen als verkoopboeking (van dit profiel of van een ander profiel op dezelfde administratie). De voorraad is daardoor niet gedaald, dus haar getallen gaan niet naar de winkel: verkochte stuks zouden opnieuw te koop komen.",
            "Orders stand in this administration as booked invoices (of this profile or of another on the same administration). The stock did not fall by them, so its figures do not go to the shop: pieces that are sold would be on sale again."
        ),
    )
    .hint(text!(
        "De bestellingen van deze keer zijn gewoon verwerkt. Worden er nog steeds verkoopboekingen geschreven, haal dan import-orders-export-stock uit de planning en laat de taak import-orders staan. Schrijven alle profielen nu verkooporders, tel dan de voorraad en zet haar goed in SnelStart, en bevestig dat eenmaal met: winkelbrug run {profile} import-orders-export-stock --stock-counted",
        "The orders of this time were dealt with as always. If booked invoices are still being written, take import-orders-export-stock out of the planning and leave the task import-orders. If all profiles write sales orders now, count the stock and put it right in SnelStart, and confirm that once with: winkelbrug run {profile} import-orders-export-stock --stock-counted"
    ))
}

fn no_company() -> Failure {
    Failure::bug(
        "company-missing",
        text!(
            "De gegevens van de administratie zijn er niet.",
            "The administration's own data are not there."
        ),
    )
}

fn is_invoiced(order: &BookedOrder) -> bool {
    order.invoiced
        || matches!(
            order.stage,
            Some(ProcessStage::Factuur | ProcessStage::Contantbon)
        )
}

fn in_books(written: InBooks, order: &BookedOrder) -> OpenOrder {
    OpenOrder {
        booked: Some(Booked {
            stage: order.stage.unwrap_or(ProcessStage::Order),
            invoiced: false,
        }),
        pieces: written.pieces,
    }
}
