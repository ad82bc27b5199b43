//! A second signal: it ends the wait of a stop.

use std::{
    env, io,
    io::BufRead as _,
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

use inject_runtime::serve;

use super::{finish, in_flight, server, until_closed, until_end};
use crate::support::{LONG, Log};

/// Environment variable of the process that is the server.
const IS_SERVER: &str = "INJECT_TEST_IS_SLOW_SERVER";

/// Server in a process of its own, with a deadline that is longer than the test.
#[tokio::test]
async fn slow_server_in_a_process_of_its_own() {
    if env::var_os(IS_SERVER).is_none() {
        return;
    }
    let (listener, address, app, routes) = server(&Log::default()).await;
    let tasks = routes.tasks();
    let told = tasks.stopping();
    tasks.spawn("deaf", async move {
        told.wait().await;
        eprintln!("told");
        tokio::time::sleep(100 * LONG).await;
    });
    eprintln!("{address}");
    let error = serve(listener, app, routes).deadline(100 * LONG).await.expect_err("a request and a task");
    eprintln!(
        "{:?} {:?}",
        error.requests().expect("a request").names(),
        error.tasks().expect("a task").names()
    );
}

/// The process. It is killed when the test fails.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

impl Server {
    fn terminate(&self) {
        let pid = self.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("`kill` is there").success());
    }
}

fn line(lines: &Receiver<String>) -> String {
    lines.recv_timeout(LONG).expect("a line in time")
}

#[cfg(unix)]
#[tokio::test]
async fn a_second_signal_ends_the_wait_unless_it_is_the_first_one_again() {
    let mut process = Command::new(env::current_exe().expect("this program"))
        .args(["--exact", "server::second_signal::slow_server_in_a_process_of_its_own"])
        .args(["--nocapture", "--test-threads=1"])
        .env(IS_SERVER, "1")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a process");
    let stderr = process.stderr.take().expect("it is piped");
    let server = Server(process);
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in io::BufReader::new(stderr).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    let address: SocketAddr = line(&lines).parse().expect("an address");
    let (quick, mut slow) = (in_flight(address).await, in_flight(address).await);
    server.terminate();
    until_closed(address).await;
    server.terminate();
    assert_eq!(line(&lines), "told");
    tokio::time::sleep(Duration::from_millis(200)).await;
    finish(quick).await;
    assert_eq!(line(&lines), "handler");
    tokio::time::sleep(Duration::from_secs(1)).await;
    let start = Instant::now();
    server.terminate();
    assert_eq!(until_end(&mut slow).await, "");
    assert_eq!(line(&lines), "container closed");
    assert_eq!(line(&lines), r#"["POST /echo"] ["deaf"]"#);
    assert!(start.elapsed() < LONG);
}
