//! Servers that mean no good: what they send is bounded, named, and cannot steer a terminal.

use std::time::{Duration, Instant};

use testbed::servers::{Hostile, HostileFtp};
use winkelbrug::{
    failure::{Failure, Result},
    profile::{
        Secret,
        settings::{Upload, UploadProtocol},
    },
    shop::deploy::{
        finding,
        transport::{self, Access, Transport},
    },
};

async fn open(server: &HostileFtp, password: &str) -> Result<Box<dyn Transport>> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let upload = Upload {
        host: "127.0.0.1".to_owned(),
        port: server.port(),
        user: "winkel".to_owned(),
        protocol: UploadProtocol::Ftp,
        ..Upload::default()
    };
    let access = Access {
        password: Some(Secret::new(password)),
        ..Access::default()
    };
    transport::open(&upload, &access, "").await
}

/// How a login there ends.
async fn refused(how: Hostile) -> Failure {
    let server = HostileFtp::start(how).unwrap();
    match open(&server, "geheim").await {
        Err(failure) => failure,
        Ok(_) => panic!("logged in"),
    }
}

#[tokio::test]
async fn a_reply_that_never_ends_is_given_up_at_once_whatever_it_answers() {
    for command in ["", "USER", "PASS", "TYPE"] {
        let began = Instant::now();
        let failure = refused(Hostile::EndlessReply(command)).await;
        assert_eq!(failure.code, "ftp-strange-answer", "{command}: {failure}");
        assert!(began.elapsed() < Duration::from_secs(30), "{command}");
    }
}

#[tokio::test]
async fn the_words_of_a_server_are_quoted_short_and_without_what_steers_a_terminal() {
    let words = format!("530 go\x1b[2Jaway\u{9b}31m {}", "na".repeat(50_000));
    let failure = refused(Hostile::Reply("PASS", words)).await;
    assert_eq!(failure.code, "ftp-password-refused");
    let said = format!("{} {}", failure.text.nl, failure.text.en);
    assert!(
        said.contains("go [2Jaway") && said.chars().count() < 1000,
        "{said}"
    );
    assert!(!said.chars().any(char::is_control), "{said:?}");
}

#[tokio::test]
async fn a_listing_that_never_ends_is_given_up_and_named() {
    let server = HostileFtp::start(Hostile::EndlessListing).unwrap();
    let mut transport = open(&server, "geheim").await.unwrap();
    let failure = transport.list().await.unwrap_err();
    assert_eq!(failure.code, "ftp-listing-endless", "{failure}");
    let failure = finding::search(transport.as_mut(), None).await.unwrap_err();
    assert_eq!(failure.code, "ftp-listing-endless", "{failure}");
}

#[tokio::test]
async fn names_that_nobody_gives_a_file_are_no_way_out_of_the_account_and_end_within_the_bounds() {
    let names = [
        "..",
        "../..",
        "/etc",
        "\x1b[2J",
        "a\x1b]0;x\x07",
        "\u{202e}gpj",
        "",
        " ",
        "-rf",
        "*",
        "a'; DROP TABLE x; --",
        "%s%n",
        "\0",
        "winkelbrug-0123456789abcdef.php",
        "con",
        "a\tb",
    ];
    let server = HostileFtp::start(Hostile::Names(names.map(str::to_owned).to_vec())).unwrap();
    let mut transport = open(&server, "geheim").await.unwrap();
    let search = finding::search(transport.as_mut(), None).await.unwrap();
    assert!(search.shops.is_empty());
    assert!(
        search.listings <= finding::LISTINGS + 20,
        "{}",
        search.listings
    );
    for folder in &search.looked {
        assert!(!folder.split('/').any(|part| part == ".."), "{folder:?}");
    }
}

#[tokio::test]
async fn a_password_that_is_two_lines_is_named_and_never_sent_as_a_command() {
    let server = HostileFtp::start(Hostile::Names(Vec::new())).unwrap();
    let Err(failure) = open(&server, "kraaiennest\r\nDELE index.php").await else {
        panic!("logged in");
    };
    assert_eq!(failure.code, "ftp-login-unfit", "{failure}");
    assert!(!format!("{failure} {failure:?}").contains("kraaiennest"));
}
