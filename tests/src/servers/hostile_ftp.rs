//! An FTP server that means no good: replies and listings that never end, words that steer a terminal,
//! names nobody gives to a file. It lets everybody in and keeps no files.

use std::{
    io::{BufRead, BufReader, Result as IoResult, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

use anyhow::Result;

/// What it does.
#[derive(Debug, Clone)]
pub enum Hostile {
    /// The reply to that command never ends; `""` is the greeting.
    EndlessReply(&'static str),
    /// The reply to that command is this line.
    Reply(&'static str, String),
    /// A listing never ends.
    EndlessListing,
    /// Each folder holds folders of these names.
    Names(Vec<String>),
}

/// A running one; gone when dropped.
#[derive(Debug)]
pub struct HostileFtp {
    port: u16,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl HostileFtp {
    /// Starts it.
    ///
    /// # Errors
    /// No port is free.
    pub fn start(how: Hostile) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let stopped = Arc::new(AtomicBool::new(false));
        let shared = Arc::clone(&stopped);
        let thread = std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if shared.load(Ordering::SeqCst) {
                    return;
                }
                let how = how.clone();
                // How a conversation with such a server ends is the client's affair.
                std::thread::spawn(move || drop(serve(&client, &how)));
            }
        });
        Ok(Self {
            port,
            stopped,
            thread: Some(thread),
        })
    }

    /// Port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for HostileFtp {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(client: &TcpStream, how: &Hostile) -> IoResult<()> {
    reply(client, how, "", "220 ready")?;
    let mut data = None;
    let mut lines = BufReader::new(client);
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let command = line.split_whitespace().next().unwrap_or_default();
        match command {
            "USER" => reply(client, how, command, "331 password?")?,
            "PASS" => reply(client, how, command, "230 in")?,
            "PWD" => reply(client, how, command, "257 \"/\"")?,
            "PASV" => {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
                let port = listener.local_addr()?.port();
                let (high, low) = (port / 256, port % 256);
                let words = format!("227 Entering Passive Mode (127,0,0,1,{high},{low})");
                data = Some(listener);
                reply(client, how, command, &words)?;
            }
            "NLST" | "LIST" | "MLSD" => {
                let Some(listener) = data.take() else {
                    reply(client, how, command, "425 no data connection")?;
                    continue;
                };
                reply(client, how, command, "150 here it comes")?;
                let (listing, _) = listener.accept()?;
                let sent = list(&listing, how, command == "MLSD");
                drop(listing);
                let words = if sent.is_ok() {
                    "226 sent"
                } else {
                    "426 broken"
                };
                reply(client, how, command, words)?;
            }
            _ => reply(client, how, command, "200 fine")?,
        }
    }
}

fn reply(mut client: &TcpStream, how: &Hostile, command: &str, words: &str) -> IoResult<()> {
    match how {
        Hostile::EndlessReply(which) if *which == command => {
            client.write_all(b"220 ")?;
            loop {
                client.write_all(&[b'a'; 4096])?;
            }
        }
        Hostile::Reply(which, other) if *which == command => {
            client.write_all(format!("{other}\r\n").as_bytes())
        }
        _ => client.write_all(format!("{words}\r\n").as_bytes()),
    }
}

fn list(mut listing: &TcpStream, how: &Hostile, facts: bool) -> IoResult<()> {
    let before = if facts { "type=dir; " } else { "" };
    match how {
        Hostile::EndlessListing => loop {
            listing.write_all(format!("{before}again\r\n").repeat(1000).as_bytes())?;
        },
        Hostile::Names(names) => names
            .iter()
            .try_for_each(|name| listing.write_all(format!("{before}{name}\r\n").as_bytes())),
        _ => Ok(()),
    }
}
