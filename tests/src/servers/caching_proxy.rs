//! nginx as a cache in front of a shop, eager to keep: every status, and answers to POST too.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use super::process::{Server, folder, free_port, is_root, listens, program, with_retries};

/// A cache in front of a web server.
#[derive(Debug)]
pub struct CachingProxy {
    _server: Server,
    folder: PathBuf,
    port: u16,
}

impl CachingProxy {
    /// Puts one in front of the server at this address (`http://127.0.0.1:8080/`).
    ///
    /// # Errors
    /// nginx is not installed or does not come up.
    pub fn start(behind: &str) -> Result<Self> {
        with_retries(|| {
            let folder = folder("cache")?;
            let port = free_port()?;
            let file = folder.join("nginx.conf");
            std::fs::write(&file, configuration(behind, &folder, port))?;
            let mut command = Command::new(program("nginx"));
            command
                .arg("-c")
                .arg(&file)
                .arg("-e")
                .arg(folder.join("error.log"));
            let mut server = Server::start(command, &folder.join("log"), Some(&folder), &[])?;
            server.wait_ready(|| listens(port))?;
            Ok(Self {
                _server: server,
                folder,
                port,
            })
        })
    }

    /// `http://127.0.0.1:<port>/`
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// What it keeps: the content of each stored answer.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn kept(&self) -> Result<Vec<Vec<u8>>> {
        let mut kept = Vec::new();
        for entry in std::fs::read_dir(self.folder.join("kept"))? {
            kept.push(std::fs::read(entry?.path())?);
        }
        Ok(kept)
    }
}

fn configuration(behind: &str, folder: &Path, port: u16) -> String {
    format!(
        "{user}
daemon off; worker_processes 1; pid {here}/nginx.pid; error_log {here}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {here}/body; proxy_temp_path {here}/proxy; fastcgi_temp_path {here}/fastcgi;
  uwsgi_temp_path {here}/uwsgi; scgi_temp_path {here}/scgi;
  proxy_cache_path {here}/kept keys_zone=shop:1m;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass {behind};
      proxy_set_header Host $proxy_host;
      proxy_cache shop;
      proxy_cache_methods GET HEAD POST;
      proxy_cache_valid any 10m;
      proxy_cache_key $request_method$request_uri;
      add_header X-Cache-Status $upstream_cache_status;
    }}
  }}
}}
",
        user = if is_root() { "user root;" } else { "" },
        here = folder.display(),
    )
}
