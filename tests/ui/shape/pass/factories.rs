//! A factory is sync or async, fallible or not, a path or a closure.

use std::{convert::Infallible, io, sync::Arc};

use inject_runtime::{BoxError, container};

fn sync() -> u8 {
    1
}

fn fallible(one: u8) -> Result<u16, io::Error> {
    Ok(u16::from(one) + 1)
}

async fn asynchronous(one: u8, two: u16) -> u32 {
    u32::from(one) + u32::from(two)
}

async fn both(three: u32) -> Result<u64, BoxError> {
    Ok(u64::from(three) + 1)
}

struct Maker;

impl Maker {
    async fn make(four: u64) -> Result<i8, Infallible> {
        Ok(i8::try_from(four).unwrap_or_default() + 1)
    }
}

fn result() -> Result<u8, io::Error> {
    Ok(9)
}

#[container]
struct App {
    #[factory(sync)]
    one: u8,
    #[factory(fallible)]
    two: u16,
    #[factory(asynchronous)]
    three: u32,
    #[factory(both)]
    four: u64,
    #[factory(Maker::make)]
    five: i8,
    #[factory(|five: i8| async move { Ok::<i16, io::Error>(i16::from(five) + 1) })]
    six: i16,
    #[factory(|| Arc::new("seven"))]
    seven: Arc<&'static str>,
    #[factory(|| Arc::new(result()))]
    eight: Arc<Result<u8, io::Error>>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let app = App::builder().build().await.expect("nothing can fail");
    assert_eq!((app.one, app.two, app.three, app.four, app.five, app.six), (1, 2, 3, 4, 5, 6));
    assert_eq!((*app.seven, app.eight.as_ref().as_ref().ok()), ("seven", Some(&9)));
}
