//! Where everything of the owner's lives on this PC: the data folder and the profiles in it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use super::{Settings, durable, read, sound};
use crate::{
    failure::{Failure, Result},
    text,
    text::Text,
};

/// The data folder: `journal.db`, `profiles/<name>.toml`, `secrets/`, `logs/`, `backups/`,
/// `trial/`, `locks/`.
#[derive(Debug, Clone)]
pub struct DataDir(PathBuf);

impl DataDir {
    /// A data folder at that place; nothing is made yet.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The place the system keeps for programs of this user.
    ///
    /// # Errors
    /// The user has no home folder: `Misconfigured`.
    pub fn of_this_user() -> Result<Self> {
        directories::ProjectDirs::from("nl", "", "Winkelbrug")
            .map(|folders| Self(folders.data_local_dir().to_owned()))
            .ok_or_else(|| {
                Failure::misconfigured(
                    "no-home",
                    text!(
                        "Deze gebruiker heeft geen eigen map.",
                        "This user has no home folder."
                    ),
                )
                .hint(text!(
                    "Geef met --data-dir de map waarin Winkelbrug zijn gegevens mag bewaren.",
                    "Name with --data-dir the folder where Winkelbrug may keep its data."
                ))
            })
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The profiles in it.
    #[must_use]
    pub fn profiles(&self) -> Profiles {
        Profiles(self.0.join("profiles"))
    }

    /// Where secrets are kept, encrypted.
    #[must_use]
    pub fn secrets(&self) -> PathBuf {
        self.0.join("secrets")
    }

    /// Where logs are kept.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.0.join("logs")
    }

    /// Where locks are kept.
    #[must_use]
    pub fn locks(&self) -> PathBuf {
        self.0.join("locks")
    }

    /// Has Winkelbrug kept anything here?
    #[must_use]
    pub fn holds_anything(&self) -> bool {
        self.0.join("journal.db").exists()
            || self.profiles().names().is_ok_and(|names| !names.is_empty())
    }

    /// Makes the folder and those in it; nothing happens to what is there.
    ///
    /// # Errors
    /// The place cannot be written: `Misconfigured`, code `data-folder`.
    pub fn make(&self) -> Result<()> {
        [
            &self.0,
            &self.0.join("profiles"),
            &self.secrets(),
            &self.logs(),
            &self.locks(),
        ]
        .into_iter()
        .try_for_each(|folder| {
            durable::make_folder(folder).map_err(|error| disk("data-folder", folder, error))
        })
    }
}

/// A profile as it is kept: the owner's own text, with his remarks, and what it means.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The text.
    pub source: String,
    /// Its meaning.
    pub settings: Settings,
}

impl Profile {
    /// Reads a text as a profile.
    ///
    /// # Errors
    /// See [`read::settings`].
    pub fn read(source: impl Into<String>) -> Result<Self> {
        let source = source.into();
        let settings = read::settings(&source)?;
        Ok(Self { source, settings })
    }

    /// The same profile with `shop.orders_from` filled in where it was left out; the owner's text
    /// stays as it is but for that line.
    ///
    /// # Errors
    /// The profile cannot be written as text: `Bug`.
    pub fn with_orders_from(self, now: Timestamp) -> Result<Self> {
        if self.settings.shop.orders_from.is_some() {
            return Ok(self);
        }
        // Whole seconds, as the text will have it.
        let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let mut settings = self.settings;
        settings.shop.orders_from = Some(now);
        let inserted = insert_below_shop(&self.source, now)
            .and_then(|source| Self::read(source).ok())
            .filter(|profile| profile.settings == settings);
        match inserted {
            Some(profile) => Ok(profile),
            None => Self::written(settings),
        }
    }

    /// A profile from settings alone: its text is written anew.
    ///
    /// # Errors
    /// The settings cannot be written as text: `Bug`.
    pub fn written(settings: Settings) -> Result<Self> {
        let source = toml::to_string(&settings).map_err(|error| {
            Failure::bug(
                "profile-unwritable",
                text!(
                    "Het profiel kan niet als tekst worden geschreven: {error}",
                    "The profile cannot be written as text: {error}"
                ),
            )
        })?;
        Ok(Self { source, settings })
    }
}

/// The text with a line `orders_from = …` right below `[shop]`; none when there is no such line.
fn insert_below_shop(source: &str, now: Timestamp) -> Option<String> {
    let start = source
        .match_indices("[shop]")
        .map(|(at, _)| at)
        .find(|at| {
            source[..*at]
                .chars()
                .rev()
                .take_while(|c| *c != '\n')
                .all(char::is_whitespace)
        })?;
    let end = source[start..]
        .find('\n')
        .map(|length| start + length + 1)?;
    let (above, below) = source.split_at(end);
    let moment = now.strftime("%Y-%m-%dT%H:%M:%SZ");
    Some(format!("{above}orders_from = {moment}\n{below}"))
}

/// All profiles of a data folder.
#[derive(Debug, Clone)]
pub struct Profiles(PathBuf);

