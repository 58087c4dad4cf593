/** Runs scenarios: all their targets up at once, measured in turns, round after round. */
import type { Reference, Sample, Scenario, Session } from './scenarios/scenario.ts';
import type { BenchContext, FoundTarget, Target, TargetDescription } from './targets/target.ts';

export interface TargetResult {
  readonly target: string;
  readonly about: string;
  readonly fsync: string;
  /** By round; shorter where it failed. */
  readonly samples: readonly Sample[];
  /** Why it is absent or gave up. */
  readonly failure: string | undefined;
}

export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly targets: readonly TargetResult[];
}

interface Contender extends TargetDescription {
  readonly open: () => Promise<Session>;
}

interface Entry {
  readonly name: string;
  readonly about: string;
  readonly fsync: string;
  readonly samples: Sample[];
  session?: Session;
  failure?: string;
}

/** Messages go to standard error, line by line, as the run goes on. */
export async function runScenario(
  scenario: Scenario,
  found: readonly FoundTarget[],
  context: BenchContext,
): Promise<ScenarioResult> {
  note(scenario.title);
  const entries: Entry[] = [];
  try {
    for (const contender of contenders(scenario, found, context)) {
      entries.push(await enter(contender));
    }
    for (let round = scenario.warmUp ? 0 : 1; round <= context.options.rounds; round += 1) {
      for (const entry of entries) await measure(scenario, entry, round);
    }
  } finally {
    for (const entry of entries) await leave(entry);
  }
  const targets = entries.map(({ name, about, fsync, samples, failure }) => ({
    target: name,
    about,
    fsync,
    samples,
    failure,
  }));
  return { scenario, targets };
}

function contenders(
  scenario: Scenario,
  found: readonly FoundTarget[],
  context: BenchContext,
): readonly (Contender | Extract<FoundTarget, { absent: string }>)[] {
  const external = context.options.endpoint?.name;
  const takesPart = ({ name }: FoundTarget) =>
    scenario.targets.includes(name) || (scenario.external && name === external);
  const targets = found
    .filter(takesPart)
    .map((target) =>
      'absent' in target
        ? target
        : { ...target, open: () => scenario.open(target satisfies Target, context) },
    );
  const wanted = context.options.targets;
  const references = (scenario.references ?? [])
    .filter(({ name }: Reference) => wanted.length === 0 || wanted.includes(name))
    .map((reference) => ({ ...reference, open: () => reference.open(context) }));
  return [...targets, ...references];
}

async function enter(
  contender: Contender | Extract<FoundTarget, { absent: string }>,
): Promise<Entry> {
  const { name } = contender;
  const samples: Sample[] = [];
  if ('absent' in contender) {
    note(`  ${name}: absent, ${contender.absent}`);
    return { name, about: 'absent', fsync: '', samples, failure: `absent: ${contender.absent}` };
  }
  const { about, fsync } = contender;
  try {
    return { name, about, fsync, samples, session: await contender.open() };
  } catch (error) {
    const failure = `cannot be prepared: ${(error as Error).message}`;
    note(`  ${name}: ${failure}`);
    return { name, about, fsync, samples, failure };
  }
}

async function measure(scenario: Scenario, entry: Entry, round: number): Promise<void> {
  if (entry.session === undefined || entry.failure !== undefined) return;
  try {
    const sample = await entry.session.measure(round);
    if (round === 0) return;
    entry.samples.push(sample);
    const figures = scenario.metrics
      .filter(({ id }) => sample[id] !== undefined)
      .map(({ id, title, unit, decimals }) => `${title} ${sample[id]!.toFixed(decimals)} ${unit}`);
    note(`  ${round} ${entry.name}: ${figures.join(', ')}`);
  } catch (error) {
    entry.failure = `failed in round ${round}: ${(error as Error).message}`;
    note(`  ${entry.name}: ${entry.failure}`);
  }
}

async function leave(entry: Entry): Promise<void> {
  try {
    await entry.session?.close();
  } catch (error) {
    entry.failure ??= `cannot be closed: ${(error as Error).message}`;
    note(`  ${entry.name}: ${entry.failure}`);
  }
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}
