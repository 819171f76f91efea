//! Folder and address are proved to belong together before anything is installed, and whatever stands
//! between them is named: each provoked by a real web server set up to do it.

use std::{os::unix::fs::PermissionsExt as _, path::Path};

use testbed::{
    profile::text,
    program::Ran,
    scene::Scene,
    servers::{Front, FrontOptions},
};

/// A shop whose profile is given anew for each case.
pub struct Bed {
    pub scene: Scene,
    cases: usize,
}

impl Bed {
    pub fn new() -> Self {
        let scene = Scene::empty().unwrap();
        scene.add_profile().unwrap().ended(0).unwrap();
        Self { scene, cases: 0 }
    }

    pub fn set(&mut self, table: &str, key: &str, value: &str) {
        self.scene.profile.set(table, key, &text(value));
    }

    /// Gives the profile with that address.
    pub fn at(&mut self, url: &str) {
        self.set("shop", "url", url);
        self.cases += 1;
        let file = self
            .scene
            .agent
            .data()
            .join(format!("case{}.toml", self.cases));
        std::fs::write(&file, self.scene.profile.toml()).unwrap();
        let add = [
            "profile",
            "add",
            "--replace",
            "--from",
            file.to_str().unwrap(),
            "--secrets",
            "-",
        ];
        let secrets = self.scene.profile.secrets_json();
        self.scene
            .agent
            .run_with(&add, &secrets)
            .unwrap()
            .ended(0)
            .unwrap();
    }

    pub fn deploy(&self, more: &[&str]) -> Ran {
        self.scene
            .agent
            .run(&[&["deploy", "demo"], more].concat())
            .unwrap()
    }

    /// What the shop's folder, or one inside it, holds of ours.
    pub fn ours(&self) -> Vec<String> {
        ours(&self.scene.shop.folder())
    }

    /// Deploying at that address must fail with this code and these words, in two languages, and leave
    /// nothing.
    pub fn fails(&mut self, url: &str, code: &str, words: &[&str]) -> Ran {
        self.at(url);
        let ran = self.deploy(&[]);
        assert_ne!(ran.code, Some(0), "{code}: {}", ran.said());
        for word in words {
            assert!(ran.said().contains(word), "{code}, {word}: {}", ran.said());
        }
        let json = self.deploy(&["--json"]);
        assert!(
            json.stderr.contains(&format!("\"{code}\""))
                || json.stdout.contains(&format!("\"{code}\"")),
            "{code}: {}",
            json.said()
        );
        let dutch = self.deploy(&["--lang", "nl"]).said();
        assert_ne!(dutch, ran.said());
        assert!(!dutch.contains(" the "), "{dutch}");
        assert_eq!(self.ours(), Vec::<String>::new(), "{code}");
        ran
    }

    pub fn works(&mut self, url: &str) -> String {
        self.at(url);
        let said = self.deploy(&[]).ended(0).unwrap().said();
        self.scene
            .agent
            .run(&["check", "demo"])
            .unwrap()
            .ended(0)
            .unwrap();
        self.scene
            .agent
            .run(&["run", "demo"])
            .unwrap()
            .ended(0)
            .unwrap();
        self.scene
            .agent
            .run(&["withdraw", "demo"])
            .unwrap()
            .ended(0)
            .unwrap();
        assert_eq!(self.ours(), Vec::<String>::new());
        said
    }

    pub fn front(&self, server: &str) -> Front {
        Front::start(&self.scene.shop.url(), server).unwrap()
    }
}

/// The account may write there, whoever made it.
fn for_everybody(folder: &Path) {
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o777)).unwrap();
}

fn ours(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("winkelbrug-"))
        .collect()
}

#[test]
fn a_folder_that_is_not_the_addresss_is_named_before_anything_is_installed() {
    let mut bed = Bed::new();
    let account = bed.scene.shop.folder().parent().unwrap().to_owned();
    let other = account.join("oud");
    for folder in ["catalog", "system"] {
        std::fs::create_dir_all(other.join(folder)).unwrap();
    }
    for file in ["config.php", "index.php"] {
        std::fs::write(other.join(file), "").unwrap();
    }
    for_everybody(&other);
    let url = bed.scene.shop.url();
    bed.set("shop.upload", "folder", "oud");
    bed.fails(&url, "folder-not-of-url", &["oud", &url, "404"]);
    assert_eq!(ours(&other), Vec::<String>::new());
    bed.set("shop.upload", "folder", "public_html");
    bed.works(&url);

    // Another machine than the one with the files.
    let elsewhere = Front::with(
        &url,
        &FrontOptions {
            address: "127.0.0.2".to_owned(),
            server: "location / { return 404; }".to_owned(),
            ..FrontOptions::default()
        },
    )
    .unwrap();
    bed.fails(
        &elsewhere.url(),
        "shop-on-other-host",
        &["127.0.0.1", "127.0.0.2", "another server"],
    );
}
