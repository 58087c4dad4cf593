/**
 * What the client needs of where it runs: sending, hashing, time and chance, and where credentials are found.
 * Implemented in `node/` and in `web/`; all other files of this room run anywhere.
 */
import type { ChecksumAlgorithm } from '../digest/algorithms.ts';
import type { CredentialProvider } from './credentials/credentials.ts';

/** Scheme and authority of a server. */
export interface Origin {
  readonly secure: boolean;
  /** Without brackets around IPv6 addresses. */
  readonly hostname: string;
  /** Empty: that of the scheme. */
  readonly port: string;
  /** As the Host header has it. */
  readonly host: string;
}

export interface TransportRequest {
  readonly origin: Origin;
  readonly method: string;
  /** Percent-encoded, with the query. */
  readonly path: string;
  /** Lower-case names; one character per byte. `content-length` is among them if there is a body. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | undefined;
  readonly signal: AbortSignal | undefined;
  readonly timeouts: Timeouts;
}

/** Milliseconds. */
export interface Timeouts {
  /** Until a connection stands. */
  readonly connectMs: number;
  /** Without a byte in either direction. */
  readonly idleMs: number;
}

export interface TransportResponse {
  readonly status: number;
  /** Lower-case names; one character per byte; repeated headers joined with `, `. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** To be read to its end, or cancelled. Once. */
  readonly body: ResponseBody;
}

export interface ResponseBody extends AsyncIterable<Uint8Array> {
  /** The whole of it. */
  bytes(): Promise<Uint8Array>;
  cancel(): void;
  /**
   * At its end: whether these are not the bytes that were sent, since the platform has undone their
   * Content-Encoding. Left out where it never does.
   */
  readonly isDecoded?: boolean;
}

export interface Transport {
  /** @throws S3Error NetworkError or TimeoutError if there is no answer; the signal's reason */
  send(request: TransportRequest): Promise<TransportResponse>;
  /** Lets go of connections that are not in use. */
  close(): void;
}

export interface RunningDigest {
  update(chunk: Uint8Array): void;
  digest(): Uint8Array;
}

/** Of text its UTF-8, unless it says otherwise. */
export interface Hashes {
  /** Lower-case hex. @param data text of one character per byte, or bytes */
  sha256Hex(data: string | Uint8Array): string;
  hmacSha256(key: string | Uint8Array, text: string): Uint8Array;
  /** Of text of one character per byte. */
  hmacSha1Base64(key: string, text: string): string;
  md5Base64(data: Uint8Array): string;
  openDigest(algorithm: ChecksumAlgorithm): RunningDigest | Promise<RunningDigest>;
}

/** A file by its path. */
export interface FileHandle {
  readonly size: number;
  /** Changes with every change of the file. */
  readonly version: string;
  read(start: number, end: number): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

export interface WritableFile {
  /** One after the other. */
  write(chunks: readonly Uint8Array[], at: number): Promise<void>;
  /** Flushed to the disk. */
  close(): Promise<void>;
}

export interface Files {
  open(path: string): Promise<FileHandle>;
  /** Made if missing; what is in it stays. */
  openForWriting(path: string): Promise<WritableFile>;
  /** Undefined if there is none. */
  readText(path: string): Promise<string | undefined>;
  /** Replaces the file at once or not at all. */
  writeText(path: string, text: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}

export interface Runtime {
  /** Of the User-Agent; undefined where it can't be set. */
  readonly userAgent: string | undefined;
  readonly hashes: Hashes;
  /** Undefined where there are none. */
  readonly files: Files | undefined;
  createTransport(options: TransportOptions): Transport;
  /** The chain of places where credentials are looked for if none are given. */
  defaultCredentials(): CredentialProvider;
  /** Settings of the environment that are not given otherwise. */
  environment(): EnvironmentSettings;
  /** Milliseconds since the epoch. */
  now(): number;
  /** From 0 to 1. */
  random(): number;
  /** @throws the signal's reason */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface TransportOptions {
  /** Connections kept open and used at once, for each server. */
  readonly maxConnections: number;
}

export interface EnvironmentSettings {
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly addressingStyle?: string | undefined;
  readonly signatureVersion?: string | undefined;
  readonly requestChecksums?: 'whenSupported' | 'whenRequired' | undefined;
  readonly responseChecksums?: 'whenSupported' | 'whenRequired' | undefined;
  readonly maxAttempts?: number | undefined;
}
