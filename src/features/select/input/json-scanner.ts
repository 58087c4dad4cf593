/**
 * Finds the values that a path names in JSON text of any length as it comes, holding no more than one of them:
 * "JSONInput", type DOCUMENT. What lies off the path is skipped, with its brackets and strings looked at.
 */
import { S3Error } from '../../../protocol/errors.ts';
import { maxJsonDepth, maxRecordBytes } from '../limits.ts';
import type { SourceStep } from '../sql/syntax.ts';
import type { Value } from '../values/value.ts';
import { jsonError, parseJson } from './parse-json.ts';
import { nameMatches } from './source-path.ts';

export interface JsonScanner {
  /** The values that are whole now. @throws S3Error JSONParsingError, OverMaxRecordSize */
  push(text: string): readonly Value[];
  /** @throws S3Error JSONParsingError where the text ends within a value */
  end(): readonly Value[];
}

/** A container on the path. */
interface Frame {
  readonly isList: boolean;
  readonly step: SourceStep;
  index: number;
  /** The step has led somewhere. */
  found: boolean;
}

type Expecting = 'value' | 'name' | 'colon' | 'next';

/** A value that is being read to its end: of interest, or not. */
interface Reading {
  readonly kept: boolean;
  readonly opener: string;
  depth: number;
  inString: boolean;
  escaped: boolean;
  text: string;
}

const blanks = ' \t\n\r';
const scalarEnd = `,]}${blanks}`;

export function createJsonScanner(steps: readonly SourceStep[]): JsonScanner {
  const frames: Frame[] = [];
  let expecting: Expecting = 'value';
  let mayClose = true;
  let reading: Reading | undefined;
  let name: string | undefined;
  /** The value at hand is one that the innermost step wants. */
  let wanted = true;
  let values: Value[] = [];

  function startReading(opener: string, kept: boolean): void {
    reading = { kept, opener, depth: 0, inString: false, escaped: false, text: '' };
  }

  function finishReading({ kept, text }: Reading): void {
    reading = undefined;
    if (expecting === 'name') {
      const parsed = parseJson(text);
      if (typeof parsed !== 'string') throw jsonError();
      name = parsed;
      expecting = 'colon';
      return;
    }
    if (kept) values.push(parseJson(text));
    expecting = 'next';
  }

  /** Reads on from `at`; returns where the value ends, or the text does. */
  function readOn(one: Reading, text: string, start: number): number {
    const isScalar = one.opener !== '{' && one.opener !== '[' && one.opener !== '"';
    let at = start;
    let isWhole = false;
    for (; at < text.length && !isWhole; at++) {
      const character = text[at]!;
      if (one.inString) {
        if (one.escaped) one.escaped = false;
        else if (character === '\\') one.escaped = true;
        else if (character === '"') {
          one.inString = false;
          isWhole = one.depth === 0;
        }
      } else if (isScalar) {
        if (!scalarEnd.includes(character)) continue;
        isWhole = true;
        at -= 1;
      } else if (character === '"') {
        one.inString = true;
      } else if (character === '{' || character === '[') {
        one.depth += 1;
        if (one.depth > maxJsonDepth) throw jsonError('it nests too deeply');
      } else if (character === '}' || character === ']') {
        one.depth -= 1;
        isWhole = one.depth === 0;
      }
    }
    if (one.kept || expecting === 'name') {
      one.text += text.slice(start, at);
      if (one.text.length > maxRecordBytes) throw new S3Error('OverMaxRecordSize');
    }
    if (isWhole) finishReading(one);
    return at;
  }

  function beginValue(opener: string): void {
    const frame = frames.at(-1);
    if (frame !== undefined) wanted = isWanted(frame, name);
    if (!wanted) {
      startReading(opener, false);
      return;
    }
    if (frame !== undefined) frame.found = true;
    const step = steps[frames.length];
    if (step === undefined) {
      startReading(opener, true);
      return;
    }
    const isList = opener === '[';
    const leadsOn = isList
      ? step.kind === 'items' || step.kind === 'index'
      : opener === '{' && (step.kind === 'members' || step.kind === 'member');
    if (leadsOn) {
      frames.push({ isList, step, index: -1, found: false });
      expecting = isList ? 'value' : 'name';
      mayClose = true;
    } else {
      values.push(undefined);
      startReading(opener, false);
    }
  }

  function close(character: string): void {
    const frame = frames.pop();
    if (frame === undefined || (character === ']') !== frame.isList) throw jsonError();
    const isSingle = frame.step.kind === 'member' || frame.step.kind === 'index';
    if (isSingle && !frame.found) values.push(undefined);
    expecting = 'next';
  }

  /** A character between values. */
  function structural(character: string): void {
    const frame = frames.at(-1);
    if (expecting === 'colon') {
      if (character !== ':') throw jsonError();
      expecting = 'value';
      mayClose = false;
    } else if (expecting === 'next' && frame !== undefined && character === ',') {
      expecting = frame.isList ? 'value' : 'name';
      mayClose = false;
    } else if (character === '}' || character === ']') {
      if (expecting !== 'next' && !mayClose) throw jsonError();
      close(character);
    } else if (expecting === 'value' || (expecting === 'next' && frame === undefined)) {
      wanted = true;
      beginValue(character);
    } else if (expecting === 'name' && character === '"') {
      startReading(character, false);
    } else {
      throw jsonError();
    }
  }

  function push(text: string): readonly Value[] {
    values = [];
    let at = 0;
    while (at < text.length) {
      if (reading !== undefined) {
        at = readOn(reading, text, at);
        continue;
      }
      const character = text[at]!;
      if (!blanks.includes(character)) structural(character);
      // The first character of a value is read with the rest of it.
      if (reading === undefined) at += 1;
    }
    return values;
  }

  return {
    push,
    end() {
      const last = push(' ');
      const isIncomplete = reading !== undefined || frames.length > 0;
      if (isIncomplete) throw jsonError('it ends within a value');
      return last;
    },
  };
}

function isWanted(frame: Frame, name: string | undefined): boolean {
  if (!frame.isList) return nameMatches(frame.step, name ?? '');
  frame.index += 1;
  return (
    frame.step.kind === 'items' || (frame.step.kind === 'index' && frame.step.index === frame.index)
  );
}
