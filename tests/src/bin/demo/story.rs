//! The demo from first to last.

use std::{path::Path, time::Instant};

use anyhow::{Result, ensure};
use testbed::{
    agreement,
    opencart::{DEMO_ORDERS, OpenCartShop},
    program::{Ran, Winkelbrug},
    scene::Scene,
    snelstart::Options,
};

use crate::look;

/// Tells it; with `stay` it waits at the end, everything still running.
pub fn tell(stay: bool) -> Result<()> {
    let began = Instant::now();
    say("A web shop, its FTP account and an administration, all on this machine");
    let scene = Scene::of(
        OpenCartShop::demo()?,
        Options::default(),
        Winkelbrug::released()?,
    )?;
    scene.stock_the_books()?;
    introduce(&scene)?;

    say("A profile joins the shop to the books; the passwords come in by standard input");
    let file = scene.agent.data().join("demo.toml");
    println!("{}\n", indented(&scene.profile.toml()));
    show(&scene.add_profile_from(&file)?)?;

    say(
        "Winkelbrug puts its file into the shop by FTP, proves that it answers, and tests both sides",
    );
    run(&scene, &["deploy", "demo"])?;
    run(&scene, &["check", "demo"])?;

    say("A trial run: what would be written; nothing is");
    run(&scene, &["run", "demo", "--dry-run"])?;
    ensure!(
        scene.books.orders().is_empty(),
        "the trial run wrote an order"
    );

    say("For real: orders into the books, then stock into the shop");
    let stock = look::shop_stock(&scene)?;
    let ran = run(&scene, &["run", "demo", "import-orders-export-stock"])?;
    println!("({:.1} s)", ran.took.as_secs_f64());

    say("What is in the books now");
    look::show_books(&scene);
    run(&scene, &["books", "demo", "orders"])?;
    run(&scene, &["orders", "demo"])?;
    let right = agreement::demo_orders_are_right(&scene)?;
    println!(
        "{right} orders: each once in the books, total and VAT per rate as the shop has them."
    );

    say("What changed in the shop");
    look::show_stock(&scene, &stock)?;

    say("Once more: nothing is written twice");
    let before = agreement::writes(&scene);
    run(&scene, &["run", "demo", "import-orders-export-stock"])?;
    ensure!(
        agreement::writes(&scene) == before,
        "the second run wrote to the books"
    );
    println!("No write reached the books in this run.");
    agreement::requests_were_sound(&scene)?;

    if stay {
        wait(&scene)?;
    }
    say("Winkelbrug leaves: nothing stays in the shop");
    run(&scene, &["withdraw", "demo"])?;
    agreement::nothing_is_left(&scene)?;
    println!(
        "\nAll as it should be, in {:.0} s. Read on: README.md",
        began.elapsed().as_secs_f64()
    );
    Ok(())
}

fn introduce(scene: &Scene) -> Result<()> {
    let ftp = scene.shop.ftp()?;
    println!(
        "  shop        {}  (OpenCart 3 in MariaDB and PHP, {} orders)",
        scene.shop.url(),
        DEMO_ORDERS.len()
    );
    println!(
        "  FTP         ftp://{}@127.0.0.1:{}",
        ftp.user(),
        ftp.port()
    );
    println!(
        "  SnelStart   {}  (a simulator of its B2B interface)",
        scene.books.api_url()
    );
    let checked = if scene.books.checks_requests() {
        "every request is checked against the interface's own definition"
    } else {
        "the interface's own definition is not at hand: requests are not checked against it"
    };
    println!("              {checked}");
    println!("  Winkelbrug  {}", scene.agent.binary().display());
    println!("  its data    {}\n", scene.agent.data().display());
    for (number, order) in (1..).zip(DEMO_ORDERS) {
        println!("  order {number:>2}    {}", order.shows);
    }
    Ok(())
}

/// Leaves everything running until Enter (or Ctrl-C).
fn wait(scene: &Scene) -> Result<()> {
    say("Look around; Enter ends it (without a terminal it ends at once)");
    let data = scene.agent.data().display();
    let program = scene.agent.binary().display();
    println!("  {program} --data-dir {data} orders demo");
    println!("  {program} --data-dir {data} order demo 5");
    println!("  {program} --data-dir {data} status");
    println!("  {program} --data-dir {data} serve");
    let database = scene.shop.database();
    println!(
        "  mariadb --socket {} --user root {}",
        database.server().socket().display(),
        database.name
    );
    println!("  the shop's folder: {}", scene.shop.folder().display());
    std::io::stdin().read_line(&mut String::new())?;
    Ok(())
}

/// Runs a command that must succeed, and shows it as typed.
fn run(scene: &Scene, arguments: &[&str]) -> Result<Ran> {
    let ran = scene.agent.run(arguments)?;
    show(&ran)?;
    Ok(ran)
}

fn show(ran: &Ran) -> Result<()> {
    println!("$ {}", shortened(&ran.command));
    print!("{}", ran.said());
    ensure!(
        ran.code == Some(0),
        "`{}` ended with {:?}",
        ran.command,
        ran.code
    );
    Ok(())
}

/// Without the throw-away folder's long name.
fn shortened(command: &str) -> String {
    command
        .split(' ')
        .map(|word| match Path::new(word).file_name() {
            Some(name) if word.starts_with('/') => name.to_string_lossy().into_owned(),
            _ => word.to_owned(),
        })
        .collect::<Vec<_>>()
        .join(" ")
}

fn say(headline: &str) {
    println!("\n── {headline} ──\n");
}

fn indented(text: &str) -> String {
    text.lines()
        .map(|line| format!("    {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}
