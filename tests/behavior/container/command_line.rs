//! Containers in a command-line tool, without HTTP.

use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use inject_runtime::{container, in_layer, layer::Common, service};

#[in_layer(Common)]
#[derive(Clone, Copy)]
struct Language(&'static str);

#[service]
trait Words: Send + Sync {
    fn hello(&self) -> &'static str;
}

#[service]
struct Dictionary {
    language: Language,
}

impl Words for Dictionary {
    fn hello(&self) -> &'static str {
        if self.language.0 == "it" { "ciao" } else { "hello" }
    }
}

struct Loud;

impl Words for Loud {
    fn hello(&self) -> &'static str {
        "HELLO"
    }
}

#[service]
struct Greeter {
    words: Arc<dyn Words>,
}

#[container]
struct Tool {
    #[bind(Dictionary)]
    words: Arc<dyn Words>,
    greeter: Arc<Greeter>,
    #[input]
    language: Language,
    #[factory(|| "it")]
    fallback: &'static str,
}

fn tool() -> ToolBuilder {
    Tool::builder(ToolInputs { language: Language("it") })
}

#[test]
fn a_container_serves_a_command_line_tool() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let greeting = runtime.block_on(async {
        let app = tool().build().await.expect("nothing fails");
        let greeter: Greeter = app.resolve();
        let greeting = greeter.words.hello();
        app.shutdown().await.expect("nothing fails");
        greeting
    });
    assert_eq!(greeting, "ciao");
}

#[test]
fn a_container_that_waits_for_nothing_is_built_without_a_runtime() {
    #[service]
    struct Signer {
        #[external]
        name: &'static str,
    }

    #[container]
    struct Signatures {
        #[input]
        name: &'static str,
    }

    let mut build = pin!(Signatures::builder(SignaturesInputs { name: "world" }).build());
    let mut context = Context::from_waker(Waker::noop());
    let Poll::Ready(app) = build.as_mut().poll(&mut context) else { panic!("it waits") };
    let signer: Signer = app.expect("nothing fails").resolve();
    assert_eq!(signer.name, "world");
}

#[tokio::test]
async fn two_containers_with_different_overrides_are_isolated() {
    let (loud, plain, english) = tokio::join!(
        tool().words(Arc::new(Loud)).build(),
        tool().build(),
        Tool::builder(ToolInputs { language: Language("en") }).build(),
    );
    let apps = [loud, plain, english].map(|app| app.expect("nothing fails"));
    for _ in 0..2 {
        assert_eq!(apps.each_ref().map(|app| app.greeter.words.hello()), ["HELLO", "ciao", "hello"]);
    }
    assert_eq!(apps[0].fallback, "it");
}
