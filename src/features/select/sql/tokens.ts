/** The text of an S3 Select expression → tokens. Strings in '…', names in "…", Ion literals in `…`. */
import { S3Error } from '../../../protocol/errors.ts';

export type TokenKind = 'word' | 'name' | 'string' | 'number' | 'ion' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** Words as written, names, strings and Ion literals without their quotes. */
  readonly text: string;
  /** Of a word in upper case, else empty. */
  readonly keyword: string;
}

const blank = /(?:\s|--[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const word = /[A-Za-z_][A-Za-z0-9_$]*/y;
const number = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const symbol = /<=|>=|<>|!=|\|\||[-+*/%=<>(),.;[\]]/y;

const quotes: Readonly<Record<string, TokenKind>> = { "'": 'string', '"': 'name', '`': 'ion' };

/** @throws S3Error LexerInvalidChar, LexerInvalidLiteral, LexerInvalidIONLiteral */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text)?.[0];
    if (match !== undefined) at += match.length;
    return match;
  };
  const push = (kind: TokenKind, value: string): void => {
    tokens.push({ kind, text: value, keyword: kind === 'word' ? value.toUpperCase() : '' });
  };
  for (;;) {
    take(blank);
    if (at >= text.length) break;
    // Looked for once: a comment that doesn't end.
    if (text.startsWith('/*', at)) throw new S3Error('LexerInvalidChar');
    const quoted = quotes[text[at]!];
    if (quoted !== undefined) {
      const { value, end } = readQuoted(text, at, quoted);
      push(quoted, value);
      at = end;
      continue;
    }
    const found = take(word);
    if (found !== undefined) {
      push('word', found);
      continue;
    }
    const digits = take(number);
    if (digits !== undefined) {
      push('number', digits);
      continue;
    }
    const sign = take(symbol);
    if (sign === undefined) {
      throw new S3Error('LexerInvalidChar', {
        message: `The SQL expression contains a character that is not valid, at character ${at + 1}.`,
      });
    }
    push('symbol', sign);
  }
  push('end', '');
  return tokens;
}

/** A quote within is written twice. */
function readQuoted(
  text: string,
  start: number,
  kind: TokenKind,
): { readonly value: string; readonly end: number } {
  const quote = text[start]!;
  let value = '';
  let at = start + 1;
  for (;;) {
    const next = text.indexOf(quote, at);
    if (next < 0) {
      throw new S3Error(kind === 'ion' ? 'LexerInvalidIONLiteral' : 'LexerInvalidLiteral');
    }
    value += text.slice(at, next);
    if (text[next + 1] !== quote) return { value, end: next + 1 };
    value += quote;
    at = next + 2;
  }
}
