//! The running agent: one a data folder, one run a profile, an API for this PC's owner alone, a
//! schedule that starts what is due, and an end within seconds.
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use futures_util::StreamExt;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{Semaphore, oneshot},
};
use winkelbrug::{
    clock::{Clock, SystemClock},
    failure::{Class, Failure, Result},
    journal::{credits::Left, retention::Forgotten},
    profile::{DataDir, Profile, Settings},
    service::{
        Action, Agent, AgentClient, Contact, Outcome, Workplace,
        action::{BridgeReport, ShopChoice, Which},
        events::Events,
        lock,
        workplace::Work,
    },
    shop::keys::NewKey,
    step::Step,
    stop::Stop,
    sync::{
        Event, RunOutcome, RunReport, Task,
        report::{AfterCounts, Created, ReportedFailure},
    },
    text, web,
};

const PROFILE: &str = r#"
format = 1
name = "winkel"
[shop]
url = "http://127.0.0.1:9"
[shop.upload]
protocol = "ftp"
host = "127.0.0.1"
user = "u"
folder = "/"
[administration]
kind = "trial"
[planning]
import-orders = { at = ["03:00"] }
"#;

/// Runs that last until the test lets them go, or until the wish to stop.
struct Gated {
    runs: AtomicU64,
    gate: Semaphore,
    refuse: bool,
}

#[async_trait]
impl Work for Gated {
    async fn run(
        &self,
        place: &Workplace,
        settings: &Settings,
        task: Task,
        _dry_run: bool,
    ) -> RunReport {
        self.runs.fetch_add(1, Ordering::SeqCst);
        let refused = Failure::credentials("key-refused", text!("geweigerd", "refused"));
        let mut report = failed_at_once(&settings.name, task, place.clock.now(), &refused);
        tokio::select! {
            permit = self.gate.acquire() => {
                permit.unwrap().forget();
                if !self.refuse {
                    report.failure = None;
                    report.outcome = RunOutcome::Done;
                }
            }
            () = place.stop.asked() => {
                report.failure = None;
                report.outcome = RunOutcome::Stopped;
            }
        }
        report
    }

    async fn check(&self, _place: &Workplace, _settings: &Settings) -> Vec<Step> {
        vec![Step::passed("shop", text!("goed", "good"))]
    }

    async fn deploy(&self, _place: &Workplace, _settings: &Settings) -> Result<BridgeReport> {
        Err(Failure::transient("down", text!("weg", "down")).no_connection())
    }

    async fn shops(&self, _place: &Workplace, _settings: &Settings) -> Result<Vec<ShopChoice>> {
        Ok(Vec::new())
    }

    async fn untrusted_keys(
        &self,
        _place: &Workplace,
        _settings: &Settings,
    ) -> Result<Vec<NewKey>> {
        Ok(Vec::new())
    }

    async fn withdraw(&self, _place: &Workplace, _settings: &Settings) -> Result<BridgeReport> {
        Err(Failure::transient("down", text!("weg", "down")).no_connection())
    }

    async fn remove_others(
        &self,
        _place: &Workplace,
        _settings: &Settings,
    ) -> Result<BridgeReport> {
        Err(Failure::transient("down", text!("weg", "down")).no_connection())
    }

    async fn retry(&self, _place: &Workplace, _profile: &str, _which: &Which) -> Result<u64> {
        Ok(3)
    }

    async fn skip(
        &self,
        _place: &Workplace,
        _profile: &str,
        _order: &str,
        _why: &str,
    ) -> Result<Left> {
        Ok(Left::default())
    }

    async fn forget(
        &self,
        _place: &Workplace,
        _profile: &str,
        _customer: &str,
    ) -> Result<Forgotten> {
        Ok(Forgotten::default())
    }
}

fn failed_at_once(profile: &str, task: Task, at: jiff::Timestamp, failure: &Failure) -> RunReport {
    RunReport {
        profile: profile.to_owned(),
        task,
        outcome: RunOutcome::Failed,
        started: at,
        ended: at,
        orders: std::collections::BTreeMap::new(),
        created: Created::default(),
        stock: None,
        failure: Some(ReportedFailure::from(failure)),
        warnings: Vec::new(),
        plans: Vec::new(),
        after: AfterCounts::default(),
        afterwards: Vec::new(),
    }
}

struct Running {
    folder: tempfile::TempDir,
    work: Arc<Gated>,
    stop: Stop,
    address: SocketAddr,
    client: AgentClient,
    ended: tokio::task::JoinHandle<Result<()>>,
}

