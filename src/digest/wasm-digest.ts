/**
 * CRC64NVME, XXH64, XXH3 and XXH128: WebAssembly, one instance per algorithm for the whole process.
 *
 * Creating an instance is asynchronous and costs memory, so digests share one and take turns: the
 * digest whose state is inside the instance owns it; when another one needs it, the owner's state
 * (8 to 576 bytes) moves out into its object and the other's moves in, at about 2 µs a swap. Any
 * number can be open, and one that is abandoned holds nothing but its own few bytes.
 */
import type { IHasher } from 'hash-wasm';

/** One running digest; `digest` ends it. */
export interface WasmDigest {
  update(chunk: Uint8Array): void;
  digest(): Uint8Array;
}

/** Reflected polynomial of CRC-64/NVME, as hash-wasm spells it. */
const nvmePolynomial = '9a6c9329ac4bc9b5';

type HashWasm = typeof import('hash-wasm');

/** Late: the package carries all of its algorithms in one file. */
async function loadHashWasm(): Promise<HashWasm> {
  const loaded: Partial<HashWasm> & { readonly default?: HashWasm } = await import('hash-wasm');
  // Node may find no names in what the package has for it, a bundler does.
  return loaded.default ?? (loaded as HashWasm);
}

const factories = {
  CRC64NVME: ({ createCRC64 }) => createCRC64(nvmePolynomial),
  XXHASH64: ({ createXXHash64 }) => createXXHash64(0, 0),
  XXHASH3: ({ createXXHash3 }) => createXXHash3(0, 0),
  XXHASH128: ({ createXXHash128 }) => createXXHash128(0, 0),
} as const satisfies Record<string, (hashWasm: HashWasm) => Promise<IHasher>>;

export type WasmAlgorithm = keyof typeof factories;

interface Instance {
  readonly hasher: IHasher;
  /** Whose state the hasher holds now. */
  owner: SharingDigest | undefined;
}

const instances = new Map<WasmAlgorithm, Instance>();
const starting = new Map<WasmAlgorithm, Promise<Instance>>();

export function openWasmDigest(name: WasmAlgorithm): WasmDigest | Promise<WasmDigest> {
  const instance = instances.get(name);
  if (instance !== undefined) return new SharingDigest(instance);
  return start(name).then((started) => new SharingDigest(started));
}

export async function warmWasmDigests(): Promise<void> {
  await Promise.all((Object.keys(factories) as WasmAlgorithm[]).map(start));
}

function start(name: WasmAlgorithm): Promise<Instance> {
  let promise = starting.get(name);
  if (promise === undefined) {
    promise = createInstance(name);
    starting.set(name, promise);
    promise.catch(() => starting.delete(name));
  }
  return promise;
}

async function createInstance(name: WasmAlgorithm): Promise<Instance> {
  const instance = { hasher: await factories[name](await loadHashWasm()), owner: undefined };
  instances.set(name, instance);
  return instance;
}

class SharingDigest implements WasmDigest {
  readonly #instance: Instance;
  /** This digest's state while another one owns the instance; undefined before the first turn. */
  #state: Uint8Array | undefined;
  #ended = false;

  constructor(instance: Instance) {
    this.#instance = instance;
  }

  update(chunk: Uint8Array): void {
    this.#takeTurn().update(chunk);
  }

  digest(): Uint8Array {
    const bytes = this.#takeTurn().digest('binary');
    this.#instance.owner = undefined;
    this.#ended = true;
    return bytes;
  }

  #takeTurn(): IHasher {
    if (this.#ended) throw new Error('digest already taken');
    const { hasher, owner } = this.#instance;
    if (owner === this) return hasher;
    if (owner !== undefined) owner.#state = hasher.save();
    if (this.#state === undefined) hasher.init();
    else hasher.load(this.#state);
    this.#state = undefined;
    this.#instance.owner = this;
    return hasher;
  }
}
