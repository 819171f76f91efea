//! A shop, one server of files over its account, and the agent's data for them.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use testbed::{
    deployed::MemorySecrets,
    opencart::{OpenCartShop, ShopOptions, WEB_FOLDER},
    servers::{
        Certificate, FileServer, FtpOptions, FtpSecurity, ProftpdOptions, ProftpdProtocol,
        SshLogin, SshdOptions, Vsftpd, host_key,
    },
};
use winkelbrug::{
    clock::SystemClock,
    failure::Result,
    journal::Journal,
    profile::{Secret, Secrets, Settings, secrets::name, settings::UploadProtocol},
    shop::{
        deploy::{self, Report, Side, Why, template::Templates, uploads},
        keys,
    },
};

pub const BRIDGE: &str = include_str!("../../../../bridge-php/dist/opencart.php");

/// Every kind of server a bridge is uploaded to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    VsftpdPlain,
    VsftpdExplicit,
    VsftpdReuse,
    VsftpdImplicit,
    ProftpdExplicit,
    ProftpdImplicit,
    ProftpdSftp,
    PureFtpd,
    /// These admit TLS 1.3 alone.
    VsftpdNewest,
    VsftpdNewestImplicit,
    ProftpdNewest,
    PureFtpdNewest,
    SshdPassword,
    SshdQuestions,
    SshdKey(&'static str),
    /// Shut into the folder above the account's own.
    SshdJail,
}

pub enum Running {
    Vsftpd(Vsftpd, Vec<String>),
    Other(FileServer),
}

impl Running {
    pub fn port(&self) -> u16 {
        match self {
            Self::Vsftpd(server, _) => server.port(),
            Self::Other(server) => server.port(),
        }
    }

    pub fn user(&self) -> &str {
        match self {
            Self::Vsftpd(server, _) => server.user(),
            Self::Other(server) => server.user(),
        }
    }

    pub fn password(&self) -> &str {
        match self {
            Self::Vsftpd(server, _) => server.password(),
            Self::Other(server) => server.password(),
        }
    }

    pub fn fingerprints(&self) -> &[String] {
        match self {
            Self::Vsftpd(_, fingerprints) => fingerprints,
            Self::Other(server) => server.fingerprints(),
        }
    }

    pub fn log(&self) -> String {
        match self {
            Self::Vsftpd(server, _) => server.log(),
            Self::Other(server) => server.log(),
        }
    }
}

/// What beside the kind a server is told.
#[derive(Default)]
pub struct With {
    pub certificate: Option<Certificate>,
    pub full: bool,
    pub read_only: bool,
    pub key_file: Option<std::path::PathBuf>,
    /// At proftpd alone.
    pub login: Option<(String, String)>,
}

pub fn protocol(kind: Kind) -> UploadProtocol {
    match kind {
        Kind::VsftpdPlain => UploadProtocol::Ftp,
        Kind::VsftpdExplicit
        | Kind::VsftpdReuse
        | Kind::VsftpdNewest
        | Kind::ProftpdExplicit
        | Kind::ProftpdNewest
        | Kind::PureFtpd
        | Kind::PureFtpdNewest => UploadProtocol::Ftps,
        Kind::VsftpdImplicit | Kind::VsftpdNewestImplicit | Kind::ProftpdImplicit => {
            UploadProtocol::FtpsImplicit
        }
        Kind::ProftpdSftp
        | Kind::SshdPassword
        | Kind::SshdQuestions
        | Kind::SshdKey(_)
        | Kind::SshdJail => UploadProtocol::Sftp,
    }
}

pub fn start(kind: Kind, root: &Path, with: &With) -> Running {
    let vsftpd = |security| {
        let certificate = match &with.certificate {
            Some(given) => given.clone(),
            None => Certificate::self_signed().unwrap(),
        };
        let fingerprints = vec![certificate.fingerprint().to_owned()];
        let options = FtpOptions {
            security,
            certificate: Some(certificate),
            full: with.full,
            read_only: with.read_only,
            newest_tls: matches!(kind, Kind::VsftpdNewest | Kind::VsftpdNewestImplicit),
            ..FtpOptions::default()
        };
        Running::Vsftpd(Vsftpd::start(root, &options).unwrap(), fingerprints)
    };
    let proftpd = |protocol| {
        let options = ProftpdOptions {
            certificate: with.certificate.clone(),
            full: with.full,
            login: with.login.clone(),
            configuration: if kind == Kind::ProftpdNewest {
                "TLSProtocol TLSv1.3\n".to_owned()
            } else {
                String::new()
            },
            ..ProftpdOptions::of(protocol)
        };
        Running::Other(FileServer::proftpd(root, &options).unwrap())
    };
    let sshd = |login| {
        let options = SshdOptions {
            full: with.full,
            jail: (kind == Kind::SshdJail).then(|| root.parent().unwrap().to_owned()),
            ..SshdOptions::of(login)
        };
        Running::Other(FileServer::sshd(root, &options).unwrap())
    };
    match kind {
        Kind::VsftpdPlain => vsftpd(FtpSecurity::None),
        Kind::VsftpdExplicit => vsftpd(FtpSecurity::Explicit),
        Kind::VsftpdReuse | Kind::VsftpdNewest => vsftpd(FtpSecurity::ExplicitReuse),
        Kind::VsftpdImplicit | Kind::VsftpdNewestImplicit => vsftpd(FtpSecurity::Implicit),
        Kind::ProftpdExplicit | Kind::ProftpdNewest => proftpd(ProftpdProtocol::Explicit),
        Kind::ProftpdImplicit => proftpd(ProftpdProtocol::Implicit),
        Kind::ProftpdSftp => proftpd(ProftpdProtocol::Sftp),
        Kind::PureFtpd => Running::Other(FileServer::pureftpd(root).unwrap()),
        Kind::PureFtpdNewest => Running::Other(FileServer::pureftpd_of_newest_tls(root).unwrap()),
        Kind::SshdPassword | Kind::SshdJail => sshd(SshLogin::Password),
        Kind::SshdQuestions => sshd(SshLogin::Questions),
        Kind::SshdKey(_) => sshd(SshLogin::Keys(vec![with.key_file.clone().unwrap()])),
    }
}

