//! What the two public plug-ins do differently, what nobody knows, and what goes wrong. A client
//! passes with every setting.

/// Which plug-in it behaves like where they differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// Prices before the discount with VAT after it; shipping without VAT; numbers as texts.
    Magento,
    /// Prices after the discount and no discount; shipping in the price mode; options in lower case.
    WooCommerce,
}

/// How pages are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbering {
    /// The first page is 0.
    FromZero,
    /// The first page is 1, and 0 means 1.
    FromOne,
    /// The first page is 1, and 0 is empty.
    StrictlyFromOne,
}

/// What lies past the last page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PastEnd {
    /// Nothing.
    Empty,
    /// The last page again.
    LastAgain,
}

/// Which counters are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// Greater than the last one: what the API says.
    Stored,
    /// Greater than nought: what the plug-ins really do.
    Zeroed,
}

/// How the start time is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Unix seconds, nought meaning nothing.
    UnixSeconds,
    /// A date and time in UTC; anything else lets everything through.
    DateTime,
    /// Not at all.
    Ignored,
}

/// Which codes a stock update says again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Echo {
    /// Those it wrote.
    Written,
    /// All it was given.
    All,
    /// None.
    Nothing,
}

/// In what an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8.
    Utf8,
    /// UTF-8 with a byte order mark.
    Marked,
    /// ISO 8859-1, and says so.
    Latin1,
    /// ISO 8859-1, and does not say so.
    Latin1Unsaid,
}

/// All of them.
#[derive(Debug, Clone)]
pub struct Knobs {
    /// Plug-in.
    pub flavour: Flavour,
    /// Page numbers of orders.
    pub orders: Numbering,
    /// Page numbers of stock and articles.
    pub stock: Numbering,
    /// Past the end.
    pub past_end: PastEnd,
    /// Most records of a page.
    pub cap: usize,
    /// Newest first?
    pub newest_first: bool,
    /// Counter.
    pub counting: Counting,
    /// Start time.
    pub start: Start,
    /// Stock update.
    pub echo: Echo,
    /// Encoding.
    pub charset: Charset,
    /// A list with gaps in its numbering, as PHP writes it.
    pub gaps: bool,
    /// Commands it names.
    pub commands: String,
    /// The shop's clock minus the machine's, in seconds.
    pub clock: i64,
}

impl Knobs {
    /// As that plug-in is.
    #[must_use]
    pub fn of(flavour: Flavour) -> Self {
        let magento = flavour == Flavour::Magento;
        Self {
            flavour,
            orders: if magento {
                Numbering::FromOne
            } else {
                Numbering::FromZero
            },
            stock: Numbering::FromOne,
            past_end: if magento {
                PastEnd::LastAgain
            } else {
                PastEnd::Empty
            },
            cap: usize::MAX,
            newest_first: false,
            counting: Counting::Stored,
            start: if magento {
                Start::DateTime
            } else {
                Start::UnixSeconds
            },
            echo: if magento { Echo::Written } else { Echo::All },
            charset: Charset::Utf8,
            gaps: false,
            commands:
                "koppeling_maken|orders|artikelen|artikelen_bijwerken|voorraad|voorraad_bijwerken"
                    .to_owned(),
            clock: 0,
        }
    }
}

/// What a request is answered with instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// That status, type and body; nothing takes effect.
    Answer(u16, &'static str, String),
    /// A redirect.
    Redirect(String),
    /// The right answer, cut after so many bytes.
    Truncated(usize),
    /// It takes effect, and the connection closes without an answer.
    Lost,
    /// Nothing takes effect, and the connection closes without an answer.
    Dropped,
}
