/**
 * One simulation: clients and background work on the real store over a simulated machine, power cuts and disk
 * errors, and after each of them the comparison of what is there with what was acknowledged. All of it follows
 * from the seed.
 */
import { audit } from '../../src/store/contract/audit.ts';
import { sweepOrphans } from '../../src/store/orphans.ts';
import { acl } from './acts.ts';
import { createDisk } from './disk.ts';
import { bucketNamed, checkAllBytes, Difference } from './look.ts';
import { createMachine, isInjected, PowerCutError } from './machine.ts';
import { createMetadata } from './metadata.ts';
import { emptyState } from './model.ts';
import { actRandomly } from './operations.ts';
import { compaction, openProcess, type Process, packMaxBytes, processNames } from './process.ts';
import { createRandom, type Random } from './random.ts';
import type { Spoil } from './spoil.ts';
import { createWriter, settle, type World } from './writer.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** Lives of the machine, each but the last ended by a power cut or an orderly stop. */
  readonly lives?: number;
  readonly writers?: number;
  readonly operationsPerWriter?: number;
  /** Only one power cut, at this crash point of the first life; without it they come at random. */
  readonly cutAt?: number;
  /** Whether some lives have a disk that fails now and then. */
  readonly errors?: boolean;
  /** Told of every step. */
  readonly trace?: (line: string) => void;
  /** A fault in the store, to see whether the simulation would notice. */
  readonly spoil?: Spoil;
}

export interface SimulationReport {
  readonly operations: number;
  readonly acknowledged: ReadonlyMap<string, number>;
  readonly crashPoints: number;
  readonly powerCuts: number;
  readonly errors: number;
  /** Objects and versions read to the last byte. */
  readonly bodiesChecked: number;
  /** By compaction. */
  readonly bodiesMoved: number;
  /** Crash points of the first life. */
  readonly firstLife: number;
}

const hour = 3_600_000;
const bucketNames = ['plain', 'versioned', 'suspended'];
/** Of one call, in a life with a failing disk. */
const errorRates = [0.002, 0.01, 0.05];

