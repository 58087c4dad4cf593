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
/** An ampersand that begins none has no parts. */
const references = /&(?:#x([0-9a-fA-F]{1,6});|#([0-9]{1,7});|(\w+);)?/g;
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
        if (!(code <= 0x10ffff)) throw malformed();
        return String.fromCodePoint(code);
      })
    : text;

class Reader {
  readonly #text: string;
  #at = 0;
  /** Of the element that was opened last, with its prefix. */
  #name = '';
  #attributes = '';
  #isEmpty = false;
  #depth = 0;
  /** Whether members that may be percent-encoded are. */
  readonly #isUrl: boolean;

  constructor(text: string, isUrl: boolean) {
    this.#text = text;
    this.#isUrl = isUrl;
  }

  /** Goes past the first tag of the document, before which there is nothing but a declaration. */
  root(): string {
    const name = this.#text.search(/\S/) === this.#text.indexOf('<') ? this.next('') : undefined;
    if (name === undefined) throw malformed();
    return name;
  }

  /** After the root. */
  end(): void {
    if (!afterRoot.test(this.#text.slice(this.#at))) throw malformed();
  }

  /**
   * Goes to the next tag of an element's content and past it. Undefined where the element ends.
   * @param parent the element, with its prefix
   */
  next(parent: string): string | undefined {
    const text = this.#text;
    for (;;) {
      const open = text.indexOf('<', this.#at);
      if (open < 0) throw malformed();
      const mark = text.charCodeAt(open + 1);
      if (mark === slash) {
        this.#close(parent, open);
        return undefined;
      }
      if (mark === bang && text.startsWith('<![CDATA[', open)) this.#at = this.#after(']]>', open);
      else if (mark === bang && text.startsWith('<!--', open))
        this.#at = this.#after('-->', open + '<!--'.length);
      else if (mark === question) this.#at = this.#after('?>', open + '<?'.length);
      else if (mark === bang) throw malformed();
      else return this.#open(open);
    }
  }

  /** Past the end tag at `open`. */
  #close(name: string, open: number): void {
    const text = this.#text;
    const end = open + '</'.length + name.length;
    if (!text.startsWith(name, open + '</'.length)) throw malformed();
    this.#at = this.#after('>', end);
    if (this.#at > end + 1 && text.slice(end, this.#at - 1).trim() !== '') throw malformed();
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
    if (name === '') throw malformed();
    this.#name = name;
    this.#attributes = space < 0 ? '' : inside.slice(space);
    this.#at = close + 1;
    return name.slice(name.indexOf(':') + 1);
  }

  /** The `>` of a tag; attributes may hold one in quotes. */
  #tagEnd(open: number): number {
    const close = this.#text.indexOf('>', open);
    if (close < 0) throw malformed();
    if (!/["']/.test(this.#text.slice(open, close))) return close;
    const match = tag.exec(this.#text.slice(open, open + maxTagLength));
    if (match === null) throw malformed();
    return open + match[0].length - 1;
  }

  structure(plan: Plan): Value {
    const value: Value = {};
    if (plan.attributes.length > 0) this.#readAttributes(plan, value);
    if (this.#isEmpty) return value;
    const parent = this.#name;
    this.#enter();
    for (let name = this.next(parent); name !== undefined; name = this.next(parent)) {
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

  #enter(): void {
    this.#depth += 1;
    if (this.#depth > maxDepth) throw malformed();
  }

  #held(step: Step): unknown {
    if (step.plan !== undefined) return this.structure(step.plan);
    const text = this.text();
    return parseScalar(step.kind, step.isUrl && this.#isUrl ? decodeUrl(text) : text);
  }

  #items(step: Step): unknown[] {
    const list: unknown[] = [];
    if (this.#isEmpty) return list;
    const parent = this.#name;
    for (let name = this.next(parent); name !== undefined; name = this.next(parent)) {
      if (name === step.item) list.push(this.#held(step));
      else this.skip();
    }
    return list;
  }

  #readAttributes({ attributes }: Plan, value: Value): void {
    for (const [, name = '', double, single = ''] of this.#attributes.matchAll(attribute)) {
      const local = name.slice(name.indexOf(':') + 1);
      const member = attributes.find((one) => wireName(one).split(':').at(-1) === local);
      if (member === undefined || name.startsWith('xmlns')) continue;
      value[member.name] = resolveReferences((double ?? single).replaceAll(/[\t\r\n]/g, ' '));
    }
  }

  /** The text of the element that was opened last, up to its end. */
  text(): string {
    if (this.#isEmpty) return '';
    const text = this.#text;
    const start = this.#at;
    const open = text.indexOf('<', start);
    if (open >= 0 && text.charCodeAt(open + 1) === slash) {
      this.#close(this.#name, open);
      return resolveReferences(text.slice(start, open));
    }
    return this.#content(() => this.skip());
  }

  /** With all that may stand between text; `visit` goes past an element that was opened, whose text is its own. */
  #content(visit: (name: string) => void): string {
    const text = this.#text;
    const parent = this.#name;
    let all = '';
    for (;;) {
      const open = text.indexOf('<', this.#at);
      if (open < 0) throw malformed();
      all += resolveReferences(text.slice(this.#at, open));
      this.#at = open;
      if (text.startsWith('<![CDATA[', open)) {
        this.#at = this.#after(']]>', open);
        all += text.slice(open + '<![CDATA['.length, this.#at - ']]>'.length);
      } else if (text.startsWith('<!--', open)) this.#at = this.#after('-->', open + '<!--'.length);
      else if (text.startsWith('<?', open)) this.#at = this.#after('?>', open + '<?'.length);
      else {
        const name = this.next(parent);
        if (name === undefined) return all;
        visit(name);
      }
    }
  }

  /** The text of the element that was opened last, and of each that is in it. */
  flat(): Omit<FlatDocument, 'root'> {
    const fields: Record<string, string> = {};
    if (this.#isEmpty) return { text: '', fields };
    const text = this.#content((name) => {
      fields[name] = this.text();
    });
    return { text, fields };
  }

  /** Past the end of the element that was opened last. */
  skip(): void {
    if (this.#isEmpty) return;
    const parent = this.#name;
    this.#enter();
    while (this.next(parent) !== undefined) this.skip();
    this.#depth -= 1;
  }
}

const slash = 0x2f;
const bang = 0x21;
const question = 0x3f;
const tag = /^<(?:[^"'>]|"[^"]*"|'[^']*')*>/;
const attribute = /\s([^\s="']+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
/** Longer than any tag that S3 writes. */
const maxTagLength = 8192;
const afterRoot = /^(?:\s|<!--[\s\S]*?-->|<\?[\s\S]*?\?>)*$/;

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
  const root = reader.root();
  const value = reader.structure(planOf(shape));
  reader.end();
  return { root, value };
}

/**
 * A document of which only the root is known: its name, its text, and that of each element in it.
 * @throws S3Error MalformedResponse
 */
export function readFlatDocument(text: string): FlatDocument {
  const reader = new Reader(text, false);
  const root = reader.root();
  const { text: held, fields } = reader.flat();
  reader.end();
  return { root, text: held, fields };
}