impl Profiles {
    /// Their names, in order.
    ///
    /// # Errors
    /// The folder cannot be read: `Misconfigured`.
    pub fn names(&self) -> Result<Vec<String>> {
        let entries = match fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(disk("profiles-unreadable", &self.0, error)),
        };
        let mut names: Vec<String> = entries
            .filter_map(std::result::Result::ok)
            .filter_map(|entry| {
                let file = entry.file_name();
                let name = file.to_str()?.strip_suffix(".toml")?;
                sound::name(name).is_ok().then(|| name.to_owned())
            })
            .collect();
        names.sort_unstable();
        Ok(names)
    }

    /// Is there one of that name?
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        sound::name(name).is_ok() && self.file(name).exists()
    }

    /// One profile.
    ///
    /// # Errors
    /// `Misconfigured`: `no-such-profile`, or see [`read::settings`].
    pub fn get(&self, name: &str) -> Result<Profile> {
        sound::name(name)?;
        match fs::read_to_string(self.file(name)) {
            Ok(source) => Profile::read(source),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(self.no_such(name)),
            Err(error) => Err(disk("profiles-unreadable", &self.file(name), error)),
        }
    }

    /// Keeps a profile under the name its settings have, in place of an older one.
    ///
    /// # Errors
    /// The disk refuses: `Misconfigured`; the older one is still there whole.
    pub fn save(&self, profile: &Profile) -> Result<()> {
        let name = &profile.settings.name;
        sound::name(name)?;
        durable::make_folder(&self.0)
            .and_then(|()| durable::replace(&self.file(name), profile.source.as_bytes()))
            .map_err(|error| disk("profiles-unwritable", &self.file(name), error))
    }

    /// Forgets a profile; no error when it was not there. Its secrets are the vault's.
    ///
    /// # Errors
    /// The disk refuses: `Misconfigured`.
    pub fn remove(&self, name: &str) -> Result<()> {
        sound::name(name)?;
        match fs::remove_file(self.file(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(disk("profiles-unwritable", &self.file(name), error))
            }
            _ => Ok(()),
        }
    }

    /// The data folder they are in, for people.
    #[must_use]
    pub fn folder(&self) -> String {
        let folder = self.0.parent().unwrap_or(&self.0);
        folder.display().to_string()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.toml"))
    }

    fn no_such(&self, name: &str) -> Failure {
        let names = self.names().unwrap_or_default();
        let folder = self.folder();
        let hint = match read::nearest(name, names.iter().map(String::as_str)) {
            Some(nearest) => text!("Bedoelt u {nearest}?", "Do you mean {nearest}?"),
            None if names.is_empty() => text!(
                "In de map {folder} is nog geen profiel; maak er een met: winkelbrug profile add --from BESTAND",
                "There is no profile yet in the folder {folder}; make one with: winkelbrug profile add --from FILE"
            ),
            None => {
                let all = names.join(", ");
                text!("Er zijn: {all}.", "There are: {all}.")
            }
        };
        Failure::misconfigured(
            "no-such-profile",
            text!("Er is geen profiel {name}.", "There is no profile {name}."),
        )
        .hint(hint)
    }
}

/// What the disk says, in words; the system's own where we have none.
#[must_use]
pub fn of_disk(error: &io::Error) -> Text {
    use io::ErrorKind as K;
    match error.kind() {
        K::NotFound => text!("bestaat niet", "does not exist"),
        K::PermissionDenied => text!("dat mag deze gebruiker niet", "this user may not"),
        K::AlreadyExists => text!("bestaat al", "exists already"),
        K::IsADirectory => text!("is een map, geen bestand", "is a folder, not a file"),
        K::NotADirectory => text!(
            "een deel van het pad is geen map",
            "a part of the path is not a folder"
        ),
        K::InvalidData => text!(
            "is geen tekst in UTF-8; bewaar het bestand als UTF-8",
            "is no text in UTF-8; save the file as UTF-8"
        ),
        K::StorageFull => text!("de schijf is vol", "the disk is full"),
        K::ReadOnlyFilesystem => text!("de schijf is alleen te lezen", "the disk is read-only"),
        K::InvalidFilename => text!("dat is geen bestandsnaam", "that is no file name"),
        K::AddrInUse => text!("dat adres is al in gebruik", "that address is in use"),
        K::AddrNotAvailable => text!(
            "deze computer heeft dat adres niet",
            "this computer does not have that address"
        ),
        _ => Text::same(error.to_string()),
    }
}

/// What the disk says of a path.
pub(crate) fn disk(code: &str, path: &Path, error: io::Error) -> Failure {
    let path = path.display();
    let failure = Failure::misconfigured(code, {
        let Text { nl, en } = of_disk(&error);
        text!("{path}: {nl}", "{path}: {en}")
    });
    match error.kind() {
        io::ErrorKind::StorageFull => failure.hint(text!(
            "De schijf is vol. Maak ruimte en probeer het opnieuw; er is niets verloren.",
            "The disk is full. Make room and try again; nothing is lost."
        )),
        io::ErrorKind::PermissionDenied => failure.hint(text!(
            "Deze gebruiker mag hier niet schrijven of lezen. Geef hem rechten of kies met --data-dir een andere map.",
            "This user may not write or read here. Give him the rights or choose another folder with --data-dir."
        )),
        _ => failure,
    }
    .source(error)
}
