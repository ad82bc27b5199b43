// View of the picture: moving and scaling.

const picture = document.getElementById("picture");
const world = document.getElementById("world");
const size = { width: Number(picture.dataset.width), height: Number(picture.dataset.height) };
const view = { x: 0, y: 0, scale: 1 };
// Letters below this scale are not readable.
const LEGIBLE = 0.75;
let isMoved = false;

function show() {
  world.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
}

/** Scales around a point of the window. */
function scaleBy(factor, x = picture.clientWidth / 2, y = picture.clientHeight / 2) {
  isMoved = true;
  const scale = Math.min(4, Math.max(0.1, view.scale * factor));
  view.x = x - (x - view.x) * (scale / view.scale);
  view.y = y - (y - view.y) * (scale / view.scale);
  view.scale = scale;
  show();
}

/** Shows the whole picture. */
function fit() {
  const scale = Math.min(picture.clientWidth / size.width, picture.clientHeight / size.height, 1.25);
  place(scale, Math.max(0, (picture.clientHeight - size.height * scale) / 2));
}

/** Shows the whole picture if it is readable then, and otherwise its top in the width of the window. */
function start() {
  fit();
  if (view.scale < LEGIBLE) place(Math.min(1, Math.max(LEGIBLE, picture.clientWidth / size.width)), 0);
}

function place(scale, y) {
  isMoved = false;
  const x = (picture.clientWidth - size.width * scale) / 2;
  Object.assign(view, { scale, x: Math.max(0, x), y });
  show();
}

function move(dx, dy) {
  isMoved = true;
  view.x += dx;
  view.y += dy;
  show();
}

/** Moves the picture as little as necessary to show a card. */
function reveal(card) {
  const stage = picture.getBoundingClientRect();
  const box = card.querySelector("rect").getBoundingClientRect();
  const off = (low, high, from, to) => (low < from + 24 ? from + 24 - low : high > to - 24 ? to - 24 - high : 0);
  move(off(box.left, box.right, stage.left, stage.right), off(box.top, box.bottom, stage.top, stage.bottom));
}

picture.addEventListener("wheel", (event) => {
  event.preventDefault();
  const stage = picture.getBoundingClientRect();
  if (event.ctrlKey || event.metaKey) {
    scaleBy(Math.exp(-event.deltaY / 300), event.clientX - stage.left, event.clientY - stage.top);
  } else {
    move(event.shiftKey ? -event.deltaY : -event.deltaX, event.shiftKey ? 0 : -event.deltaY);
  }
}, { passive: false });

// One pointer moves, two scale.
const pointers = new Map();
let wasDragged = false;
picture.addEventListener("pointerdown", (event) => {
  pointers.set(event.pointerId, event);
  wasDragged = false;
});
window.addEventListener("pointermove", (event) => {
  const before = pointers.get(event.pointerId);
  if (!before) return;
  if (pointers.size === 2) {
    const [other] = [...pointers.values()].filter((pointer) => pointer.pointerId !== event.pointerId);
    const distance = (pointer) => Math.hypot(pointer.clientX - other.clientX, pointer.clientY - other.clientY);
    const stage = picture.getBoundingClientRect();
    scaleBy(distance(event) / Math.max(1, distance(before)), other.clientX - stage.left, other.clientY - stage.top);
  } else {
    move(event.clientX - before.clientX, event.clientY - before.clientY);
  }
  const moved = Math.abs(event.clientX - before.clientX) + Math.abs(event.clientY - before.clientY);
  wasDragged ||= moved > 2;
  picture.classList.toggle("is-dragged", wasDragged);
  pointers.set(event.pointerId, event);
});
for (const end of ["pointerup", "pointercancel"]) {
  window.addEventListener(end, (event) => {
    pointers.delete(event.pointerId);
    picture.classList.remove("is-dragged");
  });
}
