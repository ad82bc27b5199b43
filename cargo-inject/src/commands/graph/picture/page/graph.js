// Graph of the dependencies.

const data = JSON.parse(document.getElementById("graph").textContent);
const vertices = data.vertices;
const outgoing = vertices.map(() => []);
const incoming = vertices.map(() => []);
for (const edge of data.edges) {
  outgoing[edge.from].push(edge);
  incoming[edge.to].push(edge);
}

/** Vertices that can be reached from a vertex, except itself. */
function reached(start, edges, end) {
  const seen = new Set([start]);
  const pending = [start];
  while (pending.length > 0) {
    for (const edge of edges[pending.pop()]) {
      if (!seen.has(edge[end])) {
        seen.add(edge[end]);
        pending.push(edge[end]);
      }
    }
  }
  seen.delete(start);
  return seen;
}

/** Vertices that contain all words of the query. */
function found(query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (vertex) => [vertex.title, vertex.type, vertex.id, vertex.layer, vertex.origin, vertex.declared_at, vertex.policy].join(" ").toLowerCase();
  return vertices.map((_, number) => number).filter((number) => words.every((word) => text(vertices[number]).includes(word)));
}
