// The ledger: every contribution to one gradient, those still to come included.

const ENTRIES = 40;  // lines of a ledger, around the current step
const INSIDE = 200;  // Values of a group that are listed

// The Value whose ledger is on show: one that was pinned, or gone to, or the receiver.
let pinned = null, chosen = null;

function writeLedger(step) {
  const value = values[pinned ?? chosen ?? (step ? receiver(step) : root.node)];
  const data = number(dataAt(value, now));
  const kind = value.op ? `made by ${value.op}` : value.constant ? "constant" : "leaf";
  keepFocus(find("ledger"), box => box.replaceChildren(
    pinOf(value), element("h2", {}, gradOf(value)),
    element("p", { class: "soft" }, `data ${data}, ${kind}`),
    value === root ? seedNote() : account(value),
    ...value.marks.map(remark), ...group(value)));
}

// Who moves by key stays at the same button, though it is another one now.
function keepFocus(box, rewrite) {
  const held = box.contains(document.activeElement) && document.activeElement.textContent;
  rewrite(box);
  if (!held) return;
  const all = [...box.querySelectorAll("button, summary")];
  (all.find(one => one.textContent === held) || all[0]).focus();
}

function pinOf(value) {
  const pressed = pinned !== null;
  const pin = element("button", { type: "button", id: "pin", "aria-pressed": pressed,
    title: "Keep this ledger on show" }, "Pin");
  pin.onclick = () => {
    pinned = pressed ? null : value.node;
    writeLedger(steps[now]);
  };
  return pin;
}

const seedNote = () => element("p", {}, now < root.seed
  ? "Not reached yet: backward starts here, with 1."
  : "1: backward starts here. Nothing is added to it.");

function account(value) {
  if (!value.ledger.length)
    return element("p", {}, "No gradient arrives: nothing here passes one on.");
  const first = steps[value.ledger[0]].before;
  return element("table", {},
    element("tr", {}, head("step"), head("from"), head("amount", "amount")),
    ...(first === null ? [] : [row("", "", "held before", number(first))]),
    ...entries(value.ledger),
    row("sum", "", progress(value), number(gradAt(value, now))));
}

function entries(ledger) {
  const done = ledger.filter(i => i <= now).length;
  const first = Math.max(0, Math.min(done - ENTRIES / 2, ledger.length - ENTRIES));
  const more = ledger.length - first - ENTRIES;
  return [
    ...(first > 0 ? [row("later", "", `and ${first} before`, "")] : []),
    ...ledger.slice(first, first + ENTRIES).map(entry),
    ...(more > 0 ? [row("later", "", `and ${more} after`, "")] : []),
  ];
}

const head = (text, name = "") => element("th", { scope: "col", class: name }, text);

function row(name, at, what, amount) {
  return element("tr", { class: name }, element("td", {}, at), element("td", {}, what),
    element("td", { class: "amount" }, amount));
}

function entry(i) {
  const step = steps[i], name = i > now ? "later" : i === now ? "now" : "";
  const go = element("button", { type: "button", "aria-label": `Go to step ${i}` }, i);
  go.onclick = () => show(i);
  const factor = step.factor || number(step.local);
  const product = `${gradOf(values[step.node])} × ${factor}`;
  return row(name, go, product, i > now ? "to come" : number(step.contribution));
}

function remark([kind, why]) {
  return element("p", { class: "remark" }, element("strong", {}, kind), `: ${why}`);
}

// The Values that share one card; the list is written when it is opened.
function group(value) {
  const { members, group: name } = cards[value.card];
  if (!name) return [];
  const title = `${members.length} Values in ${name}`;
  const box = element("details", {}, element("summary", {}, title));
  box.open = group.open;
  box.ontoggle = () => {
    if (box.open !== group.open) { group.open = box.open; writeLedger(steps[now]); }
  };
  if (group.open) box.append(listing(members, name));
  return [box];
}
group.open = false;

function listing(nodes, scope) {
  const within = name => name.startsWith(`${scope}.`) ? name.slice(scope.length + 1) : name;
  const rows = nodes.slice(0, INSIDE).map(node => {
    const value = values[node], go = element("button", { type: "button" }, within(value.name));
    go.onclick = () => visit(node);
    const data = number(dataAt(value, now));
    const made = row("", go, data, number(gradAt(value, now)));
    made.children[1].className = "amount";
    return made;
  });
  const more = nodes.length - rows.length;
  return element("table", {},
    element("tr", {}, head("Value"), head("data", "amount"), head("grad", "amount")), ...rows,
    ...(more > 0 ? [row("later", "", `and ${more} more: see Jump to`, "")] : []));
}
