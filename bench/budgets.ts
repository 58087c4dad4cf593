/** The budgets of speed: ratios against a peer in the same run, or plain limits. */

export interface Budget {
  readonly work: string;
  readonly scenario: string;
  readonly metric: string;
  /** Kist's value over this target's, median of the rounds; without it, Kist's own value. */
  readonly against?: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Of `atMost` without a peer. */
  readonly unit?: string;
}

/** CPU is counted in hundredths of a second, and caches are colder in more memory. */
const sameCost = 1.3;

export const budgets: readonly Budget[] = [
  {
    work: 'GET 4 KiB, anonymous',
    scenario: 'get-4k',
    metric: 'rate',
    against: 'nginx',
    atLeast: 0.6,
  },
  {
    work: 'GET 4 KiB, signed',
    scenario: 'get-4k-signed',
    metric: 'rate',
    against: 'nginx',
    atLeast: 0.6,
  },
  {
    work: 'PUT 4 KiB, durable',
    scenario: 'put-4k',
    metric: 'rate',
    against: 'fsync-files',
    atLeast: 5,
  },
  { work: 'GET 64 MiB', scenario: 'get-64m', metric: 'rate', against: 'nginx', atLeast: 1 },
  {
    work: 'PUT 64 MiB',
    scenario: 'put-64m',
    metric: 'rate',
    against: 'hash-and-write',
    atLeast: 0.9,
  },
  {
    work: 'list 1,000 of many, flat',
    scenario: 'list-flat',
    metric: 'many',
    atMost: 10,
    unit: 'ms',
  },
  {
    work: 'the same, CPU over that of few',
    scenario: 'list-flat',
    metric: 'growth',
    atMost: sameCost,
    unit: '× few',
  },
  {
    work: 'list 1,000 of many, delimiter',
    scenario: 'list-prefixes-1k',
    metric: 'many',
    atMost: 10,
    unit: 'ms',
  },
  {
    work: 'the same, CPU over that of few',
    scenario: 'list-prefixes-1k',
    metric: 'growth',
    atMost: sameCost,
    unit: '× few',
  },
  { work: 'complete 10,000 parts', scenario: 'complete', metric: 'ms', atMost: 1000, unit: 'ms' },
  { work: 'copy 5 GiB', scenario: 'copy-5g', metric: 'ms', atMost: 50, unit: 'ms' },
  {
    work: 'start with objects stored',
    scenario: 'start-up',
    metric: 'stored',
    atMost: 500,
    unit: 'ms',
  },
  {
    work: 'memory of a worker at rest',
    scenario: 'memory',
    metric: 'rest',
    atMost: 150,
    unit: 'MiB',
  },
];
