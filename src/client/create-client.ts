/** Clients: a method for each operation that they are made of. */
import type { OperationName } from '../model/operations.gen.ts';
import { type ClientConfig, resolveConfig } from './config.ts';
import type { Runtime } from './runtime.ts';
import { createSender, type Sender } from './sender.ts';
import { createSigV2 } from './signing/sigv2.ts';
import { createSigV4 } from './signing/sigv4.ts';
import type {
  ClientInput,
  ClientOutput,
  InputArguments,
  Operation,
  RequestOptions,
} from './types.ts';

/** A method for each operation, called as AWS calls it: `putObject({ Bucket, Key, Body })`. */
export type OperationMethods<Name extends OperationName> = {
  readonly [Each in Name as Uncapitalize<Each>]: (
    ...args: InputArguments<Each>
  ) => Promise<ClientOutput<Each>>;
};

export type ClientOf<Name extends OperationName> = Sender & OperationMethods<Name>;

/**
 * A client that has just these operations, and weighs no more: `createClientOf([GetObject, PutObject], { … })`.
 * @throws S3Error InvalidInput for a setting that can't be
 */
export function createClientWith<Name extends OperationName>(
  runtime: Runtime,
  operations: readonly Operation<Name>[],
  config: ClientConfig,
): ClientOf<Name> {
  const resolved = resolveConfig(config, runtime);
  const isV4 = resolved.signatureVersion === 's3v4';
  const signer = isV4 ? createSigV4(runtime.hashes) : createSigV2(runtime.hashes);
  const sender = createSender(resolved, runtime, signer);
  const methods: Record<string, unknown> = {};
  for (const operation of operations) {
    methods[methodName(operation.name)] = (
      input: ClientInput<Name> = {} as ClientInput<Name>,
      options?: RequestOptions,
    ) => sender.send(operation, input, options);
  }
  return Object.assign(sender, methods) as unknown as ClientOf<Name>;
}

export const methodName = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
