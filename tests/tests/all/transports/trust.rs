//! Which keys are trusted: those an authority vouches for, those the profile names, those the owner
//! said yes to, and no other.

use testbed::servers::{Authority, CutRelay};
use winkelbrug::{failure::Class, shop::deploy::Outcome};

use super::bed::{Bed, Kind, With, start};

const KINDS: [(Kind, &str, &str); 4] = [
    (
        Kind::VsftpdExplicit,
        "certificate-not-trusted",
        "certificate-changed",
    ),
    (
        Kind::ProftpdImplicit,
        "certificate-not-trusted",
        "certificate-changed",
    ),
    (Kind::ProftpdSftp, "host-key-unknown", "host-key-changed"),
    (Kind::SshdPassword, "host-key-unknown", "host-key-changed"),
];

#[tokio::test]
async fn an_unknown_key_is_refused_with_its_fingerprint_and_trusted_only_by_the_owners_word() {
    if !super::runs_here() {
        return;
    }
    for (kind, unknown, _) in KINDS {
        let mut bed = Bed::new(kind);
        bed.settings.shop.upload.fingerprint = String::new();
        let failure = bed.deploy().await.unwrap_err();
        assert_eq!(failure.code, unknown, "{kind:?} {failure}");
        assert_eq!(failure.class, Class::Misconfigured);
        let shown = bed.server.fingerprints().iter();
        let named = shown
            .filter(|shown| failure.text.en.contains(*shown))
            .count();
        assert_eq!(named, 1, "{failure}");
        assert!(failure.hint.en.contains("--trust-new-key"), "{failure}");
        assert!(
            failure.hint.en.contains("[shop.upload] fingerprint"),
            "{failure}"
        );
        let log = bed.server.log();
        assert!(!log.contains("PASS ") && !log.contains("Accepted"), "{log}");

        let trusted = bed.trust().await;
        assert_eq!(trusted.len(), 1);
        assert_eq!(trusted[0].before, None);
        assert_eq!(bed.deploy().await.unwrap().outcome, Outcome::Placed);
        assert!(
            bed.trust().await.is_empty(),
            "nothing is left to be trusted"
        );
    }
}

#[tokio::test]
async fn each_of_a_servers_host_keys_may_be_the_one_that_is_named() {
    if !super::runs_here() {
        return;
    }
    let mut bed = Bed::new(Kind::SshdPassword);
    let fingerprints = bed.server.fingerprints().to_vec();
    assert_eq!(fingerprints.len(), 3);
    for fingerprint in fingerprints {
        bed.settings.shop.upload.fingerprint = fingerprint.clone();
        bed.deploy()
            .await
            .unwrap_or_else(|failure| panic!("{fingerprint}: {failure}"));
    }
}

#[tokio::test]
async fn a_key_that_changed_is_refused_before_anybody_logs_in_until_the_owner_trusts_it_anew() {
    if !super::runs_here() {
        return;
    }
    for (kind, _, changed) in KINDS {
        let mut bed = Bed::new(kind);
        let relay = CutRelay::start(bed.server.port()).unwrap();
        bed.settings.shop.upload.port = relay.port();
        bed.settings.shop.upload.fingerprint = String::new();
        let before = bed.trust().await[0].fingerprint.clone();
        bed.deploy().await.unwrap();

        let impostor = start(kind, bed.shop.account(), &With::default());
        relay.retarget(impostor.port());
        let failure = bed.deploy().await.unwrap_err();
        assert_eq!(failure.code, changed, "{failure}");
        assert_eq!(failure.class, Class::Credentials, "the profile stops");
        assert!(failure.text.en.contains(&before), "{failure}");
        let now = impostor.fingerprints().iter();
        assert!(
            now.into_iter().any(|now| failure.text.en.contains(now)),
            "{failure}"
        );
        assert!(!impostor.log().contains("PASS "), "{}", impostor.log());
        assert!(bed.answers().await, "what is in use stays in use");

        // What the profile names is stronger than what was trusted once.
        bed.settings.shop.upload.fingerprint = before.clone();
        let named = bed.deploy().await.unwrap_err();
        assert_eq!(named.code, changed);
        assert!(
            named.text.en.contains("[shop.upload] fingerprint"),
            "{named}"
        );
        assert!(bed.trust().await.is_empty());

        bed.settings.shop.upload.fingerprint = String::new();
        bed.settings.shop.upload.user = impostor.user().to_owned();
        bed.secret("upload", impostor.password());
        let trusted = bed.trust().await;
        assert_eq!(trusted[0].before.as_ref(), Some(&before));
        assert!(trusted[0].told().en.contains("ANOTHER key"), "{trusted:?}");
        bed.deploy().await.unwrap();
    }
}

#[tokio::test]
async fn a_certificate_of_an_authority_of_the_profile_needs_nobodys_word() {
    if !super::runs_here() {
        return;
    }
    let authority = Authority::new().unwrap();
    for kind in [
        Kind::VsftpdReuse,
        Kind::VsftpdImplicit,
        Kind::ProftpdExplicit,
    ] {
        let with = With {
            certificate: Some(authority.issue().unwrap()),
            ..With::default()
        };
        let mut bed = Bed::with(kind, with);
        bed.settings.shop.upload.fingerprint = String::new();
        let failure = bed.deploy().await.unwrap_err();
        assert_eq!(failure.code, "certificate-not-trusted");
        let file = bed.data.path().join("authority.pem");
        std::fs::write(&file, authority.pem()).unwrap();
        bed.settings.shop.ca_file = file.to_str().unwrap().to_owned();
        assert_eq!(bed.deploy().await.unwrap().outcome, Outcome::Placed);
    }
}
