// What happened, as page_data.py wrote it down: the Values, the cards and the steps. The
// state after any step is read off these records alone, so it is the same however one got
// there.

const find = id => document.getElementById(id);
const page = JSON.parse(find("data").textContent);

// JSON has no nan and no infinities: they come as "nan", "inf" and "-inf".
const real = x => typeof x === "string" ? Number(x.replace("inf", "Infinity")) : x;

const values = page.values.map(
  ([name, op, data, card, operands = [], edges = [], constant = 0, marks = []], node) => ({
    node, name, op, data: real(data), card, operands, edges, constant, marks,
    computed: 0,  // the number of the step that computes it; 0 for a leaf
    ledger: [],  // the steps that add to its gradient
  }));
const root = values.at(-1);

// Steps are numbered from 1: after step 0 nothing has happened yet.
const steps = [null];
for (const [node, formula, worked] of page.forward) {
  values[node].computed = steps.length;
  steps.push({ phase: "forward", node, operand: null, formula, worked });
}
root.seed = steps.length;
steps.push({ phase: "seed", node: root.node, operand: null });
for (const [node, position, rule, factor, sign, ...numbers] of page.backward) {
  const [upstream, local, contribution, before, after] = numbers.map(real);
  const operand = values[node].operands[position];
  values[operand].ledger.push(steps.length);
  steps.push({
    phase: "backward", node, operand, position, rule, factor: factor || rule, sign,
    upstream, local, contribution, before, after,
  });
}

// A card stands for one Value, or for a group of them, of which it shows one at most.
const cards = [];
for (const { node, name, card } of values) {
  cards[card] ??= { name, shown: node, members: [], group: "" };
  cards[card].members.push(node);
}
for (const [card, name, shown] of page.groups)
  Object.assign(cards[card], { name, shown, group: name });

const dataAt = (value, time) => value.computed <= time ? value.data : null;

// Before anything is added it is what was held, if a pass does not start from nothing.
function gradAt(value, time) {
  if (value === root && time >= root.seed) return 1;
  const done = value.ledger.filter(i => i <= time);
  if (done.length) return steps[done.at(-1)].after;
  return value.ledger.length ? steps[value.ledger[0]].before : null;
}

// The step after which nothing is added to the gradient any more; where no gradient
// arrives, the one that computes the Value.
const completeAt = value =>
  value === root ? root.seed : value.ledger.at(-1) || value.computed;

// The Value that a step changes.
const receiver = step => step.operand === null ? step.node : step.operand;
