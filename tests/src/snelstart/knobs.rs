//! Everything about SnelStart B2B v2 that no source settles, as a switch: the connector has to pass
//! with every setting. Defaults are the likelier reading.

use std::time::Duration;

use super::clock::StampZone;

/// The switches, changed at run time through `Simulator::knobs`.
#[derive(Debug, Clone)]
pub struct Knobs {
    /// Properties without a value: written as null, or left out.
    pub nulls: Nulls,
    /// An id in the path that does not exist.
    pub path_miss: PathMiss,
    /// A length or range exceeded for which no code is listed.
    pub bounds: Bounds,
    /// A reference in a body that leads nowhere.
    pub unknown_reference: UnknownReference,
    /// Code for a stage the API may not write (Factuur, Contantbon).
    pub forbidden_stage_code: String,
    /// PUT without an id in the body.
    pub put_without_id: Take,
    /// Body of 401 and 403 answers for tokens and scopes.
    pub refusal_body: RefusalBody,
    /// Zone of `modifiedOn` and of filters on it.
    pub stamp_zone: StampZone,
    /// How a filter that cannot be read is refused.
    pub bad_filter: BadFilter,
    /// `$filter` on kostenplaatsen, artikelomzetgroepen, btwtarieven, verkoopordersjablonen.
    pub lookup_filter: LookupFilter,
    /// `$filter` on verkooporders.
    pub order_filter: OrderFilter,
    /// `$filter` on bankboekingen and kasboekingen.
    pub entry_filter: OrderFilter,
    /// `$orderby` anywhere.
    pub orderby: OrderBy,
    /// In which order rows come.
    pub row_order: RowOrder,
    /// Rows of `/artikelen` when `$top` is left out.
    pub articles_without_top: usize,
    /// Most rows of `/artikelen` and `/artikelen/prijsafspraken` a `$top` may ask for.
    pub article_cap: usize,
    /// Order description over 50 characters.
    pub long_description: LongText,
    /// Payment reference over 50 characters.
    pub long_payment_reference: LongText,
    /// A line without unit price.
    pub omitted_price: OmittedPrice,
    /// Price agreements are applied to a line without unit price.
    pub price_agreements: bool,
    /// Addresses left out of an order.
    pub omitted_addresses: Omitted,
    /// Invoice discount left out of an order.
    pub omitted_invoice_discount: Omitted,
    /// A line without article.
    pub text_lines: Take,
    /// A line with a negative quantity.
    pub negative_quantity: Take,
    /// A line with a negative unit price.
    pub negative_price: Take,
    /// A line with quantity zero.
    pub zero_quantity: Take,
    /// An order without lines.
    pub no_lines: Take,
    /// How totals come about.
    pub totals: Totals,
    /// Do lists of orders carry their lines?
    pub lines_in_lists: bool,
    /// Are quotations among the orders?
    pub quotations_among_orders: bool,
    /// May the all-or-nothing rule of business addresses hold for order addresses too?
    pub whole_order_addresses: bool,
    /// Does the country count in the all-or-nothing rule of addresses?
    pub country_counts_in_address: bool,
    /// PUT and DELETE of an invoiced order.
    pub change_invoiced: Take,
    /// Going back to an earlier stage.
    pub earlier_stage: Take,
    /// Status of a successful DELETE of an order or quotation.
    pub order_delete_status: u16,
    /// Status of a successful upload of a document.
    pub document_status: u16,
    /// A new order appears in lists only after so long, by the simulator's clock.
    pub order_listed_after: Duration,
    /// Orders of EU businesses and from outside the EU.
    pub zero_rated: ZeroRated,
    /// When technical stock falls.
    pub technical_stock: TechnicalStock,
    /// What an article made of others takes from stock, on an order.
    pub recipes: RecipeStock,
    /// Does `modifiedOn` of an article move with its stock?
    pub stock_moves_stamp: bool,
    /// Is the article's own price a row of `/prijsafspraken` where nothing was agreed?
    pub normal_price_row: bool,
    /// Does an article read with `relatieId` carry the property `prijsafspraak`?
    pub agreement_property: bool,
    /// Does a new token end the one before?
    pub new_token_ends_old: bool,
    /// How long a token lives.
    pub token_life: Duration,
    /// Calls allowed; off unless set.
    pub limits: Limits,
    /// Do 429 answers carry `Retry-After`?
    pub retry_after: bool,
    /// What a call over the hourly allowance gets.
    pub over_the_hour: OverTheHour,
    /// Real time every answer takes.
    pub latency: Duration,
}

impl Default for Knobs {
    fn default() -> Self {
        Knobs {
            nulls: Nulls::Written,
            path_miss: PathMiss::NotFound,
            bounds: Bounds::ModelState,
            unknown_reference: UnknownReference::Listed,
            forbidden_stage_code: "ALG-0102".to_string(),
            put_without_id: Take::Accept,
            refusal_body: RefusalBody::Gateway,
            stamp_zone: StampZone::Utc,
            bad_filter: BadFilter::Code,
            lookup_filter: LookupFilter::Ignored,
            order_filter: OrderFilter::Honoured,
            entry_filter: OrderFilter::Honoured,
            orderby: OrderBy::Refused,
            row_order: RowOrder::Insertion,
            articles_without_top: 500,
            article_cap: 25,
            long_description: LongText::Cut,
            long_payment_reference: LongText::Cut,
            omitted_price: OmittedPrice::Zero,
            price_agreements: false,
            omitted_addresses: Omitted::Nothing,
            omitted_invoice_discount: Omitted::Nothing,
            text_lines: Take::Accept,
            negative_quantity: Take::Accept,
            negative_price: Take::Accept,
            zero_quantity: Take::Accept,
            no_lines: Take::Accept,
            totals: Totals::PerGroup,
            lines_in_lists: true,
            quotations_among_orders: true,
            whole_order_addresses: false,
            country_counts_in_address: true,
            change_invoiced: Take::Refuse,
            earlier_stage: Take::Accept,
            order_delete_status: 201,
            document_status: 201,
            order_listed_after: Duration::ZERO,
            zero_rated: ZeroRated::WithoutVat,
            technical_stock: TechnicalStock::AtPackingSlip,
            recipes: RecipeStock::Parts,
            stock_moves_stamp: false,
            normal_price_row: true,
            agreement_property: true,
            new_token_ends_old: false,
            token_life: Duration::from_secs(3599),
            limits: Limits::default(),
            retry_after: true,
            over_the_hour: OverTheHour::Quota,
            latency: Duration::ZERO,
        }
    }
}

