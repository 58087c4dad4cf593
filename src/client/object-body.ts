/** The body of an answer: read as a whole or as a stream, once. Checksums are verified at its end. */
import type { ResponseBody, Runtime } from './runtime.ts';
import { S3Error } from './s3-error.ts';
import { writeChunks } from './write-chunks.ts';

export interface BodyVerifier {
  update(chunk: Uint8Array): void;
  /** @throws S3Error ChecksumMismatch */
  end(): void;
}

const utf8 = new TextDecoder();

export class ObjectBody implements AsyncIterable<Uint8Array> {
  readonly #body: ResponseBody;
  readonly #verifier: BodyVerifier | undefined;
  readonly #runtime: Runtime;
  #taken = false;

  constructor(body: ResponseBody, verifier: BodyVerifier | undefined, runtime: Runtime) {
    this.#body = body;
    this.#verifier = verifier;
    this.#runtime = runtime;
  }

  async bytes(): Promise<Uint8Array> {
    this.#take();
    const bytes = await this.#body.bytes();
    this.#verifier?.update(bytes);
    this.#verifier?.end();
    return bytes;
  }

  async text(): Promise<string> {
    return utf8.decode(await this.bytes());
  }

  async json<Value = unknown>(): Promise<Value> {
    return JSON.parse(await this.text()) as Value;
  }

  async blob(type?: string): Promise<Blob> {
    const bytes = (await this.bytes()) as Uint8Array<ArrayBuffer>;
    return new Blob([bytes], type === undefined ? {} : { type });
  }

  /**
   * Writes a file, which appears under its name when it is complete and verified, and flushed to the disk.
   * @throws S3Error UnsupportedHere where there are no files
   */
  async toFile(path: string): Promise<void> {
    const { files, random } = this.#runtime;
    if (files === undefined) {
      this.cancel();
      throw new S3Error('UnsupportedHere', 'there are no files here: use stream() or blob()');
    }
    const partial = `${path}.${random().toString(36).slice(2, 10)}.part`;
    try {
      const file = await files.openForWriting(partial);
      try {
        await writeChunks(file, 0, this);
      } finally {
        await file.close();
      }
      await files.rename(partial, path);
    } catch (error) {
      await files.remove(partial);
      throw error;
    }
  }

  /** A web stream. For one of Node's: `Readable.from(body)`. */
  stream(): ReadableStream<Uint8Array> {
    const chunks = this[Symbol.asyncIterator]();
    return new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => this.cancel(),
    });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    this.#take();
    const verifier = this.#verifier;
    for await (const chunk of this.#body) {
      verifier?.update(chunk);
      yield chunk;
    }
    verifier?.end();
  }

  /** Lets go of what was not read. */
  cancel(): void {
    this.#taken = true;
    this.#body.cancel();
  }

  #take(): void {
    if (this.#taken) throw new S3Error('InvalidInput', 'the body has been read');
    this.#taken = true;
  }
}
