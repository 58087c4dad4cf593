import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeText, textElement, xmlDeclaration } from './build.ts';
import { maxXmlDepth, parseXml } from './parse.ts';

const parse = (text: string) => parseXml(Buffer.from(text, 'utf8'));
const malformed = expect.objectContaining({ code: 'MalformedXML', status: 400 });

/** What a document can hold: no U+0000, no noncharacters, no halves of surrogate pairs. */
const text = fc
  .string({ unit: 'binary' })
  .filter((value) => !/[\0\ufdd0-\ufdef\ufffe\uffff]/.test(value));

describe('parseXml', () => {
  it('reads elements, attributes and text', () => {
    const root = parse('<?xml version="1.0" encoding="UTF-8"?>\n<A x="1"> <B>t</B><B/>u</A>');
    expect(root).toEqual({
      name: 'A',
      attributes: { x: '1' },
      text: ' u',
      children: [
        { name: 'B', attributes: {}, text: 't', children: [] },
        { name: 'B', attributes: {}, text: '', children: [] },
      ],
    });
  });

  it('drops namespaces and prefixes', () => {
    const root = parse('<s3:A xmlns:s3="urn:x" xmlns="urn:y" xsi:type="T"><s3:B/></s3:A>');
    expect(root).toMatchObject({ name: 'A', attributes: { type: 'T' }, children: [{ name: 'B' }] });
  });

  it('reads the five entities, numeric references and CDATA', () => {
    expect(parse('<A>&lt;&gt;&amp;&quot;&apos;&#65;&#x1F600;<![CDATA[<&]]></A>').text).toBe(
      '<>&"\'A😀<&',
    );
  });

  it('reads references to control characters', () => {
    expect(parse('<A b="&#x1f;">&#1;&#x1F;&#13;&#x0a;&#09;</A>')).toMatchObject({
      text: '\u0001\u001f\r\n\t',
      attributes: { b: '\u001f' },
    });
  });

  it.each([
    '',
    '   ',
    'text',
    '<A>',
    '<A></B>',
    '<A/><B/>',
    '<A/>text',
    '<A x="1" x="2"/>',
    '<A x=1/>',
    '<A>&nbsp;</A>',
    '<A>&#0;</A>',
    '<A>\u0001</A>',
    '<A>\ufdd0&#1;</A>',
    '<!DOCTYPE A><A/>',
    '<!DOCTYPE A [<!ENTITY e "x">]><A>&e;</A>',
    '<?xml version="1.0" encoding="UTF-16"?><A/>',
  ])('refuses %j', (document) => {
    expect(() => parse(document)).toThrow(malformed);
  });

  it('refuses what is not UTF-8', () => {
    expect(() => parseXml(Buffer.from([0x3c, 0x41, 0x3e, 0xff]))).toThrow(malformed);
  });

  it('refuses documents that are nested deeper than the limit', () => {
    const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth);
    expect(() => parse(nested(maxXmlDepth))).not.toThrow();
    expect(() => parse(nested(maxXmlDepth + 1))).toThrow(malformed);
  });

  it('refuses documents that are larger than asked for', () => {
    expect(() => parseXml(Buffer.from('<A/>'), 3)).toThrow(
      expect.objectContaining({ code: 'MaxMessageLengthExceeded' }),
    );
  });
});

describe('escapeText', () => {
  it('escapes what XML would change', () => {
    expect(escapeText('a&b<c>d"e\rf\ng\th\u0001😀')).toBe(
      'a&amp;b&lt;c&gt;d&quot;e&#13;f&#10;g&#9;h&#x1;😀',
    );
  });

  it('is undone by parsing', () => {
    fc.assert(
      fc.property(text, text, (content, attribute) => {
        const document = `${xmlDeclaration}<A b="${escapeText(attribute)}">${textElement('K', content)}</A>`;
        const root = parse(document);
        expect(root.children[0]!.text).toBe(content);
        expect(root.attributes.b).toBe(attribute);
      }),
      { numRuns: 500 },
    );
  });
});
