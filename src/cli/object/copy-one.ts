/** One copy, whichever way it goes: up, down, within a server, between two, or through a pipe. */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fromFile } from '../../client/node/node-files.ts';
import { openDownload } from '../../client/transfer/download.ts';
import type { TransferProgress } from '../../client/transfer/options.ts';
import { defaultPartBytes } from '../../client/transfer/part-plan.ts';
import { usageError } from '../command-error.ts';
import { contentTypeOf } from './content-types.ts';
import type { CopySettings } from './copy-settings.ts';
import { inWords } from './in-words.ts';
import { type FileItem, type Item, isSameServer, type ObjectItem, objectAt } from './items.ts';
import { describedBy, serverCopy, tagsOf } from './server-copy.ts';
import { stateFileOf } from './transfer-state.ts';

/** Parts of one object that are under way at once. */
const partsAtOnce = 4;

export type CopyAction = 'upload' | 'download' | 'copy' | 'relay';

export interface Copied {
  readonly action: CopyAction;
  readonly bytes: number;
  /** Of these, what an earlier run had done. */
  readonly resumedBytes: number;
}

export interface CopyContext {
  readonly settings: CopySettings;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TransferProgress) => void;
}

export async function copyOne(source: Item, target: Item, context: CopyContext): Promise<Copied> {
  if (source.kind === 'object') {
    const input = { ...objectAt(source), ...context.settings.read };
    return inWords(source, input, context.signal, () => {
      if (target.kind === 'object') return between(source, target, context);
      return target.kind === 'file' ? down(source, target, context) : out(source, context);
    });
  }
  if (target.kind !== 'object') throw usageError('One of the places must be in a bucket.');
  return source.kind === 'file' ? up(source, target, context) : pipedUp(target, context);
}

const optionsOf = ({ settings: { partBytes }, signal, onProgress }: CopyContext) => ({
  concurrency: partsAtOnce,
  partBytes,
  signal,
  onProgress,
});

async function up({ path }: FileItem, target: ObjectItem, context: CopyContext): Promise<Copied> {
  const { settings } = context;
  const { client, place } = target;
  const Body = await fromFile(path);
  const isLarge = Body.size > (settings.partBytes ?? defaultPartBytes);
  const names = [client.locate().origin.host, place.bucket, place.key];
  const resumes = settings.resumes && isLarge;
  const { $transfer } = await client.upload(
    { ContentType: contentTypeOf(path), ...settings.written, ...objectAt(target), Body },
    {
      ...optionsOf(context),
      ...(resumes && { resumeFrom: stateFileOf('upload', names, path) }),
    },
  );
  const { bytes, parts, resumedParts } = $transfer;
  const resumedBytes = parts === 0 ? 0 : Math.min(bytes, Math.ceil((bytes * resumedParts) / parts));
  return { action: 'upload', bytes, resumedBytes };
}

async function pipedUp(target: ObjectItem, context: CopyContext): Promise<Copied> {
  const { written } = context.settings;
  const ContentType = contentTypeOf(target.place.key);
  const { $transfer } = await target.client.upload(
    { ContentType, ...written, ...objectAt(target), Body: process.stdin },
    optionsOf(context),
  );
  return { action: 'upload', bytes: $transfer.bytes, resumedBytes: 0 };
}

async function down(source: ObjectItem, { path }: FileItem, context: CopyContext): Promise<Copied> {
  const { settings } = context;
  const { client, place, versionId } = source;
  await mkdir(dirname(path), { recursive: true });
  const names = [client.locate().origin.host, place.bucket, place.key, versionId];
  const isLarge = (source.size ?? Infinity) > (settings.partBytes ?? defaultPartBytes);
  const { $transfer } = await client.download({ ...objectAt(source), ...settings.read }, path, {
    ...optionsOf(context),
    ...(settings.resumes && isLarge && { resumeFrom: stateFileOf('download', names, path) }),
  });
  return { action: 'download', ...$transfer };
}

async function out(source: ObjectItem, context: CopyContext): Promise<Copied> {
  const { Body, ContentLength: bytes = 0 } = await openDownload(
    source.client,
    { ...objectAt(source), ...context.settings.read },
    optionsOf(context),
  );
  // Standard output stays open: other objects may follow.
  await pipeline(Readable.from(Body), process.stdout, { end: false, signal: context.signal });
  return { action: 'download', bytes, resumedBytes: 0 };
}

async function between(
  source: ObjectItem,
  target: ObjectItem,
  context: CopyContext,
): Promise<Copied> {
  const { settings, signal } = context;
  if (isSameServer(source.client, target.client)) {
    const bytes = await serverCopy(source, target, settings, signal);
    context.onProgress({ transferredBytes: bytes, totalBytes: bytes });
    return { action: 'copy', bytes, resumedBytes: 0 };
  }
  const opened = await openDownload(
    source.client,
    { ...objectAt(source), ...settings.read },
    { concurrency: partsAtOnce, partBytes: settings.partBytes, signal },
  );
  const { Body, ContentLength } = opened;
  const Tagging = settings.replaces.tags ? undefined : await tagsOf(source, opened, signal);
  const described = { ...describedBy(opened), Tagging, ...settings.written };
  const { $transfer } = await target.client.upload(
    { ...described, ...objectAt(target), Body, ContentLength },
    optionsOf(context),
  );
  return { action: 'relay', bytes: $transfer.bytes, resumedBytes: 0 };
}
