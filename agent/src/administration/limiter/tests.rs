#![allow(clippy::unwrap_used, clippy::expect_used)]

use async_trait::async_trait;

use super::*;
use crate::clock::Clock;

/// A clock whose sleep moves it.
struct Jump(Mutex<Timestamp>);

#[async_trait]
impl Clock for Jump {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    async fn sleep(&self, time: Duration) {
        let mut now = self.0.lock().unwrap();
        *now = now
            .saturating_add(SignedDuration::try_from(time).unwrap())
            .unwrap();
    }
}

fn clock() -> Arc<Jump> {
    Arc::new(Jump(Mutex::new("2026-11-21T10:00:00Z".parse().unwrap())))
}

fn limiter(rates: Rates, clock: &Arc<Jump>) -> Limiter {
    Limiter::new("test", rates, clock.clone(), None).unwrap()
}

async fn call(limiter: &Limiter, clock: &Jump, takes: Duration) -> Timestamp {
    let permit = limiter.permit().await.unwrap();
    let sent = clock.now();
    clock.sleep(takes).await;
    drop(permit);
    sent
}

#[tokio::test]
async fn ninety_percent_of_the_allowed_rate_is_reached_and_never_exceeded() {
    for (rates, takes) in [
        (Rates::new(500, 50_000, 50), Duration::from_millis(5)),
        (Rates::new(500, 50_000, 50), Duration::from_millis(100)),
        (Rates::new(100, 50_000, 5), Duration::from_millis(50)),
        (Rates::new(20, 50_000, 5), Duration::from_millis(50)),
    ] {
        let clock = clock();
        let limiter = limiter(rates, &clock);
        let start = clock.now();
        let mut calls = Vec::new();
        while clock.now().duration_since(start) < SignedDuration::from_secs(600) {
            calls.push(call(&limiter, &clock, takes).await);
        }
        for (place, sent) in calls.iter().enumerate() {
            let since = calls[..place]
                .iter()
                .filter(|other| sent.duration_since(**other) < SignedDuration::from_secs(60));
            assert!(since.count() < rates.per_minute as usize, "{rates:?}");
        }
        let reached = calls.len() as f64 / (f64::from(rates.per_minute) * 10.0);
        assert!(reached >= 0.9, "{rates:?}: {reached}");
    }
}

#[tokio::test]
async fn a_few_calls_do_not_wait() {
    let clock = clock();
    let limiter = limiter(Rates::CERTIFIED, &clock);
    let start = clock.now();
    for _ in 0..15 {
        call(&limiter, &clock, Duration::ZERO).await;
    }
    assert!(clock.now().duration_since(start) < SignedDuration::from_millis(50));
}

#[tokio::test]
async fn a_used_up_hour_says_when_to_come_back() {
    let clock = clock();
    let limiter = limiter(Rates::new(500, 40, 50), &clock);
    for _ in 0..40 {
        call(&limiter, &clock, Duration::ZERO).await;
    }
    assert_eq!(
        limiter.budget(),
        Budget {
            left: 0,
            per_hour: 40
        }
    );
    let failure = limiter.permit().await.err().unwrap();
    assert_eq!(failure.code, "hour-used-up");
    let wait = failure.retry_after.unwrap();
    assert!(
        wait > Duration::from_secs(3500) && wait <= Duration::from_secs(3700),
        "{wait:?}"
    );
    clock.sleep(wait).await;
    assert!(limiter.permit().await.is_ok());
}

#[tokio::test]
async fn the_hour_survives_a_restart_and_is_shared_with_other_processes() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let clock = clock();
    let rates = Rates::new(500, 100, 50);
    let open = || Limiter::new("one", rates, clock.clone(), Some(journal.clone())).unwrap();
    let limiter = open();
    for _ in 0..30 {
        call(&limiter, &clock, Duration::ZERO).await;
    }
    limiter.keep();
    assert_eq!(open().budget().left, 70);
    // What this process kept counts as another's once the process is another.
    journal
        .with(|connection| connection.execute("UPDATE books_calls SET process = 'before'", []))
        .unwrap();
    assert_eq!(open().budget().left, 70);
}

