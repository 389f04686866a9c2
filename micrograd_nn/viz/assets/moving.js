// Moving: by button, key, slider, name or card. A move repaints only the cards whose
// Values the steps in between have touched.

const PACE = 1100;  // milliseconds a step, when playing

let now = 0;
let timer = null;

function show(time, node = null) {
  const before = now;
  chosen = node;
  now = Math.max(0, Math.min(steps.length - 1, time));
  const touched = steps.slice(Math.min(before, now) + 1, Math.max(before, now) + 1);
  new Set(touched.map(step => values[receiver(step)].card)).forEach(paintCard);
  const step = steps[now];
  highlight(step);
  stopAtStep(step);
  writeRule(step);
  writeLedger(step);
  writeBar(step);
  if (step) bringIntoView(step);
}

function writeBar(step) {
  find("slider").value = now;
  find("jump").value = "";
  const phase = step ? step.phase : "start";
  find("slider").setAttribute("aria-valuetext", `step ${now}, ${phase}`);
  find("count").textContent = `${phase} ${now} / ${steps.length - 1}`;
  find("live").textContent = spoken(step);
  for (const id of ["first", "back"]) find(id).setAttribute("aria-disabled", now === 0);
  for (const id of ["last", "next"])
    find(id).setAttribute("aria-disabled", now === steps.length - 1);
}

function pause() {
  clearInterval(timer);
  timer = null;
  find("play").setAttribute("aria-label", "Play");
}

function play() {
  if (timer) return pause();
  if (now === steps.length - 1) show(0);
  find("play").setAttribute("aria-label", "Pause");
  timer = setInterval(() => {
    show(now + 1);
    if (now === steps.length - 1) pause();
  }, PACE);
}

const moves = {
  first: () => show(0), back: () => show(now - 1),
  next: () => show(now + 1), last: () => show(steps.length - 1),
};
const keys = { Home: "first", ArrowLeft: "back", ArrowRight: "next", End: "last" };

function onKey(event) {
  const { key, target } = event;
  if (event.altKey || event.ctrlKey || event.metaKey || target.closest("select")) return;
  if (target.closest("input") && key !== " ") return;  // the slider does it
  if (key === " " && !target.closest("button, summary, .mg-node")) play();
  else if (keys[key]) { pause(); moves[keys[key]](); }
  else return;
  event.preventDefault();  // nothing scrolls
}

function goTo(card) {
  pause();
  const last = (a, b) => completeAt(values[b]) > completeAt(values[a]) ? b : a;
  visit(cards[card].members.reduce(last));
}

// To where the gradient of a Value is complete, and its ledger.
function visit(node) {
  if (pinned !== null) pinned = node;
  show(completeAt(values[node]), node);
}

// Arrows to the side are steps, also here; up and down lead from card to card.
const beside = { ArrowUp: -1, ArrowDown: 1 };

function onNodeKey(event) {
  const card = groups.indexOf(event.target.closest(".mg-node")), { key } = event;
  if (card < 0) return;
  if (beside[key]) groups[card + beside[key]]?.focus();
  else if (["Enter", " "].includes(key)) goTo(card);
  else return;
  event.preventDefault();
}

function onNodeFocus(event) {
  const group = event.target.closest(".mg-node");
  if (group) stopAt(group);
}

function fillJump() {
  const option = (text, value) => element("option", { value }, text);
  const part = (label, options) => element("optgroup", { label }, ...options);
  const marked = values.filter(value => value.marks.length);
  const nodes = list => list.map(({ name, node, marks }) =>
    option(name + (marks.length ? ` (${marks[0][0]})` : ""), `value ${node}`));
  find("jump").append(option("Jump to…", ""),
    part("Steps", [option("start", "step 0"), option("seed", `step ${root.seed}`),
      option("end", `step ${steps.length - 1}`)]),
    ...(marked.length ? [part("Marked", nodes(marked))] : []),
    part("Values, when complete", nodes(values)));
}

// The choice stays until the next move, so that arrow keys go on from there.
function jump() {
  pause();
  const { value } = find("jump"), [what, i] = value.split(" ");
  (what === "value" ? visit : show)(Number(i));
  find("jump").value = value;
}

function fit() {
  fixHeight();
  fitPicture();
}

// A page in a frame may be run before it has any size, and no event of its window tells
// when it gets one. Heights follow from widths, so that those alone need no new fit.
function keepFitting() {
  let fitted = "";
  new ResizeObserver(() => requestAnimationFrame(() => {
    const size = `${document.documentElement.clientWidth} ${innerHeight}`;
    if (size !== fitted) fit();
    fitted = size;
  })).observe(document.documentElement);
  addEventListener("resize", fit);
}

function start() {
  preparePicture();
  fillJump();
  find("slider").max = steps.length - 1;
  groups.forEach((_, card) => paintCard(card));
  findLongest();
  fit();
  show(0);
  for (const id in moves) find(id).onclick = () => { pause(); moves[id](); };
  find("play").onclick = play;
  find("slider").oninput = () => { pause(); show(Number(find("slider").value)); };
  find("jump").onchange = jump;
  svg.addEventListener("click", event => {
    const group = event.target.closest(".mg-node");
    if (group) goTo(groups.indexOf(group));
  });
  svg.addEventListener("keydown", onNodeKey);
  // Not at the picture: Chromium then lets the Tab key stop there as well.
  find("graph").addEventListener("focusin", onNodeFocus);
  addEventListener("keydown", onKey);
  keepFitting();
}

start();
