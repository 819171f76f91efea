//! What must be on the machine beside Rust, how to see whether it is, and which Debian package
//! brings it.

use std::{
    env,
    process::{Command, Stdio},
};

/// Something the machine must have.
pub struct Need {
    /// What for.
    what: &'static str,
    /// Debian package.
    package: &'static str,
    /// How to see that it is there.
    probe: Probe,
    /// The service its package would start; it is not left running.
    service: &'static str,
}

enum Probe {
    /// A program, also where only root looks.
    Program(&'static str),
    /// A PHP extension.
    Extension(&'static str),
    /// A program whose name has PHP's version behind it.
    PhpProgram(&'static str),
    /// A file that only a package for building has.
    File(&'static str),
    /// A program in [`UNPACKED`]. Debian lets a machine have one FTP server; the others are unpacked
    /// beside it, and only the libraries they need are installed.
    Unpacked(&'static str),
}

/// Where packages are unpacked that cannot be installed together.
const UNPACKED: &str = "/usr/local/lib/winkelbrug-testbed";

/// For the demo.
pub const DEMO: &[Need] = &[
    need(
        "database server",
        "mariadb-server",
        Probe::Program("mariadbd"),
        "mariadb",
    ),
    need(
        "database client",
        "mariadb-client",
        Probe::Program("mariadb"),
        "",
    ),
    need("PHP", "php-cli", Probe::Program("php"), ""),
    need(
        "PHP's database drivers",
        "php-mysql",
        Probe::Extension("mysqli"),
        "",
    ),
    need("FTP server", "vsftpd", Probe::Program("vsftpd"), "vsftpd"),
    need(
        "encryption of SFTP, for building",
        "libssl-dev",
        Probe::File("/usr/include/openssl/ssl.h"),
        "",
    ),
    need(
        "libraries for building",
        "pkg-config",
        Probe::Program("pkg-config"),
        "",
    ),
];

/// For the tests, beside [`DEMO`].
pub const TESTS: &[Need] = &[
    need("web server", "nginx", Probe::Program("nginx"), "nginx"),
    need(
        "PHP's XML reader, which a Magento 1 shop has",
        "php-xml",
        Probe::Extension("dom"),
        "",
    ),
    need(
        "another web server",
        "apache2",
        Probe::Program("apache2"),
        "apache2",
    ),
    need(
        "other versions of PHP",
        "nodejs",
        Probe::Program("node"),
        "",
    ),
    need("their packages", "npm", Probe::Program("npm"), ""),
    need(
        "PHP behind a web server",
        "php-fpm",
        Probe::PhpProgram("php-fpm"),
        "php-fpm",
    ),
    need(
        "SFTP server",
        "openssh-server",
        Probe::Program("sshd"),
        "ssh",
    ),
    need(
        "SSH keys",
        "openssh-client",
        Probe::Program("ssh-keygen"),
        "",
    ),
    need("hashes", "openssl", Probe::Program("openssl"), ""),
    need(
        "second FTP server",
        "proftpd-core",
        Probe::Unpacked("usr/sbin/proftpd"),
        "",
    ),
    need(
        "its FTPS and SFTP",
        "proftpd-mod-crypto",
        Probe::Unpacked("usr/lib/proftpd/mod_sftp.so"),
        "",
    ),
    need(
        "third FTP server",
        "pure-ftpd",
        Probe::Unpacked("usr/sbin/pure-ftpd"),
        "",
    ),
    need(
        "its accounts",
        "pure-ftpd-common",
        Probe::Unpacked("usr/bin/pure-pw"),
        "",
    ),
];

const fn need(
    what: &'static str,
    package: &'static str,
    probe: Probe,
    service: &'static str,
) -> Need {
    Need {
        what,
        package,
        probe,
        service,
    }
}

/// Installs packages as root, without starting what they bring: `$1` services, `$2` packages to
/// unpack, `$3` where to, the rest packages.
/// A `policy-rc.d` that is already there is left alone.
const INSTALL: &str = r#"
set -e
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT TERM HUP
fi
services=$1
unpack=$2
beside=$3
shift 3
apt-get update -q || echo "apt-get update failed; trying with the package lists that are here"
if [ $# -gt 0 ]; then
  apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
fi
if [ -n "$unpack" ]; then
  libraries=$(apt-cache depends $unpack | sed -n 's/^ *Depends: \(lib[^<]*\)$/\1/p' | sort -u)
  apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 $libraries
  fetched=$(mktemp -d)
  chmod 755 "$fetched"
  (cd "$fetched" && apt-get download -q $unpack)
  mkdir -p "$beside"
  for package in "$fetched"/*.deb; do dpkg -x "$package" "$beside"; done
  rm -rf "$fetched"
fi
if [ -d /run/systemd/system ]; then
  for service in $services; do
    systemctl disable --now "$service" 2>/dev/null || true
  done
fi
"#;

/// Installs what is missing of these.
///
/// # Errors
/// It is missing and cannot be installed here; the message says what to type.
pub fn ensure(needs: &[&[Need]]) -> Result<(), String> {
    let needs: Vec<&Need> = needs.iter().copied().flatten().collect();
    let missing: Vec<&Need> = needs
        .into_iter()
        .filter(|need| !present(&need.probe))
        .collect();
    if missing.is_empty() {
        println!("Needed beside Rust: all there.");
        return Ok(());
    }
    println!("Needed beside Rust, and not on this machine yet:");
    for need in &missing {
        println!("  {:<16} {}", need.package, need.what);
    }
    install(&missing)?;
    let still: Vec<&str> = missing
        .iter()
        .filter(|need| !present(&need.probe))
        .map(|need| need.package)
        .collect();
    if still.is_empty() {
        return Ok(());
    }
    Err(format!(
        "Installed, but still not found: {}. Is another version in the way?",
        still.join(" ")
    ))
}

fn install(missing: &[&Need]) -> Result<(), String> {
    let (unpack, packages): (Vec<&Need>, Vec<&Need>) = missing
        .iter()
        .partition(|need| matches!(need.probe, Probe::Unpacked(_)));
    let names =
        |needs: &[&Need]| -> Vec<&'static str> { needs.iter().map(|need| need.package).collect() };
    let (unpack, packages) = (names(&unpack), names(&packages));
    let by_hand = format!(
        "Please install them and try again:\n  sudo apt-get update && sudo apt-get install -y --no-install-recommends {}",
        packages.join(" ")
    );
    if find("apt-get").is_none() {
        return Err(format!(
            "This machine has no apt-get. {by_hand}\n(or what these packages are called here)"
        ));
    }
    let mut command = if is_root() {
        Command::new("sh")
    } else if find("sudo").is_some() {
        println!("Installing them with sudo:");
        let mut sudo = Command::new("sudo");
        sudo.arg("sh");
        sudo
    } else {
        return Err(format!(
            "Only root may install them, and there is no sudo. {by_hand}"
        ));
    };
    if !packages.is_empty() {
        println!("apt-get install {}", packages.join(" "));
    }
    if !unpack.is_empty() {
        println!("unpacked into {UNPACKED}: {}", unpack.join(" "));
    }
    let services: Vec<&str> = missing.iter().map(|need| need.service).collect();
    let status = command
        .args(["-c", INSTALL, "install", &services.join(" ")])
        .args([&unpack.join(" "), UNPACKED])
        .args(&packages)
        .stdin(Stdio::inherit())
        .status()
        .map_err(|error| format!("apt-get does not start: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("apt-get failed. {by_hand}"))
    }
}

fn present(probe: &Probe) -> bool {
    match probe {
        Probe::Program(name) => find(name).is_some(),
        Probe::File(path) => std::path::Path::new(path).is_file(),
        Probe::Unpacked(path) => std::path::Path::new(UNPACKED).join(path).is_file(),
        Probe::Extension(name) => {
            php(&format!("exit(extension_loaded('{name}') ? 0 : 1);")).is_some()
        }
        Probe::PhpProgram(name) => php("echo PHP_MAJOR_VERSION, '.', PHP_MINOR_VERSION;")
            .is_some_and(|version| find(&format!("{name}{version}")).is_some()),
    }
}

/// What a line of PHP prints; none when it fails.
fn php(code: &str) -> Option<String> {
    let output = Command::new("php").args(["-r", code]).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn find(program: &str) -> Option<std::path::PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin", "/sbin"].map(Into::into))
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
