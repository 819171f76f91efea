//! Writes the golden messages anew: `cargo run -p winkelbrug-protocol --example vectors`.

mod golden;

fn main() -> std::io::Result<()> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    std::fs::write(folder.join("requests.json"), golden::requests())?;
    std::fs::write(folder.join("answers.json"), golden::answers())
}
