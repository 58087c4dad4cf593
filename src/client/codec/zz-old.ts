/**
 * Documents that a server answered → values, by the model's tables, in one pass and without a tree.
 *
 * Lenient where servers differ: elements in any order, unknown ones skipped, any prefix, missing ones missing.
 * What is no XML is an error, and so is a document type.
 */
import type { Member, Shape } from '../../model/shape.ts';
import { itemOf, structureOf, wireName } from '../../protocol/bindings.ts';
import { urlEncodedMembers } from '../../protocol/encode-xml.ts';
import { decodeUrl } from '../../protocol/url-encoding.ts';
import { S3Error } from '../s3-error.ts';
import { parseScalar } from './parse-scalar.ts';

type Value = Record<string, unknown>;

interface Plan {
  readonly elements: ReadonlyMap<string, Step>;
  readonly attributes: readonly Member[];
}

interface Step {
  readonly member: Member;
  /** What the element holds: of a list that isn't flattened, its items are meant. */
  readonly plan: Plan | undefined;
  readonly kind: string;
  readonly form: 'one' | 'flattened' | 'list';
  readonly item: string;
  /** Percent-encoded where the document says so. */
  readonly isUrl: boolean;
}

const plans = new Map<Shape, Plan>();

function planOf(shape: Shape): Plan {
  const known = plans.get(shape);
  if (known !== undefined) return known;
  const elements = new Map<string, Step>();
  const attributes: Member[] = [];
  for (const member of shape.members) {
    if (member.in === 'attribute') attributes.push(member);
    else if (member.in === undefined || member.in === 'element') {
      elements.set(wireName(member), stepOf(shape, member));
    }
  }
  const plan = { elements, attributes };
  plans.set(shape, plan);
  return plan;
}

function stepOf(shape: Shape, member: Member): Step {
  const { kind, flattened, item = 'member', name } = member;
  const held =
    kind === 'list' ? itemOf(member) : kind === 'structure' ? structureOf(member) : undefined;
  return {
    member,
    plan: typeof held === 'object' ? planOf(held) : undefined,
    kind: typeof held === 'string' ? held : kind,
    form: kind !== 'list' ? 'one' : flattened ? 'flattened' : 'list',
    item,
    isUrl: urlEncodedMembers.has(`${shape.name}.${name}`),
  };
}

const malformed = (): S3Error => new S3Error('MalformedResponse', 'the answer is no XML document');

const maxDepth = 32;
const references = /&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(\w+));/g;
const named: Readonly<Record<string, string | undefined>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};

const resolveReferences = (text: string): string =>
  text.includes('&')
    ? text.replace(references, (_, hex?: string, decimal?: string, name?: string) => {
        if (name !== undefined) {
          const character = named[name];
          if (character === undefined) throw malformed();
          return character;
        }
        const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
        if (code > 0x10ffff) throw malformed();
        return String.fromCodePoint(code);
      })
    : text;

class Reader {
  readonly #text: string;
  #at = 0;
  /** Of the element that was opened last. */
  #attributes = '';
  #isEmpty = false;
  #depth = 0;
  /** Whether members that may be percent-encoded are. */
  readonly #isUrl: boolean;

  constructor(text: string, isUrl: boolean) {
    this.#text = text;
    this.#isUrl = isUrl;
  }

  /** Goes to the next tag of an element's content and past it. Undefined where the element ends. */
  next(): string | undefined {
    const text = this.#text;
    for (;;) {
      const open = text.indexOf('<', this.#at);
      if (open < 0) throw malformed();
      const mark = text.charCodeAt(open + 1);
      if (mark === slash) {
        this.#at = this.#after('>', open);
        return undefined;
      }
      if (mark === bang && text.startsWith('<![CDATA[', open)) this.#at = this.#after(']]>', open);
      else if (mark === bang && text.startsWith('<!--', open)) this.#at = this.#after('-->', open);
      else if (mark === question) this.#at = this.#after('?>', open);
      else if (mark === bang) throw malformed();
      else return this.#open(open);
    }
  }

  #after(end: string, from: number): number {
    const at = this.#text.indexOf(end, from);
    if (at < 0) throw malformed();
    return at + end.length;
  }

  #open(open: number): string {
    const text = this.#text;
    const close = this.#tagEnd(open);
    this.#isEmpty = text.charCodeAt(close - 1) === slash;
    const inside = text.slice(open + 1, this.#isEmpty ? close - 1 : close);
    const space = inside.search(/\s/);
    const name = space < 0 ? inside : inside.slice(0, space);
    this.#attributes = space < 0 ? '' : inside.slice(space);
    this.#at = close + 1;
    return name.slice(name.indexOf(':') + 1);
  }

