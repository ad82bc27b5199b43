// Panel: an overview, a component, or the results of a search.

const panel = document.getElementById("panel");

/** Element with attributes and children. Text is not parsed. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick") made.addEventListener("click", value);
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Button for a vertex. */
function button(number, note, reason) {
  const vertex = vertices[number];
  return element("li", { class: vertex.class },
    element("button", { onclick: () => choose(number) },
      element("code", {}, vertex.title), " ", note ? element("small", {}, note) : null,
      reason ? element("span", { class: "reason" }, `exception: ${reason}`) : null));
}

function list(title, kind, items) {
  if (items.length === 0) return [element("h3", { class: kind }, title), element("p", { class: "quiet" }, "nothing")];
  return [element("h3", { class: kind }, `${title} (${items.length})`), element("ul", {}, ...items)];
}

function overview() {
  const exceptions = data.edges.filter((edge) => edge.kind === "excepted");
  const unknown = vertices.map((_, number) => number).filter((number) => vertices[number].dependencies);
  const layers = [...new Map(vertices.map((vertex) => [vertex.layer ?? "External", vertex.class]))];
  const bands = [...document.querySelectorAll(".band text")].map((text) => text.firstChild.textContent.trim());
  layers.sort((a, b) => bands.indexOf(a[0]) - bands.indexOf(b[0]));
  const count = (layer) => vertices.filter((vertex) => (vertex.layer ?? "External") === layer).length;
  panel.replaceChildren(
    element("p", { class: "quiet" }, "Declared at ", element("code", {}, panel.dataset.declaredAt)),
    ...(exceptions.length > 0
      ? list("Exceptions from the layers", "alarm", exceptions.map((edge) => button(edge.from, `needs ${vertices[edge.to].title}`, edge.reason)))
      : []),
    ...(unknown.length > 0
      ? [...list("Dependencies unknown", "", unknown.map((number) => button(number))),
        element("p", { class: "quiet" }, "Only providers and request-scoped components use them, and they cannot be named from outside of their crate. If they are pub, their dependencies are shown.")]
      : []),
    element("h3", {}, "Layers"),
    element("ul", { class: "legend" }, ...layers.map(([name, kind]) =>
      element("li", { class: kind }, element("span", { class: "swatch" }), `${name} (${count(name)})`))),
    element("h3", {}, "Marks"),
    element("ul", { class: "legend" }, ...marks()),
    element("h3", {}, "Keys"),
    element("p", {}, ...keys()));
}

function marks() {
  const meanings = { "of-all": "a field of the container", "of-holder": "built for its holder", "of-request": "of one request" };
  return Object.entries(meanings).map(([kind, meaning]) => {
    const mark = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    for (const [key, value] of Object.entries({ width: 12, height: 12, class: `card shared ${kind}`, "aria-hidden": true })) mark.setAttribute(key, value);
    const circle = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    for (const [key, value] of Object.entries({ cx: 6, cy: 6, r: 4 })) circle.setAttribute(key, value);
    mark.append(circle);
    return element("li", {}, mark, meaning);
  });
}

function keys() {
  const meanings = [["/", "search"], ["← ↑ → ↓", "from card to card"], ["Enter", "select"], ["Esc", "clear"], ["e", "all lines"], ["+ − 0", "scale"]];
  return meanings.flatMap(([key, meaning]) => [element("kbd", {}, key), ` ${meaning} `, element("br")]);
}

const builders = { input: "an input of the container", binding: "the implementation it is bound to", component: "its own constructor", "per request": "each request, by what it is bound to" };

function details(number) {
  const vertex = vertices[number];
  const facts = [
    ["Type", vertex.type], ["Route", vertex.route], ["Policy", vertex.policy], ["Layer", vertex.layer ?? "none: a foreign type"], ["Lives", vertex.life],
    ["Field", vertex.recipe ? vertex.id : null], ["Built by", vertex.factory ? `${vertex.factory}()` : builders[vertex.recipe]], ["Qualifier", vertex.qualifier],
    ["Declared at", vertex.declared_at ?? (vertex.dependencies ? null : "the library")],
  ];
  const needs = outgoing[number].map((edge) => button(edge.to, note(edge, "as"), edge.reason));
  const needed = incoming[number].map((edge) => button(edge.from, note(edge, "as"), edge.reason));
  const [below, above] = [reached(number, outgoing, "to"), reached(number, incoming, "from")];
  panel.replaceChildren(
    element("h2", {}, vertex.title),
    element("dl", {}, ...facts.filter(([, value]) => value).flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, element("code", {}, value))])),
    ...(vertex.dependencies ? [element("h3", { class: "out" }, "Depends on"), element("p", { class: "quiet" }, "unknown: it cannot be named from outside of its crate")] : list("Depends on", "out", needs)),
    ...list("Needed by", "in", needed),
    element("p", { class: "quiet" }, `In total, it depends on ${below.size}, and ${above.size} on it.`),
    element("p", {}, element("button", { onclick: () => clear() }, "Back")));
}

/** Name and kind of an edge. */
function note(edge, as) {
  const kinds = { built: "bound", parameter: "parameter", external: "external" };
  // The name of a parameter `_` is its number.
  const isNamed = edge.name && !/^\d+$/.test(edge.name);
  return [isNamed ? `${as} ${edge.name}` : null, kinds[edge.kind]].filter(Boolean).join(", ");
}

function results(numbers, query) {
  const shown = numbers.slice(0, 60);
  panel.replaceChildren(
    ...list(`Found for “${query}”`, "", shown.map((number) => button(number, vertices[number].declared_at))),
    numbers.length > shown.length ? element("p", { class: "quiet" }, `and ${numbers.length - shown.length} more`) : "");
}
