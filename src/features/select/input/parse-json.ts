/**
 * JSON text → values, with numbers exact and members in their order, which `JSON.parse` keeps neither of.
 * Of a name that occurs twice the last counts.
 */
import { S3Error } from '../../../protocol/errors.ts';
import { maxJsonDepth } from '../limits.ts';
import { parseNumber } from '../values/compare.ts';
import type { Value } from '../values/value.ts';

const blank = /[ \t\n\r]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what JSON doesn't allow in a string
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

const words: readonly (readonly [string, Value])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

/** @throws S3Error JSONParsingError */
export function parseJson(text: string): Value {
  let at = 0;

  function take(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const match = pattern.exec(text)?.[0];
    if (match !== undefined) at += match.length;
    return match;
  }

  function takeSign(sign: string): boolean {
    take(blank);
    if (text[at] !== sign) return false;
    at += 1;
    return true;
  }

  function expectSign(sign: string): void {
    if (!takeSign(sign)) throw jsonError();
  }

  function parseString(): string {
    const raw = take(string);
    if (raw === undefined) throw jsonError();
    return raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
  }

  function parseValue(depth: number): Value {
    if (depth > maxJsonDepth) throw jsonError('it nests too deeply');
    take(blank);
    switch (text[at]) {
      case '{':
        return parseStruct(depth);
      case '[':
        return parseList(depth);
      case '"':
        return parseString();
      default:
        return parseScalar();
    }
  }

  function parseScalar(): Value {
    for (const [word, value] of words) {
      if (!text.startsWith(word, at)) continue;
      at += word.length;
      return value;
    }
    const digits = take(number);
    const value = digits === undefined ? undefined : parseNumber(digits);
    // Numbers of hundreds of digits are floats.
    const held = value ?? Number(digits);
    if (typeof held === 'number' && !Number.isFinite(held)) throw jsonError();
    return held;
  }

  function parseStruct(depth: number): Value {
    at += 1;
    const members = new Map<string, Value>();
    if (takeSign('}')) return members;
    do {
      take(blank);
      const name = parseString();
      expectSign(':');
      members.set(name, parseValue(depth + 1));
    } while (takeSign(','));
    expectSign('}');
    return members;
  }

  function parseList(depth: number): Value {
    at += 1;
    const items: Value[] = [];
    if (takeSign(']')) return items;
    do items.push(parseValue(depth + 1));
    while (takeSign(','));
    expectSign(']');
    return items;
  }

  const value = parseValue(0);
  take(blank);
  if (at < text.length) throw jsonError();
  return value;
}

export function jsonError(why?: string): S3Error {
  return new S3Error(
    'JSONParsingError',
    why === undefined ? {} : { message: `An error occurred while parsing the JSON file: ${why}.` },
  );
}
