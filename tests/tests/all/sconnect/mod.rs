//! A shop with S-Connect's plug-in, from the first test of the connection to the stock that goes
//! back: with either plug-in, every knob, and what goes wrong.

mod connection;
mod counter;
mod hostile;
mod paging;
mod stock;
mod way;

use std::{sync::Arc, time::Duration};

use serde_json::Value;
use tempfile::TempDir;
use testbed::{
    deployed::MemorySecrets,
    program::Winkelbrug,
    sconnect::{SconnectScene, SconnectShop},
};
use winkelbrug::{
    clock::SystemClock,
    journal::Journal,
    profile::{Secret, Secrets, Settings},
    shop::{
        deploy::Side,
        sconnect::{Patience, SconnectShop as Client},
    },
};

/// The agent's side of a shop, without the program around it.
struct Desk {
    settings: Settings,
    journal: Journal,
    secrets: MemorySecrets,
    data: TempDir,
}

impl Desk {
    fn new(shop: &SconnectShop, keys: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let url = shop.url();
        let profile = format!(
            "format = 1\nname = \"winkel\"\n[shop]\nkind = \"sconnect\"\nurl = \"{url}\"\n{keys}\n[administration]\nkind = \"trial\"\n"
        );
        let data = testbed::servers::throw_away_folder("data").unwrap();
        let secrets = MemorySecrets::default();
        let token = shop.with(|world| world.token.clone());
        secrets.set("winkel", "shop", &Secret::new(token)).unwrap();
        Self {
            settings: toml::from_str(&profile).unwrap(),
            journal: Journal::open(data.path()).unwrap(),
            secrets,
            data,
        }
    }

    fn client(&self) -> Client {
        self.client_over(&self.journal)
    }

    fn client_over(&self, journal: &Journal) -> Client {
        let side = Side {
            settings: &self.settings,
            secrets: &self.secrets,
            journal,
            clock: Arc::new(SystemClock),
        };
        Client::open(&side).unwrap().patience(Patience {
            again: 1,
            wait: Duration::from_millis(1),
        })
    }
}

fn orders(scene: &SconnectScene) -> Vec<Value> {
    let list = scene.agent.run(&["orders", "demo", "--json"]).unwrap();
    list.ended(0)
        .unwrap()
        .json()
        .unwrap()
        .as_array()
        .unwrap()
        .clone()
}

fn order(scene: &SconnectScene, number: &str) -> Value {
    orders(scene)
        .into_iter()
        .find(|order| order["number"] == number)
        .unwrap_or_default()
}

fn step(program: &Winkelbrug, name: &str) -> Value {
    let answer = program.run(&["check", "demo", "--json"]).unwrap();
    let answer = answer.json().unwrap();
    answer["steps"]
        .as_array()
        .unwrap()
        .iter()
        .find(|step| step["name"] == name)
        .unwrap_or_else(|| panic!("no step {name}: {answer:#}"))
        .clone()
}
