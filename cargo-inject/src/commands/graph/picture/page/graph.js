// The graph: who depends on whom.

const data = JSON.parse(document.getElementById("graph").textContent);
const vertices = data.vertices;
const outgoing = vertices.map(() => []);
const incoming = vertices.map(() => []);
for (const edge of data.edges) {
  outgoing[edge.from].push(edge);
  incoming[edge.to].push(edge);
}

/** All that can be reached from a vertex, itself excluded. */
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

/** The vertices in which all words of the query occur. */
function found(query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (it) => [it.title, it.type, it.id, it.layer, it.origin, it.declared_at, it.policy].join(" ").toLowerCase();
  return vertices.map((_, number) => number).filter((number) => words.every((word) => text(vertices[number]).includes(word)));
}
