//! How the vault's key lies on this machine. Windows protects it by DPAPI: for this user, or, in a
//! data folder for the whole machine (below ProgramData, where a service works), for the machine,
//! with the folder closed to all but the system, its administrators and its maker. Elsewhere it is a
//! file that only its owner may read.

#[cfg(not(windows))]
use std::path::Path;

#[cfg(windows)]
pub(super) use windows::{closed, opened};

/// The key as it is written.
#[cfg(not(windows))]
pub(super) fn closed(key: &[u8], _folder: &Path) -> std::io::Result<String> {
    Ok(hex::encode(key))
}

/// The key from what was written; none when it is none.
#[cfg(not(windows))]
pub(super) fn opened(text: &str) -> Option<Vec<u8>> {
    hex::decode(text.trim()).ok()
}

#[cfg(windows)]
mod windows {
    use std::{env, io, path::Path, process::Command};

    use base64::{Engine, engine::general_purpose::STANDARD};
    use windows_dpapi::{Scope, decrypt_data, encrypt_data};

    /// Mixed into the protection, so that another program of this user does not open it by accident.
    const ENTROPY: &[u8] = b"winkelbrug vault 1";
    const USER: &str = "dpapi-user ";
    const MACHINE: &str = "dpapi-machine ";
    /// Hides the console of a program that is started.
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;

    pub(crate) fn closed(key: &[u8], folder: &Path) -> io::Result<String> {
        let (scope, name) = if is_for_the_machine(folder) {
            close(folder)?;
            (Scope::Machine, MACHINE)
        } else {
            (Scope::User, USER)
        };
        let sealed = encrypt_data(key, scope, Some(ENTROPY)).map_err(io::Error::other)?;
        Ok(format!("{name}{}", STANDARD.encode(sealed)))
    }

    pub(crate) fn opened(text: &str) -> Option<Vec<u8>> {
        let text = text.trim();
        let (scope, sealed) = match text.strip_prefix(USER) {
            Some(sealed) => (Scope::User, sealed),
            None => (Scope::Machine, text.strip_prefix(MACHINE)?),
        };
        decrypt_data(&STANDARD.decode(sealed).ok()?, scope, Some(ENTROPY)).ok()
    }

    /// What a service and a user share lies below ProgramData.
    fn is_for_the_machine(folder: &Path) -> bool {
        let Some(shared) = env::var_os("ProgramData") else {
            return false;
        };
        let lower = |path: &Path| path.to_string_lossy().to_lowercase();
        Path::new(&lower(folder)).starts_with(lower(Path::new(&shared)))
    }

    /// Machine scope opens for anybody on this machine, so the rights of the folder must not.
    fn close(folder: &Path) -> io::Result<()> {
        let mut command = Command::new("icacls");
        command.arg(folder).args(["/inheritance:r", "/grant:r"]);
        // The system and its administrators, by their fixed identifiers.
        for who in ["*S-1-5-18", "*S-1-5-32-544"] {
            command.arg(format!("{who}:(OI)(CI)F"));
        }
        if let (Some(domain), Some(user)) = (env::var_os("USERDOMAIN"), env::var_os("USERNAME")) {
            let (domain, user) = (domain.to_string_lossy(), user.to_string_lossy());
            command.arg(format!("{domain}\\{user}:(OI)(CI)F"));
        }
        std::os::windows::process::CommandExt::creation_flags(&mut command, CREATE_NO_WINDOW);
        let output = command.output()?;
        if output.status.success() {
            return Ok(());
        }
        Err(io::Error::other(
            String::from_utf8_lossy(&output.stdout).into_owned(),
        ))
    }
}
