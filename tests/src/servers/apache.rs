//! Apache with PHP-FPM by `mod_proxy_fcgi`: it passes other headers to PHP than nginx and PHP's own
//! server do.

use std::{path::Path, process::Command};

use anyhow::Result;

use super::{
    nginx::fpm,
    php::PhpOptions,
    process::{Server, is_root, listens, program},
};

/// Where Debian keeps Apache's modules.
const MODULES: &str = "/usr/lib/apache2/modules";

/// Starts both. The folder belongs to the last of them in the list.
pub(super) fn start(
    root: &Path,
    options: &PhpOptions,
    folder: &Path,
    port: u16,
) -> Result<Vec<Server>> {
    let fpm = fpm(options, folder)?;
    let modules: String = [
        "mpm_event",
        "authz_core",
        "dir",
        "mime",
        "deflate",
        "filter",
        "proxy",
        "proxy_fcgi",
    ]
    .iter()
    .map(|name| format!("LoadModule {name}_module {MODULES}/mod_{name}.so\n"))
    .collect();
    let user = if is_root() {
        "User www-data\nGroup www-data\n"
    } else {
        ""
    };
    let configuration = format!(
        "{modules}{user}
ServerName 127.0.0.1
ServerRoot {here}
Listen 127.0.0.1:{port}
PidFile {here}/apache.pid
ErrorLog {here}/error.log
DefaultRuntimeDir {here}
StartServers 1
TypesConfig /etc/mime.types
AddOutputFilterByType DEFLATE application/x-ndjson text/plain
DocumentRoot {root}
<Directory {root}>
  Require all granted
  DirectoryIndex index.php
</Directory>
<FilesMatch \"\\.php$\">
  SetHandler \"proxy:unix:{here}/fpm.socket|fcgi://localhost\"
</FilesMatch>
",
        here = folder.display(),
        root = root.display()
    );
    let file = folder.join("apache.conf");
    std::fs::write(&file, configuration)?;
    let mut command = Command::new(program("apache2"));
    command.arg("-DFOREGROUND").arg("-f").arg(&file);
    let mut server = Server::start(command, &folder.join("log"), Some(folder), &[])?;
    server.wait_ready(|| listens(port))?;
    Ok(vec![fpm, server])
}
