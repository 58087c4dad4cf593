/** The reader of answers beside the server's own parser, which is strict; and on what is no document. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OperationRow } from '../../model/operation.ts';
import { operations } from '../../model/operations.gen.ts';
import type { Member, Shape } from '../../model/shape.ts';
import { itemOf, structureOf, wireName } from '../../protocol/bindings.ts';
import { shapeValue } from '../../protocol/contract/shape-values.ts';
import { encodeDocument } from '../../protocol/encode-xml.ts';
import { parseXml, type XmlElement } from '../../protocol/xml/parse.ts';
import { S3Error } from '../s3-error.ts';
import { readDocument, readFlatDocument } from './read-document.ts';

type Value = Record<string, unknown>;

const shapes = Object.values(operations)
  .map((row: OperationRow) => row.output)
  .filter((shape) => shape?.members.some((member) => member.in === undefined))
  .filter((shape) => shape !== undefined);

const inner: Shape = {
  name: 'Inner',
  members: [
    { name: 'Text', kind: 'string' },
    { name: 'Number', kind: 'long' },
  ],
};
/** Of every form that a member of a document can have. */
const outer: Shape = {
  name: 'Outer',
  members: [
    { name: 'Type', kind: 'string', in: 'attribute', wire: 'xsi:type' },
    { name: 'Text', kind: 'string' },
    { name: 'Flag', kind: 'boolean' },
    { name: 'Held', kind: 'structure', of: inner },
    { name: 'Flat', kind: 'list', of: inner, flattened: true, wire: 'F' },
    { name: 'Names', kind: 'list', of: 'string', item: 'N' },
    { name: 'Items', kind: 'list', of: inner, item: 'I' },
  ],
};

/** What a tree means by a shape, unknown elements left out, the last of those that are twice. */
function meaning(shape: Shape, element: XmlElement): Value {
  const value: Value = {};
  for (const { name, in: place, wire } of shape.members) {
    if (place !== 'attribute') continue;
    const text = element.attributes[wire!.split(':').at(-1)!];
    if (text !== undefined) value[name] = text;
  }
  for (const child of element.children) {
    const member = shape.members.find(
      (one) => one.in !== 'attribute' && wireName(one) === child.name,
    );
    if (member !== undefined) addMeaning(value, member, child);
  }
  return value;
}

function addMeaning(value: Value, member: Member, element: XmlElement): void {
  const { name, kind, flattened, item } = member;
  const one = (held: Shape | string, held1: XmlElement) =>
    typeof held === 'string' ? scalar(held, held1.text) : meaning(held, held1);
  if (kind === 'structure') value[name] = meaning(structureOf(member), element);
  else if (kind !== 'list') value[name] = scalar(kind, element.text);
  else if (flattened) value[name] = [...((value[name] ?? []) as []), one(itemOf(member), element)];
  else {
    value[name] = element.children
      .filter((child) => child.name === item)
      .map((child) => one(itemOf(member), child));
  }
}

function scalar(kind: string, text: string): unknown {
  if (kind === 'string') return text;
  if (kind === 'boolean') return text.trim().toLowerCase() === 'true';
  return text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text);
}

const plain = fc.stringMatching(/^[ \n\tA-Za-z0-9ö😀'";#-]{0,8}$/u);
const piece = fc.oneof(
  plain,
  fc.constantFrom('&amp;', '&lt;', '&#65;', '&#x1F600;', '&#1;', ' true ', '12', '>'),
  plain.map((text) => `<![CDATA[${text}<&>]]>`),
  plain.map((text) => `<!--${text.replaceAll('-', '')}<&-->`),
  plain.map((text) => `<?note ${text.replaceAll('?', '')}?>`),
);
const content = fc.array(piece, { maxLength: 3 }).map((pieces) => pieces.join(''));
const tagName = fc.constantFrom(
  'Text',
  'Number',
  'Flag',
  'Held',
  'F',
  'Names',
  'N',
  'Items',
  'I',
  'Other',
);
const attributes = fc.constantFrom(
  '',
  ' ',
  ' xsi:type="a"',
  " xsi:type='b>'",
  ' other="!-- >"',
  '\n a="1" xsi:type="&lt;"',
);

const { element } = fc.letrec<{ element: string; body: string }>((tie) => ({
  body: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'body' },
    content,
    fc
      .array(fc.tuple(content, tie('element')), { maxLength: 4 })
      .map((parts) => parts.flat().join('')),
  ),
  element: fc
    .tuple(tagName, fc.constantFrom('', 's3:'), attributes, tie('body'), fc.boolean())
    .map(([name, prefix, more, body, isShort]) =>
      isShort && body === ''
        ? `<${prefix}${name}${more}/>`
        : `<${prefix}${name}${more}>${body}</${prefix}${name} >`,
    ),
}));

const documents = fc
  .tuple(
    fc.constantFrom('', '<?xml version="1.0" encoding="UTF-8"?>', '\n<!-- a > b -->'),
    attributes,
    fc.array(fc.tuple(content, element), { maxLength: 5 }),
    fc.constantFrom('', '\n', '<!-- end -->'),
  )
  .map(
    ([before, more, parts, after]) =>
      `${before}<Outer${more}>${parts.flat().join('')}</Outer>${after}`,
  );

