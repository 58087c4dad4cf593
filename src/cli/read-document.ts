/** Documents that commands are given: a file, or standard input. */
import { readFileSync, statSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { Member, Shape } from '../model/shape.ts';
import { CommandError, usageError } from './command-error.ts';

/** Larger than any that S3 or IAM takes. */
const maxDocumentBytes = 4 * 1024 ** 2;

/** @param file `-` for standard input */
export async function readText(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  const { size } = statSync(file);
  if (size <= maxDocumentBytes) return readFileSync(file, 'utf8');
  throw new CommandError(`${file} has ${size} bytes; documents have ${maxDocumentBytes} at most.`);
}

/** @throws CommandError if it is no JSON */
export async function readJson(file: string): Promise<unknown> {
  const document = await readText(file);
  try {
    return JSON.parse(document);
  } catch (error) {
    throw new CommandError(
      `${file === '-' ? 'Standard input' : file} is no JSON: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}

/**
 * JSON as AWS's tools write it → the value of a shape: times are text there.
 * @throws CommandError that names what is unknown, missing or of the wrong kind
 */
export function fromJson({ members }: Shape, value: unknown, path = ''): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(path, 'must be an object');
  }
  const read: Record<string, unknown> = {};
  for (const [name, held] of Object.entries(value)) {
    const member = members.find((one) => one.name === name);
    if (member === undefined) throw wrong(below(path, name), 'is unknown');
    read[name] = memberFromJson(member, held, below(path, name));
  }
  const missing = members.find(({ name, required }) => required && read[name] === undefined);
  if (missing !== undefined) throw wrong(below(path, missing.name), 'is missing');
  return read;
}

const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

function memberFromJson({ kind, of }: Member, value: unknown, path: string): unknown {
  if (kind === 'structure') return fromJson(of as Shape, value, path);
  if (kind !== 'list') return scalarFromJson(kind, value, path);
  if (!Array.isArray(value)) throw wrong(path, 'must be a list');
  return value.map((item, at) =>
    typeof of === 'object'
      ? fromJson(of, item, `${path}[${at}]`)
      : scalarFromJson(of ?? 'string', item, `${path}[${at}]`),
  );
}

function scalarFromJson(kind: string, value: unknown, path: string): unknown {
  if (kind === 'date-time' || kind === 'http-date') {
    const time = typeof value === 'string' ? new Date(value) : undefined;
    if (time !== undefined && !Number.isNaN(time.getTime())) return time;
    throw wrong(path, 'must be a time such as 2026-01-31T00:00:00Z');
  }
  const wanted = kind === 'integer' || kind === 'long' ? 'number' : kind;
  if (typeof value === wanted) return value;
  throw wrong(path, `must be a ${wanted}`);
}

const wrong = (path: string, what: string) =>
  usageError(`${path === '' ? 'The document' : path} ${what}.`);
