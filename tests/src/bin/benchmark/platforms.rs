//! Each platform's recorded orders, multiplied, through the bridge: orders per second against what the
//! `mariadb` client needs to select the same rows, PHP's peak memory, and the first pages against
//! the last.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use testbed::{
    bridge_file::{PlacedBridge, records},
    hosted::RecordedShop,
    multiply::{multiply, order_tables},
    opencart::shared_folder,
    platform::Platform,
    servers::PhpOptions,
};
use winkelbrug_protocol::{
    answer::{Answer, Next, Reading},
    key::Variant,
    record::{Order, OrderHead},
};

use crate::Figure;

/// Heads a page and bodies a call, as the program asks for them.
const HEADS: usize = 5_000;
const BODIES: usize = 1_000;

/// What the bridge may take of the client's time for the same rows, by the clock or, where others use the
/// machine, by processor time.
const AIM: f64 = 3.0;

/// With fewer orders the client is done before it can be timed well.
const TIMED_FROM: usize = 5_000;

/// More memory for ten times the orders than this would not be flat. What a page takes depends on how
/// many lines its orders have, so only readings with all kinds of orders in a page are compared.
const FLAT: usize = 4 << 20;

/// A reading of all orders of one shop.
struct Course {
    orders: usize,
    heads: Vec<Duration>,
    bodies: Vec<Duration>,
    /// Processor time of PHP, and of the server behind it: what other programs on the machine do not change.
    php: Duration,
    server: Duration,
    /// The client, with the bridge's own statements, and the processor time of client and server.
    statements: Duration,
    client: Duration,
    server_of_client: Duration,
    /// The client, with every row of the orders' tables once.
    tables: Duration,
    peak: usize,
}

/// A line for each platform and number of orders.
pub fn measure(volumes: &[usize], only: Option<&str>) -> Result<Vec<Figure>> {
    let shared = shared_folder()?.context("the recorded shops are not there")?;
    let runtime = tokio::runtime::Runtime::new()?;
    let mut figures = Vec::new();
    for platform in Platform::ALL {
        let named = |only: &str| {
            platform.file().starts_with(only) || platform.name().to_lowercase().contains(only)
        };
        if only.is_some_and(|only| !named(only)) {
            continue;
        }
        let mut peak = None;
        for &volume in volumes {
            let course = runtime.block_on(course(platform, &shared, volume))?;
            let flat = peak.is_none_or(|before| course.peak <= before + FLAT);
            if course.orders >= TIMED_FROM {
                peak = peak.or(Some(course.peak));
            }
            let figure = figure(platform, &course, flat);
            eprintln!("{}: {}", figure.what, figure.measured);
            figures.push(figure);
        }
    }
    Ok(figures)
}

async fn course(platform: Platform, shared: &Path, volume: usize) -> Result<Course> {
    let shop = platform.start(shared)?;
    let recorded: usize = shop.database().value(&platform.count_orders())?.parse()?;
    let times = volume.div_ceil(recorded);
    let orders = multiply(platform, shop.database(), u32::try_from(times)?)?;
    let bridge = platform.bridge(Variant::Ecdsa)?.place(&shop)?;
    told_its_memory(&shop)?;
    let mut course = Course {
        orders,
        heads: Vec::new(),
        bodies: Vec::new(),
        php: Duration::ZERO,
        server: Duration::ZERO,
        statements: Duration::ZERO,
        client: Duration::ZERO,
        server_of_client: Duration::ZERO,
        tables: Duration::ZERO,
        peak: 0,
    };
    // The first request of a worker compiles the file.
    for _ in 0..8 {
        bridge.page("hello", json!({})).await?;
    }
    let server = shop.database().server();
    let log = shop.database().log_statements()?;
    let before = server.processor_time()?;
    let ids = heads(&bridge, &mut course).await?;
    ensure!(ids.len() == orders, "{} of {orders} heads", ids.len());
    for some in ids.chunks(BODIES) {
        let mut left: Vec<&str> = some.iter().map(String::as_str).collect();
        while !left.is_empty() {
            let (answer, cost) = asked(&bridge, "orders", json!({"ids": left})).await?;
            course.bodies.push(cost.took);
            course.add(cost);
            let read: Vec<Order> = records(&answer)?;
            ensure!(!read.is_empty(), "an empty page");
            left.retain(|id| read.iter().all(|order| order.id != **id));
        }
    }
    course.server = server.processor_time()?.saturating_sub(before);
    let selects = |statement: &String| {
        (statement.starts_with("SELECT") || statement.starts_with('('))
            .then(|| format!("{statement};\n"))
    };
    let asked: String = log.statements()?.iter().filter_map(selects).collect();
    drop(log);
    let before = server.processor_time()?;
    (course.statements, course.client) = shop.database().time_of(&asked)?;
    course.server_of_client = server.processor_time()?.saturating_sub(before);
    let tables: String = order_tables(platform)
        .iter()
        .map(|table| format!("SELECT * FROM `{table}`;"))
        .collect();
    (course.tables, _) = shop.database().time_of(&tables)?;
    Ok(course)
}

