/** Which operations a simulated client chooses from, and how often. */
import type { Act } from './acts.ts';
import {
  annotate,
  copy,
  giveUp,
  note,
  put,
  read,
  remove,
  removeAnnotation,
  removeVersion,
  rename,
} from './object-acts.ts';
import { abort, complete, copyPart, createUpload, putPart } from './upload-acts.ts';

/** How often each is chosen, in relation. */
const weights: readonly (readonly [Act, number])[] = [
  [put, 30],
  [giveUp, 3],
  [remove, 8],
  [removeVersion, 8],
  [note, 4],
  [annotate, 6],
  [removeAnnotation, 6],
  [copy, 8],
  [rename, 4],
  [createUpload, 4],
  [putPart, 14],
  [copyPart, 8],
  [complete, 8],
  [abort, 2],
  [read, 20],
];
const choices = weights.flatMap(([act, weight]) => Array<Act>(weight).fill(act));

export const actRandomly: Act = (world, writer) => writer.random.pick(choices)(world, writer);
