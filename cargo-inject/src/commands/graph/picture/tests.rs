//! Pictures of graphs of many sizes. With `INJECT_PICTURES=folder`, they are written there to view them.

use std::{fs, path::Path};

use super::{card::Card, layout::Layout, *};
use crate::compiled::{Edge, EdgeKind, Policy, Route, Vertex};

/// Application of about `count` components: routes, services, repositories and a few pools, with settings, a clock and a client.
fn application(count: usize) -> Graph {
    const TOPICS: [&str; 12] = [
        "User",
        "Course",
        "Chapter",
        "Payment",
        "Invoice",
        "Progress",
        "Notification",
        "Certificate",
        "Session",
        "Report",
        "Category",
        "Review",
    ];
    const VERBS: [&str; 6] = ["Registration", "Listing", "Search", "Export", "Approval", "Archive"];
    let topic = |number: usize| TOPICS[number % TOPICS.len()];
    let verb = |number: usize| VERBS[number / TOPICS.len() % VERBS.len()];
    let (mut vertices, mut edges) = (Vec::new(), Vec::new());
    let mut add = |id: String, ty: String, layer: Option<&str>, scope: &str, recipe: Option<&str>| {
        let line = vertices.len() + 10;
        let declared_at =
            Some(format!("src/{}/{}.rs:{line}", layer.unwrap_or("other").to_lowercase(), id.to_lowercase()));
        let (layer, recipe) = (layer.map(str::to_owned), recipe.map(str::to_owned));
        vertices.push(Vertex {
            id: id.clone(),
            ty,
            layer,
            scope: scope.to_owned(),
            recipe,
            declared_at,
            ..Vertex::default()
        });
        id
    };
    let mut needs = |from: &str, to: &str, kind: EdgeKind, reason: Option<&str>| {
        edges.push(Edge {
            from: from.to_owned(),
            to: to.to_owned(),
            name: Some("inner".to_owned()),
            kind,
            reason: reason.map(str::to_owned),
        });
    };
    let settings = add("settings".into(), "Arc<Settings>".into(), Some("Common"), "singleton", Some("input"));
    let clock = add("clock".into(), "Arc<dyn Clock>".into(), Some("Common"), "singleton", Some("binding"));
    let user = add("current_user".into(), "current_user".into(), Some("Common"), "request", None);
    let pool = add("pool".into(), "SqlitePool".into(), Some("Infrastructure"), "singleton", Some("factory"));
    let client = add("http".into(), "reqwest::Client".into(), None, "singleton", Some("input"));
    needs(&pool, &settings, EdgeKind::Parameter, None);
    let (routes, services) = ((count - 5) * 2 / 5, (count - 5) * 3 / 10);
    let repositories = count - 5 - routes - services;
    let repositories: Vec<_> = (0..repositories)
        .map(|number| {
            let name = format!("{}{}Repository", topic(number), verb(number));
            let id = add(name.clone(), name, Some("Repository"), "transient", None);
            needs(&id, &pool, EdgeKind::Inward, None);
            id
        })
        .collect();
    let services: Vec<_> = (0..services)
        .map(|number| {
            let name = format!("{}{}Service", topic(number), verb(number));
            let shared = number % 7 == 0;
            let (id, ty) =
                if shared { (name.to_lowercase(), format!("Arc<{name}>")) } else { (name.clone(), name) };
            add(id, ty, Some("Service"), "singleton", shared.then_some("component"))
        })
        .collect();
    for (number, id) in services.iter().enumerate() {
        needs(id, &repositories[number * repositories.len() / services.len()], EdgeKind::Inward, None);
        needs(id, &repositories[number * 7 % repositories.len()], EdgeKind::Inward, None);
        if number % 3 == 0 {
            needs(id, &clock, EdgeKind::Inward, None);
        }
        if number % 5 == 1 {
            needs(&services[number - 1], id, EdgeKind::Inward, None);
        }
        if number % 20 == 2 {
            needs(id, &pool, EdgeKind::Excepted, Some("counts \"by hand\" until <the reports> are moved"));
            needs(id, &client, EdgeKind::External, None);
        }
    }
    needs(&user, &services[0], EdgeKind::Inward, None);
    for number in 0..routes {
        let name = format!("{}_{}", verb(number).to_lowercase(), topic(number).to_lowercase());
        let id = add(format!("{name}_{number}"), name, Some("Route"), "request", None);
        needs(&id, &services[number * services.len() / routes], EdgeKind::Inward, None);
        if number % 4 != 0 {
            needs(&id, &user, EdgeKind::Inward, None);
        }
    }
    for (number, vertex) in
        vertices.iter_mut().filter(|vertex| vertex.layer.as_deref() == Some("Route")).enumerate()
    {
        let method = ["GET", "POST", "PUT", "DELETE"][number % 4];
        vertex.route = Some(format!("{method} /api/{}s/{{id}}/{}", topic(number).to_lowercase(), number));
    }
    Graph { container: "App".to_owned(), declared_at: "src/app.rs:12".to_owned(), vertices, edges }
}