/** Undefined for what is refused as malformed; anything else that is thrown is a fault. */
function readOrRefuse(shape: Shape, text: string): Value | undefined {
  try {
    return readDocument(shape, text, false).value;
  } catch (error) {
    if (error instanceof S3Error && error.code === 'MalformedResponse') return undefined;
    throw error;
  }
}

function parseOrRefuse(text: string): XmlElement | undefined {
  try {
    return parseXml(Buffer.from(text));
  } catch {
    return undefined;
  }
}

describe('readDocument', () => {
  it('reads what the strict parser reads, and the same', () => {
    fc.assert(
      fc.property(documents, (text) => {
        const tree = parseXml(Buffer.from(text));
        expect(readDocument(outer, text, false)).toEqual({
          root: tree.name,
          value: meaning(outer, tree),
        });
      }),
      { numRuns: 2000 },
    );
  });

  it('reads no document from a part of one', () => {
    const cut = fc
      .constantFrom(...shapes)
      .chain((shape) => fc.tuple(fc.constant(shape), shapeValue(shape)));
    fc.assert(
      fc.property(cut, fc.nat(), ([shape, value], at) => {
        const text = encodeDocument(shape, 'Root', value);
        const part = text.slice(0, at % text.length);
        expect(readOrRefuse(shape, part), part).toBeUndefined();
        expect(() => readFlatDocument(part)).toThrow(S3Error);
      }),
      { numRuns: 1000 },
    );
  });

  it('reads every cut of one document as none', () => {
    const text = encodeDocument(operations.ListObjectsV2.output, 'ListBucketResult', {
      Name: 'b',
      IsTruncated: true,
      Contents: [{ Key: 'a&\n<', ETag: '"e"', Size: 1, LastModified: new Date(0) }],
      CommonPrefixes: [{ Prefix: 'p/' }],
    });
    for (let at = 0; at < text.length; at++) {
      const part = text.slice(0, at);
      expect(readOrRefuse(operations.ListObjectsV2.output, part), part).toBeUndefined();
    }
  });

  it('refuses what was damaged, or reads it as the strict parser does', () => {
    const damage = fc.record({
      text: documents,
      at: fc.nat(),
      length: fc.integer({ min: 0, max: 3 }),
      put: fc.constantFrom('', '<', '>', '/', '&', '"', "'", ';', '</Text>', '<Text>', ']]>', '<!'),
    });
    fc.assert(
      fc.property(damage, ({ text: whole, at, length, put }) => {
        // In CDATA, where it is none, the strict parser takes it for a reference, too.
        const text = whole.replaceAll('&#1;', '&#65;');
        const from = at % text.length;
        const damaged = `${text.slice(0, from)}${put}${text.slice(from + length)}`.toWellFormed();
        const read = readOrRefuse(outer, damaged);
        const tree = parseOrRefuse(damaged);
        if (read === undefined || tree === undefined) return;
        expect(read, damaged).toEqual(meaning(outer, tree));
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['nothing', ''],
    ['text', 'hello'],
    ['text before the root', 'Warning: <Outer></Outer>'],
    ['text after the root', '<Outer></Outer>x'],
    ['two roots', '<Outer></Outer><Outer></Outer>'],
    ['an end first', '</Outer>'],
    ['another end', '<Outer><Text>a</Number></Outer>'],
    ['an end that is longer', '<Outer><Text>a</Text2></Outer>'],
    ['ends that cross', '<Outer><Held><Text>a</Held></Text></Outer>'],
    ['an unknown element with another end', '<Outer><Other><a></b></Other></Outer>'],
    ['a document type', '<!DOCTYPE Outer [<!ENTITY a "b">]><Outer><Text>&a;</Text></Outer>'],
    ['an entity of its own', '<Outer><Text>&nbsp;</Text></Outer>'],
    ['an ampersand alone', '<Outer><Text>a & b</Text></Outer>'],
    ['a reference to no character', '<Outer><Text>&#x110000;</Text></Outer>'],
    ['a tag without a name', '<Outer>< ></ ></Outer>'],
    ['more levels than anything has', `<Outer>${'<Other>'.repeat(100_000)}`],
    [
      'more levels of what is known',
      `<Outer>${'<Held>'.repeat(40)}${'</Held>'.repeat(40)}</Outer>`,
    ],
  ])('refuses %s', (_, text) => {
    expect(readOrRefuse(outer, text)).toBeUndefined();
  });

  it('takes elements in any order, with any prefix, and lists that are not there for none', () => {
    const text =
      '<a:Outer xmlns:a="u"><a:F><a:Number>2</a:Number></a:F><New><x/></New><a:Text>t</a:Text><a:F/></a:Outer>';
    expect(readDocument(outer, text, false)).toEqual({
      root: 'Outer',
      value: { Flat: [{ Number: 2 }, {}], Text: 't' },
    });
  });
});

describe('readFlatDocument', () => {
  it('has the text of the root and of each element in it', () => {
    expect(
      readFlatDocument(
        '<Error>a<Code> b </Code><!-- c --><Empty/><Deep>d<x>e</x>f</Deep>g</Error>',
      ),
    ).toEqual({ root: 'Error', text: 'ag', fields: { Code: ' b ', Empty: '', Deep: 'df' } });
  });
});
