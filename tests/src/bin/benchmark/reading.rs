//! From the shop's database into the journal: bridge, wire, and the durable keeping of each order.

use std::{sync::Arc, time::Instant};

use anyhow::{Result, anyhow, ensure};
use testbed::{
    deployed::DeployedShop,
    opencart::{OpenCartShop, ShopOptions},
};
use winkelbrug::{
    clock::{SharedClock, SystemClock},
    profile::DataDir,
    stop::Stop,
    sync::{self, Place, Unobserved},
};

use crate::{Figure, Volume};

/// Orders per second.
pub fn measure(volume: Volume) -> Result<Vec<Figure>> {
    let count = volume.orders * 5;
    let shop = OpenCartShop::empty(ShopOptions::default())?;
    shop.generate_orders(count, count / 5)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let seconds = runtime.block_on(fetch(shop, count))?;
    Ok(vec![Figure {
        what: "orders per second from shop database to journal".into(),
        measured: format!("{:.0} ({count} orders)", count as f64 / seconds),
        aim: "",
        met: true,
    }])
}

async fn fetch(shop: OpenCartShop, count: usize) -> Result<f64> {
    let bed = DeployedShop::new(shop).await?;
    let bridge = bed.open()?;
    let clock: SharedClock = Arc::new(SystemClock);
    let place = Place {
        settings: &bed.settings,
        data: &DataDir::new(bed.data()),
        secrets: &bed.secrets,
        journal: &bed.journal,
        clock: &clock,
        observer: &Unobserved,
        stop: &Stop::new(),
    };
    let began = Instant::now();
    let kept = sync::import::fetch(&place, &bridge)
        .await
        .map_err(|failure| anyhow!("{failure}"))?;
    let seconds = began.elapsed().as_secs_f64();
    ensure!(
        kept.len() == count,
        "{} of {count} orders were kept",
        kept.len()
    );
    Ok(seconds)
}