  /** The `>` of a tag; attributes may hold one in quotes. */
  #tagEnd(open: number): number {
    const close = this.#text.indexOf('>', open);
    if (close < 0) throw malformed();
    const quote = this.#text.indexOf('"', open);
    if (quote < 0 || quote > close) return close;
    const match = tag.exec(this.#text.slice(open, open + maxTagLength));
    if (match === null) throw malformed();
    return open + match[0].length - 1;
  }

  structure(plan: Plan): Value {
    const value: Value = {};
    if (plan.attributes.length > 0) this.#readAttributes(plan, value);
    if (this.#isEmpty) return value;
    this.#depth += 1;
    if (this.#depth > maxDepth) throw malformed();
    for (let name = this.next(); name !== undefined; name = this.next()) {
      const step = plan.elements.get(name);
      if (step === undefined) this.skip();
      else if (step.form === 'one') value[step.member.name] = this.#held(step);
      else if (step.form === 'list') value[step.member.name] = this.#items(step);
      else {
        value[step.member.name] ??= [];
        (value[step.member.name] as unknown[]).push(this.#held(step));
      }
    }
    this.#depth -= 1;
    return value;
  }

  #held(step: Step): unknown {
    if (step.plan !== undefined) return this.structure(step.plan);
    const text = this.text();
    return parseScalar(step.kind, step.isUrl && this.#isUrl ? decodeUrl(text) : text);
  }

  #items(step: Step): unknown[] {
    const list: unknown[] = [];
    if (this.#isEmpty) return list;
    for (let name = this.next(); name !== undefined; name = this.next()) {
      if (name === step.item) list.push(this.#held(step));
      else this.skip();
    }
    return list;
  }

  #readAttributes({ attributes }: Plan, value: Value): void {
    for (const member of attributes) {
      const wire = wireName(member);
      const local = wire.slice(wire.indexOf(':') + 1);
      const match = new RegExp(`[\\s:]${local}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(
        this.#attributes,
      );
      if (match !== null) value[member.name] = resolveReferences(match[1] ?? match[2] ?? '');
    }
  }

  /** The text of the element that was opened last, up to its end. */
  text(): string {
    if (this.#isEmpty) return '';
    const text = this.#text;
    const start = this.#at;
    const open = text.indexOf('<', start);
    if (open >= 0 && text.charCodeAt(open + 1) === slash) {
      this.#at = this.#after('>', open);
      return resolveReferences(text.slice(start, open));
    }
    return this.#mixedText();
  }

  /** With CDATA or comments in it; the text of elements inside is none of its own. */
  #mixedText(): string {
    const text = this.#text;
    let all = '';
    for (;;) {
      const open = text.indexOf('<', this.#at);
      if (open < 0) throw malformed();
      all += resolveReferences(text.slice(this.#at, open));
      if (text.startsWith('<![CDATA[', open)) {
        const end = this.#after(']]>', open);
        all += text.slice(open + '<![CDATA['.length, end - ']]>'.length);
        this.#at = end;
        continue;
      }
      this.#at = open;
      if (this.next() === undefined) return all;
      this.skip();
    }
  }

  /** The text of the element that was opened last, and of each that is in it. */
  flat(): Omit<FlatDocument, 'root'> {
    const fields: Record<string, string> = {};
    let all = '';
    while (!this.#isEmpty) {
      const open = this.#text.indexOf('<', this.#at);
      all += resolveReferences(this.#text.slice(this.#at, Math.max(open, this.#at)));
      const name = this.next();
      if (name === undefined) break;
      fields[name] = this.text();
      this.#isEmpty = false;
    }
    return { text: all, fields };
  }

  /** Past the end of the element that was opened last. */
  skip(): void {
    if (this.#isEmpty) return;
    for (let depth = 1; depth > 0; ) {
      if (this.next() === undefined) depth -= 1;
      else if (!this.#isEmpty) depth += 1;
    }
  }
}

const slash = 0x2f;
const bang = 0x21;
const question = 0x3f;
const tag = /^<(?:[^"'>]|"[^"]*"|'[^']*')*>/;
/** Longer than any tag that S3 writes. */
const maxTagLength = 8192;

export interface ReadDocument {
  /** Name of the root element. */
  readonly root: string;
  readonly value: Value;
}

export interface FlatDocument {
  readonly root: string;
  readonly text: string;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * @param isUrl whether keys are percent-encoded, which the caller asked for
 * @throws S3Error MalformedResponse
 */
export function readDocument(shape: Shape, text: string, isUrl: boolean): ReadDocument {
  const reader = new Reader(text, isUrl);
  const root = reader.next();
  if (root === undefined) throw malformed();
  return { root, value: reader.structure(planOf(shape)) };
}

/**
 * A document of which only the root is known: its name, its text, and that of each element in it.
 * @throws S3Error MalformedResponse
 */
export function readFlatDocument(text: string): FlatDocument {
  const reader = new Reader(text, false);
  const root = reader.next();
  if (root === undefined) throw malformed();
  return { root, ...reader.flat() };
}
