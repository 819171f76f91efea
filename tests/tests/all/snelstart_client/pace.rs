//! The limiter at work against the gateway's own counters.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use testbed::snelstart::{Knobs, Limits, Options, OverTheHour};
use winkelbrug::{
    administration::{Administration, limiter::Rates, snelstart_online::Tuning},
    clock::Clock,
};

use crate::snelstart_client::house::{FREE, House};

/// A clock that runs faster than the machine's.
struct Fast {
    factor: u32,
    begun: Instant,
    at: Timestamp,
}

impl Fast {
    fn new(factor: u32) -> Arc<Self> {
        Arc::new(Self {
            factor,
            begun: Instant::now(),
            at: Timestamp::now(),
        })
    }
}

#[async_trait]
impl Clock for Fast {
    fn now(&self) -> Timestamp {
        let gone = SignedDuration::try_from(self.begun.elapsed() * self.factor).unwrap();
        self.at + gone
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time / self.factor).await;
    }
}

fn house(factor: u32, limits: Limits, rates: Rates, knobs: Knobs) -> House {
    let options = Options {
        clock: Fast::new(factor),
        knobs: Knobs { limits, ..knobs },
        ..Options::default()
    };
    House::with(options, Tuning { rates, ..FREE })
}

#[tokio::test]
async fn ninety_percent_of_the_allowed_rate_without_a_single_refusal() {
    let limits = Limits {
        per_minute: Some(60),
        per_hour: Some(5000),
        concurrent: Some(50),
    };
    let house = house(20, limits, Rates::new(60, 5000, 50), Knobs::default());
    house.client.company().await.unwrap();
    let begun = house.clock.now();
    let mut calls = 0;
    while house.clock.now().duration_since(begun) < SignedDuration::from_mins(3) {
        house.client.company().await.unwrap();
        calls += 1;
    }
    assert_eq!(house.books.refused_by_limits(), 0);
    assert!(calls >= 162, "{calls} of 180");
}

#[tokio::test]
async fn many_at_once_stay_within_what_is_allowed_at_once() {
    let limits = Limits {
        per_minute: None,
        per_hour: None,
        concurrent: Some(5),
    };
    let knobs = Knobs {
        latency: Duration::from_millis(5),
        ..Knobs::default()
    };
    let house = house(1, limits, Rates::new(100_000, 1_000_000, 5), knobs);
    let calls = (0..40).map(|_| house.client.company());
    for result in futures_util::future::join_all(calls).await {
        result.unwrap();
    }
    assert_eq!(house.books.refused_by_limits(), 0);
    assert!(house.books.most_at_work() > 1);
}

#[tokio::test]
async fn a_development_key_is_noticed_and_kept_to() {
    for retry_after in [true, false] {
        let knobs = Knobs {
            retry_after,
            ..Knobs::default()
        };
        let limits = Limits {
            per_minute: Some(100),
            per_hour: None,
            concurrent: Some(5),
        };
        let house = house(60, limits, Rates::CERTIFIED, knobs);
        for _ in 0..180 {
            house.client.company().await.unwrap();
        }
        let refused = house.books.refused_by_limits();
        assert!((1..=6).contains(&refused), "{refused}");
        let learned = house.client.limiter().rates().per_minute;
        assert!((50..=100).contains(&learned), "{learned}");
    }
}

#[tokio::test]
async fn the_hour_runs_out_without_a_refusal_and_says_when_it_is_over() {
    for over_the_hour in OverTheHour::ALL {
        let limits = Limits {
            per_minute: None,
            per_hour: Some(40),
            concurrent: None,
        };
        let knobs = Knobs {
            over_the_hour: *over_the_hour,
            ..Knobs::default()
        };
        let house = house(1, limits, Rates::new(100_000, 40, 50), knobs);
        for _ in 0..40 {
            house.client.company().await.unwrap();
        }
        assert_eq!(house.client.budget().unwrap().left, 0);
        let failure = house.client.company().await.unwrap_err();
        assert_eq!(failure.code, "hour-used-up");
        assert!(failure.retry_after.unwrap() > Duration::from_secs(3000));
        assert_eq!(house.books.refused_by_limits(), 0);
    }
}

#[tokio::test]
async fn profiles_on_one_administration_share_one_allowance() {
    let limits = Limits {
        per_minute: None,
        per_hour: Some(30),
        concurrent: None,
    };
    let house = house(1, limits, Rates::new(100_000, 30, 50), Knobs::default());
    let other = house.another_client();
    for _ in 0..15 {
        house.client.company().await.unwrap();
        other.company().await.unwrap();
    }
    assert_eq!(other.company().await.unwrap_err().code, "hour-used-up");
    assert_eq!(house.books.refused_by_limits(), 0);
}
