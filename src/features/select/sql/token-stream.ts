/** Tokens one by one, with one to look at ahead. */
import { type ErrorCode, S3Error } from '../../../protocol/errors.ts';
import type { Token } from './tokens.ts';

export interface TokenStream {
  /** The token at hand. */
  peek(ahead?: number): Token;
  next(): Token;
  /** Takes the symbol if it is at hand. */
  takeSymbol(symbol: string): boolean;
  takeKeyword(...keywords: readonly string[]): string | undefined;
  isKeyword(...keywords: readonly string[]): boolean;
  /** @throws S3Error with the code given, unless the symbol is at hand */
  expectSymbol(symbol: string, code?: ErrorCode): void;
  expectKeyword(keyword: string): void;
}

export function tokenStream(tokens: readonly Token[]): TokenStream {
  let at = 0;
  const last = tokens.length - 1;
  const peek = (ahead = 0): Token => tokens[Math.min(at + ahead, last)]!;
  const isKeyword = (...keywords: readonly string[]): boolean => keywords.includes(peek().keyword);
  const takeSymbol = (symbol: string): boolean => {
    const { kind, text } = peek();
    if (kind !== 'symbol' || text !== symbol) return false;
    at += 1;
    return true;
  };
  return {
    peek,
    next() {
      const token = peek();
      at += 1;
      return token;
    },
    takeSymbol,
    isKeyword,
    takeKeyword(...keywords) {
      if (!isKeyword(...keywords)) return undefined;
      at += 1;
      return tokens[at - 1]!.keyword;
    },
    expectSymbol(symbol, code = 'ParseExpectedTokenType') {
      if (!takeSymbol(symbol)) throw unexpected(peek(), code);
    },
    expectKeyword(keyword) {
      if (!isKeyword(keyword)) throw unexpected(peek(), 'ParseExpectedKeyword');
      at += 1;
    },
  };
}

/** An error that names what was found instead. */
export function unexpected(token: Token, code: ErrorCode = 'ParseUnexpectedToken'): S3Error {
  const found = token.kind === 'end' ? 'the end of the expression' : `"${token.text.slice(0, 64)}"`;
  const { message } = new S3Error(code);
  return new S3Error(code, { message: `${message.replace(/\.$/, '')}, found ${found}.` });
}
