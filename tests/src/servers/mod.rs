//! Real servers on loopback with random ports and throw-away folders: MariaDB, PHP (its own web
//! server, nginx or Apache with PHP-FPM, or another version compiled for Node), and servers of files
//! (vsftpd, proftpd, pure-ftpd, sshd); a relay that stands in front of a shop, and one that cuts any
//! connection. Each is stopped and its folder removed when its value is dropped, and also when the
//! test process dies in any other way.

mod apache;
mod caching_proxy;
mod certificate;
mod cut;
mod file_server;
mod front;
mod ftp;
pub mod host_key;
mod hostile_ftp;
mod magento_nginx;
mod mariadb;
mod newest_tls;
mod nginx;
mod other_php;
mod php;
mod process;
mod proftpd;
mod pureftpd;
mod relay;
mod sshd;
mod user;
mod virtual_user;

pub use caching_proxy::CachingProxy;
pub use certificate::{Authority, Certificate};
pub use cut::CutRelay;
pub use file_server::FileServer;
pub use front::{Front, FrontOptions};
pub use ftp::{FtpOptions, FtpSecurity, Vsftpd};
pub use hostile_ftp::{Hostile, HostileFtp};
pub(crate) use mariadb::quoted;
pub use mariadb::{Database, MariaDb, StatementLog};
pub use other_php::{OtherPhp, PHP_VERSIONS};
pub use php::{Php, PhpOptions, WebServer};
pub use process::{Server, free_port, is_root, may_be_root, throw_away_folder, wait_until};
pub use proftpd::{ProftpdOptions, ProftpdProtocol};
pub use relay::{Behaviour, Exchange, Relay};
pub use sshd::{SshLogin, SshdOptions};
