//! The vault: sealed on disk, for the owner's eyes alone, and each secret only as what it is.
use std::fs;

use winkelbrug::profile::{DataDir, Secret, Secrets, Vault};

fn vault() -> (tempfile::TempDir, Vault) {
    let folder = tempfile::tempdir().unwrap();
    let data = DataDir::new(folder.path());
    data.make().unwrap();
    let vault = Vault::new(&data);
    (folder, vault)
}

#[test]
fn a_secret_comes_back_and_stands_nowhere_in_clear() {
    let (folder, vault) = vault();
    vault
        .set("winkel", "upload", &Secret::new("geheim-1234"))
        .unwrap();
    vault
        .set("winkel", "administration", &Secret::new("sleutel"))
        .unwrap();
    assert_eq!(
        vault.get("winkel", "upload").unwrap().unwrap().expose(),
        "geheim-1234"
    );
    assert_eq!(
        vault
            .get("winkel", "administration")
            .unwrap()
            .unwrap()
            .expose(),
        "sleutel"
    );
    assert!(vault.get("andere", "upload").unwrap().is_none());
    for file in fs::read_dir(folder.path().join("secrets")).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(!text.contains("geheim-1234") && !text.contains("sleutel"));
    }
}

#[test]
fn removed_secrets_are_gone() {
    let (_folder, vault) = vault();
    vault.remove("winkel", "upload").unwrap();
    vault.set("winkel", "upload", &Secret::new("a")).unwrap();
    vault.set("winkel", "shop", &Secret::new("b")).unwrap();
    vault.remove("winkel", "upload").unwrap();
    assert!(vault.get("winkel", "upload").unwrap().is_none());
    vault.remove_all("winkel").unwrap();
    assert!(vault.get("winkel", "shop").unwrap().is_none());
}

#[test]
fn the_same_secret_is_sealed_differently_each_time() {
    let (folder, vault) = vault();
    let file = folder.path().join("secrets/winkel.json");
    vault.set("winkel", "upload", &Secret::new("a")).unwrap();
    let first = fs::read_to_string(&file).unwrap();
    vault.set("winkel", "upload", &Secret::new("a")).unwrap();
    assert_ne!(first, fs::read_to_string(&file).unwrap());
}

#[test]
fn a_foreign_key_opens_nothing_and_says_so() {
    let (folder, vault) = vault();
    vault.set("winkel", "upload", &Secret::new("a")).unwrap();
    fs::write(folder.path().join("secrets/key"), "00".repeat(32)).unwrap();
    let failure = vault.get("winkel", "upload").unwrap_err();
    assert_eq!(failure.code, "secrets-wrong-key");
    fs::remove_file(folder.path().join("secrets/key")).unwrap();
    assert_eq!(
        vault.get("winkel", "upload").unwrap_err().code,
        "secrets-wrong-key"
    );
}

#[test]
fn a_secret_cannot_be_passed_off_as_another() {
    let (folder, vault) = vault();
    vault.set("winkel", "upload", &Secret::new("a")).unwrap();
    let secrets = folder.path().join("secrets");
    fs::copy(secrets.join("winkel.json"), secrets.join("andere.json")).unwrap();
    assert_eq!(
        vault.get("andere", "upload").unwrap_err().code,
        "secrets-wrong-key"
    );
}

#[test]
fn damage_is_named() {
    let (folder, vault) = vault();
    vault.set("winkel", "upload", &Secret::new("a")).unwrap();
    for content in [
        "",
        "{}x",
        r#"{"secrets":{"upload":"AA=="}}"#,
        r#"{"secrets":{"upload":"?"}}"#,
    ] {
        fs::write(folder.path().join("secrets/winkel.json"), content).unwrap();
        assert_eq!(
            vault.get("winkel", "upload").unwrap_err().code,
            "secrets-damaged",
            "{content}"
        );
    }
}

#[test]
fn names_that_could_leave_the_folder_are_refused() {
    let (_folder, vault) = vault();
    for name in ["../x", "a/b", "", ".", "A"] {
        assert!(
            vault.set(name, "upload", &Secret::new("a")).is_err(),
            "{name}"
        );
        assert!(vault.get(name, "upload").is_err(), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_key_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, vault) = vault();
    vault.set("winkel", "upload", &Secret::new("a")).unwrap();
    let key = folder.path().join("secrets/key");
    assert_eq!(
        fs::metadata(&key).unwrap().permissions().mode() & 0o777,
        0o600
    );
    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    let failure = vault.get("winkel", "upload").unwrap_err();
    assert_eq!(failure.code, "secrets-rights");
    assert!(failure.hint.nl.contains("chmod 600"));
    assert!(vault.set("winkel", "upload", &Secret::new("b")).is_err());
}

#[test]
fn two_writers_lose_nothing() {
    let (_folder, vault) = vault();
    std::thread::scope(|scope| {
        for n in 0..16 {
            let vault = vault.clone();
            scope.spawn(move || {
                vault
                    .set("winkel", &format!("s{n}"), &Secret::new("x"))
                    .unwrap()
            });
        }
    });
    for n in 0..16 {
        assert!(vault.get("winkel", &format!("s{n}")).unwrap().is_some());
    }
}
