//! The commands that configure a company, as a person runs them.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hovor::store::{Scope, open};
use serde_json::Value;
use tokio::net::UnixListener;

use super::bench::{Bench, Program};

/// What a command printed: its output, and its complaint if it failed.
type Said = Result<String, String>;

/// Runs `hovor` with these arguments, words separated by blanks, and this standard input.
fn hovor(data: &Path, line: &str, input: &str) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hovor"));
    command.args(line.split(' ')).env("HOVOR_DATA", data).env_remove("HOVOR_LOG").env_remove("HOVOR_CONFIG");
    command.env_remove("HOVOR_DATABASE").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    // A command that reads no input may be gone already.
    _ = running.stdin.take().unwrap().write_all(input.as_bytes());
    let output = running.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap().trim_end().to_owned();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

/// The demo company, answering on its control socket.
struct Serving {
    bench: Bench,
    runtime: tokio::runtime::Runtime,
}

impl Serving {
    fn new(name: &str) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let bench = runtime.block_on(Bench::new(name, Program::default()));
        let listener =
            runtime.block_on(async { UnixListener::bind(bench.folder.join("hovor.sock")).unwrap() });
        let socket = bench.socket.clone();
        runtime.spawn(async move { axum::serve(listener, socket).await.unwrap() });
        Self { bench, runtime }
    }

    fn says(&self, line: &str) -> String {
        hovor(&self.bench.folder, line, "").unwrap_or_else(|error| panic!("hovor {line}: {error}"))
    }

    fn complains(&self, line: &str) -> String {
        hovor(&self.bench.folder, line, "").expect_err(line)
    }
}

#[test]
fn a_tenant_is_built_up_and_taken_down() {
    let program = Serving::new("commands");
    assert_eq!(
        program.says("tenant add apex --display Apex --timezone Europe/Prague"),
        "tenant `apex` added"
    );
    assert_eq!(
        program.says("number add +420200000300 --tenant apex --short 130"),
        "number `+420200000300` added"
    );
    program.says("user add gita --extension 301 --role apex=operator --role harbour=supervisor");
    let device = program.says("device add gita --label desk");
    assert!(device.starts_with("device `301` added. Its secret, shown this once"), "{device}");
    program.says("group add night --tenant apex --member gita --offer-for 2.5");
    assert_eq!(
        program.says("group show night"),
        "NAME   TENANT  STRATEGY  MEMBERS  OFFER    MISSES  WORK  LIMIT  MAX-WAIT\n\
         night  apex    push      gita     2.500 s  3       0 s   -      -"
    );
    let changed = program.says("group set night --strategy ring_all --limit 5 --max-wait 90");
    assert!(changed.contains("ring_all") && changed.contains("90 s"), "{changed}");
    assert!(program.says("user list").contains("apex=operator, harbour=supervisor"));
    assert!(
        program
            .says("number set 130 --no-short --label desk")
            .ends_with("+420200000300  -      apex    desk")
    );
    program.says("trunk add backup --host 192.0.2.9 --prefix +1 --prefix 001 --tenant apex");
    let changed = program.says("trunk set backup --enabled false");
    assert!(changed.contains(" no ") && changed.contains(" off "), "{changed}");
    assert!(program.complains("tenant remove apex").contains("still in use"));
    for line in
        ["trunk remove backup", "group remove night", "user remove gita", "number remove +420200000300"]
    {
        program.says(line);
    }
    assert_eq!(program.says("tenant remove apex"), "tenant `apex` removed");
    assert!(program.complains("device show 301").contains("there is no device `301`"));
}

#[test]
fn programs_read_json() {
    let program = Serving::new("json");
    let rows: Value = serde_json::from_str(&program.says("group list --in summit --json")).unwrap();
    assert_eq!(rows[0]["members"], serde_json::json!(["emil", "filip"]));
    let said = program.says("token add deploy --role supervisor --expires 2030-01-01 --json");
    let made: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(made["expires_at"], 1_893_456_000_000_i64);
    assert_eq!(made["role"], "supervisor");
    let changed = program.says("token set deploy --role operator");
    assert!(changed.contains("ROLE") && changed.contains("operator"), "{changed}");
    assert!(made["secret"].as_str().unwrap().starts_with("hovor_"));
}

