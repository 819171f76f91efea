//! The encrypted store: one file a profile, each secret sealed with AES-256-GCM and bound to its
//! profile and name. The key lies beside them, as [`machine_key`] says.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    rand::{SecureRandom, SystemRandom},
};
use serde::{Deserialize, Serialize};

use super::{
    Secret, Secrets, durable, machine_key, sound,
    store::{DataDir, disk},
};
use crate::{
    failure::{Failure, Result},
    text,
};

/// Length of the key in bytes (AES-256).
const KEY_LENGTH: usize = 32;

/// The secrets of a data folder, encrypted at rest.
#[derive(Debug, Clone)]
pub struct Vault(PathBuf);

/// A profile's file.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Sealed {
    /// Name -> base64 of nonce and sealed text.
    secrets: BTreeMap<String, String>,
}

impl Vault {
    /// The vault of that data folder. Its key is made at the first secret.
    #[must_use]
    pub fn new(data: &DataDir) -> Self {
        Self(data.secrets())
    }

    /// Forgets everything of a profile.
    ///
    /// # Errors
    /// The disk refuses: `Misconfigured`.
    pub fn remove_all(&self, profile: &str) -> Result<()> {
        sound::name(profile)?;
        let file = self.file(profile);
        match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(disk("secrets-unwritable", &file, error))
            }
            _ => Ok(()),
        }
    }

    fn file(&self, profile: &str) -> PathBuf {
        self.0.join(format!("{profile}.json"))
    }

    fn key_file(&self) -> PathBuf {
        self.0.join("key")
    }

    fn read(&self, profile: &str) -> Result<Sealed> {
        let file = self.file(profile);
        match fs::read(&file) {
            Ok(bytes) => {
                serde_json::from_slice(&bytes).map_err(|error| damaged(&file).source(error))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Sealed::default()),
            Err(error) => Err(disk("secrets-unreadable", &file, error)),
        }
    }

    /// Reads, changes and writes a profile's file while no other process does.
    fn change(&self, profile: &str, change: impl FnOnce(&mut Sealed) -> Result<()>) -> Result<()> {
        sound::name(profile)?;
        let file = self.file(profile);
        let unwritable = |error| disk("secrets-unwritable", &file, error);
        durable::make_folder(&self.0).map_err(unwritable)?;
        let _lock = self.lock().map_err(unwritable)?;
        let mut sealed = self.read(profile)?;
        change(&mut sealed)?;
        let bytes =
            serde_json::to_vec_pretty(&sealed).map_err(|error| damaged(&file).source(error))?;
        durable::replace(&file, &bytes).map_err(unwritable)
    }

    /// Held until the file is dropped.
    fn lock(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(self.0.join("lock"))?;
        file.lock()?;
        Ok(file)
    }

    /// The key, if there is one.
    fn key(&self) -> Result<Option<LessSafeKey>> {
        let file = self.key_file();
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(disk("secrets-unreadable", &file, error)),
        };
        owner_alone(&file)?;
        let bytes = machine_key::opened(&text).ok_or_else(|| not_to_be_opened(&file))?;
        UnboundKey::new(&AES_256_GCM, &bytes)
            .map(|key| Some(LessSafeKey::new(key)))
            .map_err(|_| damaged(&file))
    }

    /// The key, made now if there was none. Only under the lock.
    fn key_or_new(&self, random: &SystemRandom) -> Result<LessSafeKey> {
        if let Some(key) = self.key()? {
            return Ok(key);
        }
        let file = self.key_file();
        let mut bytes = [0; KEY_LENGTH];
        random.fill(&mut bytes).map_err(|_| no_random())?;
        machine_key::closed(&bytes, &self.0)
            .and_then(|text| durable::write_new(&file, text.as_bytes()))
            .map_err(|error| disk("secrets-unwritable", &file, error))?;
        UnboundKey::new(&AES_256_GCM, &bytes)
            .map(LessSafeKey::new)
            .map_err(|_| damaged(&file))
    }
}

