/**
 * A client of the simulated store: one operation after the other on keys of its own, each compared with the
 * model as soon as it is answered. An operation that fails may have happened or not, nothing in between.
 */
import type { StoredObject } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import { type Bodies, Difference, stateOf } from './look.ts';
import { isInjected, type Machine, PowerCutError } from './machine.ts';
import { emptyState, idsOf, linesOf, type ModelState, type Versioning } from './model.ts';
import type { Random } from './random.ts';

export interface World {
  readonly machine: Machine;
  readonly bodies: Bodies;
  readonly buckets: readonly { readonly name: string; versioning: Versioning }[];
  readonly writers: readonly Writer[];
  /** Acknowledged operations by name. */
  readonly acknowledged: Map<string, number>;
  /** When each write under way began: its bytes have no record yet. */
  readonly staging: Map<object, number>;
}

export interface Writer {
  readonly prefix: string;
  readonly random: Random;
  /** That of the process it talks to, in the present life. */
  store: Store;
  /** What was acknowledged. */
  state: ModelState;
  /** What the operation under way may have made of it. */
  underWay: ModelState | undefined;
  /** For messages. */
  last: string;
}

export function createWriter(prefix: string, random: Random): Writer {
  const store = undefined as unknown as Store;
  return { prefix, random, store, state: emptyState, underWay: undefined, last: 'nothing' };
}

const bucketNames = (world: World): readonly string[] => world.buckets.map(({ name }) => name);

/**
 * Compares what the store has with what it may have, and takes it as the truth from here on.
 * @throws Difference
 */
export async function settle(world: World, writer: Writer): Promise<void> {
  const found = await stateOf(writer.store, bucketNames(world), writer.prefix);
  const known = idsOf(writer.state);
  const lines = linesOf(found, known).join('\n');
  const allowed = [writer.state, writer.underWay ?? writer.state].map((state) =>
    linesOf(state, known).join('\n'),
  );
  if (!allowed.includes(lines)) {
    throw new Difference(
      `after "${writer.last}" ${writer.prefix} has\n${lines}\nmay have\n${allowed.join('\nor\n')}`,
    );
  }
  writer.state = found;
  writer.underWay = undefined;
}

/** True if the error is the machine's doing. */
function isExcused(world: World, error: unknown): boolean {
  return !world.machine.hasPower || error instanceof PowerCutError || isInjected(error);
}

/**
 * Runs an operation that makes `after` of the writer's state.
 * @param act gives the state with the ids that the store gave
 */
export async function change(
  world: World,
  writer: Writer,
  name: string,
  after: ModelState,
  act: () => Promise<ModelState>,
): Promise<void> {
  writer.last = name;
  writer.underWay = after;
  writer.random.next();
  world.staging.set(writer, world.machine.now());
  try {
    const state = await act();
    if (!world.machine.hasPower) throw new PowerCutError('nobody hears the answer');
    writer.state = state;
    writer.underWay = undefined;
    world.acknowledged.set(name, (world.acknowledged.get(name) ?? 0) + 1);
  } catch (error) {
    if (!isExcused(world, error)) throw error;
  } finally {
    world.staging.delete(writer);
  }
  if (world.machine.hasPower) await settle(world, writer);
  else throw new PowerCutError('the client goes home');
}

/** Runs an operation that changes nothing. */
export async function ask(
  world: World,
  writer: Writer,
  name: string,
  act: () => Promise<void>,
): Promise<void> {
  writer.last = name;
  try {
    await act();
    world.acknowledged.set(name, (world.acknowledged.get(name) ?? 0) + 1);
  } catch (error) {
    if (!isExcused(world, error)) throw error;
  }
  if (!world.machine.hasPower) throw new PowerCutError('the client goes home');
}

/** Whether a key still has the version that was read: bytes may be missing only where it has not. */
export async function isStill(
  { store }: Writer,
  bucketName: string,
  object: StoredObject,
): Promise<boolean> {
  const bucket = await store.buckets.get('default', bucketName);
  const now = bucket && (await store.objects.get(bucket, object.key));
  return now?.seq === object.seq;
}
