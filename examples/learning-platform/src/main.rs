//! HTTP server.

use std::{env, error::Error, net::SocketAddr, process::ExitCode, sync::Arc};

use inject_runtime::{TrustedProxies, serve};
use learning_platform::{
    adapters::jobs::Worker,
    api::{middleware, openapi, routes},
    app::{App, AppInputs},
    config::{Environment, Settings, Sources},
    core::{causes, logging, signals},
    seed::{self, PASSWORD},
};
use tokio::net::TcpListener;

const USAGE: &str = "\
The learning platform: an AI textbook over HTTP.

usage: learning-platform [COMMAND]

Without a command, it starts the server. Settings come from config/, `.env` and the environment: see `.env.example`.

  graph      print the dependency graph as a Mermaid diagram
  routes     print the routes with their access policies and dependencies
  openapi    print the OpenAPI document
  --help     print this help";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> =
        env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match &*arguments {
        [] => run().await,
        _ => run_command(&arguments).map(|text| println!("{}", text.trim_end())),
    };
    causes::exit("learning-platform", result)
}

/// Returns the output of a command. All outputs are known at compile time, so no component is built.
fn run_command(arguments: &[&str]) -> Result<String, Box<dyn Error>> {
    match arguments {
        ["graph"] => Ok(routes::endpoints().graph().to_mermaid()),
        ["routes"] => Ok(routes::endpoints().table().to_string()),
        ["openapi"] => Ok(openapi::document(&routes::endpoints()).to_pretty_json()?),
        ["--help" | "-h" | "help"] => Ok(USAGE.to_owned()),
        _ => Err(format!("unknown command: {}\n\n{USAGE}", arguments.join(" ")).into()),
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let settings = Arc::new(Settings::load(&Sources::from_process())?);
    logging::init(&settings.logging)?;
    let shutdown_signal = signals::shutdown_signal()?;
    let address = settings.server.address;
    let listener = TcpListener::bind(address).await.map_err(|error| {
        format!(
            "cannot listen on {address}: {error} (PLATFORM_SERVER__ADDRESS=127.0.0.1:0 selects a free port)"
        )
    })?;
    let address = listener.local_addr()?;
    tracing::info!(environment = settings.environment.name(), %address, "starting");
    let app = App::builder(AppInputs { settings: Arc::clone(&settings) }).build().await?;
    let is_development = settings.environment == Environment::Development;
    if let Err(error) = check_accounts(&app, settings.environment).await {
        app.shutdown().await?;
        return Err(error);
    }
    // The worker also embeds the chapters that are not searchable yet, such as those of the seed.
    if settings.jobs.in_process {
        app.resolve::<Arc<Worker>>().start();
    }
    print_instructions(address, is_development);

    // On a shutdown signal, `serve` waits for the requests, then for their background tasks, and then shuts down the
    // container with the worker.
    let proxies = TrustedProxies::x_forwarded_for(settings.server.trusted_proxies.iter().copied());
    serve(listener, app, middleware::wrap(routes::routes(), &settings.server))
        .trusted_proxies(proxies)
        .until(shutdown_signal)
        .await?;
    tracing::info!("stopped");
    Ok(())
}

/// Fills an empty database in development, and refuses accounts with the password of development in production.
async fn check_accounts(app: &Arc<App>, environment: Environment) -> Result<(), Box<dyn Error>> {
    match environment {
        Environment::Development => {
            seed::run_if_empty(app).await?;
        }
        Environment::Test => {}
        Environment::Production => {
            let published = seed::accounts_with_published_password(app).await?;
            if !published.is_empty() {
                return Err(format!(
                    "the password of these accounts is published, so production does not start with them: {}",
                    published.join(", ")
                )
                .into());
            }
        }
    }
    Ok(())
}

fn print_instructions(address: SocketAddr, is_seeded: bool) {
    let page = openapi::PAGE;
    println!(
        "listening on http://{address}, press ctrl-c to stop; API documentation: http://{address}{page}"
    );
    if is_seeded {
        println!(
            "development: the secret of the tokens and the password of the accounts are published, so other machines cannot connect"
        );
    }
    println!("requests to try in another terminal:");
    if !is_seeded {
        println!("curl -i http://{address}/ready");
        return;
    }
    let (api, json) = (format!("http://{address}/api/v1"), "-H 'content-type: application/json'");
    let (login, bearer) = (
        format!(r#"{{"email": "mia@example.org", "password": "{PASSWORD}"}}"#),
        r#"-H "authorization: Bearer $token""#,
    );
    println!(
        r#"token=$(curl -s {api}/auth/login {json} -d '{login}' | sed 's/.*"access_token":"\([^"]*\)".*/\1/')"#
    );
    println!("curl -s {api}/chapters {bearer}");
    println!(r#"curl -sN {api}/chat {bearer} {json} -d '{{"question": "What do plants live on?"}}'"#);
}