fn table(graph: &Graph) -> Table {
    let routes = graph.vertices.iter().filter_map(|vertex| {
        let (method, path) = vertex.route.as_ref()?.split_once(' ')?;
        let any_of = vec!["Admin".to_owned(), "Teacher".to_owned()];
        Some(Route {
            method: method.to_owned(),
            path: path.to_owned(),
            handler: vertex.ty.clone(),
            module: "shop".to_owned(),
            policy: Policy::Role { role: "UserRole".to_owned(), any_of },
            guards: Vec::new(),
            arounds: Vec::new(),
            transaction: None,
            checks: Vec::new(),
            injects: Vec::new(),
            parameters: Vec::new(),
            declared_at: String::new(),
        })
    });
    Table { routes: routes.collect(), roles: Vec::new(), plain_routers: Vec::new() }
}

#[test]
fn cards_are_in_their_bands_and_do_not_overlap() {
    for count in [12, 20, 45, 60, 61, 300, 1000] {
        let graph = application(count);
        let layout = Layout::of(&graph, &Policies::new());
        let measures = layout.measures;
        assert_eq!(layout.cards.len(), graph.vertices.len());
        for (number, card) in layout.cards.iter().enumerate() {
            let (right, bottom) = (card.left + measures.card_width, card.top + measures.card_height);
            assert!(card.left >= 0.0 && right <= layout.width, "{count}: {}", card.card.title);
            let band = layout.bands.iter().find(|band| band.layer == card.layer).unwrap();
            assert!(card.top > band.top && bottom < band.top + band.height, "{count}: {}", card.card.title);
            for other in &layout.cards[..number] {
                let apart = (card.left - other.left).abs() >= measures.card_width
                    || (card.top - other.top).abs() >= measures.card_height;
                assert!(apart, "{count}: {} and {}", card.card.title, other.card.title);
            }
        }
        let bands: Vec<_> = layout.bands.iter().map(|band| band.layer.name.as_str()).collect();
        assert_eq!(bands, ["Route", "Service", "Repository", "Infrastructure", "Common", "External"]);
        assert!(layout.bands.windows(2).all(|pair| pair[0].top + pair[0].height < pair[1].top));
    }
}

#[test]
fn the_edges_of_a_layer_of_the_user_determine_its_place() {
    let mut graph = application(20);
    let own = |id: &str, layer: &str| Vertex {
        id: id.to_owned(),
        ty: id.to_owned(),
        layer: Some(layer.to_owned()),
        scope: "singleton".to_owned(),
        ..Vertex::default()
    };
    graph.vertices.extend([own("Worker", "EntryPoint"), own("Price", "Domain"), own("Alone", "Nowhere")]);
    let service =
        graph.vertices.iter().find(|vertex| vertex.layer.as_deref() == Some("Service")).unwrap().id.clone();
    for (from, to) in [("Worker", service.as_str()), (&service, "Price")] {
        let kind = EdgeKind::Inward;
        graph.edges.push(Edge { from: from.to_owned(), to: to.to_owned(), name: None, kind, reason: None });
    }
    let names: Vec<_> = layer::all(&graph).into_iter().map(|layer| layer.name).collect();
    let expected = [
        "Route",
        "EntryPoint",
        "Service",
        "Domain",
        "Repository",
        "Infrastructure",
        "Nowhere",
        "Common",
        "External",
    ];
    assert_eq!(names, expected);
}

#[test]
fn three_hundred_components_are_about_as_wide_as_high() {
    let layout = Layout::of(&application(300), &Policies::new());
    let ratio = layout.width / layout.height;
    assert!((0.6..1.6).contains(&ratio), "{ratio}");
}

