/** A client library as the load uses it. */

export interface Connection {
  readonly endpoint: string;
  readonly host: string;
  readonly port: number;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly bucket: string;
  /** Requests at once. */
  readonly concurrency: number;
}

export interface Contender {
  put(key: string, body: Buffer): Promise<void>;
  /** Reads the object to its end. */
  get(key: string): Promise<number>;
  /** As its guide says that large files are sent. */
  upload(key: string, path: string): Promise<void>;
  download(key: string, path: string): Promise<void>;
}