/// A shop with a server over its account.
pub struct Bed {
    pub shop: OpenCartShop,
    pub server: Running,
    pub settings: Settings,
    pub secrets: MemorySecrets,
    pub journal: Journal,
    pub templates: Templates,
    pub data: tempfile::TempDir,
}

pub const PASSPHRASE: &str = "een lange wachtwoordzin";

impl Bed {
    /// With everything known that there is to know.
    pub fn new(kind: Kind) -> Self {
        Self::with(kind, With::default())
    }

    pub fn with(kind: Kind, mut with: With) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let shop = OpenCartShop::empty(ShopOptions::default()).unwrap();
        let data = tempfile::tempdir().unwrap();
        let mut key_file = String::new();
        if let Kind::SshdKey(form) = kind
            && with.key_file.is_none()
        {
            let (file, _) = host_key::make(data.path(), form, PASSPHRASE).unwrap();
            key_file = file.to_str().unwrap().to_owned();
            with.key_file = Some(file);
        }
        let server = start(kind, shop.account(), &with);
        let mut bed = Self {
            settings: settings(&shop),
            secrets: MemorySecrets::default(),
            journal: Journal::open(data.path()).unwrap(),
            templates: Templates::embedded().unwrap(),
            shop,
            server,
            data,
        };
        let upload = &mut bed.settings.shop.upload;
        upload.protocol = protocol(kind);
        upload.port = bed.server.port();
        upload.user = bed.server.user().to_owned();
        upload.key_file = key_file;
        bed.secret(name::KEY_PASSPHRASE, PASSPHRASE);
        bed.secret(name::UPLOAD, bed.server.password());
        if protocol(kind) != UploadProtocol::Ftp {
            bed.settings.shop.upload.fingerprint = bed.server.fingerprints()[0].clone();
        }
        bed
    }

    pub fn secret(&self, name: &str, text: &str) {
        self.secrets.set("demo", name, &Secret::new(text)).unwrap();
    }

    pub fn side(&self) -> Side<'_> {
        Side {
            settings: &self.settings,
            secrets: &self.secrets,
            journal: &self.journal,
            clock: Arc::new(SystemClock),
        }
    }

    pub async fn deploy(&self) -> Result<Report> {
        deploy::deploy(&self.side(), &self.templates, Why::Asked).await
    }

    pub async fn withdraw(&self) -> Result<Report> {
        deploy::withdraw(&self.side()).await
    }

    /// Trusts what the servers show, as the owner would.
    pub async fn trust(&self) -> Vec<keys::NewKey> {
        let found = deploy::untrusted(&self.side()).await.unwrap();
        for key in &found {
            keys::trust(&self.journal, key, jiff::Timestamp::now()).unwrap();
        }
        found
    }

    pub fn active(&self) -> Option<uploads::Upload> {
        uploads::active(&self.journal, "demo").unwrap()
    }

    pub async fn answers(&self) -> bool {
        let shop = self.side().open().unwrap();
        shop.hello_checked().await.is_ok()
    }

    /// Bridge files in the shop's folder.
    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.shop.folder()).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with("winkelbrug-"))
            .collect()
    }

    /// Every file of the account and what is in it.
    pub fn tree(&self) -> BTreeMap<std::path::PathBuf, Vec<u8>> {
        let mut all = BTreeMap::new();
        gather(self.shop.account(), &mut all);
        all
    }
}

fn gather(folder: &Path, all: &mut BTreeMap<std::path::PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.insert(path.clone(), Vec::new());
            gather(&path, all);
        } else {
            let bytes = std::fs::read(&path).unwrap();
            all.insert(path, bytes);
        }
    }
}

fn settings(shop: &OpenCartShop) -> Settings {
    toml::from_str(&format!(
        "format = 1\nname = \"demo\"\n[shop]\nurl = \"{}\"\n[shop.upload]\nprotocol = \"ftp\"\n\
         host = \"127.0.0.1\"\nport = 21\nuser = \"u\"\nfolder = \"{WEB_FOLDER}\"\n\
         [administration]\nkind = \"trial\"\n",
        shop.url(),
    ))
    .unwrap()
}
