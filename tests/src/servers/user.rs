//! System users made for a test and removed after it, for servers that know no others.

use std::{
    path::Path,
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use anyhow::{Context, Result, bail};

use super::process::{program, wait_until};

/// Makes a system user whose home is `root`, with the web server's ids, so that PHP may read what
/// it uploads as on a shared host.
pub(super) fn make_user(root: &Path, password: &str) -> Result<String> {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    remove_leftovers();
    let user = format!(
        "wbtest{}-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    let mut said = String::new();
    // useradd fails while somebody else holds the lock of the password file.
    wait_until("useradd", Duration::from_secs(20), || {
        let output = Command::new(program("useradd"))
            .args(["--no-log-init", "--no-create-home", "--no-user-group"])
            .args(["--non-unique", "--uid", "33", "--gid", "33"])
            .args(["--shell", "/bin/sh", "--home-dir"])
            .arg(root)
            .arg(&user)
            .output();
        match output {
            Ok(output) if output.status.success() => true,
            Ok(output) => {
                said = String::from_utf8_lossy(&output.stderr).into_owned();
                std::thread::sleep(Duration::from_millis(50));
                false
            }
            Err(error) => {
                said = error.to_string();
                false
            }
        }
    })
    .with_context(|| said.clone())?;
    set_password(&user, password)?;
    let owned = Command::new("chown")
        .args(["-R", "33:33"])
        .arg(root)
        .status()?;
    if !owned.success() {
        bail!("chown {}", root.display());
    }
    Ok(user)
}

fn set_password(user: &str, password: &str) -> Result<()> {
    use std::io::Write as _;
    wait_until("chpasswd", Duration::from_secs(20), || {
        Command::new(program("chpasswd"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .and_then(|mut child| {
                if let Some(mut input) = child.stdin.take() {
                    writeln!(input, "{user}:{password}")?;
                }
                child.wait()
            })
            .is_ok_and(|status| status.success())
    })
}

/// Removes accounts of test processes that were killed together with their guards.
fn remove_leftovers() {
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    for user in users.lines().filter_map(|line| line.split(':').next()) {
        let Some(process) = user
            .strip_prefix("wbtest")
            .and_then(|rest| rest.split('-').next())
        else {
            continue;
        };
        if !Path::new("/proc").join(process).exists() {
            let _ = Command::new(program("userdel"))
                .args(["-f", user])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
        }
    }
}
