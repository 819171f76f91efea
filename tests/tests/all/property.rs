//! Property tests that go on after a failure, so that it is known how rare it is, over orders that are the
//! same at every run. `WINKELBRUG_SEED` takes other ones.

use std::{
    fmt::Debug,
    panic::{AssertUnwindSafe, catch_unwind},
};

use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

/// Under `cargo verify --full`.
pub fn is_full() -> bool {
    std::env::var_os("WINKELBRUG_FULL").is_some()
}

/// Which orders are made; none for those everybody makes.
pub fn seed() -> Option<u64> {
    let text = std::env::var("WINKELBRUG_SEED").ok()?;
    Some(text.parse().expect("WINKELBRUG_SEED is a whole number"))
}

fn rng() -> TestRng {
    let Some(seed) = seed() else {
        return TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    };
    let mut bytes = [0x5A; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)
}

/// How many failures are shown.
const SHOWN: usize = 4;

/// Checks so many values and counts those that fail; the first few are shown as small as they become.
pub fn each<S: Strategy>(
    cases: u32,
    values: &S,
    check: impl Fn(&S::Value) -> Result<(), TestCaseError>,
) where
    S::Value: Debug,
{
    let mut runner = TestRunner::new_with_rng(Config::default(), rng());
    let fails = |value: &S::Value| match catch_unwind(AssertUnwindSafe(|| check(value))) {
        Ok(result) => result.err().map(|error| error.to_string()),
        Err(_) => Some("a panic".to_owned()),
    };
    let (mut failed, mut shown) = (0, Vec::new());
    for _ in 0..cases {
        let mut tree = values.new_tree(&mut runner).unwrap();
        if let Some(error) = fails(&tree.current()) {
            failed += 1;
            if shown.len() < SHOWN {
                shown.push(smallest(&mut tree, error, fails));
            }
        }
    }
    assert!(
        failed == 0,
        "{failed} of {cases} fail; the first:\n{}",
        shown.join("\n\n")
    );
}

/// The smallest value found that fails, and how.
fn smallest<T: ValueTree>(
    tree: &mut T,
    error: String,
    fails: impl Fn(&T::Value) -> Option<String>,
) -> String {
    let mut found = format!("{error}\n{:?}", tree.current());
    let mut goes_on = tree.simplify();
    for _ in 0..2_000 {
        if !goes_on {
            break;
        }
        let value = tree.current();
        goes_on = match fails(&value) {
            Some(error) => {
                found = format!("{error}\n{value:?}");
                tree.simplify()
            }
            None => tree.complicate(),
        };
    }
    found
}
