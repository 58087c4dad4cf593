/** Clients: a method for each operation that they are made of, and for all of S3 what is made of operations. */
import { type OperationName, operations } from '../model/operations.gen.ts';
import { type ClientConfig, resolveConfig } from './config.ts';
import { type ListOperationName, type Pages, type PaginateOptions, paginate } from './paginate.ts';
import { createPresignedPost, type PresignedPost, type PresignedPostInput } from './post-policy.ts';
import { type PresignInput, type PresignOptions, presign } from './presign.ts';
import { type ObjectPlace, publicUrl } from './public-url.ts';
import type { Runtime } from './runtime.ts';
import { createSender, type Sender } from './sender.ts';
import { createSigV2 } from './signing/sigv2.ts';
import { createSigV4 } from './signing/sigv4.ts';
import { type DownloadOptions, type DownloadOutput, download } from './transfer/download.ts';
import type { DownloadInput } from './transfer/remote-object.ts';
import { type UploadOptions, upload } from './transfer/upload.ts';
import type { UploadInput, UploadOutput } from './transfer/upload-request.ts';
import type { ClientInput, ClientOutput, Operation, RequestOptions } from './types.ts';
import {
  bucketExists,
  bucketNotExists,
  objectExists,
  objectNotExists,
  type Waiter,
  type WaitOptions,
  waitFor,
} from './waiters.ts';

/** The input may be left out where nothing in it must be there. */
type Arguments<Input, Options> =
  Partial<Input> extends Input
    ? [input?: Input, options?: Options]
    : [input: Input, options?: Options];

/** A method for each operation, called as AWS calls it: `putObject({ Bucket, Key, Body })`. */
export type OperationMethods<Name extends OperationName> = {
  readonly [Each in Name as Uncapitalize<Each>]: (
    ...args: Arguments<ClientInput<Each>, RequestOptions>
  ) => Promise<ClientOutput<Each>>;
};

/** `for await (const page of client.paginate.listObjectsV2({ Bucket }))`, or `.items()` of it. */
export type PaginateMethods = {
  readonly [Each in ListOperationName as Uncapitalize<Each>]: (
    ...args: Arguments<ClientInput<Each>, PaginateOptions>
  ) => Pages<Each>;
};

/** `await client.presign.getObject({ Bucket, Key }, { expiresIn: 900 })` is a URL. */
export type PresignMethods = {
  readonly [Each in OperationName as Uncapitalize<Each>]: (
    ...args: Arguments<PresignInput<Each>, PresignOptions>
  ) => Promise<string>;
};

/** `await client.waitUntil.objectExists({ Bucket, Key }, { maxWaitMs: 10_000 })` */
export interface WaitMethods {
  readonly bucketExists: WaitMethod<'HeadBucket'>;
  readonly bucketNotExists: WaitMethod<'HeadBucket'>;
  readonly objectExists: WaitMethod<'HeadObject'>;
  readonly objectNotExists: WaitMethod<'HeadObject'>;
}

type WaitMethod<Name extends OperationName> = (
  input: ClientInput<Name>,
  options?: WaitOptions,
) => Promise<void>;

export type ClientOf<Name extends OperationName> = Sender & OperationMethods<Name>;

/** A client with every operation of S3, and what is made of them. */
export interface Client extends ClientOf<OperationName> {
  readonly paginate: PaginateMethods;
  readonly waitUntil: WaitMethods;
  readonly presign: PresignMethods;
  createPresignedPost(input: PresignedPostInput): Promise<PresignedPost>;
  upload(input: UploadInput, options?: UploadOptions): Promise<UploadOutput>;
  download(
    input: DownloadInput,
    target: string | WritableStream<Uint8Array>,
    options?: DownloadOptions,
  ): Promise<DownloadOutput>;
  publicUrl(place: ObjectPlace): string;
}

/**
 * A client that has just these operations, and weighs no more: `createClientOf([GetObject, PutObject], { … })`.
 * @throws S3Error InvalidInput for a setting that can't be
 */
export function createClientWith<Name extends OperationName>(
  runtime: Runtime,
  chosen: readonly Operation<Name>[],
  config: ClientConfig,
): ClientOf<Name> {
  const resolved = resolveConfig(config, runtime);
  const isV4 = resolved.signatureVersion === 's3v4';
  const signer = isV4 ? createSigV4(runtime.hashes) : createSigV2(runtime.hashes);
  const sender = createSender(resolved, runtime, signer);
  const methods = methodsFor(
    chosen,
    (operation) =>
      (input = {} as ClientInput<Name>, options?: RequestOptions) =>
        sender.send(operation, input, options),
  );
  return Object.assign(sender, methods) as unknown as ClientOf<Name>;
}

/** @throws S3Error InvalidInput for a setting that can't be */
export function createFullClient(runtime: Runtime, config: ClientConfig): Client {
  const all = Object.values(operations) as readonly Operation[];
  const client: Sender = createClientWith(runtime, all, config);
  return Object.assign(client, {
    paginate: methodsFor(
      all.filter(isList),
      (operation) => (input: ClientInput<ListOperationName>, options?: PaginateOptions) =>
        paginate(client, operation, input ?? {}, options),
    ),
    presign: methodsFor(
      all,
      (operation) => (input: PresignInput<OperationName>, options?: PresignOptions) =>
        presign(client, operation, input ?? {}, options),
    ),
    waitUntil: {
      bucketExists: waitMethod(client, bucketExists),
      bucketNotExists: waitMethod(client, bucketNotExists),
      objectExists: waitMethod(client, objectExists),
      objectNotExists: waitMethod(client, objectNotExists),
    },
    createPresignedPost: (input: PresignedPostInput) => createPresignedPost(client, input),
    upload: (input: UploadInput, options?: UploadOptions) => upload(client, input, options),
    download: (
      input: DownloadInput,
      target: string | WritableStream<Uint8Array>,
      options?: DownloadOptions,
    ) => download(client, input, target, options),
    publicUrl: (place: ObjectPlace) => publicUrl(client, place),
  }) as unknown as Client;
}

const isList = (operation: Operation): operation is Operation<ListOperationName> =>
  operation.name.startsWith('List');

const waitMethod =
  <Name extends OperationName>(client: Sender, waiter: Waiter<Name>): WaitMethod<Name> =>
  (input, options) =>
    waitFor(client, waiter, input, options);

function methodsFor<Name extends OperationName, Method>(
  list: readonly Operation<Name>[],
  methodOf: (operation: Operation<Name>) => Method,
): Readonly<Record<string, Method>> {
  const methods: Record<string, Method> = {};
  for (const operation of list) methods[methodName(operation.name)] = methodOf(operation);
  return methods;
}

const methodName = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