impl Running {
    async fn start(refuse: bool) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), refuse, PROFILE).await
    }

    async fn start_in(folder: tempfile::TempDir, refuse: bool, profile: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let data = DataDir::new(folder.path());
        data.make().unwrap();
        data.profiles()
            .save(&Profile::read(profile).unwrap())
            .unwrap();
        let work = Arc::new(Gated {
            runs: AtomicU64::new(0),
            gate: Semaphore::new(0),
            refuse,
        });
        let events = Events::default();
        let place = Workplace::open(
            &data,
            Arc::new(SystemClock),
            Arc::new(events.clone()),
            work.clone(),
        )
        .unwrap();
        let stop = place.stop.clone();
        let lock = lock::agent(&data).await.unwrap();
        let (sender, ready) = oneshot::channel();
        let ended = tokio::spawn(Agent::serve(
            place,
            events,
            lock,
            "127.0.0.1:0".parse().unwrap(),
            web::serve,
            |address| {
                sender.send(address).unwrap();
            },
        ));
        let address = ready.await.unwrap();
        let contact = Contact::find(&data).unwrap().unwrap();
        Self {
            client: AgentClient::new(contact).unwrap(),
            folder,
            work,
            stop,
            address,
            ended,
        }
    }

    fn data(&self) -> DataDir {
        DataDir::new(self.folder.path())
    }

    async fn run(&self) -> Result<RunReport> {
        let action = Action::Run {
            profile: "winkel".to_owned(),
            task: Task::ImportOrders,
            dry_run: false,
        };
        match self.client.perform(&action).await? {
            Outcome::Ran { report } => Ok(*report),
            other => panic!("{other:?}"),
        }
    }

    async fn raw(&self, request: String) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    async fn stopped(self) {
        self.stop.ask();
        tokio::time::timeout(Duration::from_secs(5), self.ended)
            .await
            .expect("stops within seconds")
            .unwrap()
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_wishes_to_run_are_one_run() {
    let agent = Running::start(false).await;
    let mut events = agent.client.events().await.unwrap();
    let wishes: Vec<_> = (0..20).map(|_| agent.run()).collect();
    let all = futures_util::future::join_all(wishes);
    let let_go = async {
        // Nineteen are answered while the one run is held at its gate.
        while agent.work.runs.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        let more = agent.run().await.unwrap();
        assert_eq!(more.outcome, RunOutcome::AlreadyRunning);
        agent.work.gate.add_permits(20);
    };
    let (reports, ()) = tokio::join!(all, let_go);
    let outcomes: Vec<_> = reports
        .into_iter()
        .map(|report| report.unwrap().outcome)
        .collect();
    let runs = agent.work.runs.load(Ordering::SeqCst);
    let done = outcomes
        .iter()
        .filter(|outcome| **outcome == RunOutcome::Done)
        .count();
    assert_eq!(done as u64, runs);
    assert!(
        outcomes
            .iter()
            .all(|o| [RunOutcome::Done, RunOutcome::AlreadyRunning].contains(o))
    );
    assert!(matches!(
        events.next().await,
        Some(Event::RunStarted { .. })
    ));
    agent.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_agent_on_the_same_folder_is_refused() {
    let agent = Running::start(false).await;
    let failure = lock::agent(&agent.data()).await.unwrap_err();
    assert_eq!(
        (failure.code.as_str(), failure.class),
        ("agent-running", Class::Misconfigured)
    );
    let data = agent.data();
    agent.stop.ask();
    tokio::time::timeout(Duration::from_secs(5), agent.ended)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert!(lock::agent(&data).await.is_ok());
    assert!(Contact::find(&data).unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_get_nothing() {
    let agent = Running::start(false).await;
    let contact = Contact::find(&agent.data()).unwrap().unwrap();
    let (address, token) = (agent.address, &contact.token);
    let ask = |host: &str, more: &str| {
        format!("GET /api/status HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n")
    };
    let right = format!("Authorization: Bearer {token}\r\n");
    let own = address.to_string();
    let table = [
        (ask(&own, &right), "200"),
        (ask(&format!("localhost:{}", address.port()), &right), "200"),
        (
            ask(&own, &format!("{right}Origin: http://{own}\r\n")),
            "200",
        ),
        (ask(&own, ""), "403"),
        (ask(&own, "Authorization: Bearer wrong\r\n"), "403"),
        (ask(&own, "Authorization: Bearer \r\n"), "403"),
        (ask("evil.example", &right), "403"),
        (
            ask(&format!("evil.example:{}", address.port()), &right),
            "403",
        ),
        (ask(&own, &format!("{right}Host: evil.example\r\n")), "4"),
        (
            ask(&own, &format!("{right}Origin: http://evil.example\r\n")),
            "403",
        ),
        (ask(&own, &format!("{right}Origin: null\r\n")), "403"),
    ];
    for (request, status) in table {
        let answer = agent.raw(request.clone()).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{request}\n{answer}"
        );
        assert!(status == "200" || !answer.contains("winkel"), "{answer}");
    }
    agent.stopped().await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_token_is_for_the_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let agent = Running::start(false).await;
    let file = agent.folder.path().join("agent.json");
    assert_eq!(
        std::fs::metadata(file).unwrap().permissions().mode() & 0o077,
        0
    );
    agent.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_key_stops_the_profile_until_its_owner_acts() {
    let agent = Running::start(true).await;
    agent.work.gate.add_permits(1);
    let report = agent.run().await.unwrap();
    assert_eq!(report.failure.unwrap().class, Class::Credentials);
    let status = agent.client.status().await.unwrap();
    assert_eq!(
        status.profiles[0].stopped.as_ref().unwrap().why.code,
        "key-refused"
    );
    // A planned moment that passes runs nothing.
    let plan = |next| Action::Plan {
        profile: "winkel".to_owned(),
        task: Task::ImportOrders,
        next,
    };
    agent
        .client
        .perform(&plan(SystemClock.now()))
        .await
        .unwrap();
    agent.client.status().await.unwrap();
    assert_eq!(agent.work.runs.load(Ordering::SeqCst), 1);
    // The owner offers again: it goes on at once.
    let mut events = agent.client.events().await.unwrap();
    let again = Action::Retry {
        profile: "winkel".to_owned(),
        which: Which::Held,
    };
    assert!(matches!(
        agent.client.perform(&again).await.unwrap(),
        Outcome::Orders { count: 3 }
    ));
    assert!(matches!(
        events.next().await,
        Some(Event::RunStarted { .. })
    ));
    agent.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planned_moment_starts_its_task_and_the_rhythm_goes_on() {
    let agent = Running::start(false).await;
    let mut events = agent.client.events().await.unwrap();
    let next = SystemClock.now();
    let action = Action::Plan {
        profile: "winkel".to_owned(),
        task: Task::ImportOrders,
        next,
    };
    agent.client.perform(&action).await.unwrap();
    let mut heard = Vec::new();
    while heard.len() < 2 {
        heard.push(events.next().await.unwrap());
    }
    assert!(matches!(heard[0], Event::Planned { .. }));
    assert!(matches!(heard[1], Event::RunStarted { .. }));
    let status = agent.client.status().await.unwrap();
    assert_eq!(status.profiles[0].running, Some(Task::ImportOrders));
    assert!(status.profiles[0].tasks[0].next.unwrap() > next);
    agent.work.gate.add_permits(1);
    assert!(matches!(events.next().await, Some(Event::RunEnded { .. })));
    agent.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_without_planning_runs_at_once_and_by_the_quarter() {
    let folder = tempfile::tempdir().unwrap();
    let (profile, _) = PROFILE.split_once("[planning]").unwrap();
    let agent = Running::start_in(folder, false, profile).await;
    agent.work.gate.add_permits(1);
    while agent.work.runs.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    let status = agent.client.status().await.unwrap();
    let task = &status.profiles[0].tasks[0];
    assert_eq!(task.task, Task::ImportOrdersExportStock);
    assert_eq!(task.pace, "every 15m");
    agent.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_lets_the_run_end_and_loses_nothing() {
    let agent = Running::start(false).await;
    let data = agent.data();
    let mut events = agent.client.events().await.unwrap();
    let (report, ()) = tokio::join!(agent.run(), async {
        assert!(matches!(
            events.next().await,
            Some(Event::RunStarted { .. })
        ));
        agent.stop.ask();
    });
    assert_eq!(report.unwrap().outcome, RunOutcome::Stopped);
    let folder = agent.folder.path().to_owned();
    tokio::time::timeout(Duration::from_secs(5), agent.ended)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert!(lock::profile(&data, "winkel").unwrap().is_some());
    assert!(folder.join("journal.db").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_watches_hears_that_it_stops_and_how_the_run_ended() {
    let agent = Running::start(false).await;
    let mut events = agent.client.events().await.unwrap();
    let (_, heard) = tokio::join!(agent.run(), async {
        let mut heard = Vec::new();
        while let Some(event) = events.next().await {
            if matches!(event, Event::RunStarted { .. }) {
                agent.stop.ask();
            }
            heard.push(event);
        }
        heard
    });
    let stopping = heard
        .iter()
        .any(|event| matches!(event, Event::Stopping { .. }));
    let ended = heard.iter().any(|event| {
        matches!(event, Event::RunEnded { report } if report.outcome == RunOutcome::Stopped)
    });
    assert!(stopping && ended, "{heard:?}");
    tokio::time::timeout(Duration::from_secs(5), agent.ended)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_come_through_with_class_code_and_advice() {
    let agent = Running::start(false).await;
    let deploy = Action::Deploy {
        profile: "winkel".to_owned(),
        remove_others: false,
    };
    let failure = agent.client.perform(&deploy).await.unwrap_err();
    assert_eq!((failure.code.as_str(), failure.connection), ("down", true));
    let deploy = Action::Deploy {
        profile: "wnkel".to_owned(),
        remove_others: false,
    };
    let failure = agent.client.perform(&deploy).await.unwrap_err();
    assert_eq!(failure.code, "no-such-profile");
    assert_eq!(failure.hint.en, "Do you mean winkel?");
    agent.stopped().await;
}
