/** The table of a run: Markdown for people, JSON with every sample for programs. */
import { type Budget, budgets } from './budgets.ts';
import type { MachineFacts } from './machine.ts';
import { table } from './markdown-table.ts';
import type { ScenarioResult, TargetResult } from './run.ts';
import type { Metric } from './scenarios/scenario.ts';
import { type Spread, spreadOf } from './statistics.ts';

export interface BenchRun {
  readonly command: string;
  readonly rounds: number;
  readonly quick: boolean;
  readonly machine: MachineFacts;
  readonly results: readonly ScenarioResult[];
}

const maxFailureLength = 300;
/** Of the machine, for other things than what is measured. */
const maxQuietPercent = 15;
/** What ratios are of. */
const subject = 'kist';

export function toJson(run: BenchRun): string {
  const results = run.results.map(({ scenario, targets }) => ({
    scenario: scenario.name,
    title: scenario.title,
    metrics: scenario.metrics,
    targets,
  }));
  const judged = budgets.map((budget) => ({ ...budget, ...judge(budget, run.results) }));
  return `${JSON.stringify({ ...run, results, budgets: judged }, undefined, 2)}\n`;
}

export function toMarkdown(run: BenchRun): string {
  const { machine } = run;
  const facts: readonly (readonly [string, string])[] = [
    ['date', `${machine.date} UTC`],
    ['command', `\`${run.command}\``],
    ['rounds', `${run.rounds}, in turns${run.quick ? '; quick: a sanity run, not a result' : ''}`],
    ['Kist', `commit ${machine.commit}`],
    ['machine', `${machine.cores} cores, ${machine.cpu}, ${machine.memoryGiB} GiB`],
    ['kernel', machine.kernel],
    ['file system', machine.fileSystem],
    ['Node', machine.node],
    ['wrk', machine.wrk],
    ['cores', machine.layout],
    ['load average before', machine.loadAverage.toFixed(2)],
    ['CPU used by others', othersText(run.results)],
  ];
  const parts = [
    '# Performance',
    'Made by `npm run bench -- --write-docs`; `bench/README.md` says what each number is. Values are medians of the rounds with the lowest and the highest in brackets. Ratios are Kist over the peer, round by round, in the same run on the same machine. What an hour of mixed load with kills and restarts does to memory, disk and latencies is on [another page](soak.md).',
    table(['', ''], facts),
    '## Budgets',
    table(
      ['work', 'budget', 'measured', ''],
      budgets.map((budget) => budgetRow(budget, run)),
    ),
    '## Targets',
    targetTable(run.results),
    ...run.results.map(scenarioSection),
  ];
  return `${parts.join('\n\n')}\n`;
}

interface Judgement {
  readonly measured: Spread | undefined;
  readonly met: boolean | undefined;
}

function judge(budget: Budget, results: readonly ScenarioResult[]): Judgement {
  const result = results.find(({ scenario }) => scenario.name === budget.scenario);
  const own = result?.targets.find(({ target }) => target === subject);
  const peer = result?.targets.find(({ target }) => target === budget.against);
  const measured =
    budget.against === undefined
      ? spreadOfMetric(own, budget.metric)
      : ratioSpread(own, peer, budget.metric);
  if (measured === undefined) return { measured, met: undefined };
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = budget;
  return { measured, met: measured.median >= atLeast && measured.median <= atMost };
}

function budgetRow(budget: Budget, run: BenchRun): readonly string[] {
  const { measured, met } = judge(budget, run.results);
  const limit = budget.atLeast === undefined ? `<= ${budget.atMost}` : `>= ${budget.atLeast}`;
  const peer = budget.against === undefined ? ` ${budget.unit}` : ` × ${budget.against}`;
  const decimals = budget.against === undefined ? 1 : 2;
  return [budget.work, `${limit}${peer}`, spreadText(measured, decimals), verdict(met, run)];
}

function verdict(met: boolean | undefined, run: BenchRun): string {
  if (met === undefined) return 'not measured';
  if (run.quick) return 'not judged: quick';
  return met ? 'met' : '**not met**';
}

function targetTable(results: readonly ScenarioResult[]): string {
  const rows = new Map<string, readonly string[]>();
  for (const { target, about, fsync, failure } of results.flatMap(({ targets }) => targets)) {
    const what = fsync === '' ? (failure ?? about) : about;
    if (!rows.has(target)) rows.set(target, [target, what, fsync]);
  }
  return table(['target', 'what', 'on disk'], [...rows.values()]);
}

function scenarioSection({ scenario, targets }: ScenarioResult): string {
  const own = targets.find(({ target }) => target === subject);
  const compared = scenario.metrics.filter((metric) => metric.compared);
  const headings = [
    'target',
    ...scenario.metrics.map(heading),
    ...compared.map(({ title }) => `${subject} ÷ it, ${title}`),
  ];
  const rows = targets
    .filter(({ samples }) => samples.length > 0)
    .map((result) => [
      result.target,
      ...scenario.metrics.map(({ id, decimals }) =>
        spreadText(spreadOfMetric(result, id), decimals),
      ),
      ...compared.map(({ id }) =>
        result === own ? '' : spreadText(ratioSpread(own, result, id), 2),
      ),
    ]);
  const failures = targets
    .filter(({ failure }) => failure !== undefined)
    .map(
      ({ target, failure }) =>
        `- ${target}: ${failure!.replaceAll(/\s+/g, ' ').slice(0, maxFailureLength)}`,
    );
  const parts = [`## ${scenario.title}`, scenario.about];
  if (rows.length > 0) parts.push(table(headings, rows, true));
  if (failures.length > 0) parts.push(failures.join('\n'));
  return parts.join('\n\n');
}

function heading({ title, unit }: Metric): string {
  if (unit === '') return title;
  return unit.startsWith('/') ? `${title}${unit}` : `${title}, ${unit}`;
}

function spreadOfMetric(result: TargetResult | undefined, metric: string): Spread | undefined {
  const values = (result?.samples ?? []).flatMap((sample) => sample[metric] ?? []);
  return values.length === 0 ? undefined : spreadOf(values);
}

/** Of the rounds that both have. */
function ratioSpread(
  own: TargetResult | undefined,
  peer: TargetResult | undefined,
  metric: string,
): Spread | undefined {
  const ratios = (own?.samples ?? []).flatMap((sample, round) => {
    const mine = sample[metric];
    const theirs = peer?.samples[round]?.[metric];
    return mine === undefined || theirs === undefined || theirs === 0 ? [] : mine / theirs;
  });
  return ratios.length === 0 ? undefined : spreadOf(ratios);
}

/** How far the machine was from quiet. */
function othersText(results: readonly ScenarioResult[]): string {
  const samples = results.flatMap(({ targets }) => targets.flatMap((target) => target.samples));
  const values = samples.flatMap((sample) => sample.other_cpu ?? []);
  if (values.length === 0) return 'not measured';
  const spread = spreadOf(values);
  const text = `${spreadText(spread, 0)} % of the machine, disk work for the servers included`;
  return spread.median <= maxQuietPercent ? text : `${text}; **not a quiet machine**`;
}

function spreadText(spread: Spread | undefined, decimals: number): string {
  if (spread === undefined) return '–';
  const { median, min, max } = spread;
  const text = (value: number) =>
    value.toLocaleString('en', {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
  return min === max ? text(median) : `${text(median)} (${text(min)}–${text(max)})`;
}
