/**
 * What a writer's keys and uploads hold, as plain values: each change gives a new state, so that the state
 * before an operation and the one after it can both be kept while nobody knows which of them is true.
 */

export interface ModelVersion {
  /** Unknown until the store has named it. */
  readonly id: string;
  /** ETag of the body; undefined for a delete marker. */
  readonly body: string | undefined;
  /** An attribute that is changed in place. */
  readonly note: string;
  /** Name → ETag of its bytes. */
  readonly annotations: Annotations;
}

export type Annotations = ReadonlyMap<string, string>;

export interface ModelUpload {
  readonly bucket: string;
  readonly key: string;
  /** Part number → ETag of its bytes. */
  readonly parts: ReadonlyMap<number, string>;
}

export interface ModelState {
  /** `bucket/key` → versions, newest first; never empty. */
  readonly objects: ReadonlyMap<string, readonly ModelVersion[]>;
  readonly uploads: ReadonlyMap<string, ModelUpload>;
}

export type Versioning = 'Enabled' | 'Suspended' | undefined;

export const emptyState: ModelState = { objects: new Map(), uploads: new Map() };
export const unknownId = '?';
const nullId = 'null';

export const at = (bucket: string, key: string): string => `${bucket}/${key}`;

function withVersions(
  state: ModelState,
  place: string,
  versions: readonly ModelVersion[],
): ModelState {
  const objects = new Map(state.objects);
  if (versions.length === 0) objects.delete(place);
  else objects.set(place, versions);
  return { ...state, objects };
}

const versionsOf = (state: ModelState, place: string): readonly ModelVersion[] =>
  state.objects.get(place) ?? [];

/** A version comes on top: an object, or a delete marker. */
export function added(
  state: ModelState,
  place: string,
  versioning: Versioning,
  body: string | undefined,
  id: string,
  annotations: Annotations = new Map(),
): ModelState {
  const named = versioning === 'Enabled' ? id : nullId;
  const others = versionsOf(state, place);
  const kept =
    versioning === undefined ? [] : others.filter((one) => named !== nullId || one.id !== nullId);
  return withVersions(state, place, [{ id: named, body, note: '', annotations }, ...kept]);
}

/** What a delete without a version id does. */
export function deleted(
  state: ModelState,
  place: string,
  versioning: Versioning,
  id: string,
): ModelState {
  if (versioning === undefined) return withVersions(state, place, []);
  return added(state, place, versioning, undefined, id);
}

export function versionRemoved(state: ModelState, place: string, id: string): ModelState {
  return withVersions(
    state,
    place,
    versionsOf(state, place).filter((one) => one.id !== id),
  );
}

/** A version is changed in place. */
export function changed(
  state: ModelState,
  place: string,
  id: string,
  change: Partial<ModelVersion>,
): ModelState {
  return withVersions(
    state,
    place,
    versionsOf(state, place).map((one) => (one.id === id ? { ...one, ...change } : one)),
  );
}

export function renamed(state: ModelState, from: string, to: string): ModelState {
  const moved = versionsOf(state, from);
  return withVersions(withVersions(state, from, []), to, moved);
}

export function withUpload(state: ModelState, id: string, upload: ModelUpload): ModelState {
  return { ...state, uploads: new Map(state.uploads).set(id, upload) };
}

export function withPart(state: ModelState, id: string, part: number, body: string): ModelState {
  const upload = state.uploads.get(id)!;
  return withUpload(state, id, { ...upload, parts: new Map(upload.parts).set(part, body) });
}

export function withoutUpload(state: ModelState, id: string): ModelState {
  const uploads = new Map(state.uploads);
  uploads.delete(id);
  return { ...state, uploads };
}

/** The state in lines, in order; ids that are not `known` show as unknown. */
export function linesOf(state: ModelState, known: ReadonlySet<string>): readonly string[] {
  const name = (id: string): string => (id === nullId || known.has(id) ? id : unknownId);
  const lines: string[] = [];
  for (const [place, versions] of state.objects) {
    const shown = versions.map(
      ({ id, body, note, annotations }) =>
        `${name(id)}=${body ?? 'marker'}${note} {${inOrder(annotations)}}`,
    );
    lines.push(`object ${place}: ${shown.join(', ')}`);
  }
  for (const [id, { bucket, key, parts }] of state.uploads) {
    lines.push(`upload ${at(bucket, key)} ${name(id)}: ${inOrder(parts)}`);
  }
  return lines.sort();
}

const inOrder = (bodies: ReadonlyMap<string | number, string>): string =>
  [...bodies]
    .map(([name, body]) => `${name}=${body}`)
    .sort()
    .join(', ');

/** Every id that a state names. */
export function idsOf(state: ModelState): ReadonlySet<string> {
  const ids = [...state.objects.values()].flatMap((versions) => versions.map(({ id }) => id));
  return new Set([...ids, ...state.uploads.keys()]);
}
