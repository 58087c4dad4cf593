/** What both entries of `kist/client` have in common. */
export * from '../model/operations.gen.ts';
export type * from '../model/types.gen.ts';
export type { BodyInput, BodySource } from './body.ts';
export type { ClientConfig } from './config.ts';
export type {
  Client,
  ClientOf,
  OperationMethods,
  PaginateMethods,
  PresignMethods,
  WaitMethods,
} from './create-client.ts';
export type { CredentialProvider, Credentials } from './credentials/credentials.ts';
export { refreshing } from './credentials/refreshing.ts';
export type { AddressingStyle } from './endpoint.ts';
export { ObjectBody } from './object-body.ts';
export {
  type ItemIn,
  type ListedItem,
  type ListMember,
  type ListOperationName,
  type Pages,
  type PaginateOptions,
  paginate,
  type VersionItem,
} from './paginate.ts';
export {
  createPresignedPost,
  type PostCondition,
  type PresignedPost,
  type PresignedPostInput,
} from './post-policy.ts';
export {
  type PresignedRequest,
  type PresignInput,
  type PresignOptions,
  presign,
  presignRequest,
} from './presign.ts';
export { type ObjectPlace, publicUrl } from './public-url.ts';
export { S3Error } from './s3-error.ts';
export type { Sender } from './sender.ts';
export {
  type DownloadOptions,
  type DownloadOutput,
  download,
  type OpenDownload,
  openDownload,
} from './transfer/download.ts';
export { compareKeys } from './transfer/key-order.ts';
export type { TransferOptions, TransferProgress } from './transfer/options.ts';
export {
  planSync,
  type SyncAction,
  type SyncEntry,
  type SyncOptions,
} from './transfer/plan-sync.ts';
export type { DownloadInput } from './transfer/remote-object.ts';
export { type UploadOptions, upload } from './transfer/upload.ts';
export type { UploadInput, UploadOutput } from './transfer/upload-request.ts';
export type {
  ClientInput,
  ClientOutput,
  Operation,
  RequestOptions,
  ResponseMetadata,
  SelectEvent,
} from './types.ts';
export {
  bucketExists,
  bucketNotExists,
  objectExists,
  objectNotExists,
  type Waiter,
  type WaitOptions,
  waitFor,
} from './waiters.ts';