macro_rules! choice {
    ($(#[$outer:meta])* $name:ident { $($(#[$inner:meta])* $variant:ident),* $(,)? }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$inner])* $variant),* }

        impl $name {
            /// Every setting, for tests that go through all of them.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
        }
    };
}

choice! {
    /// Taken, or refused.
    Take {
        /// Taken.
        Accept,
        /// Refused with 400.
        Refuse,
    }
}
choice! {
    /// Properties without a value.
    Nulls {
        /// `null`.
        Written,
        /// Left out.
        Absent,
    }
}
choice! {
    /// What an article made of others (recept) takes from stock, on an order.
    RecipeStock {
        /// Its parts, though no line names them.
        Parts,
        /// Only what lines name.
        Lines,
    }
}
choice! {
    /// Unknown id in the path.
    PathMiss {
        /// 404 `{"Message"}`.
        NotFound,
        /// 400 with the resource's code.
        BadRequest,
    }
}
choice! {
    /// A length or range without a code.
    Bounds {
        /// `{"message", "modelState"}`.
        ModelState,
        /// `ALG-0102`.
        General,
    }
}
choice! {
    /// A reference that leads nowhere.
    UnknownReference {
        /// The resource's own code (`REL-0005`, `ART-0001`, `KPL-0001`, …).
        Listed,
        /// `ALG-0102`.
        General,
        /// `{"message", "modelState"}`.
        ModelState,
    }
}
choice! {
    /// Body of 401 and 403.
    RefusalBody {
        /// `{"statusCode", "message"}`.
        Gateway,
        /// `{"Message"}`.
        Message,
        /// Nothing.
        Empty,
    }
}
choice! {
    /// A filter that cannot be read.
    BadFilter {
        /// `ALG-0104`.
        Code,
        /// `{"Message"}`.
        Message,
    }
}
choice! {
    /// `$filter` on small look-ups.
    LookupFilter {
        /// The whole list comes.
        Ignored,
        /// It works.
        Honoured,
    }
}
choice! {
    /// `$filter` on orders, or on entries of bank and cash.
    OrderFilter {
        /// It works.
        Honoured,
        /// All of them come.
        Ignored,
        /// 400.
        Refused,
    }
}
choice! {
    /// `$orderby`.
    OrderBy {
        /// 400.
        Refused,
        /// No effect.
        Ignored,
        /// It works.
        Honoured,
    }
}
choice! {
    /// Order of rows.
    RowOrder {
        /// As they were made.
        Insertion,
        /// By id.
        ById,
        /// Another order for every request.
        Shuffled,
    }
}
choice! {
    /// A text over its unwritten limit.
    LongText {
        /// Kept whole.
        Accept,
        /// Cut at 50.
        Cut,
        /// 400.
        Refuse,
    }
}
choice! {
    /// A line without unit price.
    OmittedPrice {
        /// 0.
        Zero,
        /// The article's sales price, in the order's VAT mode.
        ArticlePrice,
    }
}
choice! {
    /// Something left out of an order that the relation has.
    Omitted {
        /// Stays empty (0 for a discount).
        Nothing,
        /// Copied from the relation.
        Copied,
    }
}
choice! {
    /// Totals of an order.
    Totals {
        /// VAT rounded per rate.
        PerGroup,
        /// VAT rounded per line.
        PerLine,
        /// Not told: null.
        Null,
    }
}
choice! {
    /// Supplies to EU businesses and outside the EU.
    ZeroRated {
        /// Computed without VAT.
        WithoutVat,
        /// Computed with the groups' domestic VAT.
        WithVat,
    }
}
choice! {
    /// When the technical stock of an article falls.
    TechnicalStock {
        /// On delivery: from packing or pick-up slip on.
        AtPackingSlip,
        /// When invoiced.
        AtInvoice,
    }
}
choice! {
    /// A call over the hourly allowance.
    OverTheHour {
        /// 403 "Out of call volume quota".
        Quota,
        /// 429.
        TooMany,
    }
}

/// Calls allowed; none = no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// In 60 seconds of the simulator's clock.
    pub per_minute: Option<usize>,
    /// In an hour of the simulator's clock.
    pub per_hour: Option<usize>,
    /// At the same moment.
    pub concurrent: Option<usize>,
}

impl Limits {
    /// Certified keys (SnelStart B2B v2, "Maatwerk, Productie").
    pub const CERTIFIED: Limits = Limits {
        per_minute: Some(500),
        per_hour: Some(5000),
        concurrent: Some(50),
    };
    /// The free development key.
    pub const DEVELOPMENT: Limits = Limits {
        per_minute: Some(100),
        per_hour: Some(1000),
        concurrent: Some(5),
    };
}
