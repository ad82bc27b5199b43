//! Load test of both sides over loopback with `wrk`.

use std::{error::Error, fs, io, process::Command};

use axum::Router;
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

/// Serves both routers, and prints the median of the figures that `wrk` measures.
pub(crate) fn compare(
    cases: &[Case],
    hand: Router,
    inject: Router,
    token: &str,
) -> Result<(), Box<dyn Error>> {
    if Command::new("wrk").arg("-v").output().is_err() {
        println!("\nNO LOAD TEST: `wrk` is not installed.");
        return Ok(());
    }
    // One thread for the servers, one for `wrk`.
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let mut urls = Vec::new();
    for router in [hand, inject] {
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        urls.push(format!("http://{}", listener.local_addr()?));
        runtime.spawn(async move { axum::serve(listener, router).await });
    }

    println!("\n{:32} {:>12} {:>12} {:>7}", "", "by hand", "inject", "ratio");
    for case in cases {
        let mut turns: [Vec<Figures>; 2] = [Vec::new(), Vec::new()];
        for round in 0..=ROUNDS {
            // The order of the sides alternates from round to round.
            for side in [round % 2, 1 - round % 2] {
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
            let [hand, inject] = turns.each_ref().map(|turns| median(turns.iter().map(read).collect()));
            println!("  {figure:30} {hand:>12.2} {inject:>12.2} {:>7.3}", inject / hand);
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