impl Secrets for Vault {
    fn get(&self, profile: &str, name: &str) -> Result<Option<Secret>> {
        sound::name(profile)?;
        let sealed = self.read(profile)?;
        let Some(sealed) = sealed.secrets.get(name) else {
            return Ok(None);
        };
        let file = self.file(profile);
        let key = self.key()?.ok_or_else(|| wrong_key(profile, name))?;
        let mut bytes = STANDARD.decode(sealed).map_err(|_| damaged(&file))?;
        let Some((nonce, text)) = bytes.split_at_mut_checked(NONCE_LEN) else {
            return Err(damaged(&file));
        };
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| damaged(&file))?;
        let text = key
            .open_in_place(nonce, bound_to(profile, name), text)
            .map_err(|_| wrong_key(profile, name))?;
        let text = std::str::from_utf8(text).map_err(|_| damaged(&file))?;
        Ok(Some(Secret::new(text)))
    }

    fn set(&self, profile: &str, name: &str, secret: &Secret) -> Result<()> {
        self.change(profile, |sealed| {
            let random = SystemRandom::new();
            let key = self.key_or_new(&random)?;
            let mut nonce = [0; NONCE_LEN];
            random.fill(&mut nonce).map_err(|_| no_random())?;
            let mut text = secret.expose().as_bytes().to_vec();
            key.seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                bound_to(profile, name),
                &mut text,
            )
            .map_err(|_| damaged(&self.file(profile)))?;
            let bytes = [nonce.as_slice(), &text].concat();
            sealed
                .secrets
                .insert(name.to_owned(), STANDARD.encode(bytes));
            Ok(())
        })
    }

    fn remove(&self, profile: &str, name: &str) -> Result<()> {
        if !self.read(profile)?.secrets.contains_key(name) {
            return Ok(());
        }
        self.change(profile, |sealed| {
            sealed.secrets.remove(name);
            Ok(())
        })
    }
}

/// A sealed text opens only as the secret it was stored as.
fn bound_to(profile: &str, name: &str) -> Aad<Vec<u8>> {
    Aad::from(format!("winkelbrug secret\n{profile}\n{name}").into_bytes())
}

/// Refuses a key file that others on this machine may read.
#[cfg(unix)]
fn owner_alone(file: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let rights = fs::metadata(file)
        .map_err(|error| disk("secrets-unreadable", file, error))?
        .permissions()
        .mode();
    if rights & 0o077 == 0 {
        return Ok(());
    }
    let path = file.display();
    let rights = rights & 0o777;
    Err(Failure::misconfigured(
        "secrets-rights",
        text!(
            "Anderen op deze computer kunnen {path} lezen (rechten {rights:o}).",
            "Others on this machine can read {path} (mode {rights:o})."
        ),
    )
    .hint(text!(
        "Sluit het bestand af (chmod 600 {path}) en geef de wachtwoorden die erin staan opnieuw op als anderen erbij konden.",
        "Close the file (chmod 600 {path}) and give the passwords it protects anew if others could have had them."
    )))
}

/// Windows: the file inherits the rights of the user's own folder.
#[cfg(not(unix))]
fn owner_alone(_file: &Path) -> Result<()> {
    Ok(())
}

fn wrong_key(profile: &str, name: &str) -> Failure {
    Failure::misconfigured(
        "secrets-wrong-key",
        text!(
            "Het geheim {name} van profiel {profile} past niet bij de sleutel van deze computer.",
            "The secret {name} of profile {profile} does not fit this machine's key."
        ),
    )
    .hint(text!(
        "Is de gegevensmap van een andere computer gekopieerd? Geef de geheimen opnieuw op: winkelbrug profile add --from BESTAND --replace",
        "Was the data folder copied from another machine? Give the secrets anew: winkelbrug profile add --from FILE --replace"
    ))
}

fn damaged(file: &Path) -> Failure {
    let path = file.display();
    Failure::misconfigured(
        "secrets-damaged",
        text!(
            "{path} is beschadigd: de geheimen erin zijn niet te lezen.",
            "{path} is damaged: the secrets in it cannot be read."
        ),
    )
    .hint(text!(
        "Zet het bestand terug uit een kopie, of verwijder het en geef de geheimen opnieuw op.",
        "Put the file back from a copy, or remove it and give the secrets anew."
    ))
}

/// Windows opens a key only for the user, or on the machine, that closed it.
fn not_to_be_opened(file: &Path) -> Failure {
    if cfg!(not(windows)) {
        return damaged(file);
    }
    let path = file.display();
    Failure::misconfigured(
        "secrets-wrong-key",
        text!(
            "Windows opent {path} niet: de geheimen zijn door een andere gebruiker of op een andere computer bewaard.",
            "Windows does not open {path}: the secrets were kept by another user or on another machine."
        ),
    )
    .hint(text!(
        "Werk als de gebruiker die het profiel maakte, of verwijder het bestand en geef de geheimen opnieuw op: winkelbrug profile add --from BESTAND --replace",
        "Work as the user who made the profile, or remove the file and give the secrets anew: winkelbrug profile add --from FILE --replace"
    ))
}

fn no_random() -> Failure {
    Failure::bug(
        "no-random",
        text!(
            "Het systeem geeft geen willekeurige getallen.",
            "The system gives no random numbers."
        ),
    )
}