#[test]
fn secrets_come_from_standard_input() {
    let program = Serving::new("stdin");
    let folder = &program.bench.folder;
    hovor(folder, "user set anna --password-stdin", "new password\n").unwrap();
    let (store, scope) = (&program.bench.store, &program.bench.scope);
    let login = |password| program.runtime.block_on(store.check_password(scope, "anna", password)).unwrap();
    assert!(login("new password").is_some() && login("hovor-demo").is_none());
    let error = hovor(folder, "user set anna --password-stdin", "").unwrap_err();
    assert!(error.contains("standard input is empty"), "{error}");
    let error = hovor(folder, "user set anna --password-stdin", "short\n").unwrap_err();
    assert!(error.contains("8 to 128"), "{error}");
}

#[test]
fn a_secret_that_was_brought_along_is_not_shown() {
    let program = Serving::new("brought");
    let said =
        hovor(&program.bench.folder, "device add anna --username desk --secret-stdin", "0123456789abcdef\n");
    assert_eq!(said.unwrap(), "device `desk` added");
}

#[test]
fn commands_find_the_program_by_its_configuration_file() {
    let program = Serving::new("file");
    let file = program.bench.folder.join("hovor.toml");
    std::fs::write(&file, format!("data = {:?}\n", program.bench.folder)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_hovor"));
    command.args(["tenant", "list", "--config"]).arg(&file).env_remove("HOVOR_DATA");
    let output = command.output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("harbour"), "{:?}", output.status);
}

#[test]
fn a_variable_that_is_set_to_nothing_sets_nothing() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hovor"));
    command.args(["tenant", "list", "--data", "/nonexistent"]).env("HOVOR_CONFIG", "").env("HOVOR_DATA", "");
    let error = String::from_utf8(command.output().unwrap().stderr).unwrap();
    assert!(error.contains("no hovor runs here"), "{error}");
}

#[test]
fn what_cannot_be_logged_so_is_a_complaint() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hovor"));
    let output = command.args(["tenant", "list"]).env("HOVOR_LOG", "hovor=loud").output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && error.contains("HOVOR_LOG cannot be read"), "{error}");
}

#[test]
fn complaints_say_what_to_do() {
    let program = Serving::new("complaints");
    let cases = [
        ("tenant add Big", "lower-case letters"),
        ("tenant set harbour", "hovor tenant set --help"),
        ("number add +420200000300 --tenant nowhere", "there is no tenant `nowhere`"),
        ("user add x --role harbour", "harbour=operator"),
        ("user add x --role harbour=king", "supervisor"),
        ("group add x --tenant harbour --member emil", "has no role in tenant `harbour`"),
        ("group add x --tenant harbour --offer-for soon", "15 or 2.5"),
        ("token add x --expires tomorrow", "2030-12-31"),
        ("token add x --role king", "company_admin"),
        ("token add x --tenant harbour --role company_admin", "a token of one tenant"),
    ];
    for (line, help) in cases {
        let error = program.complains(line);
        assert!(error.contains(help), "hovor {line}: {error}");
    }
}

#[test]
fn without_a_running_program_the_command_says_so() {
    let error = hovor(Path::new("/nonexistent"), "tenant list", "").unwrap_err();
    assert!(error.contains("no hovor runs here") && error.contains("hovor serve"), "{error}");
}

