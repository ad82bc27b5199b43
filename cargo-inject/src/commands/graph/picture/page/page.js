// Selection, search, keys.

const cards = [...document.querySelectorAll("#cards .card")];
const lines = [...document.querySelectorAll("#lines .line")];
const [under, above] = [document.getElementById("lines"), document.getElementById("above")];
const search = document.getElementById("search");
let chosen = null;
let current = 0;

function choose(number) {
  chosen = number;
  const [below, upon] = [reached(number, outgoing, "to"), reached(number, incoming, "from")];
  const near = new Set([number, ...outgoing[number].map((edge) => edge.to), ...incoming[number].map((edge) => edge.from)]);
  mark((vertex) => near.has(vertex), (vertex) => below.has(vertex) || upon.has(vertex));
  for (const line of lines) {
    const [from, to] = [Number(line.dataset.from), Number(line.dataset.to)];
    const isNear = from === number || to === number;
    line.classList.toggle("near", isNear);
    line.classList.toggle("out", from === number);
    line.classList.toggle("in", to === number);
    line.classList.toggle("far", !isNear && ((below.has(from) && below.has(to)) || (upon.has(from) && upon.has(to))));
    (isNear ? above : under).append(line);
  }
  details(number);
  panel.scrollTop = 0;
  say(`${vertices[number].title}: depends on ${outgoing[number].length}, needed by ${incoming[number].length}`);
  step(number);
  reveal(cards[number]);
  history.replaceState(null, "", `#${encodeURIComponent(vertices[number].id)}`);
}

/** Marks the cards of a selection, and the cards around them. */
function mark(isNear, isFar) {
  document.body.classList.add("has-choice");
  cards.forEach((card, number) => {
    card.classList.toggle("chosen", number === chosen);
    card.classList.toggle("near", isNear(number));
    card.classList.toggle("far", !isNear(number) && isFar(number));
    card.setAttribute("aria-pressed", String(number === chosen));
  });
}

function clear() {
  chosen = null;
  document.body.classList.remove("has-choice");
  for (const element of [...cards, ...lines]) element.classList.remove("chosen", "near", "far", "out", "in");
  cards.forEach((card) => card.setAttribute("aria-pressed", "false"));
  under.append(...lines);
  overview();
  history.replaceState(null, "", location.pathname + location.search);
}

function searched() {
  const query = search.value.trim();
  if (query === "") return clear();
  clear();
  const numbers = found(query);
  const set = new Set(numbers);
  mark((vertex) => set.has(vertex), () => false);
  results(numbers, query);
  say(`${numbers.length} found`);
}

/** Message for screen readers. */
function say(text) {
  document.getElementById("status").textContent = text;
}

/** Makes a card the one that Tab reaches. Arrow keys reach the others. */
function step(number) {
  cards[current].tabIndex = -1;
  current = number;
  cards[current].tabIndex = 0;
}

/** Nearest card in a direction. */
function towards(dx, dy) {
  const center = (card) => {
    const box = card.querySelector("rect").getBBox();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const [x, y] = center(cards[current]);
  let best = null;
  cards.forEach((card, number) => {
    const [cx, cy] = center(card);
    const along = (cx - x) * dx + (cy - y) * dy;
    const aside = Math.abs((cx - x) * dy) + Math.abs((cy - y) * dx);
    if (along > 1 && (best === null || along + 2 * aside < best.cost)) best = { number, cost: along + 2 * aside };
  });
  return best?.number ?? current;
}

cards.forEach((card, number) => {
  const vertex = vertices[number];
  card.setAttribute("role", "button");
  card.setAttribute("aria-pressed", "false");
  card.setAttribute("aria-label", [vertex.title, vertex.layer ?? "external", vertex.life, vertex.origin].join(", "));
  card.tabIndex = -1;
  card.addEventListener("click", () => {
    if (!wasDragged) choose(number);
  });
});
picture.addEventListener("click", (event) => {
  if (!wasDragged && !event.target.closest(".card")) clear();
});
picture.addEventListener("keydown", (event) => {
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  if (arrows[event.key]) {
    event.preventDefault();
    step(towards(...arrows[event.key]));
    cards[current].focus({ preventScroll: true });
    reveal(cards[current]);
  } else if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    choose(current);
  }
});

const toggle = document.getElementById("lines-toggle");
function toggleLines() {
  toggle.setAttribute("aria-pressed", String(document.body.classList.toggle("all-lines")));
}
// In a roomy picture, the lines are always shown.
toggle.hidden = !document.body.classList.contains("dense");
toggle.addEventListener("click", toggleLines);
// More lines hide each other.
if (data.edges.length <= 200) toggleLines();
document.getElementById("zoom-in").addEventListener("click", () => scaleBy(1.25));
document.getElementById("zoom-out").addEventListener("click", () => scaleBy(0.8));
document.getElementById("fit").addEventListener("click", () => fit());
document.getElementById("theme").addEventListener("click", () => {
  const root = document.documentElement.style;
  const isDark = root.colorScheme ? root.colorScheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.colorScheme = isDark ? "light" : "dark";
});
search.addEventListener("input", searched);
search.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || search.value.trim() === "") return;
  const [first] = found(search.value);
  if (first !== undefined) choose(first);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    search.value = "";
    clear();
    cards[current].focus({ preventScroll: true });
    return;
  }
  if (event.target === search || event.ctrlKey || event.metaKey || event.altKey) return;
  const keys = { "/": () => search.focus(), e: toggleLines, "+": () => scaleBy(1.25), "=": () => scaleBy(1.25), "-": () => scaleBy(0.8), 0: () => fit() };
  if (keys[event.key]) {
    event.preventDefault();
    keys[event.key]();
  }
});
window.addEventListener("resize", () => {
  if (!isMoved) start();
});

overview();
start();
// Tab starts at the first card.
const corner = (card) => {
  const box = card.querySelector("rect").getBBox();
  return box.y * 10 + box.x;
};
step(cards.reduce((best, card, number) => (corner(card) < corner(cards[best]) ? number : best), 0));
const wanted = vertices.findIndex((vertex) => vertex.id === decodeURIComponent(location.hash.slice(1)));
if (wanted >= 0) choose(wanted);
