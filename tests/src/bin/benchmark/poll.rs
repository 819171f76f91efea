//! A poll that finds nothing: what it costs the shop.

use anyhow::Result;
use testbed::{profile::text, scene::Scene, servers::Relay};

use crate::{Figure, Volume};

/// Statements in the shop's database, and bytes of requests and answers.
pub fn measure(_volume: Volume) -> Result<Vec<Figure>> {
    let mut scene = Scene::demo()?;
    let relay = Relay::start(&scene.shop.url())?;
    scene.profile.set("shop", "url", &text(&relay.url()));
    let scene = scene.ready()?;
    // Old orders, so that the two hours read again hold none of them.
    scene.shop.query(
        "UPDATE `oc_order` SET date_added = date_added - INTERVAL 3 DAY, \
         date_modified = date_modified - INTERVAL 3 DAY",
    )?;
    scene.agent.run(&["run", "demo"])?.ended(0)?;
    scene.agent.run(&["run", "demo"])?.ended(0)?;
    let _before = relay.take_seen();
    let calls = scene.books.requests().api_calls();
    let log = scene.shop.database().log_statements()?;
    scene.agent.run(&["run", "demo"])?.ended(0)?;
    let statements = log.statements()?;
    let seen = relay.take_seen();
    let bytes: usize = seen
        .iter()
        .map(|exchange| exchange.sent + exchange.received)
        .sum();
    let calls = scene.books.requests().api_calls() - calls;
    Ok(vec![
        Figure {
            what: "a poll that finds nothing: statements in the shop's database".into(),
            measured: statements.len().to_string(),
            aim: "at most 8",
            met: statements.len() <= 8,
        },
        Figure {
            what: "a poll that finds nothing: bodies, both ways".into(),
            measured: format!("{bytes} bytes in {} requests", seen.len()),
            aim: "at most 2 KB",
            met: bytes <= 2048,
        },
        Figure {
            what: "a poll that finds nothing: calls to the books".into(),
            measured: calls.to_string(),
            aim: "",
            met: true,
        },
    ])
}
