//! A bare client: a token, requests, answers as they come.

use std::sync::Once;

use reqwest::{Client, Method, RequestBuilder};
use testbed::snelstart::{Json, Options, Simulator};

/// A simulator and a client that holds a token for it.
pub struct Desk {
    /// The simulator.
    pub books: Simulator,
    /// Keeps no connections, so that a cut one cannot be taken up again.
    pub http: Client,
    /// A token.
    pub token: String,
}

/// What came back.
#[derive(Debug)]
pub struct Got {
    pub status: u16,
    pub retry_after: Option<String>,
    pub text: String,
}

impl Got {
    /// The body as JSON.
    pub fn json(&self) -> Json {
        Json::parse(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// Rows of a list.
    pub fn rows(&self) -> Vec<Json> {
        match self.json() {
            Json::List(rows) => rows,
            other => panic!("{} is no list: {other}", self.status),
        }
    }

    /// All error codes.
    pub fn codes(&self) -> Vec<String> {
        assert_eq!(self.status, 400, "{}", self.text);
        let code = |row: &Json| row.text("errorCode").unwrap_or_default().to_string();
        self.rows().iter().map(code).collect()
    }
}

/// A client for http; reqwest wants a TLS provider all the same.
pub fn http() -> Client {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    Client::builder()
        .pool_max_idle_per_host(0)
        .no_proxy()
        .build()
        .unwrap()
}

impl Desk {
    /// A fresh administration.
    pub async fn new() -> Desk {
        Desk::with(Options::default()).await
    }

    /// A fresh administration of that kind.
    pub async fn with(options: Options) -> Desk {
        let books = Simulator::start(options).unwrap();
        let http = http();
        let mut desk = Desk {
            books,
            http,
            token: String::new(),
        };
        desk.sign_in().await;
        desk
    }

    /// Gets a token.
    pub async fn sign_in(&mut self) {
        let key = self.books.connection_key();
        let got = self
            .ask_token(&[("grant_type", "clientkey"), ("clientkey", &key)])
            .await;
        assert_eq!(got.status, 200, "{}", got.text);
        self.token = got.json().text("access_token").unwrap().to_string();
    }

    /// A token request with these fields.
    pub async fn ask_token(&self, form: &[(&str, &str)]) -> Got {
        read(self.http.post(self.books.auth_url()).form(form))
            .await
            .unwrap()
    }

    /// A request with both keys.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.books.api_url()))
            .header("Ocp-Apim-Subscription-Key", self.books.subscription_key())
            .bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> Got {
        read(self.request(Method::GET, path)).await.unwrap()
    }

    /// A list with query options.
    pub async fn list(&self, path: &str, query: &[(&str, &str)]) -> Got {
        let text: Vec<String> = query
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        self.get(&format!("{path}?{}", text.join("&"))).await
    }

    /// The rows a filter lets through.
    pub async fn filtered(&self, path: &str, filter: &str) -> Got {
        self.list(path, &[("$filter", filter)]).await
    }

    pub async fn post(&self, path: &str, body: &str) -> Got {
        self.try_send(Method::POST, path, body).await.unwrap()
    }

    pub async fn put(&self, path: &str, body: &str) -> Got {
        self.try_send(Method::PUT, path, body).await.unwrap()
    }

    pub async fn delete(&self, path: &str) -> Got {
        read(self.request(Method::DELETE, path)).await.unwrap()
    }

    /// A request with a body that may go wrong on the way.
    pub async fn try_send(&self, method: Method, path: &str, body: &str) -> reqwest::Result<Got> {
        let request = self
            .request(method, path)
            .header("Content-Type", "application/json");
        read(request.body(body.to_string())).await
    }

    /// The id of the first group of a VAT kind.
    pub fn group(&self, kind: &str) -> String {
        self.books.read(|world| {
            let mut groups = world.groups.iter();
            let of_kind = |doc: &Json| doc.text("verkoopNederlandBtwSoort") == Some(kind);
            groups.find(|row| of_kind(&row.doc)).unwrap().id.to_string()
        })
    }

    /// The id of a country.
    pub fn country(&self, code: &str) -> String {
        self.books
            .read(|world| world.country(code).unwrap().to_string())
    }

    /// Adds a Dutch customer and returns the id.
    pub fn customer(&self) -> String {
        let new = testbed::snelstart::NewRelation {
            name: "A. Jansen".to_string(),
            address: ("Dorpsstraat 1".into(), "1234 AB".into(), "Utrecht".into()),
            country: "NL".to_string(),
            ..Default::default()
        };
        self.books.add_relation(new).to_string()
    }
}

/// Percent-encodes everything but letters and digits.
pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// Sends a request and reads what comes.
pub async fn read(request: RequestBuilder) -> reqwest::Result<Got> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    let retry_after = response.headers().get("retry-after");
    let retry_after = retry_after.map(|value| value.to_str().unwrap().to_string());
    Ok(Got {
        status,
        retry_after,
        text: response.text().await?,
    })
}
