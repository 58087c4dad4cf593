/** What both entries of `kist/client` have in common. */
export * from '../model/operations.gen.ts';
export type * from '../model/types.gen.ts';
export type { BodyInput, BodySource } from './body.ts';
export type { ClientConfig } from './config.ts';
export type { ClientOf, OperationMethods } from './create-client.ts';
export type { CredentialProvider, Credentials } from './credentials/credentials.ts';
export { refreshing } from './credentials/refreshing.ts';
export type { AddressingStyle } from './endpoint.ts';
export { ObjectBody } from './object-body.ts';
export { S3Error } from './s3-error.ts';
export type { Sender } from './sender.ts';
export type {
  ClientInput,
  ClientOutput,
  Operation,
  RequestOptions,
  ResponseMetadata,
} from './types.ts';
