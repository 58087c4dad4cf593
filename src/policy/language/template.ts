/**
 * Texts of a policy that hold wildcards (`*` any run of characters, `?` one) and variables
 * (`${aws:username}`, with a default `${aws:username, 'nobody'}`; `${*}`, `${?}` and `${$}` are the
 * characters themselves). "IAM policy elements: Variables and tags" in the IAM user guide.
 */
import type { ConditionKey, PolicyRequest } from './document.ts';
import { anyOne, anyRun, type Token, tokensMatch } from './wildcards.ts';

interface Variable {
  readonly key: ConditionKey;
  readonly fallback: string | undefined;
}

export interface Template {
  readonly parts: readonly (readonly Token[] | Variable)[];
}

export interface TemplateOptions {
  /** `*` and `?` stand for others than themselves. */
  readonly wildcards: boolean;
  /** `${…}` stands for what the request says. */
  readonly variables: boolean;
}

const variablePattern = /\$\{([^}]*)\}/y;
const namedVariable = /^\s*([A-Za-z0-9-]+:[^\s,']+)\s*(?:,\s*'([^']*)'\s*)?$/;

/** Undefined for a variable that cannot be read. */
export function parseTemplate(text: string, options: TemplateOptions): Template | undefined {
  const parts: (Token[] | Variable)[] = [];
  let tokens: Token[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '$' && options.variables && text[at + 1] === '{') {
      variablePattern.lastIndex = at;
      const match = variablePattern.exec(text);
      if (match === null) return undefined;
      const inside = match[1]!;
      if (inside === '*' || inside === '?' || inside === '$') tokens.push(inside.charCodeAt(0));
      else {
        const named = namedVariable.exec(inside);
        if (named === null) return undefined;
        if (tokens.length > 0) parts.push(tokens);
        tokens = [];
        parts.push({ key: conditionKeyOf(named[1]!), fallback: named[2] });
      }
      at += match[0].length - 1;
    } else if (options.wildcards && char === '*') {
      if (tokens.at(-1) !== anyRun) tokens.push(anyRun);
    } else if (options.wildcards && char === '?') tokens.push(anyOne);
    else at += pushPoint(text, at, tokens) - 1;
  }
  if (tokens.length > 0 || parts.length === 0) parts.push(tokens);
  return { parts };
}

/** @returns how many UTF-16 units the code point takes */
function pushPoint(text: string, at: number, tokens: Token[]): number {
  const point = text.codePointAt(at)!;
  tokens.push(point);
  return point > 0xff_ff ? 2 : 1;
}

/** `s3:ExistingObjectTag/colour` → its parts. */
export function conditionKeyOf(written: string): ConditionKey {
  const slash = written.indexOf('/');
  if (slash < 0) return { name: written.toLowerCase(), suffix: '' };
  return { name: written.slice(0, slash).toLowerCase(), suffix: written.slice(slash + 1) };
}

/** Whether the text is as the template says; undefined for a variable that the request doesn't have. */
export function matches(
  template: Template,
  text: string,
  request: PolicyRequest,
): boolean | undefined {
  const tokens = tokensOf(template, text, request);
  return tokens && tokensMatch(tokens, text);
}

export function matchesIgnoringCase(
  template: Template,
  text: string,
  request: PolicyRequest,
): boolean | undefined {
  const lower = text.toLowerCase();
  const tokens = tokensOf(template, lower, request);
  if (tokens === undefined) return undefined;
  return String.fromCodePoint(...tokens).toLowerCase() === lower;
}

const colon = 0x3a;
const arnComponents = 6;

/** Component by component: a wildcard doesn't reach over a colon. */
export function matchesArn(
  template: Template,
  text: string,
  request: PolicyRequest,
): boolean | undefined {
  let tokens = tokensOf(template, text, request);
  if (tokens === undefined) return undefined;
  let rest = text;
  for (let component = 1; component < arnComponents; component++) {
    const tokenEnd = tokens.indexOf(colon);
    const textEnd = rest.indexOf(':');
    if (tokenEnd < 0 || textEnd < 0) return false;
    if (!tokensMatch(tokens.slice(0, tokenEnd), rest.slice(0, textEnd))) return false;
    tokens = tokens.slice(tokenEnd + 1);
    rest = rest.slice(textEnd + 1);
  }
  return tokensMatch(tokens, rest);
}

/**
 * With the variables' values; undefined where the request doesn't have one. No more of them than it takes to be
 * longer than the text, or a policy of variables would make requests cost more and more.
 */
function tokensOf(
  { parts }: Template,
  text: string,
  request: PolicyRequest,
): readonly Token[] | undefined {
  const [only] = parts;
  if (parts.length === 1 && Array.isArray(only)) return only;
  const tokens: Token[] = [];
  const runs = parts.flatMap((part) => ('key' in part ? [] : part.filter((one) => one === anyRun)));
  const enough = text.length + runs.length;
  for (const part of parts) {
    if (!('key' in part)) {
      tokens.push(...part);
      continue;
    }
    const values = request.values(part.key);
    // A value that is a list of several stands for no one text.
    const value = Array.isArray(values) && values.length === 1 ? values[0] : part.fallback;
    if (value === undefined) return undefined;
    for (let at = 0; at < value.length && tokens.length <= enough; ) {
      at += pushPoint(value, at, tokens);
    }
  }
  return tokens;
}

/** Whether the template matches something that starts with the text, whatever its variables are. */
export function reaches({ parts }: Template, text: string): boolean {
  const tokens = parts.flatMap((part) => ('key' in part ? [anyRun] : part));
  let reached = closure(new Set([0]), tokens);
  for (let from = 0; from < text.length; from++) {
    const next = new Set<number>();
    for (const at of reached) {
      const token = tokens[at];
      if (token === anyRun) next.add(at);
      else if (token === anyOne || token === text.charCodeAt(from)) next.add(at + 1);
    }
    reached = closure(next, tokens);
  }
  return reached.size > 0;
}

/** With the places behind runs that may be empty. */
function closure(places: Set<number>, tokens: readonly Token[]): Set<number> {
  for (const at of places) if (tokens[at] === anyRun) places.add(at + 1);
  return places;
}

/** Whether the text holds what may stand for several values. */
export function isFixed(text: string): boolean {
  return !/[*?]|\$\{/.test(text);
}
