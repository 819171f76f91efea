//! Uploads by every protocol to real servers: vsftpd, proftpd, pure-ftpd and OpenSSH.

mod bed;
mod kinds;
