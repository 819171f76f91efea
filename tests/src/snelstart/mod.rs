//! A simulator of the SnelStart B2B API v2: one administration behind a token host and an API host,
//! on loopback. Behaviour with a source is fixed; behaviour no source settles is a knob. Every
//! request is checked against the API's own definition where that file is at hand.
//!
//! ```no_run
//! use testbed::snelstart::{Options, Simulator};
//! let books = Simulator::start(Options::default()).unwrap();
//! println!("{} {}", books.api_url(), books.auth_url());
//! ```

mod answer;
mod auth;
mod clock;
mod collection;
mod coupling;
mod faults;
mod gateway;
mod json;
mod knobs;
mod limits;
pub(crate) mod listener;
mod log;
mod look;
mod models;
mod odata;
mod openapi;
mod resources;
mod routes;
mod rules;
mod seed;
mod shape;
mod stock;
mod vat;
mod work;
mod world;

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, mpsc},
    thread::JoinHandle,
};

use anyhow::{Context, anyhow};
use tokio::{net::TcpListener, sync::oneshot};
use winkelbrug::clock::{SharedClock, SystemClock};

use gateway::{Books, Office, lock};
use listener::{CuttableListener, Scissors};

pub use clock::{MovableClock, StampZone};
pub use coupling::{Casing, CouplingAction, Webhook};
pub use faults::{Trouble, When};
pub use json::Json;
pub use knobs::{
    BadFilter, Bounds, Knobs, Limits, LongText, LookupFilter, Nulls, Omitted, OmittedPrice,
    OrderBy, OrderFilter, OverTheHour, PathMiss, RecipeStock, RefusalBody, RowOrder, Take,
    TechnicalStock, Totals, UnknownReference, ZeroRated,
};
pub use log::{Log, Logged, Outcome};
pub use look::{SeenAddress, SeenArticle, SeenInvoice, SeenLine, SeenOrder, SeenRelation};
pub use openapi::Violation;
pub use vat::{OrderVat, Supply, VatRow};
pub use work::{NewArticle, NewRelation};
pub use world::{Agreement, ExtraField, Record, Table, VatNumbers, World};

/// What kind of administration to simulate.
#[derive(Clone)]
pub struct Options {
    /// Its name.
    pub name: String,
    /// Article codes are digits only (artikelcodeSoort Numeriek).
    pub numeric_article_codes: bool,
    /// Longest article code (artikelcodeMaxLengte).
    pub article_code_length: usize,
    /// Article prices exclude VAT (verkoopprijsArtikelbestandExclusiefBtw).
    pub article_prices_exclude_vat: bool,
    /// The small-business scheme is active.
    pub small_business_scheme: bool,
    /// Foreign VAT (OSS) is switched on.
    pub foreign_vat: bool,
    /// The clock it goes by; tests move it on from there.
    pub clock: SharedClock,
    /// Switches at the start.
    pub knobs: Knobs,
    /// Port of the API host; 0 = any.
    pub api_port: u16,
    /// Port of the token host; 0 = any.
    pub auth_port: u16,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            name: "Voorbeeld BV".to_string(),
            numeric_article_codes: false,
            article_code_length: 50,
            article_prices_exclude_vat: false,
            small_business_scheme: false,
            foreign_vat: false,
            clock: Arc::new(SystemClock),
            knobs: Knobs::default(),
            api_port: 0,
            auth_port: 0,
        }
    }
}

/// A running simulator; it stops when dropped.
pub struct Simulator {
    office: Arc<Office>,
    api: SocketAddr,
    auth: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Simulator {
    /// Starts one, in a thread and runtime of its own, and returns when both hosts listen.
    ///
    /// # Errors
    /// A port is taken, or the API's definition cannot be used.
    pub fn start(options: Options) -> anyhow::Result<Simulator> {
        let clock = MovableClock::new(Arc::clone(&options.clock));
        let world = seed::world(&options, clock.now());
        let office = Arc::new(Office {
            books: Mutex::new(Books::new(world)),
            knobs: Mutex::new(options.knobs),
            faults: Mutex::default(),
            keys: Mutex::new(auth::Keys::random()),
            log: Mutex::default(),
            counters: Mutex::default(),
            violations: Mutex::default(),
            definition: openapi::load()?,
            webhook: Mutex::default(),
            clock,
        });
        let (ready, listening) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let at_work = Arc::clone(&office);
        let ports = (options.api_port, options.auth_port);
        let thread = std::thread::Builder::new()
            .name("snelstart".to_string())
            .spawn(move || run(at_work, ports, &ready, stopped))?;
        let (api, auth) = listening
            .recv()
            .map_err(|_| anyhow!("the simulator did not start"))??;
        Ok(Simulator {
            office,
            api,
            auth,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Base address of the API, with the version.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("http://{}/v2", self.api)
    }

    /// The whole address of the token request.
    #[must_use]
    pub fn auth_url(&self) -> String {
        format!("http://{}{}", self.auth, auth::TOKEN_PATH)
    }

    /// The administration's connection key (koppelsleutel).
    #[must_use]
    pub fn connection_key(&self) -> String {
        lock(&self.office.keys).connection()
    }

    /// The partner's subscription key.
    #[must_use]
    pub fn subscription_key(&self) -> String {
        lock(&self.office.keys).subscription().to_string()
    }

    /// Serves until the process ends.
    pub fn serve_forever(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

type Addresses = anyhow::Result<(SocketAddr, SocketAddr)>;

fn run(
    office: Arc<Office>,
    ports: (u16, u16),
    ready: &mpsc::Sender<Addresses>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = ready.send(Err(error.into()));
            return;
        }
    };
    runtime.block_on(async {
        let bound = async {
            let api = bind(ports.0).await?;
            let auth = bind(ports.1).await?;
            let addresses = (api.local_addr()?, auth.local_addr()?);
            anyhow::Ok((api, auth, addresses))
        };
        let (api, auth) = match bound.await {
            Ok((api, auth, addresses)) => {
                let _ = ready.send(Ok(addresses));
                (api, auth)
            }
            Err(error) => {
                let _ = ready.send(Err(error));
                return;
            }
        };
        let api_app = gateway::api(Arc::clone(&office));
        let auth_app = gateway::auth(office);
        let api_service = api_app.into_make_service_with_connect_info::<Scissors>();
        let auth_service = auth_app.into_make_service_with_connect_info::<Scissors>();
        tokio::select! {
            _ = axum::serve(CuttableListener(api), api_service) => {}
            _ = axum::serve(CuttableListener(auth), auth_service) => {}
            _ = stopped => {}
        }
    });
    runtime.shutdown_background();
}

async fn bind(port: u16) -> anyhow::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .with_context(|| format!("port {port} on loopback"))
}