#[test]
fn dependents_and_dependencies_are_close() {
    let graph = application(300);
    let layout = Layout::of(&graph, &Policies::new());
    let off = |a: usize, b: usize| (layout.cards[a].left - layout.cards[b].left).abs();
    let routes: Vec<_> =
        layout.lines.iter().filter(|line| graph.vertices[line.from].route.is_some()).collect();
    let to_services: Vec<_> =
        routes.iter().filter(|line| layout.cards[line.to].layer.name == "Service").collect();
    #[allow(clippy::cast_precision_loss)]
    let mean = to_services.iter().map(|line| off(line.from, line.to)).sum::<f64>() / to_services.len() as f64;
    // In a random order, it would be a third of the width.
    assert!(mean < layout.width / 8.0, "{mean} of {}", layout.width);
}

#[test]
fn a_cycle_of_exceptions_has_a_picture() {
    let mut graph = application(20);
    let ids: Vec<_> = graph
        .vertices
        .iter()
        .filter(|vertex| vertex.layer.as_deref() == Some("Service"))
        .map(|vertex| vertex.id.clone())
        .collect();
    for (from, to) in ids.iter().zip(ids.iter().cycle().skip(1)) {
        let kind = EdgeKind::Excepted;
        graph.edges.push(Edge {
            from: from.clone(),
            to: to.clone(),
            name: None,
            kind,
            reason: Some("why".to_owned()),
        });
    }
    assert!(svg(&graph, None).contains("<svg"));
}

#[test]
fn nothing_is_loaded_and_texts_are_escaped() {
    let graph = application(61);
    let page = html(&graph, Some(&table(&graph))).unwrap();
    assert!(!page.contains("http://") || !page.replace("http://www.w3.org/2000/svg", "").contains("http://"));
    assert!(!page.contains("https://") && !page.contains("src=") && !page.contains("@import"));
    assert_eq!(page.matches("</script>").count(), 2);
    assert!(
        page.contains("until &lt;the reports&gt; are moved")
            && page.contains("until \\u003cthe reports> are moved")
    );
    assert!(!page.contains("<the reports>") && !page.contains("{{"));
    let picture = svg(&graph, None);
    assert!(picture.contains("exception: "), "it is spelled out");
    assert!(!picture.contains("<the reports>") && !picture.contains("var("));
}

#[test]
fn cards_show_the_origin_and_the_lifetime() {
    let vertex = |change: &dyn Fn(&mut Vertex)| {
        let mut vertex = Vertex { id: "pool".to_owned(), ty: "Pool".to_owned(), ..Vertex::default() };
        change(&mut vertex);
        let card = Card::of(&vertex, &Policies::from([("GET /".to_owned(), "public".to_owned())]));
        format!("{}: {} ({})", card.title, card.origin, card.life.meaning())
    };
    assert_eq!(
        vertex(&|vertex| {
            vertex.recipe = Some("factory".into());
            vertex.factory = Some("connect".into());
            vertex.qualifier = Some("Replica".into());
        }),
        "Pool: pool from connect(), Replica (a field of the container)"
    );
    assert_eq!(vertex(&|vertex| vertex.scope = "request".into()), "Pool: of the request (of one request)");
    assert_eq!(
        vertex(&|vertex| vertex.scope = "transient".into()),
        "Pool: built on the spot (built for its holder)"
    );
    assert_eq!(
        vertex(&|vertex| {
            vertex.scope = "request".into();
            vertex.route = Some("GET /".into());
        }),
        "GET /: public (of one request)"
    );
    assert_eq!(card::end_of("src/services/user.rs:12", 12), "…/user.rs:12");
    assert_eq!(card::title("DELETE /api/certificates/{id}/7", 16), "DELETE …s/{id}/7");
    assert_eq!(card::start_of("UserRegistrationService", 8), "UserReg…");
}

#[test]
fn pictures_to_view() {
    let folder = std::env::var_os("INJECT_PICTURES");
    for count in [20, 300] {
        let graph = application(count);
        let table = table(&graph);
        let (picture, page) = (svg(&graph, Some(&table)), html(&graph, Some(&table)).unwrap());
        assert_eq!(page.matches("data-vertex=").count(), count);
        if let Some(folder) = &folder {
            let folder = Path::new(folder);
            fs::write(folder.join(format!("{count}.svg")), picture).unwrap();
            fs::write(folder.join(format!("{count}.html")), page).unwrap();
        }
    }
}
