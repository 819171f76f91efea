//! Real servers on loopback with random ports and throw-away folders: MariaDB, PHP (its own web
//! server, nginx or Apache with PHP-FPM, or another version compiled for Node) and vsftpd; and a relay
//! that stands in front of a shop. Each is stopped and its folder removed when its value is dropped,
//! and also when the test process dies in any other way.

mod apache;
mod ftp;
mod mariadb;
mod nginx;
mod other_php;
mod php;
mod process;
mod relay;

pub use ftp::{FtpOptions, Vsftpd};
pub(crate) use mariadb::quoted;
pub use mariadb::{Database, MariaDb, StatementLog};
pub use other_php::{OtherPhp, PHP_VERSIONS};
pub use php::{Php, PhpOptions, WebServer};
pub use process::{Server, free_port, throw_away_folder, wait_until};
pub use relay::{Behaviour, Exchange, Relay};
