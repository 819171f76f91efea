//! The coupling page and the webhook.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::mpsc,
};

use crate::simulator::client::{Desk, read};
use testbed::snelstart::{Casing, CouplingAction, Json, Webhook};

/// A webhook that answers everything with a status and tells what it got.
fn webhook(status: u16) -> (String, mpsc::Receiver<Json>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut text = String::new();
            let mut buffer = [0; 4096];
            while !text.contains("\r\n\r\n") || !text.ends_with('}') {
                let count = stream.read(&mut buffer).unwrap();
                text.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
            }
            let answer =
                format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).unwrap();
            let body = text.split_once("\r\n\r\n").unwrap().1;
            if tell.send(Json::parse(body).unwrap()).is_err() {
                return;
            }
        }
    });
    (url, told)
}

#[tokio::test]
async fn the_page_tells_the_webhook_once_and_sends_the_customer_on() {
    let desk = Desk::new().await;
    let (url, told) = webhook(500);
    desk.books.set_webhook(Webhook {
        url,
        casing: Casing::Upper,
    });
    let page = desk.books.coupling_url("winkelbrug");
    let with = format!("{page}?referenceKey=klant-1&successUrl=http%3A%2F%2F127.0.0.1%2Fklaar");
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy();
    let got = read(client.build().unwrap().get(with)).await.unwrap();
    assert_eq!(got.status, 302);
    let message = told.recv().unwrap();
    assert_eq!(
        message.text("KoppelSleutel"),
        Some(desk.books.connection_key().as_str())
    );
    assert_eq!(message.text("ActionType"), Some("Create"));
    assert_eq!(message.text("ReferenceKey"), Some("klant-1"));
    assert!(
        told.try_recv().is_err(),
        "a failed delivery is not repeated"
    );

    assert_eq!(read(desk.http.get(&page)).await.unwrap().status, 400);
    let long = format!("{page}?referenceKey={}", "x".repeat(501));
    assert_eq!(read(desk.http.get(long)).await.unwrap().status, 400);
}

#[tokio::test]
async fn other_actions_come_in_the_other_casing_too() {
    let desk = Desk::new().await;
    assert_eq!(
        desk.books.announce(CouplingAction::Delete, "klant-1").await,
        None
    );
    let (url, told) = webhook(200);
    desk.books.set_webhook(Webhook {
        url,
        casing: Casing::Lower,
    });
    assert_eq!(
        desk.books
            .announce(CouplingAction::Regenerate, "klant-1")
            .await,
        Some(200)
    );
    assert_eq!(told.recv().unwrap().text("actionType"), Some("Regenerate"));
}