#[tokio::test]
async fn a_development_key_is_learned_from_its_first_refusal() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let clock = clock();
    let limiter = Limiter::new(
        "dev",
        Rates::CERTIFIED,
        clock.clone(),
        Some(journal.clone()),
    )
    .unwrap();
    for _ in 0..101 {
        call(&limiter, &clock, Duration::ZERO).await;
    }
    limiter.refused(Refused::TooMany(Some(Duration::from_secs(48))));
    assert_eq!(limiter.rates().per_minute, 100);
    let before = clock.now();
    call(&limiter, &clock, Duration::ZERO).await;
    assert!(clock.now().duration_since(before) >= SignedDuration::from_secs(48));
    let again = Limiter::new("dev", Rates::CERTIFIED, clock.clone(), Some(journal)).unwrap();
    assert_eq!(again.rates().per_minute, 100);
}

#[tokio::test]
async fn a_quota_teaches_the_hour() {
    for (allowed, calls, learned) in [(200, 120, 120), (80, 45, 60)] {
        let clock = clock();
        let limiter = limiter(Rates::new(500, allowed, 50), &clock);
        for _ in 0..calls {
            call(&limiter, &clock, Duration::ZERO).await;
        }
        limiter.refused(Refused::Quota(Duration::from_secs(750)));
        let failure = limiter.permit().await.err().unwrap();
        assert_eq!(failure.code, "hour-used-up");
        assert_eq!(limiter.rates().per_hour, learned);
    }
}

#[tokio::test]
async fn a_quota_used_up_by_somebody_else_is_waited_for_and_teaches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let clock = clock();
    let open = || {
        Limiter::new(
            "shared",
            Rates::CERTIFIED,
            clock.clone(),
            Some(journal.clone()),
        )
        .unwrap()
    };
    let limiter = open();
    for _ in 0..12 {
        call(&limiter, &clock, Duration::ZERO).await;
    }
    limiter.refused(Refused::Quota(Duration::from_secs(750)));
    let failure = limiter.permit().await.err().unwrap();
    assert_eq!(failure.code, "hour-used-up");
    let wait = failure.retry_after.unwrap();
    assert_eq!(wait.as_secs().div_ceil(60), 13);
    assert_eq!(limiter.rates(), Rates::CERTIFIED);
    clock.sleep(wait).await;
    for _ in 0..100 {
        call(&limiter, &clock, Duration::ZERO).await;
    }
    assert_eq!(open().rates(), Rates::CERTIFIED);
}

#[tokio::test]
async fn never_more_at_once_than_allowed() {
    let clock = clock();
    let limiter = limiter(Rates::new(500, 5000, 3), &clock);
    let first = limiter.permit().await.unwrap();
    let _second = limiter.permit().await.unwrap();
    let third = limiter.permit();
    tokio::pin!(third);
    let waits = tokio::time::timeout(Duration::from_millis(20), &mut third).await;
    assert!(waits.is_err());
    drop(first);
    assert!(third.await.is_ok());
}

#[tokio::test]
async fn one_limiter_serves_every_profile_of_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let clock: SharedClock = clock();
    let one = Limiter::shared("same", Rates::CERTIFIED, &clock, &journal).unwrap();
    let other = Limiter::shared("same", Rates::CERTIFIED, &clock, &journal).unwrap();
    assert!(Arc::ptr_eq(&one, &other));
}

#[tokio::test]
async fn a_clock_set_back_stops_nothing() {
    let clock = clock();
    let limiter = limiter(Rates::new(20, 1000, 5), &clock);
    for _ in 0..20 {
        call(&limiter, &clock, Duration::ZERO).await;
    }
    {
        let mut now = clock.0.lock().unwrap();
        *now -= SignedDuration::from_hours(3);
    }
    let before = clock.now();
    call(&limiter, &clock, Duration::ZERO).await;
    assert!(clock.now().duration_since(before) < SignedDuration::from_secs(5));
    assert_eq!(limiter.budget().left, 999);
}