/** @throws Difference if the store lost something, or anything that it should not throw */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  const { seed, lives = 4, writers: writerCount = 3, operationsPerWriter = 14 } = options;
  const { spoil = {} } = options;
  const random = createRandom(seed, 'simulation');
  const machine = createMachine(seed, () => disk.losePower(), options.trace);
  const disk = createDisk(seed, () => machine);
  const fileSystem = spoil.fileSystem?.(disk.fileSystem) ?? disk.fileSystem;
  const records = createMetadata(() => machine);
  const meta = spoil.meta?.(records) ?? records;
  const ids = createRandom(seed, 'ids');
  const writers = Array.from({ length: writerCount }, (_, i) =>
    createWriter(`w${i}-`, createRandom(seed, `writer ${i}`)),
  );
  let processes: Process[] = [];
  /** The one that keeps house. */
  let jobs!: Process;
  let bodiesChecked = 0;
  let bodiesMoved = 0;

  const world: World = {
    machine,
    bodies: new Map(),
    buckets: bucketNames.map((name) => ({ name, versioning: undefined })),
    writers,
    acknowledged: new Map(),
    staging: new Map(),
  };

  async function open(): Promise<void> {
    processes = [];
    for (const name of processNames) {
      processes.push(await openProcess(name, { machine, fileSystem, meta, chance: ids, spoil }));
    }
    jobs = processes.at(-1)!;
    for (const [i, writer] of writers.entries()) {
      writer.store = processes[i % (processes.length - 1)]!.store;
    }
  }

  /** A start that may fail half-way, and must leave nothing open. */
  async function openOnFailingDisk(): Promise<void> {
    machine.setErrorRate(0.03);
    try {
      await open();
    } catch (error) {
      if (!isExcused(error)) throw error;
    }
    await stop();
  }

  /** Ends a life whose power is gone: whatever is still under way comes to its end. */
  async function boot(): Promise<void> {
    await Promise.allSettled(processes.map(({ blobs }) => blobs.close()));
    machine.boot();
    machine.setErrorRate(0);
    machine.wait(random.below(1000));
  }

  async function versioning(index: number, status: 'Enabled' | 'Suspended'): Promise<void> {
    const bucket = await bucketNamed(jobs.store, bucketNames[index]!);
    await jobs.store.buckets.update(bucket, (now) => ({ ...now, versioning: status }));
    world.buckets[index]!.versioning = status;
  }

  const buckets = () => Promise.all(bucketNames.map((name) => bucketNamed(jobs.store, name)));

  /** Collects and sweeps all there is; then the store must agree with itself to the last reference. */
  async function tidyAndAudit(): Promise<void> {
    machine.wait(hour);
    for (let round = 0; round < 3; round++) {
      const { failures } = await jobs.store.garbage.collect(machine.now() + hour);
      if (failures.length > 0) throw failures[0];
    }
    await sweepOrphans(meta, jobs.blobs, machine.now() + hour);
    const faults = await audit(meta, jobs.blobs, await buckets());
    if (faults.length > 0) throw new Difference(faults.join('\n'));
  }

  /** What was acknowledged is there, and everything that is there can be read. */
  async function compare(): Promise<void> {
    for (const writer of writers) await settle(world, writer);
    bodiesChecked += await checkAllBytes(jobs.store, world.bodies, bucketNames);
  }

  const collectGarbage = async () => {
    const { failures } = await jobs.store.garbage.collect(machine.now());
    const strange = failures.find((one) => !isExcused(one));
    if (strange !== undefined) throw strange;
  };
  const sweep = async () => {
    const before = Math.min(machine.now(), ...world.staging.values());
    await sweepOrphans(meta, jobs.blobs, before + (spoil.sweepAheadMs ?? 0));
  };
  const compact = async () => {
    world.staging.set(compact, machine.now());
    try {
      for (const { blobs } of processes) {
        await blobs.sealMostlyDead(compaction.maxLiveRatio, packMaxBytes / 4);
      }
      bodiesMoved += (await jobs.compactor.run()).bodies;
    } finally {
      world.staging.delete(compact);
    }
  };

  /** Garbage and orphans go while the clients work, as early as they ever may, and bodies move. */
  async function housekeeping(
    chores: readonly (() => Promise<void>)[],
    chance: Random,
    isOver: () => boolean,
  ): Promise<void> {
    while (!isOver()) {
      try {
        await chance.pick(chores)();
      } catch (error) {
        if (!isExcused(error)) throw error;
      }
      for (let pause = chance.below(200); pause > 0 && !isOver(); pause--) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  const isExcused = (error: unknown): boolean =>
    !machine.hasPower || error instanceof PowerCutError || isInjected(error);

  async function clients(): Promise<void> {
    let working = writers.length;
    const outcomes = await Promise.allSettled([
      ...writers.map(async (writer) => {
        try {
          for (let i = 0; i < operationsPerWriter; i++) await actRandomly(world, writer);
        } finally {
          working--;
        }
      }),
      ...[[collectGarbage, sweep], [compact]].map((chores, i) =>
        housekeeping(
          chores,
          createRandom(seed, `housekeeping ${i} ${machine.life}`),
          () => working === 0 || !machine.hasPower,
        ),
      ),
    ]);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected' && !(outcome.reason instanceof PowerCutError)) {
        throw outcome.reason;
      }
    }
  }

  /** An orderly stop, then the descriptors are counted. */
  async function stop(): Promise<void> {
    machine.setErrorRate(0);
    for (const { blobs } of processes) await blobs.close();
    if (disk.openFiles() !== 0) throw new Difference(`${disk.openFiles()} files are still open`);
  }

  /** Runs until the power goes; true if it did. */
  async function untilPowerCut(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
    } catch (error) {
      if (machine.hasPower || !isExcused(error)) throw error;
    }
    return !machine.hasPower;
  }

  await open();
  for (const name of bucketNames) {
    await jobs.store.buckets.create({ namespace: 'default', name, locationConstraint: '', acl });
  }
  await versioning(1, 'Enabled');
  await versioning(2, 'Enabled');

  const begun = machine.counts.crashPoints;
  let firstLife = 0;
  for (let life = 0; life < lives; life++) {
    if (life === 0 && options.cutAt !== undefined) machine.cutPowerAt(options.cutAt);
    if (options.cutAt === undefined && random.chance(0.8)) {
      machine.cutPowerAt(1 + random.below(1 + random.below(500)));
    }
    if (options.errors !== false && random.chance(0.4)) {
      machine.setErrorRate(random.pick(errorRates));
    }
    let cut = await untilPowerCut(async () => {
      await clients();
      if (life === 0) firstLife = machine.counts.crashPoints - begun;
      if (machine.hasPower) await stop();
    });
    // Coming up is cut off, too, now and then.
    for (;;) {
      if (cut) await boot();
      if (options.cutAt === undefined && random.chance(0.3)) {
        machine.cutPowerAt(1 + random.below(60));
      }
      cut = await untilPowerCut(async () => {
        if (options.errors !== false && random.chance(0.2)) await openOnFailingDisk();
        await open();
        await compare();
        if (random.chance(0.5)) await tidyAndAudit();
        machine.cutPowerAt(Number.POSITIVE_INFINITY);
      });
      if (!cut) break;
    }
    if (life === 1) await versioning(2, 'Suspended');
  }

  // In the end everything goes, and leaves nothing behind.
  await tidyAndAudit();
  await compare();
  await removeEverything();
  await tidyAndAudit();
  await stop();
  for (let start = 0; start < 2; start++) {
    machine.wait(2 * hour);
    await open();
    await tidyAndAudit();
    await stop();
  }
  const left = disk.files();
  if (left.length > 0) throw new Difference(`of an empty store is left: ${left.join(', ')}`);

  async function removeEverything(): Promise<void> {
    for (const name of bucketNames) {
      const bucket = await bucketNamed(jobs.store, name);
      const all = { prefix: '', delimiter: '', limit: 1000 };
      for (const entry of (await jobs.store.listing.versions(bucket, all)).entries) {
        if (entry.kind !== 'version') continue;
        const { key, versionId } = entry.version;
        await jobs.store.objects.removeVersion(bucket, key, versionId);
      }
      for (const entry of (await jobs.store.listing.uploads(bucket, all)).entries) {
        if (entry.kind === 'upload') await jobs.store.uploads.abort(bucket, entry.upload);
      }
    }
    for (const writer of writers) writer.state = emptyState;
  }

  const { crashPoints, powerCuts, errors } = machine.counts;
  return {
    operations: [...world.acknowledged.values()].reduce((sum, one) => sum + one, 0),
    acknowledged: world.acknowledged,
    crashPoints,
    powerCuts,
    errors,
    bodiesChecked,
    bodiesMoved,
    firstLife,
  };
}
