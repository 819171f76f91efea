//! nginx with PHP-FPM as a Magento 2 shop has it, after the facts of the program's own example
//! (`nginx.conf.sample` of Magento Open Source 2.4): the web root is `pub/`, a name that is no file is
//! the front controller's, static and media files have places of their own, and only the PHP files
//! named are run. A refused or missing file is answered by the shop's own page.

use std::{path::Path, process::Command};

use anyhow::{Context, Result};

use super::{
    nginx::fpm,
    php::PhpOptions,
    process::{Server, is_root, listens, program},
};

/// Starts both. The folder belongs to the last of them in the list. `served` is the shop's `pub/`.
pub(super) fn start(
    served: &Path,
    options: &PhpOptions,
    folder: &Path,
    port: u16,
) -> Result<Vec<Server>> {
    let root = served.parent().context("the shop's root")?;
    let fpm = fpm(options, folder)?;
    // A relative `include` is looked for beside the configuration.
    std::fs::copy("/etc/nginx/fastcgi_params", folder.join("fastcgi_params"))?;
    let user = if is_root() { "user www-data;" } else { "" };
    let configuration = format!(
        "{user}
daemon off; worker_processes 1; pid {here}/nginx.pid; error_log {here}/error.log;
events {{ worker_connections 64; }}
http {{
  include /etc/nginx/mime.types; access_log off;
  client_body_temp_path {here}/body; proxy_temp_path {here}/proxy; fastcgi_temp_path {here}/fastcgi;
  uwsgi_temp_path {here}/uwsgi; scgi_temp_path {here}/scgi;
  upstream fastcgi_backend {{ server unix:{here}/fpm.socket; }}
  server {{
    listen 127.0.0.1:{port};
    set $MAGE_ROOT {root};
    {rules}
    {MAGENTO}
  }}
}}
",
        here = folder.display(),
        root = root.display(),
        rules = options.rules,
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
    Ok(vec![fpm, server])
}

/// The rules.
const MAGENTO: &str = r"
    root $MAGE_ROOT/pub;
    index index.php;
    autoindex off;
    charset UTF-8;
    error_page 404 403 = /errors/404.php;
    location = /.user.ini { deny all; }
    location / { try_files $uri $uri/ /index.php$is_args$args; }
    location /static/ {
      location ~ ^/static/version\d*/ { rewrite ^/static/version\d*/(.*)$ /static/$1 last; }
      location ~* \.(ico|jpe?g|png|gif|svg|webp|js|css|woff2?|ttf|eot|html|json)$ {
        if (!-f $request_filename) { rewrite ^/static/?(.*)$ /static.php?resource=$1 last; }
      }
      if (!-f $request_filename) { rewrite ^/static/?(.*)$ /static.php?resource=$1 last; }
    }
    location /media/ {
      try_files $uri $uri/ /get.php$is_args$args;
      location ~ ^/media/(customer|downloadable|import|custom_options)/ { deny all; }
      location ~ ^/media/theme_customization/.*\.xml { deny all; }
    }
    location ~ ^/(index|get|static|errors/report|errors/404|errors/503|health_check)\.php$ {
      try_files $uri =404;
      fastcgi_pass fastcgi_backend;
      fastcgi_index index.php;
      include fastcgi_params;
      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
    }
    location ~* (\.php$|\.phtml$|\.htaccess$|\.htpasswd$|\.git) { deny all; }
";
