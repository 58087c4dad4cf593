/** The dashboard asks for what the server measures, by the names and labels that it has. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type MetricDefinition, metricTable } from './metric-table.ts';

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string }[];
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly query: string }[] };
}

const operations = join(import.meta.dirname, '..', '..', 'docs', 'operations');
const dashboard = JSON.parse(
  readFileSync(join(operations, 'grafana-dashboard.json'), 'utf8'),
) as Dashboard;
const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => [title, expr] as const),
);
const definitions: readonly MetricDefinition[] = Object.values(metricTable);

/** What Prometheus adds, and how it calls a label of ours that has the name of one of its own. */
const scrapeLabels = ['instance', 'exported_job'];

/** The metric of a series: a histogram has three, a counter and a gauge one. */
function metricOf(series: string): MetricDefinition | undefined {
  return definitions.find(({ name, type }) =>
    type === 'histogram'
      ? [`${name}_bucket`, `${name}_sum`, `${name}_count`].includes(series)
      : name === series,
  );
}

const seriesIn = (query: string) => query.match(/\bkist_\w+/g) ?? [];

describe('the dashboard', () => {
  it('has panels with queries, and ids of their own', () => {
    expect(queries.length).toBeGreaterThan(30);
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const without = dashboard.panels.filter(
      ({ type, targets }) => type !== 'row' && !targets?.length,
    );
    expect(without).toEqual([]);
  });

  it.each(queries)('%s: %s names metrics that exist', (_, query) => {
    const series = seriesIn(query);
    expect(series.length).toBeGreaterThan(0);
    for (const name of series)
      expect([name, metricOf(name)?.name]).toEqual([name, expect.any(String)]);
  });

  it.each(queries)('%s: %s asks for labels that they have', (_, query) => {
    const known = new Set([...seriesIn(query).flatMap((name) => metricOf(name)?.labels ?? [])]);
    if (query.includes('_bucket')) known.add('le');
    const selected = [...query.matchAll(/[{,]\s*(\w+)\s*=~?/g)].map(([, label]) => label!);
    const grouped = [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, by]) => by!.split(/,\s*/));
    const unknown = [...selected, ...grouped].filter(
      (label) => !known.has(label) && !scrapeLabels.includes(label),
    );
    expect(unknown).toEqual([]);
  });

  it('chooses among values of metrics that exist', () => {
    const series = dashboard.templating.list.flatMap(({ query }) => seriesIn(query));
    expect(series.filter((name) => metricOf(name) === undefined)).toEqual([]);
  });
});
