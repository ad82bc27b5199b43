//! A shutdown hook is sync or async, fallible or not, a path, a closure, or a method of the component in the `Arc`.

use std::{io, sync::Arc, time::Duration};

use inject_runtime::{container, service};

fn sync(_: &u8) {}

fn fallible(_: &u16) -> Result<(), io::Error> {
    Ok(())
}

async fn asynchronous(_: &u32) {}

async fn both(_: &u64) -> Result<(), io::Error> {
    Ok(())
}

#[service]
struct Index;

impl Index {
    async fn close(&self) {}
}

#[container]
struct App {
    #[input]
    #[on_shutdown(sync)]
    one: u8,
    #[input]
    #[on_shutdown(fallible)]
    two: u16,
    #[input]
    #[on_shutdown(asynchronous)]
    three: u32,
    #[input]
    #[on_shutdown(both, deadline = Duration::from_secs(1))]
    four: u64,
    #[input]
    #[on_shutdown(|five: &i8| assert_eq!(*five, 5))]
    five: i8,
    #[on_shutdown(Index::close)]
    index: Arc<Index>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let inputs = AppInputs { one: 1, two: 2, three: 3, four: 4, five: 5 };
    App::builder(inputs).build().await.expect("nothing can fail").shutdown().await.expect("nothing can fail");
}
