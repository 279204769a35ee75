//! The program carries the pages of the workspace, as `make` builds them in `web/dist`. Without them it is built all the
//! same, and says so where they would be.

fn main() {
    println!("cargo::rerun-if-changed=web/dist");
    if let Err(error) = std::fs::create_dir_all("web/dist") {
        println!("cargo::warning=cannot make web/dist, where the pages of the workspace belong: {error}");
    }
}
