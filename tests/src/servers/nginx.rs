//! nginx with PHP-FPM, as most hosts run PHP: other buffering, other headers and another user than
//! PHP's own web server.

use std::{fmt::Write as _, path::Path, process::Command};

use anyhow::Result;

use super::{
    php::{PhpOptions, version},
    process::{Server, is_root, listens, program},
};

/// Starts both. The folder belongs to the last of them in the list.
pub(super) fn start(
    root: &Path,
    options: &PhpOptions,
    folder: &Path,
    port: u16,
) -> Result<Vec<Server>> {
    let fpm = fpm(options, folder)?;
    let nginx = nginx(root, folder, port)?;
    Ok(vec![fpm, nginx])
}

/// PHP-FPM at `fpm.socket` in the folder.
pub(super) fn fpm(options: &PhpOptions, folder: &Path) -> Result<Server> {
    let socket = folder.join("fpm.socket");
    let mut pool = format!(
        "[global]\ndaemonize = no\nerror_log = {0}/fpm.log\npid = {0}/fpm.pid\n\
         [www]\nlisten = {1}\nlisten.mode = 0666\npm = static\npm.max_children = 3\n\
         catch_workers_output = yes\n",
        folder.display(),
        socket.display()
    );
    if is_root() {
        pool.push_str("user = www-data\ngroup = www-data\n");
    }
    for (name, value) in &options.ini {
        let _ = writeln!(pool, "php_admin_value[{name}] = {value}");
    }
    let configuration = folder.join("fpm.conf");
    std::fs::write(&configuration, pool)?;
    let mut command = Command::new(program(&format!("php-fpm{}", version()?)));
    command
        .env("PHP_INI_SCAN_DIR", options.write_ini(folder, "fpm")?)
        .args(["--nodaemonize", "--fpm-config"])
        .arg(&configuration);
    let mut server = Server::start(command, &folder.join("log"), None, &[])?;
    server.wait_ready(|| std::os::unix::net::UnixStream::connect(&socket).is_ok())?;
    Ok(server)
}

fn nginx(root: &Path, folder: &Path, port: u16) -> Result<Server> {
    let user = if is_root() { "user www-data;" } else { "" };
    let configuration = format!(
        "{user}
daemon off; worker_processes 1; pid {here}/nginx.pid; error_log {here}/error.log;
events {{ worker_connections 64; }}
http {{
  include /etc/nginx/mime.types;
  access_log off;
  gzip on; gzip_types application/x-ndjson application/json text/plain;
  client_body_temp_path {here}/body; proxy_temp_path {here}/proxy; fastcgi_temp_path {here}/fastcgi;
  uwsgi_temp_path {here}/uwsgi; scgi_temp_path {here}/scgi;
  server {{
    listen 127.0.0.1:{port};
    root {root};
    index index.php;
    location ~ \\.php$ {{
      try_files $uri =404;
      include /etc/nginx/fastcgi_params;
      # Debian's list passes the host without its port, which PHP's own server does not.
      fastcgi_param HTTP_HOST $host:$server_port;
      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
      fastcgi_pass unix:{here}/fpm.socket;
    }}
  }}
}}
",
        here = folder.display(),
        root = root.display()
    );
    let file = folder.join("nginx.conf");
    std::fs::write(&file, configuration)?;
    let mut command = Command::new(program("nginx"));
    command
        .arg("-c")
        .arg(&file)
        .arg("-e")
        .arg(folder.join("error.log"));
    let mut server = Server::start(command, &folder.join("log"), Some(folder), &[])?;
    server.wait_ready(|| listens(port))?;
    Ok(server)
}
