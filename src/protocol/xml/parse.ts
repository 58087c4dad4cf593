/**
 * Reads an XML document into a light tree, strictly: well-formed UTF-8, no document type, no entities but
 * the five and numeric references, bounded in size and depth. Everything else is MalformedXML.
 *
 * Namespaces are dropped: S3 takes documents with and without its `xmlns`. References to control characters
 * (`&#x1;`), which XML 1.0 forbids and S3 both writes and reads, are let through.
 */
import { SaxesParser } from 'saxes';
import { S3Error } from '../errors.ts';

export const maxXmlDepth = 32;
export const maxXmlBytes = 8 * 1024 * 1024;

export interface XmlElement {
  /** Without its prefix. */
  readonly name: string;
  /** Names without their prefix; `xmlns` declarations left out. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The element's own text, in one piece. */
  readonly text: string;
}

interface OpenElement extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const acceptedEncoding = /^(?:utf-?8|us-ascii)$/i;

/**
 * The parser refuses references to U+0001-U+001F. There are 31 of them and 32 noncharacters from U+FDD0,
 * which XML allows and text doesn't contain: they stand in while parsing.
 */
const controlReference = /&#(?:x0*(1?[0-9a-f])|0*([12]?\d|3[01]));/gi;
const standIn = /[\ufdd0-\ufdef]/;
const standIns = /[\ufdd0-\ufdef]/g;
const standInBase = 0xfdd0;

function replaceControlReference(reference: string, hex?: string, decimal?: string): string {
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return code === 0 ? reference : String.fromCharCode(standInBase + code);
}

function restoreControl(character: string): string {
  return String.fromCharCode(character.charCodeAt(0) - standInBase);
}

function malformed(cause?: unknown): S3Error {
  return new S3Error('MalformedXML', { cause });
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** Throws MalformedXML, or MaxMessageLengthExceeded if the document is larger than `maxBytes`. */
export function parseXml(document: Uint8Array, maxBytes = maxXmlBytes): XmlElement {
  if (document.byteLength > maxBytes) throw new S3Error('MaxMessageLengthExceeded');
  try {
    return parseText(utf8.decode(document));
  } catch (cause) {
    throw cause instanceof S3Error ? cause : malformed(cause);
  }
}

function parseText(source: string): XmlElement {
  const hasStandIns = source.includes('&#') && source.search(controlReference) >= 0;
  if (hasStandIns && standIn.test(source)) throw malformed();
  const text = hasStandIns ? source.replace(controlReference, replaceControlReference) : source;
  const restore = hasStandIns
    ? (value: string) => value.replace(standIns, restoreControl)
    : (value: string) => value;

  const parser = new SaxesParser();
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;

  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && !acceptedEncoding.test(encoding)) throw malformed();
  });
  parser.on('doctype', () => {
    throw malformed();
  });
  parser.on('opentag', ({ name, attributes: raw }) => {
    if (open.length >= maxXmlDepth) throw malformed();
    const attributes: Record<string, string> = Object.create(null);
    for (const key of Object.keys(raw)) {
      if (key !== 'xmlns' && !key.startsWith('xmlns:'))
        attributes[localName(key)] = restore(raw[key]!);
    }
    open.push({ name: localName(name), attributes, children: [], text: '' });
  });
  const addText = (value: string) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += restore(value);
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const element = open.pop()!;
    const parent = open.at(-1);
    if (parent === undefined) root = element;
    else parent.children.push(element);
  });
  parser.write(text).close();
  if (root === undefined) throw malformed();
  return root;
}
