/**
 * Pieces of XML documents as S3 writes them (XML 1.0, fifth edition).
 *
 * Characters that XML 1.0 can't hold, as keys may, are written as numeric references all the same: `&#x1;`.
 * That is what S3 does, and a parser that refuses them is why `encoding-type=url` exists.
 */

export const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
export const s3Namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';
export const schemaInstanceNamespace = 'http://www.w3.org/2001/XMLSchema-instance';

/**
 * All but what stands for itself. A carriage return would be read as a newline; line breaks and tabs some
 * parsers take for indentation.
 */
const special = /[^ !#-%'-;=?-\ufffd]/g;

const named: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

function reference(character: string): string {
  return named[character] ?? `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`;
}

const anySpecial = new RegExp(special.source);
const plainInQuotes = /^"[ !#-%'-;=?-\ufffd]*"$/;

/** For elements and attributes alike. Most text has nothing to escape, and most of the rest is ETags. */
export function escapeText(text: string): string {
  if (!anySpecial.test(text)) return text;
  if (plainInQuotes.test(text)) return `&quot;${text.slice(1, -1)}&quot;`;
  return text.replace(special, reference);
}

/** An element with text and nothing else. */
export function textElement(name: string, text: string): string {
  return `<${name}>${escapeText(text)}</${name}>`;
}
