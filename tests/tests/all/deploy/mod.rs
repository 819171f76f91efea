//! Deploying to a real vsftpd and PHP.

mod bed;
mod killed;
mod life;
mod named;
