//! Orders into the simulator: calls per order, time and memory, and how well the allowed rate is
//! used.

use std::time::Duration;

use anyhow::{Result, ensure};
use testbed::{scene::Scene, snelstart::Limits};

use crate::{Figure, Volume};

/// All three.
pub fn measure(volume: Volume) -> Result<Vec<Figure>> {
    let mut figures = known_buyers(volume)?;
    figures.extend(many(volume)?);
    figures.extend(within_limits(volume)?);
    Ok(figures)
}

/// Orders whose relation and articles exist.
fn known_buyers(volume: Volume) -> Result<Vec<Figure>> {
    let scene = prepared()?;
    let buyers = volume.orders / 10;
    scene.shop.generate_orders(buyers * 2, buyers)?;
    scene.agent.run(&["run", "demo"])?.ended(0)?;
    let known = scene.books.orders().len();
    let before = scene.books.requests().api_calls();
    let count = volume.orders / 2;
    scene.shop.generate_orders(count, buyers)?;
    scene.agent.run(&["run", "demo"])?.ended(0)?;
    ensure!(
        scene.books.orders().len() == known + count,
        "orders are missing"
    );
    let per_order = (scene.books.requests().api_calls() - before) as f64 / count as f64;
    Ok(vec![Figure {
        what: "calls to the books per order whose relation and articles exist".into(),
        measured: format!("{per_order:.3} ({count} orders in one run)"),
        aim: "at most 1.2",
        met: per_order <= 1.2,
    }])
}

/// A thousand orders of two hundred new buyers, with the simulator's counters off.
fn many(volume: Volume) -> Result<Vec<Figure>> {
    let scene = prepared()?;
    scene
        .shop
        .generate_orders(volume.orders, volume.orders / 5)?;
    let ran = scene.agent.run(&["run", "demo"])?.ended(0)?;
    ensure!(
        scene.books.orders().len() == volume.orders,
        "orders are missing"
    );
    let (seconds, megabytes) = (ran.took.as_secs_f64(), ran.peak as f64 / 1e6);
    Ok(vec![
        Figure {
            what: "1,000 orders into the simulator, counters off: time".into(),
            measured: format!("{seconds:.1} s ({} orders)", volume.orders),
            aim: "under 60 s",
            met: seconds < 60.0,
        },
        Figure {
            what: "1,000 orders into the simulator, counters off: most memory of the program"
                .into(),
            measured: format!("{megabytes:.0} MB"),
            aim: "under 100 MB",
            met: megabytes < 100.0,
        },
    ])
}

/// The same with the counters on; the minute is the simulator's real one, the figures a tenth more
/// than what the run needs, so that the limit is what it runs into.
fn within_limits(volume: Volume) -> Result<Vec<Figure>> {
    const PER_MINUTE: usize = 500;
    let mut scene = prepared()?;
    scene.agent.unset("WINKELBRUG_RATES");
    scene.agent.allow(Duration::from_secs(900));
    scene.books.knobs(|knobs| {
        knobs.limits = Limits {
            per_minute: Some(PER_MINUTE),
            ..Limits::CERTIFIED
        }
    });
    scene
        .shop
        .generate_orders(volume.orders, volume.orders / 5)?;
    let before = scene.books.requests().api_calls();
    let ran = scene.agent.run(&["run", "demo"])?.ended(0)?;
    ensure!(
        scene.books.orders().len() == volume.orders,
        "orders are missing"
    );
    let calls = scene.books.requests().api_calls() - before;
    let minutes = ran.took.as_secs_f64() / 60.0;
    let used = calls as f64 / minutes / PER_MINUTE as f64;
    let refused = scene.books.refused_by_limits();
    Ok(vec![
        Figure {
            what: "counters on (500 calls a minute): refusals".into(),
            measured: refused.to_string(),
            aim: "none",
            met: refused == 0,
        },
        Figure {
            what: "counters on: share of the allowed rate used".into(),
            measured: format!(
                "{:.0}% ({calls} calls in {:.0} s)",
                used * 100.0,
                minutes * 60.0
            ),
            aim: "at least 90%",
            met: used >= 0.9,
        },
    ])
}

fn prepared() -> Result<Scene> {
    Scene::empty()?.ready()
}
