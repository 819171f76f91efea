//! A relay in front of any server that hands on what passes, and cuts the connection where a test
//! wants it: before the client's n-th message, or after so many bytes.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU16, Ordering},
    },
    thread::JoinHandle,
};

use anyhow::Result;

/// How much of the client may still pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Budget {
    messages: Option<u64>,
    bytes: Option<u64>,
}

#[derive(Debug, Default)]
struct State {
    budget: Mutex<Budget>,
    /// Messages and bytes of the client so far.
    passed: Mutex<(u64, u64)>,
    /// Messages of the server that still pass before it falls silent.
    replies: Mutex<Option<u64>>,
    stopped: AtomicBool,
    target: AtomicU16,
}

impl State {
    /// May nothing of the server pass any more?
    fn is_silent(&self) -> bool {
        match &mut *locked(&self.replies) {
            None => false,
            Some(0) => true,
            Some(left) => {
                *left -= 1;
                false
            }
        }
    }

    /// How much of a message of that length passes; none when nothing may any more.
    fn pass(&self, length: usize) -> Option<usize> {
        let mut budget = locked(&self.budget);
        let mut passing = length;
        if let Some(messages) = &mut budget.messages {
            if *messages == 0 {
                return None;
            }
            *messages -= 1;
        }
        if let Some(bytes) = &mut budget.bytes {
            if *bytes == 0 {
                return None;
            }
            passing = passing.min(usize::try_from(*bytes).unwrap_or(usize::MAX));
            *bytes -= passing as u64;
        }
        let mut passed = locked(&self.passed);
        passed.0 += 1;
        passed.1 += passing as u64;
        Some(passing)
    }
}

/// A running relay; gone when dropped.
#[derive(Debug)]
pub struct CutRelay {
    port: u16,
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

impl CutRelay {
    /// Stands in front of that port of 127.0.0.1.
    ///
    /// # Errors
    /// No port is free.
    pub fn start(target: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let state = Arc::new(State::default());
        state.target.store(target, Ordering::SeqCst);
        let shared = Arc::clone(&state);
        let thread = std::thread::spawn(move || {
            for client in listener.incoming() {
                if shared.stopped.load(Ordering::SeqCst) {
                    return;
                }
                let target = shared.target.load(Ordering::SeqCst);
                if let (Ok(client), Ok(server)) =
                    (client, TcpStream::connect((Ipv4Addr::LOCALHOST, target)))
                {
                    join(client, server, &shared);
                }
            }
        });
        Ok(Self {
            port,
            state,
            thread: Some(thread),
        })
    }

    /// Port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Stands in front of another port from now on, as when a server is replaced.
    pub fn retarget(&self, target: u16) {
        self.state.target.store(target, Ordering::SeqCst);
    }

    /// Lets so many messages of the client pass from now on, over all connections.
    pub fn cut_after_messages(&self, messages: u64) {
        *locked(&self.state.budget) = Budget {
            messages: Some(messages),
            bytes: None,
        };
    }

    /// Lets so many bytes of the client pass from now on, over all connections.
    pub fn cut_after_bytes(&self, bytes: u64) {
        *locked(&self.state.budget) = Budget {
            messages: None,
            bytes: Some(bytes),
        };
    }

    /// Lets so many messages of the server pass from now on, over all connections; then nothing comes
    /// any more, and no connection ends.
    pub fn silent_after_replies(&self, replies: u64) {
        *locked(&self.state.replies) = Some(replies);
    }

    /// Lets everything pass again.
    pub fn heal(&self) {
        *locked(&self.state.budget) = Budget::default();
        *locked(&self.state.replies) = None;
    }

    /// Messages and bytes of the client since this was last asked.
    #[must_use]
    pub fn take_passed(&self) -> (u64, u64) {
        std::mem::take(&mut *locked(&self.state.passed))
    }
}

impl Drop for CutRelay {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Both ways until one side ends or the budget does.
fn join(client: TcpStream, server: TcpStream, state: &Arc<State>) {
    let (Ok(client_too), Ok(server_too)) = (client.try_clone(), server.try_clone()) else {
        return;
    };
    let state = Arc::clone(state);
    let of_server = Arc::clone(&state);
    std::thread::spawn(move || {
        hand_on(&client, &server, &state);
        end(&client, &server);
    });
    std::thread::spawn(move || {
        answer(&server_too, &client_too, &of_server);
        end(&server_too, &client_too);
    });
}

fn hand_on(mut from: &TcpStream, mut to: &TcpStream, state: &State) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        let passing = state.pass(read).unwrap_or(0);
        if to.write_all(&buffer[..passing]).is_err() || passing < read {
            return;
        }
    }
}

/// What the server says; once it is to be silent it is read and kept.
fn answer(mut from: &TcpStream, mut to: &TcpStream, state: &State) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        if !state.is_silent() && to.write_all(&buffer[..read]).is_err() {
            return;
        }
    }
}

fn end(one: &TcpStream, other: &TcpStream) {
    let _ = one.shutdown(Shutdown::Both);
    let _ = other.shutdown(Shutdown::Both);
}