/// Lets PHP say after each answer how much memory it took at most, and its processor time in
/// microseconds; the bridge's framing ends before.
fn told_its_memory(shop: &RecordedShop) -> Result<()> {
    let used = "function processor_time() { $u = getrusage(); return 1000000 * ($u['ru_utime.tv_sec'] + $u['ru_stime.tv_sec']) + $u['ru_utime.tv_usec'] + $u['ru_stime.tv_usec']; }";
    let (before, after) = (
        shop.account().join("before.php"),
        shop.account().join("after.php"),
    );
    std::fs::write(
        &before,
        format!("<?php {used} define('BEGAN', processor_time());"),
    )?;
    std::fs::write(
        &after,
        "<?php echo \"\\npeak \", memory_get_peak_usage(true), ' ', processor_time() - BEGAN;",
    )?;
    shop.restart_web(
        &PhpOptions::default()
            .ini("auto_prepend_file", &before.display().to_string())
            .ini("auto_append_file", &after.display().to_string())
            .ini("memory_limit", "128M"),
    )?;
    Ok(())
}

async fn heads(bridge: &PlacedBridge, course: &mut Course) -> Result<Vec<String>> {
    let (mut ids, mut after) = (Vec::new(), Value::Null);
    loop {
        let args = json!({"after": after, "limit": HEADS});
        let (answer, cost) = asked(bridge, "orders", args).await?;
        course.heads.push(cost.took);
        course.add(cost);
        ids.extend(
            records::<OrderHead>(&answer)?
                .into_iter()
                .map(|head| head.id),
        );
        match answer.end.next {
            Some(Next::Position(position)) => after = serde_json::to_value(position)?,
            _ => return Ok(ids),
        }
    }
}

/// What a page cost: the time until its last byte was here, PHP's peak memory in bytes and its
/// processor time.
#[derive(Clone, Copy)]
struct Cost {
    took: Duration,
    peak: usize,
    php: Duration,
}

impl Course {
    fn add(&mut self, cost: Cost) {
        self.peak = self.peak.max(cost.peak);
        self.php += cost.php;
    }
}

async fn asked(bridge: &PlacedBridge, op: &str, args: Value) -> Result<(Answer, Cost)> {
    let request = bridge.request(op, &args)?;
    let began = Instant::now();
    let told = bridge.send(&request).await?;
    let took = began.elapsed();
    let text = String::from_utf8_lossy(&told.body);
    let (peak, php) = text
        .rsplit_once("peak ")
        .and_then(|(_, told)| told.trim().split_once(' '))
        .context("no peak was told")?;
    let cost = Cost {
        took,
        peak: peak.parse()?,
        php: Duration::from_micros(php.parse()?),
    };
    match bridge.read(&request, op, &told)? {
        Reading::Answer(answer) => Ok((answer, cost)),
        other => anyhow::bail!("{other:?}"),
    }
}

fn figure(platform: Platform, course: &Course, flat: bool) -> Figure {
    let total = |times: &[Duration]| times.iter().sum::<Duration>().as_secs_f64();
    let (heads, bodies) = (total(&course.heads), total(&course.bodies));
    let through = heads + bodies;
    let ratio = through / course.statements.as_secs_f64();
    let used = (course.php + course.server).as_secs_f64()
        / (course.client + course.server_of_client).as_secs_f64();
    let drift = drift(&course.heads).max(drift(&course.bodies));
    Figure {
        what: format!("{}, {} orders", platform.name(), course.orders),
        measured: format!(
            "{:.0} a second (heads {heads:.1} s, bodies {bodies:.1} s): {ratio:.1} times the client's {:.1} s for the same statements, {:.1} times its {:.1} s for the bare tables; processor time PHP {:.1} s, server {:.1} s, which is {used:.1} times client {:.1} s and server behind it {:.1} s; {} MB; last pages {drift:.1} times the first",
            course.orders as f64 / through,
            course.statements.as_secs_f64(),
            through / course.tables.as_secs_f64(),
            course.tables.as_secs_f64(),
            course.php.as_secs_f64(),
            course.server.as_secs_f64(),
            course.client.as_secs_f64(),
            course.server_of_client.as_secs_f64(),
            course.peak >> 20,
        ),
        aim: "at most 3 times the client; memory flat",
        met: (course.orders < TIMED_FROM || ratio.min(used) <= AIM) && flat,
    }
}

/// The median of the last fifth of the pages over that of the first; 1 where there are too few. The
/// very last page is seldom full.
fn drift(times: &[Duration]) -> f64 {
    let full = &times[..times.len().saturating_sub(1)];
    let part = full.len() / 5;
    if part == 0 {
        return 1.0;
    }
    let median = |times: &[Duration]| {
        let mut times = times.to_vec();
        times.sort_unstable();
        times[times.len() / 2].as_secs_f64()
    };
    median(&full[full.len() - part..]) / median(&full[..part])
}
