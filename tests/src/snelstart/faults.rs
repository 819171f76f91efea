//! Trouble that a test arms: for which requests, how often, and what happens to them.

use std::time::Duration;

use super::world::World;

/// For which requests trouble is armed.
#[derive(Debug, Clone)]
pub struct When {
    method: String,
    path: String,
    skip: usize,
    times: usize,
}

impl When {
    /// Requests of that method (`*` = any) and path: `/verkooporders`, `/relaties/{id}` for any id,
    /// `*` for any path, `/b2b/token` for the token host.
    #[must_use]
    pub fn new(method: &str, path: &str) -> When {
        When {
            method: method.to_string(),
            path: path.to_string(),
            skip: 0,
            times: 1,
        }
    }

    /// Only from the n-th of them on (1 = the next).
    #[must_use]
    pub fn nth(mut self, n: usize) -> When {
        self.skip = n.saturating_sub(1);
        self
    }

    /// So many of them instead of one.
    #[must_use]
    pub fn times(mut self, times: usize) -> When {
        self.times = times;
        self
    }

    /// All of them.
    #[must_use]
    pub fn always(self) -> When {
        self.times(usize::MAX)
    }

    fn fits(&self, method: &str, path: &str) -> bool {
        let method_fits = self.method == "*" || self.method.eq_ignore_ascii_case(method);
        method_fits && (self.path == "*" || same_path(&self.path, path))
    }
}

fn same_path(pattern: &str, path: &str) -> bool {
    let mut wanted = pattern.trim_matches('/').split('/');
    let mut found = path.trim_matches('/').split('/');
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return true,
            (Some(w), Some(f)) if w.starts_with('{') || w == f => {}
            _ => return false,
        }
    }
}

/// What happens to a request.
pub enum Trouble {
    /// The connection is cut; nothing was done.
    CutBefore,
    /// It is done, then the connection is cut.
    CutAfter,
    /// Nothing was done; that status after so long, with a body of the gateway's shape.
    StatusBefore(u16, Duration),
    /// It is done; that status after so long.
    StatusAfter(u16, Duration),
    /// It takes effect only so much later by the simulator's clock; the client gets that status
    /// after so long in real time, or a cut connection where there is none.
    Late {
        /// How much later, by the simulator's clock.
        effect: Duration,
        /// The status, or none for a cut.
        status: Option<u16>,
        /// How long the client waits for it.
        answer: Duration,
    },
    /// 400 without a body; nothing was done.
    EmptyBadRequest,
    /// 400 with a page of HTML; nothing was done.
    HtmlBadRequest,
    /// 200 with a page of HTML; nothing was done.
    HtmlOk,
    /// Done and answered, but only after so long.
    Slow(Duration),
    /// 429, with `Retry-After` when seconds are given; nothing was done.
    TooMany(Option<u64>),
    /// 403 "Out of call volume quota"; nothing was done.
    Quota,
    /// The bearer token dies with this request: 401.
    TokenDies,
    /// The connection key is revoked from now on, and every token with it.
    ConnectionKeyRevoked,
    /// The subscription key has expired from now on.
    SubscriptionExpired,
    /// Somebody works in the books just before this request is served.
    Meanwhile(Box<dyn FnMut(&mut World) + Send>),
}

struct Armed {
    when: When,
    trouble: Trouble,
}

/// Trouble armed and not yet used up.
#[derive(Default)]
pub struct Faults {
    armed: Vec<Armed>,
}

/// What to do with one request; [`Trouble`] without what was already carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Cut, doing nothing.
    CutBefore,
    /// Do, then cut.
    CutAfter,
    /// A status after so long, doing nothing.
    StatusBefore(u16, Duration),
    /// Do, then that status after so long.
    StatusAfter(u16, Duration),
    /// See [`Trouble::Late`].
    Late(Duration, Option<u16>, Duration),
    /// A ready refusal.
    Plain(Plain),
    /// Do, answer after so long.
    Slow(Duration),
    /// End this token.
    TokenDies,
    /// End the connection key.
    ConnectionKeyRevoked,
    /// End the subscription key.
    SubscriptionExpired,
}

/// Ready refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plain {
    /// 400, empty.
    Empty,
    /// 400, HTML.
    Html,
    /// 200, HTML.
    HtmlOk,
    /// 429.
    TooMany(Option<u64>),
    /// 403, quota.
    Quota,
}

impl Faults {
    /// Arms trouble.
    pub fn arm(&mut self, when: When, trouble: Trouble) {
        self.armed.push(Armed { when, trouble });
    }

    /// Disarms everything.
    pub fn clear(&mut self) {
        self.armed.clear();
    }

    /// How many are still armed.
    #[must_use]
    pub fn left(&self) -> usize {
        self.armed.len()
    }

    /// What happens to this request: the first armed trouble that fits; work of others in the books
    /// is done at once and goes along with it.
    pub fn strike(&mut self, method: &str, path: &str, world: &mut World) -> Option<Verdict> {
        let mut verdict = None;
        for armed in &mut self.armed {
            if !armed.when.fits(method, path) {
                continue;
            }
            if armed.when.skip > 0 {
                armed.when.skip -= 1;
                continue;
            }
            if let Trouble::Meanwhile(work) = &mut armed.trouble {
                armed.when.times -= 1;
                work(world);
            } else if verdict.is_none() {
                armed.when.times -= 1;
                verdict = verdict_of(&armed.trouble);
            }
        }
        self.armed.retain(|armed| armed.when.times > 0);
        verdict
    }
}

fn verdict_of(trouble: &Trouble) -> Option<Verdict> {
    Some(match *trouble {
        Trouble::CutBefore => Verdict::CutBefore,
        Trouble::CutAfter => Verdict::CutAfter,
        Trouble::StatusBefore(status, after) => Verdict::StatusBefore(status, after),
        Trouble::StatusAfter(status, after) => Verdict::StatusAfter(status, after),
        Trouble::Late {
            effect,
            status,
            answer,
        } => Verdict::Late(effect, status, answer),
        Trouble::EmptyBadRequest => Verdict::Plain(Plain::Empty),
        Trouble::HtmlBadRequest => Verdict::Plain(Plain::Html),
        Trouble::HtmlOk => Verdict::Plain(Plain::HtmlOk),
        Trouble::Slow(by) => Verdict::Slow(by),
        Trouble::TooMany(after) => Verdict::Plain(Plain::TooMany(after)),
        Trouble::Quota => Verdict::Plain(Plain::Quota),
        Trouble::TokenDies => Verdict::TokenDies,
        Trouble::ConnectionKeyRevoked => Verdict::ConnectionKeyRevoked,
        Trouble::SubscriptionExpired => Verdict::SubscriptionExpired,
        Trouble::Meanwhile(_) => return None,
    })
}
