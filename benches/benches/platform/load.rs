//! Load test of both sides over loopback with `wrk`. The hand-written side is served twice.

use std::{error::Error, fs, io, process::Command};

use axum::Router;
use inject_benches::{heading, row};
use tokio::{net::TcpListener, runtime::Builder};

use crate::Case;

/// Number of measured turns of each side.
const ROUNDS: usize = 7;

/// Result of one turn.
#[derive(Clone, Copy, Debug)]
struct Figures {
    per_second: f64,
    p99_milliseconds: f64,
}

/// Serves the routers (by hand, through `inject`, by hand once more), and prints the medians of the figures that `wrk`
/// measures.
pub(crate) fn compare(cases: &[Case], routers: [Router; 3], token: &str) -> Result<(), Box<dyn Error>> {
    if Command::new("wrk").arg("-v").output().is_err() {
        println!("\nNO LOAD TEST: `wrk` is not installed.");
        return Ok(());
    }
    // One thread for the servers, one for `wrk`.
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let mut urls = Vec::new();
    for router in routers {
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        urls.push(format!("http://{}", listener.local_addr()?));
        runtime.spawn(async move { axum::serve(listener, router).await });
    }

    println!();
    heading();
    for case in cases {
        let mut turns: [Vec<Figures>; 3] = [Vec::new(), Vec::new(), Vec::new()];
        for round in 0..=ROUNDS {
            // The side that begins changes from round to round.
            for turn in 0..urls.len() {
                let side = (round + turn) % urls.len();
                let figures = wrk(case, &urls[side], token)?;
                // The first round fills pools and caches.
                if round > 0 {
                    turns[side].push(figures);
                }
            }
        }
        println!("{}", case.name);
        for (figure, read) in [
            ("requests per second", (|figures| figures.per_second) as fn(&Figures) -> f64),
            ("99th percentile, ms", |figures| figures.p99_milliseconds),
        ] {
            row(figure, turns.each_ref().map(|turns| median(turns.iter().map(read).collect())), 2);
        }
    }
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Sends requests over eight connections for two seconds.
fn wrk(case: &Case, url: &str, token: &str) -> Result<Figures, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let script = folder.path().join("request.lua");
    let Case { method, body, .. } = case;
    let text = format!(
        "wrk.method = \"{method}\"\nwrk.body = [[{body}]]\nwrk.headers[\"Content-Type\"] = \"application/json\"\n\
         wrk.headers[\"Authorization\"] = \"{token}\"\n\
         done = function(summary, latency)\n\
           local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout\n\
           io.write(string.format(\"figures %f %f %d\\n\", summary.requests / summary.duration * 1e6, latency:percentile(99) / 1000, failed))\n\
         end\n"
    );
    fs::write(&script, text)?;
    let output = Command::new("wrk")
        .args(["-t1", "-c8", "-d2s", "-s"])
        .arg(&script)
        .arg(format!("{url}{}", case.path))
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let figures = text.lines().find_map(|line| line.strip_prefix("figures "));
    let figures: Vec<&str> = figures.unwrap_or_default().split(' ').collect();
    match figures[..] {
        [per_second, p99, "0"] => {
            Ok(Figures { per_second: per_second.parse()?, p99_milliseconds: p99.parse()? })
        }
        _ => Err(io::Error::other(format!("some requests failed:\n{text}")).into()),
    }
}
