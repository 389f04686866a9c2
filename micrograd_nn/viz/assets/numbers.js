// Numbers as every picture prints them: the same text as `number` in text.py, digit for
// digit. Four significant digits, a true minus sign, a short exponent if any, a dash for
// what is not known yet.
"use strict";

const DASH = "\u2013", MINUS = "\u2212";

function number(x) {
  if (x === null || x === undefined) return DASH;
  if (Number.isNaN(x)) return "nan";
  const size = Math.abs(x);
  return (x < 0 ? MINUS : "") + (size === Infinity ? "infinity" : digits(size));
}

// As it stands after an operator: a negative number in brackets.
function bracketed(x) {
  return x < 0 ? `(${number(x)})` : number(x);
}

function digits(size) {
  // Integers keep all digits before the point as long as there is no exponent.
  const rounded = nearest(size, size >= 1e4 && size < 99999.5 ? 5 : 4);
  const [mantissa, exponent] = rounded.split("e").map(Number);
  const far = exponent < -4 || exponent > 4;
  return far ? `${mantissa}e${exponent}`.replace("-", MINUS) : String(Number(rounded));
}

// The nearest number of `count` digits. Halfway, Python takes the one that ends on an
// even digit, and JavaScript the larger one.
function nearest(size, count) {
  const exact = size.toExponential(40);
  const cut = exact.slice(0, count + 1);
  const halfway = /^50*e/.test(exact.slice(count + 1));
  const even = "02468".includes(cut.at(-1));
  return halfway && even
    ? cut + exact.slice(exact.indexOf("e"))
    : size.toExponential(count - 1);
}

// A name that looks like a formula itself stands in brackets in one.
const term = name => /^[\p{L}\p{N}_.[\]'"]*$/u.test(name) ? name : `(${name})`;
const gradOf = value => `${term(value.name)}.grad`;
