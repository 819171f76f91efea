//! A real nginx between the agent and a shop, configured to be what stands in front of real shops: a
//! redirect, a password, a firewall, a cache, rules that swallow files, another certificate.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{
    certificate::Certificate,
    process::{Server, folder, free_port, is_root, program, with_retries},
};

/// How it is set up.
#[derive(Debug, Clone)]
pub struct FrontOptions {
    /// Address it listens at, as nginx writes it (`127.0.0.2`, `[::1]`).
    pub address: String,
    /// Its port; 0 = any.
    pub port: u16,
    /// Its certificate: https.
    pub certificate: Option<Certificate>,
    /// Lines of the `http` block; `{here}` is its own folder.
    pub http: String,
    /// Lines of the `server` block; `{here}` is its own folder, `{target}` the shop. Without a
    /// `location /` of their own everything else goes to the shop.
    pub server: String,
}

impl Default for FrontOptions {
    fn default() -> Self {
        Self {
            address: "127.0.0.1".to_owned(),
            port: 0,
            certificate: None,
            http: String::new(),
            server: String::new(),
        }
    }
}

/// A running one.
#[derive(Debug)]
pub struct Front {
    _server: Server,
    folder: PathBuf,
    address: String,
    scheme: &'static str,
    port: u16,
}

impl Front {
    /// Before `target` (`http://127.0.0.1:<port>/`), with these lines in its `server` block.
    ///
    /// # Errors
    /// nginx is not installed, or does not come up.
    pub fn start(target: &str, server: &str) -> Result<Self> {
        let server = server.to_owned();
        Self::with(
            target,
            &FrontOptions {
                server,
                ..FrontOptions::default()
            },
        )
    }

    /// The same, with everything chosen.
    ///
    /// # Errors
    /// As [`Front::start`].
    pub fn with(target: &str, options: &FrontOptions) -> Result<Self> {
        with_retries(|| start(target.trim_end_matches('/'), options))
    }

    /// Port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its address, with a slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}:{}/", self.scheme, self.address, self.port)
    }

    /// Its own folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

fn start(target: &str, options: &FrontOptions) -> Result<Front> {
    let here = folder("front")?;
    let port = match options.port {
        0 => free_port()?,
        port => port,
    };
    let address = &options.address;
    let fill = |lines: &str| {
        lines
            .replace("{here}", &here.display().to_string())
            .replace("{target}", target)
    };
    let tls = match &options.certificate {
        Some(certificate) => {
            let file = certificate.write(&here)?;
            let file = file.display();
            format!("ssl_certificate {file}; ssl_certificate_key {file};")
        }
        None => String::new(),
    };
    let on_tls = if tls.is_empty() { "" } else { " ssl" };
    let rest = if options.server.contains("location / ") {
        String::new()
    } else {
        fill("location / { proxy_pass {target}; }")
    };
    let user = if is_root() { "user www-data;" } else { "" };
    let configuration = format!(
        "{user}
daemon off; worker_processes 1; pid {own}/nginx.pid; error_log {own}/error.log;
events {{ worker_connections 64; }}
http {{
  default_type text/plain; access_log off;
  client_body_temp_path {own}/body; proxy_temp_path {own}/proxy; fastcgi_temp_path {own}/fastcgi;
  uwsgi_temp_path {own}/uwsgi; scgi_temp_path {own}/scgi;
  proxy_set_header Host $http_host; proxy_http_version 1.1;
  {http}
  server {{
    listen {address}:{port}{on_tls};
    {tls}
    {server}
    {rest}
  }}
}}
",
        own = here.display(),
        http = fill(&options.http),
        server = fill(&options.server),
    );
    let file = here.join("nginx.conf");
    std::fs::write(&file, configuration)?;
    let mut command = std::process::Command::new(program("nginx"));
    command
        .arg("-c")
        .arg(&file)
        .arg("-e")
        .arg(here.join("error.log"));
    let mut server = Server::start(command, &here.join("log"), Some(&here), &[])?;
    let place = format!("{address}:{port}");
    server.wait_ready(|| std::net::TcpStream::connect(&place).is_ok())?;
    Ok(Front {
        _server: server,
        folder: here,
        address: address.clone(),
        scheme: if options.certificate.is_some() {
            "https"
        } else {
            "http"
        },
        port,
    })
}
