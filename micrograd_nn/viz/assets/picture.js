// The picture: numbers on cards, the outlines and the edge of a step, and the view of it.

const svg = document.querySelector("#graph svg");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const NEAR = 50;  // pixels from the receiver to the partial on the edge, at most
const REMARKS = 9;  // marks that the title of a card explains
const SMALLEST = 0.8, LARGEST = 1.5;  // how far a picture shrinks or grows

function drawn(tag, attributes, ...content) {
  const made = document.createElementNS(svg.namespaceURI, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...content);
  return made;
}

const groups = [...svg.querySelectorAll(".mg-node")];
const paths = [...svg.querySelectorAll(".mg-operand-edge")];
const places = groups.map(group => ({
  title: group.querySelector("title"),
  data: [group.querySelector(".mg-value.mg-data"), group.querySelector(".mg-chip.mg-data")],
  grad: [group.querySelector(".mg-value.mg-grad"), group.querySelector(".mg-chip.mg-grad")],
}));
const tag = drawn("g", { class: "tag" }, drawn("rect", { rx: 4, height: 20 }),
  drawn("text", { "text-anchor": "middle", y: 14 }));

function preparePicture() {
  const head = drawn("marker", {
    id: "mg-hot", viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 11,
    markerHeight: 11, markerUnits: "userSpaceOnUse", orient: "auto-start-reverse",
  }, drawn("path", { d: "M0 .5L10 5L0 9.5z", stroke: "none" }));
  svg.append(drawn("defs", {}, head));
  svg.setAttribute("role", "group");
  groups.forEach((group, card) => {
    group.setAttribute("tabindex", "-1");
    group.setAttribute("role", "button");
    const marks = marksOf(card);
    if (marks.length) group.append(markOf(group, marks));
  });
}

// The Tab key stops at one card, however many there are: that which has the focus, or
// else that of the step.
let stop = groups.at(-1);

function stopAt(group) {
  stop.setAttribute("tabindex", "-1");
  group.setAttribute("tabindex", "0");
  stop = group;
}

function stopAtStep(step) {
  const node = step ? receiver(step) : root.node;
  if (!svg.contains(document.activeElement)) stopAt(groups[values[node].card]);
}

// By its attributes: a page that is not on show yet measures nothing.
function frameOf(group) {
  const { x, y, width, height } = group.querySelector(".mg-card");
  const sides = Object.entries({ x, y, width, height });
  return Object.fromEntries(sides.map(([side, { baseVal }]) => [side, baseVal.value]));
}

// The kind of the first mark, on the upper border of the card.
function markOf(group, marks) {
  const frame = frameOf(group);
  const text = marks[0][0] + (marks.length > 1 ? ` +${marks.length - 1}` : "");
  const width = text.length * 5.6 + 10;
  const x = frame.x + frame.width / 2;
  return drawn("g", { class: "mark", transform: `translate(${x} ${frame.y - 10})` },
    drawn("rect", { x: -width / 2, width, height: 14, rx: 7 }),
    drawn("text", { "text-anchor": "middle", y: 10.5 }, text));
}

const marksOf = card => cards[card].members.flatMap(node => values[node].marks);

function paintCard(card) {
  const { name, shown, members } = cards[card], value = values[shown];
  const lines = [name];
  if (members.length > 1) lines.push(`${members.length} Values`);
  if (value) {
    const data = dataAt(value, now), grad = gradAt(value, now);
    paintNumber(places[card].data, data);
    paintNumber(places[card].grad, grad);
    lines.push(`data = ${data ?? DASH}`, `grad = ${grad ?? DASH}`);
    if (value.op) lines.push(`made by ${value.op}`);
  }
  lines.push(...marksOf(card).slice(0, REMARKS).map(([kind, why]) => `${kind}: ${why}`));
  places[card].title.textContent = lines.join("\n");
}

function paintNumber([text, chip], x) {
  if (text) text.textContent = number(x);
  if (!chip) return;
  chip.classList.toggle("plus", x > 0);
  chip.classList.toggle("minus", x < 0);
}

// Outlines and edges of the step; one list of what to undo at the next.
let lit = [];

function light(thing, name) {
  thing.classList.add(name);
  lit.push(() => thing.classList.remove(name));
}

function highlight(step) {
  lit.forEach(undo => undo());
  lit = [];
  tag.remove();
  if (!step) return;
  const value = values[step.node], to = groups[values[receiver(step)].card];
  if (step.phase === "forward") {
    for (const operand of value.operands) light(groups[values[operand].card], "up");
    for (const edge of value.edges) if (edge >= 0) light(paths[edge], "ahead");
    for (const edge of value.edges) if (edge >= 0) light(paths[edge], "hot");
  } else if (step.phase === "backward") {
    light(groups[value.card], "up");
    const path = paths[value.edges[step.position]];
    if (path) {
      light(path, "back");
      light(path, "hot");
    }
    writeTag(number(step.local), path ? besideEdge(path) : belowCard(to));
  }
  to.classList.remove("up");
  light(to, "to");
}

function writeTag(partial, { x, y }) {
  const [rect, text] = tag.children;
  text.textContent = `× ${partial}`;
  svg.append(tag);
  const width = text.getComputedTextLength() + 12;
  rect.setAttribute("width", width);
  rect.setAttribute("x", -width / 2);
  tag.setAttribute("transform", `translate(${x} ${y - 10})`);
}

const besideEdge = path =>
  path.getPointAtLength(Math.min(path.getTotalLength() / 2, NEAR));

function belowCard(group) {
  const frame = frameOf(group);
  const { e, f } = group.transform.baseVal.consolidate().matrix;
  return { x: e + frame.x + frame.width / 2, y: f + frame.y + frame.height + 14 };
}

// A small graph grows into its box; a large one keeps its size, and scrolls.
const natural = svg.viewBox.baseVal;

function fitPicture() {
  const box = find("graph");
  const room = Math.min(box.clientWidth / natural.width, box.clientHeight / natural.height);
  svg.style.width = `${natural.width * Math.max(SMALLEST, Math.min(LARGEST, room))}px`;
}

// The graph scrolls in its own box: the page itself must not move.
function bringIntoView(step) {
  const box = find("graph"), frame = box.getBoundingClientRect();
  const ends = [receiver(step), step.node].map(node => groups[values[node].card]);
  const sides = ends.map(end => end.getBoundingClientRect());
  const both = {
    left: Math.min(...sides.map(s => s.left)), right: Math.max(...sides.map(s => s.right)),
    top: Math.min(...sides.map(s => s.top)), bottom: Math.max(...sides.map(s => s.bottom)),
  };
  const fits = both.right - both.left < frame.width && both.bottom - both.top < frame.height;
  const shown = fits ? both : sides[0];
  const x = overhang(shown.left, shown.right, frame.left, frame.left + box.clientWidth);
  const y = overhang(shown.top, shown.bottom, frame.top, frame.top + box.clientHeight);
  const far = Math.hypot(x, y) > 2 * Math.hypot(frame.width, frame.height);
  const behavior = far || calm.matches ? "auto" : "smooth";
  if (x || y) box.scrollBy({ left: x, top: y, behavior });
}

// How far to scroll for `start` to `end` to be inside, in the middle of the view.
function overhang(start, end, low, high) {
  return start < low || end > high ? (start + end - low - high) / 2 : 0;
}
