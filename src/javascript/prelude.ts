/**
 * What the sandbox itself runs: the values of BSON as JavaScript sees them in MongoDB, the functions that the manual lists
 * for $where, and the two ends of a call. Values cross the border as JSON text (see transfer.ts), so that nothing of the
 * host, no object and no function but `hex_md5`, is ever within reach of a client's code.
 *
 * The value of this program is a function `run(source, mode, text)`: compiles `source` once per realm, calls it, and
 * answers `=` and the result as text, or `!` and what was thrown.
 */
export const prelude = String.raw`(function (md5) {
'use strict';
const hidden = (object, name, value) => Object.defineProperty(object, name, { value, configurable: true });
const textOf = new WeakMap();
const integers = new WeakMap();
function define(name, make, methods) {
  const type = { [name]: function (...values) {
    const self = new.target === undefined ? Object.create(type.prototype) : this;
    make(self, ...values);
    return self;
  } }[name];
  for (const method of Object.keys(methods)) hidden(type.prototype, method, methods[method]);
  hidden(globalThis, name, type);
  return type;
}
const wordOf = (value, pattern, name) => {
  const text = String(value);
  if (!pattern.test(text)) throw Error('invalid ' + name + ': ' + text);
  return text;
};
const NumberLong = define('NumberLong', (self, value = 0) => {
  const given = typeof value === 'number' ? BigInt(Math.trunc(value)) : BigInt(wordOf(value, /^[+-]?\d{1,19}$/, 'long'));
  if (BigInt.asIntN(64, given) !== given) throw Error('could not convert ' + value + ' to a long');
  textOf.set(self, String(given));
}, {
  toNumber() { return Number(textOf.get(this)); },
  valueOf() { return Number(textOf.get(this)); },
  toString() {
    const text = textOf.get(this);
    return Number.isSafeInteger(Number(text)) ? 'NumberLong(' + text + ')' : 'NumberLong("' + text + '")';
  },
  toJSON() { return { $numberLong: textOf.get(this) }; },
  compare(other) {
    const left = BigInt(textOf.get(this));
    const right = BigInt(textOf.get(other) ?? Math.trunc(other));
    return left < right ? -1 : left > right ? 1 : 0;
  },
});
const NumberInt = define('NumberInt', (self, value = 0) => textOf.set(self, String(value | 0)), {
  toNumber() { return Number(textOf.get(this)); },
  valueOf() { return Number(textOf.get(this)); },
  toString() { return 'NumberInt(' + textOf.get(this) + ')'; },
  toJSON() { return Number(textOf.get(this)); },
});
const NumberDecimal = define('NumberDecimal', (self, value = '0') => textOf.set(self, String(value)), {
  toString() { return 'NumberDecimal("' + textOf.get(this) + '")'; },
  toJSON() { return { $numberDecimal: textOf.get(this) }; },
});
const ObjectId = define('ObjectId', (self, value) => {
  hidden(self, 'str', wordOf(value?.str ?? value, /^[0-9a-fA-F]{24}$/, 'object id').toLowerCase());
}, {
  toString() { return 'ObjectId("' + this.str + '")'; },
  valueOf() { return this.str; },
  equals(other) { return other?.str === this.str; },
  getTimestamp() { return new Date(parseInt(this.str.slice(0, 8), 16) * 1000); },
  toJSON() { return { $oid: this.str }; },
});
const Timestamp = define('Timestamp', (self, t = 0, i = 0) => { self.t = t >>> 0; self.i = i >>> 0; }, {
  getTime() { return this.t; },
  getInc() { return this.i; },
  toString() { return 'Timestamp(' + this.t + ', ' + this.i + ')'; },
});
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const bytesOf = (base64) => {
  const bytes = [];
  let bits = 0;
  let held = 0;
  for (const character of base64.replace(/=+$/, '')) {
    bits = (bits << 6) | alphabet.indexOf(character);
    held += 6;
    if (held >= 8) bytes.push((bits >> (held -= 8)) & 255);
    bits &= (1 << held) - 1;
  }
  return bytes;
};
const base64Of = (bytes) => {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const bits = (bytes[at] << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    for (let part = 0; part < 4; part++) {
      text += at + part > bytes.length ? '=' : alphabet[(bits >> (18 - 6 * part)) & 63];
    }
  }
  return text;
};
const hexOf = (bytes) => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
const unhex = (text) => (text.match(/../g) ?? []).map((pair) => parseInt(pair, 16));
const BinData = define('BinData', (self, type, base64) => {
  hidden(self, 'type', type & 255);
  textOf.set(self, wordOf(base64, /^[A-Za-z0-9+/]*={0,2}$/, 'base64'));
}, {
  subtype() { return this.type; },
  base64() { return textOf.get(this); },
  hex() { return hexOf(bytesOf(textOf.get(this))); },
  length() { return bytesOf(textOf.get(this)).length; },
  toString() {
    const hex = this.hex();
    if (this.type !== 4 || hex.length !== 32) return 'BinData(' + this.type + ',"' + textOf.get(this) + '")';
    return 'UUID("' + hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') + '")';
  },
  toJSON() { return this.toString(); },
});
const DBPointer = define('DBPointer', (self, ns, id) => { self.ns = ns; self.id = id; }, {});
define('DBRef', (self, ref, id, db) => {
  self.$ref = ref;
  self.$id = id;
  if (db !== undefined) self.$db = db;
}, {});
const Code = define('Code', (self, code, scope) => {
  self.code = String(code);
  if (scope !== undefined) self.scope = scope;
}, {});
const Symbolic = define('BSONSymbol', (self, text) => textOf.set(self, String(text)), {
  toString() { return textOf.get(this); },
});
const MinKey = define('MinKey', () => undefined, { toString: () => 'MinKey' });
const MaxKey = define('MaxKey', () => undefined, { toString: () => 'MaxKey' });

const put = (object, name, value) => {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  } else object[name] = value;
};
const isInteger = (value) => typeof value === 'number' && (value | 0) === value;
const decoders = {
  o([, ...fields]) {
    const object = {};
    const names = new Set();
    for (let at = 0; at < fields.length; at += 2) {
      if (isInteger(fields[at + 1])) names.add(fields[at]);
      put(object, fields[at], decode(fields[at + 1], true));
    }
    if (names.size > 0) integers.set(object, names);
    return object;
  },
  a([, ...values], isInside) {
    const array = values.map((value) => decode(value, isInside));
    if (isInside) integers.set(array, new Set(values.map((value, at) => (isInteger(value) ? String(at) : ''))));
    return array;
  },
  d: ([, text]) => Number(text),
  l: ([, text]) => new NumberLong(text),
  D: ([, text]) => new NumberDecimal(text),
  i: ([, hex]) => new ObjectId(hex),
  t: ([, time]) => new Date(time),
  b: ([, type, base64]) => new BinData(type, base64),
  T: ([, t, i]) => new Timestamp(t, i),
  r: ([, pattern, flags]) => new RegExp(pattern, flags.replace(/[^gimsuy]/g, '')),
  m: () => new MinKey(),
  M: () => new MaxKey(),
  u: () => undefined,
  c: ([, code]) => new Code(code),
  C: ([, code, scope]) => new Code(code, decode(scope)),
  y: ([, text]) => new Symbolic(text),
  p: ([, ns, hex]) => new DBPointer(ns, new ObjectId(hex)),
};
const decode = (value, isInside = false) => (Array.isArray(value) ? decoders[value[0]](value, isInside) : value);

const deepest = 150;
const types = [
  [NumberLong, (value) => ['l', textOf.get(value)]],
  [NumberInt, (value) => ['n', Number(textOf.get(value))]],
  [NumberDecimal, (value) => ['D', textOf.get(value)]],
  [ObjectId, (value) => ['i', value.str]],
  [Date, (value) => ['t', value.getTime()]],
  [BinData, (value) => ['b', value.type, textOf.get(value)]],
  [Timestamp, (value) => ['T', value.t >>> 0, value.i >>> 0]],
  [RegExp, (value) => ['r', value.source, value.flags]],
  [MinKey, () => ['m']],
  [MaxKey, () => ['M']],
  [Symbolic, (value) => ['y', textOf.get(value)]],
  [Code, (value, depth) => (value.scope === undefined ? ['c', value.code] : ['C', value.code, encode(value.scope, depth)])],
  [DBPointer, (value) => ['p', String(value.ns), value.id.str]],
];
function encodeObject(value, depth) {
  if (depth > deepest) {
    throw Error('exceeded depth limit of ' + deepest + ' converting js object to BSON. Do you have a cycle?');
  }
  for (const [type, write] of types) if (value instanceof type) return write(value, depth + 1);
  const whole = integers.get(value);
  const field = (name) => {
    const inner = value[name];
    return whole !== undefined && isInteger(inner) && whole.has(name) ? ['n', inner] : encode(inner, depth + 1);
  };
  if (Array.isArray(value)) {
    const array = ['a'];
    for (let at = 0; at < value.length; at++) array.push(field(String(at)));
    return array;
  }
  const object = ['o'];
  for (const name of Object.keys(value)) object.push(name, field(name));
  return object;
}
function encode(value, depth) {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? value : ['d', Object.is(value, -0) ? '-0' : String(value)];
    case 'string':
    case 'boolean':
      return value;
    case 'bigint':
      return ['l', String(BigInt.asIntN(64, value))];
    case 'function':
      return ['c', String(value)];
    case 'object':
      return value === null ? null : encodeObject(value, depth);
    default:
      return ['u'];
  }
}

const isObject = (value) => typeof value === 'object' && value !== null;
const lines = (parts, open, close, indent, isShort) =>
  parts.length === 0 ? open + (isShort ? '  ' : ' ') + close
  : isShort ? open + ' ' + parts.join(', ') + ' ' + close
  : open + '\n' + parts.map((part) => indent + '\t' + part).join(',\n') + '\n' + indent + close;
function tojson(value, indent = '', isShort = false) {
  if (value === undefined) return 'undefined';
  if (typeof value === 'function') return String(value);
  if (value instanceof Date) return 'ISODate("' + value.toISOString() + '")';
  if (value instanceof RegExp || typeof value === 'bigint') return String(value);
  if (!isObject(value)) return JSON.stringify(value);
  if (types.some(([type]) => value instanceof type && type.prototype.hasOwnProperty('toString'))) return String(value);
  const inner = (each) => tojson(each, indent + '\t', isShort);
  if (Array.isArray(value)) return lines(value.map(inner), '[', ']', indent, isShort);
  const fields = Object.keys(value).map((name) => JSON.stringify(name) + ' : ' + inner(value[name]));
  return lines(fields, '{', '}', indent, isShort);
}
function doassert(message) {
  throw Error(isObject(message) ? tojson(message) : String(message));
}
const available = {
  tojson,
  tojsononeline: (value) => tojson(value, '', true),
  tojsonObject: tojson,
  doassert,
  assert(condition, message) { if (!condition) doassert('assert failed' + (message === undefined ? '' : ' : ' + message)); },
  isNumber: (value) => typeof value === 'number' || value instanceof NumberLong || value instanceof NumberInt,
  isString: (value) => typeof value === 'string',
  isObject: (value) => typeof value === 'object' && value !== null,
  ISODate(text) {
    const date = text === undefined ? new Date() : new Date(/T/.test(text) && !/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text + 'Z' : text);
    if (Number.isNaN(date.getTime())) throw Error('invalid ISO date: ' + text);
    return date;
  },
  HexData: (type, hex) => new BinData(type, base64Of(unhex(wordOf(hex, /^([0-9a-fA-F]{2})*$/, 'hex')))),
  UUID: (text) => new BinData(4, base64Of(unhex(wordOf(String(text).replace(/-/g, ''), /^[0-9a-fA-F]{32}$/, 'UUID')))),
  MD5: (hex) => new BinData(5, base64Of(unhex(wordOf(hex, /^[0-9a-fA-F]{32}$/, 'MD5')))),
  hex_md5: (text) => md5(String(text)),
  sleep(delayMs) {
    const end = +new Date() + Number(delayMs);
    while (+new Date() < end);
  },
  print() {},
  printjson() {},
  printjsononeline() {},
  gc() {},
};
for (const name of Object.keys(available)) hidden(globalThis, name, available[name]);
hidden(Array, 'sum', (values) => (values.length === 0 ? null : values.reduce((sum, value) => sum + value)));
hidden(Array, 'avg', (values) => (values.length === 0 ? null : Array.sum(values) / values.length));
hidden(Array, 'contains', (values, wanted) => values.includes(wanted));
hidden(Array, 'unique', (values) => [...new Set(values)]);

const compiled = new Map();
const evaluate = eval;
const isFunctionText = /^(async\s+)?(function\b|\(?[\w$\s,]*\)?\s*=>)/;
function compile(source) {
  const text = source.replace(/^(\s|\/\/[^\n]*(\n|$)|\/\*[^]*?\*\/)+/, '');
  const expression = text.replace(/[\s;]+$/, '');
  if (isFunctionText.test(text)) return evaluate('(' + expression + '\n)');
  try {
    return evaluate('(function () { return (' + expression + '\n); })');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return evaluate('(function () { ' + text + '\n})');
  }
}
return function run(source, mode, text) {
  try {
    let made = compiled.get(source);
    if (made === undefined) compiled.set(source, (made = compile(source)));
    const [self, ...args] = JSON.parse(text).map((value) => decode(value));
    if (mode === 'predicate') {
      globalThis.obj = self;
      return made.call(self) ? '=true' : '=false';
    }
    return '=' + JSON.stringify(encode(made.apply(self, args), 0));
  } catch (error) {
    if (error instanceof Error) return '!' + error.name + ': ' + error.message;
    return '!uncaught exception: ' + (isObject(error) ? tojson(error, '', true) : String(error));
  }
};
})`;
