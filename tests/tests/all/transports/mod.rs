//! Uploads by every protocol to real servers: vsftpd, proftpd, pure-ftpd and OpenSSH.

mod bed;
mod cuts;
mod kinds;
mod oddities;
mod program;
mod refusals;
mod trust;
