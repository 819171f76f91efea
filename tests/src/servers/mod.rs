//! Real servers on loopback with random ports and throw-away folders: MariaDB, PHP (its own web
//! server, or nginx with PHP-FPM) and vsftpd; and a relay that stands in front of a shop. Each is stopped and its folder removed when its value
//! is dropped, and also when the test process dies in any other way.

mod ftp;
mod mariadb;
mod nginx;
mod php;
mod process;
mod relay;

pub use ftp::{FtpOptions, Vsftpd};
pub(crate) use mariadb::quoted;
pub use mariadb::{Database, MariaDb, StatementLog};
pub use php::{Php, PhpOptions, WebServer};
pub use process::{Server, free_port, throw_away_folder, wait_until};
pub use relay::{Behaviour, Exchange, Relay};
