// The rule box: what a step computes, with names and with numbers. Everything from the
// learner's graph becomes text by textContent or append, never markup.

function element(tag, attributes, ...content) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...content);
  return made;
}

const upstream = text => element("b", { class: "up" }, text);
const receiving = text => element("b", { class: "to" }, text);
const textOf = parts => parts.map(part => part.textContent ?? part).join("");

// What a step says: a heading, then lines of a left side and a right side.
const sayings = {
  start() {
    return ["Start: the leaves hold their data, and nothing is computed yet",
      [["forward"], ["computes the data of every Value, operands first"]],
      [["backward"], ["then finds every gradient, results first"]]];
  },
  forward(step) {
    const value = values[step.node], data = receiving(number(value.data));
    const [named, worked] = [step.formula, step.worked].map(upstream);
    return [`Forward through ${value.op}: compute ${value.name}${inside(step)}`,
      [[receiving(value.name)], chain([named], [worked], [data])],
      [[receiving(value.name)], [`${DASH} → `, data.cloneNode(true)]]];
  },
  seed() {
    return [`Seed: backward starts at the result, ${root.name}`,
      [["∂", receiving(root.name), "/∂", receiving(root.name)], ["= ", receiving("1")]],
      [[receiving(gradOf(root))], [`${DASH} → `, receiving("1")]]];
  },
  backward(step) {
    const value = values[step.node], to = values[step.operand];
    const partial = ["∂", upstream(value.name), "/∂", receiving(to.name)];
    const product = [upstream(gradOf(value)), ` × ${step.factor || textOf(partial)}`];
    const worked = [upstream(number(step.upstream)), ` × ${bracketed(step.local)}`];
    const sides = chain(product, worked, [receiving(number(step.contribution))]);
    if (step.sign === "+=") sides[0] = "+= ";
    return [`Backward through ${value.op}: from ${value.name} to ${to.name}${inside(step)}`,
      [partial, chain([step.rule], [number(step.local)])],
      [[receiving(gradOf(to))], sides],
      [[receiving(gradOf(to))], [`${number(step.before)} → `,
        receiving(number(step.after)), element("span", { class: "done" }, outcome(step))]]];
  },
};

// `= a = b = c`; what is empty is left out, and what would be said twice is said once.
function chain(...sides) {
  const said = sides.map(textOf);
  const kept = sides.filter((_, i) => said[i] && said[i] !== said[i - 1]);
  return kept.flatMap((side, i) => [i ? " = " : "= ", ...side]);
}

function outcome(step) {
  if (step.sign === "=") return `${number(step.before)} is lost: = in place of +=`;
  return progress(values[step.operand]);
}

function progress(value) {
  const done = value.ledger.filter(i => i <= now).length, all = value.ledger.length;
  return done === all ? "complete" : `${done} of ${all}, not complete yet`;
}

// Where a step happens, if the picture shows a group in place of its Values.
function inside(step) {
  const ends = [...new Set([step.node, receiver(step)])].map(node => values[node]);
  const [one, other] = ends.map(value => cards[value.card]);
  if (one === other && one.group) return `, inside ${one.group}`;
  const grouped = ends.filter(value => cards[value.card].group);
  return grouped.map(value => `, ${value.name} in ${cards[value.card].group}`).join("");
}

const say = step => sayings[step ? step.phase : "start"](step);

function spoken(step) {
  const [heading, ...lines] = say(step);
  return [heading, ...lines.map(sides => sides.map(textOf).join(" "))].join(". ");
}

function writeRule(step) {
  const [heading, ...lines] = say(step);
  const pairs = lines.map(([left, right]) => element("div", {},
    element("dt", {}, ...left), " ", element("dd", {}, ...right)));
  find("rule").replaceChildren(element("p", {}, heading), element("dl", {}, ...pairs));
}

// The box keeps the height of the longest step, so that nothing below it moves.
let longest = [];

function findLongest() {
  const lengths = steps.map((step, i) => [spoken(step).length, i]);
  longest = lengths.sort((a, b) => b[0] - a[0]).slice(0, 12).map(([, i]) => steps[i]);
}

function fixHeight() {
  const box = find("rule");
  box.style.height = "max-content";  // whatever room the window has
  const heights = longest.map(step => {
    writeRule(step);
    return box.offsetHeight;
  });
  const most = Math.max(...heights);
  box.style.height = most ? `${most}px` : "auto";  // 0: the page is not on show yet
  writeRule(steps[now]);
}
