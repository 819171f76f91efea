//! A simulator of a shop with S-Connect's web-shop API: its export list, stock and articles, behind
//! the signed requests of the plug-in. Where the two public plug-ins differ, or nobody knows, there
//! is a knob.

mod knobs;
mod sale;
mod scene;
mod serve;
mod shared;

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, mpsc},
    thread::JoinHandle,
};

use anyhow::anyhow;
use axum::Router;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;
use tokio::{net::TcpListener, sync::oneshot};

use self::shared::{Shared, lock};
pub use self::{
    knobs::{Charset, Counting, Echo, Flavour, Knobs, Numbering, PastEnd, Start, Trouble},
    sale::{Goods, Sale},
    scene::SconnectScene,
};
use crate::snelstart::listener::{CuttableListener, Scissors};

/// An order on the list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Since when, Unix seconds.
    pub at: i64,
    /// The order as it is told.
    pub order: Value,
}

/// Something that happens when a command is asked for the n-th time, before it is answered.
struct Hook {
    command: String,
    nth: usize,
    then: Box<dyn FnOnce(&mut World) + Send>,
}

/// Everything in the shop.
pub struct World {
    /// Path of the API.
    pub path: String,
    /// Switches.
    pub knobs: Knobs,
    /// Token in the plug-in's settings.
    pub token: String,
    /// The export list.
    pub listed: Vec<Listed>,
    /// Stock per code; none = not kept.
    pub stock: Vec<(String, Option<Decimal>)>,
    /// Articles.
    pub articles: Vec<Value>,
    /// Codes that are not written, whatever is said of them.
    pub stuck: Vec<String>,
    /// The last counter.
    pub counter: i64,
    /// All counters, in the order they came.
    pub counters: Vec<i64>,
    /// How often a counter was not greater than the one before it.
    pub fallen_back: usize,
    /// What of the requests was not as the API says.
    pub violations: Vec<String>,
    /// Requests per command.
    pub asked: BTreeMap<String, usize>,
    /// Stock figures written.
    pub stock_writes: Vec<(String, Decimal)>,
    hooks: Vec<Hook>,
    troubles: Vec<(String, Option<usize>, Trouble)>,
}

impl World {
    /// Puts a sale onto the list.
    pub fn list(&mut self, at: i64, sale: &Sale) {
        let order = sale.json(self.knobs.flavour);
        self.listed.push(Listed { at, order });
    }

    /// Takes an order off the list.
    pub fn unlist(&mut self, number: &str) {
        self.listed
            .retain(|listed| listed.order["Betalingskenmerk"] != number);
    }

    /// Sells so many of a code.
    pub fn sell(&mut self, code: &str, pieces: i64) {
        for (known, count) in &mut self.stock {
            if known == code
                && let Some(count) = count
            {
                *count -= Decimal::from(pieces);
            }
        }
    }
}

/// A running shop; it stops when dropped.
pub struct SconnectShop {
    shared: Shared,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl SconnectShop {
    /// Starts one with that plug-in and an empty list.
    ///
    /// # Errors
    /// No port is free.
    pub fn start(flavour: Flavour) -> anyhow::Result<Self> {
        let path = match flavour {
            Flavour::Magento => "/sconnect",
            Flavour::WooCommerce => "/wp-json/sforsoftware/sconnect",
        };
        let shared: Shared = Arc::new(Mutex::new(World {
            path: path.to_owned(),
            knobs: Knobs::of(flavour),
            token: "token-in-de-winkel".to_owned(),
            listed: Vec::new(),
            stock: Vec::new(),
            articles: Vec::new(),
            stuck: Vec::new(),
            counter: 0,
            counters: Vec::new(),
            fallen_back: 0,
            violations: Vec::new(),
            asked: BTreeMap::new(),
            stock_writes: Vec::new(),
            hooks: Vec::new(),
            troubles: Vec::new(),
        }));
        let (ready, listening) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let at_work = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("sconnect".to_owned())
            .spawn(move || run(at_work, &ready, stopped))?;
        let address = listening
            .recv()
            .map_err(|_| anyhow!("the shop did not start"))??;
        Ok(Self {
            shared,
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The API's whole address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}{}", self.base(), self.with(|world| world.path.clone()))
    }

    /// The shop's address.
    #[must_use]
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Looks into the shop, or changes something in it.
    pub fn with<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        work(&mut lock(&self.shared))
    }

    /// Puts a sale onto the list now.
    pub fn place(&self, sale: &Sale) {
        self.with(|world| world.list(Timestamp::now().as_second(), sale));
    }

    /// Something happens when a command is asked for the n-th time from now, before it is answered.
    pub fn before(
        &self,
        command: &str,
        nth: usize,
        then: impl FnOnce(&mut World) + Send + 'static,
    ) {
        self.with(|world| {
            let nth = nth + world.asked.get(command).copied().unwrap_or(0);
            world.hooks.push(Hook {
                command: command.to_owned(),
                nth,
                then: Box::new(then),
            });
        });
    }

    /// The n-th request for a command from now is answered with trouble; none = every request.
    pub fn arm(&self, command: &str, nth: Option<usize>, trouble: Trouble) {
        self.with(|world| {
            let before = world.asked.get(command).copied().unwrap_or(0);
            let nth = nth.map(|nth| nth + before);
            world.troubles.push((command.to_owned(), nth, trouble));
        });
    }

    /// No more trouble.
    pub fn calm(&self) {
        self.with(|world| world.troubles.clear());
    }

    /// What of all requests was not as the API says.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.with(|world| world.violations.clone())
    }

    /// A code's stock.
    #[must_use]
    pub fn stock(&self, code: &str) -> Option<Decimal> {
        self.with(|world| {
            world
                .stock
                .iter()
                .find(|(known, _)| known == code)
                .and_then(|(_, count)| *count)
        })
    }
}

impl Drop for SconnectShop {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(
    shared: Shared,
    ready: &mpsc::Sender<anyhow::Result<SocketAddr>>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = ready.send(Err(error.into()));
            return;
        }
    };
    runtime.block_on(async {
        let bound = async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            let address = listener.local_addr()?;
            anyhow::Ok((listener, address))
        };
        let listener = match bound.await {
            Ok((listener, address)) => {
                let _ = ready.send(Ok(address));
                listener
            }
            Err(error) => {
                let _ = ready.send(Err(error));
                return;
            }
        };
        let app = Router::new()
            .fallback(serve::answer)
            .with_state(shared)
            .into_make_service_with_connect_info::<Scissors>();
        tokio::select! {
            _ = axum::serve(CuttableListener(listener), app) => {}
            _ = stopped => {}
        }
    });
    runtime.shutdown_background();
}