/// A folder that goes when it is dropped.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn init_sets_a_company_up_once() {
    let folder = Folder(std::env::temp_dir().join(format!("hovor-init-{}", std::process::id())));
    let error = hovor(&folder.0, "init Island --admin Boss", "").unwrap_err();
    assert!(error.contains("lower-case letters"), "{error}");
    let error = hovor(&folder.0, "init Island --password-stdin", "short\n").unwrap_err();
    assert!(error.contains("8 to 128"), "{error}");
    let error = hovor(&folder.0, "init Demo", "").unwrap_err();
    assert!(error.contains("choose another name"), "{error}");
    let said = hovor(&folder.0, "init Island --admin boss --password-stdin", "good password\n").unwrap();
    assert!(said.contains("The company `Island` is set up") && said.contains("hovor serve"), "{said}");
    let error = hovor(&folder.0, "init Island", "").unwrap_err();
    assert!(error.contains("is set up here already"), "{error}");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = open(&format!("sqlite:{}", folder.0.join("hovor.db").display())).await.unwrap();
        let companies = store.companies().await.unwrap();
        assert_eq!(companies.len(), 1);
        let scope = Scope::company(companies[0].id);
        let boss = store.check_password(&scope, "boss", "good password").await.unwrap();
        assert!(boss.unwrap().administrator);
    });
    assert!(folder.0.join("dialplans").is_dir());
    // Whoever does what it says next must reach the program in this folder.
    let export = format!("export HOVOR_DATA={}", folder.0.display());
    assert!(said.contains(&export) && said.contains("hovor serve --sip"), "{said}");
}

#[test]
fn dialplan_files_are_held_against_the_running_company_a_database_or_the_demo() {
    let program = Serving::new("dialplan");
    let file = program.bench.folder.join("office.toml");
    let write = |group: &str| {
        let top = "tenant = \"harbour\"\nnumbers = [\"100\"]\nstart = \"a\"";
        let node = format!("[a]\nqueue = \"{group}\"\nmusic = {{ silence = \"1s\" }}\nelse = \"hangup\"");
        std::fs::write(&file, format!("{top}\n{node}\n")).unwrap();
    };
    let (data, path) = (&program.bench.folder, file.display());
    write("sales");
    let good = program.says(&format!("dialplan check {path}"));
    assert!(good.starts_with("nothing wrong in 1 file, held against the company of the program"), "{good}");
    write("slaes");
    let wrong = checked(data, &format!("dialplan check {path}"));
    assert!(
        wrong.contains("there is no group `slaes`") && wrong.contains("did you mean `sales`?"),
        "{wrong}"
    );
    assert!(wrong.contains("1 error in 1 file"), "{wrong}");
    let json: Value = serde_json::from_str(&checked(data, &format!("dialplan check --json {path}"))).unwrap();
    assert_eq!((&json["ok"], &json["problems"][0]["line"]), (&Value::Bool(false), &Value::from(5)));
    assert!(program.says(&format!("dialplan check --no-names {path}")).starts_with("nothing wrong"));
    let elsewhere = data.join("elsewhere");
    let nobody = hovor(&elsewhere, &format!("dialplan check {path}"), "").unwrap_err();
    assert!(nobody.contains("--demo") && nobody.contains("--no-names"), "{nobody}");
    program.runtime.block_on(async {
        let store = open(&format!("sqlite:{}/hovor.db", elsewhere.display())).await.unwrap();
        hovor::store::demo::seed(store.as_ref()).await.unwrap();
        store.close().await;
    });
    write("anyone");
    let stored = hovor(&elsewhere, &format!("dialplan check {path}"), "").unwrap();
    assert!(stored.contains("held against the company `Demo` in sqlite:"), "{stored}");
    let demo = hovor(&elsewhere, "dialplan check --demo", "").unwrap();
    assert_eq!(demo, "nothing wrong in 4 files, held against the demo company");
}

/// What a check prints that ends with exit code 1.
fn checked(data: &Path, line: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hovor"));
    let output = command.args(line.split(' ')).env("HOVOR_DATA", data).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_change_that_the_dialplans_do_not_go_along_with_is_told_at_once() {
    let program = Serving::new("warning");
    let removes = |group: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hovor"));
        let output =
            command.args(["group", "remove", group]).env("HOVOR_DATA", &program.bench.folder).output();
        let output = output.unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert_eq!(removes("support"), "");
    "refused; version 1 is in force\noffice.toml:3:9: there is no group `sales`"
        .clone_into(&mut program.bench.program.dialplans.lock().unwrap());
    let warning = removes("sales");
    assert!(
        warning.starts_with(
            "warning: the dialplan files do not fit the company now: office.toml:3:9: there is no group `sales`."
        ),
        "{warning}"
    );
}
