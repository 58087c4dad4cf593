/** The manifest is whole and of its form, its rules hold, and the page says what it says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareWithManifest, isGood } from './compare.ts';
import { formatManifest, judge, manifestPath, parseManifest, readManifest } from './manifest.ts';
import { rules } from './not-applicable.ts';
import { renderConformancePage, totalsOf } from './page.ts';
import { narrowestSet, testSets } from './sets.ts';
import { type CollectedTest, readResults, type TestResult } from './suite.ts';

describe('the manifest', () => {
  const manifest = readManifest();
  const { tests } = manifest;

  it('is written as it is read', () => {
    expect(formatManifest(manifest)).toBe(readFileSync(manifestPath, 'utf8'));
  });

  it('names the commits and the day', () => {
    expect(manifest.suiteCommit).toMatch(/^[0-9a-f]{40}$/);
    expect(manifest.kistCommit).toMatch(/^[0-9a-f]{8}\+?$/);
    expect(manifest.date).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  it('has each test of the suite once, in order', () => {
    const ids = tests.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(ids.length).toBe(1049);
    expect(ids.filter((id) => !/^s3tests\/functional\/test_\w+\.py::test_\S+$/.test(id))).toEqual(
      [],
    );
  });

  it('has a reason from the rules for each test that does not apply, and for no other', () => {
    const known = new Set(rules.map(({ reason }) => reason));
    const wrong = tests.filter(({ state, reason }) =>
      state === 'not-applicable' ? !known.has(reason ?? '') : reason !== undefined,
    );
    expect(wrong).toEqual([]);
  });

  it('has a test for each rule', () => {
    const used = new Set(tests.map(({ reason }) => reason));
    expect(rules.filter(({ reason }) => !used.has(reason))).toEqual([]);
  });

  it('gives docs/conformance.md', () => {
    const page = join(import.meta.dirname, '..', '..', 'docs', 'conformance.md');
    expect(readFileSync(page, 'utf8')).toBe(renderConformancePage(manifest));
  });

  it('counts every test of a set once', () => {
    for (const set of testSets) {
      const totals = totalsOf(tests, set);
      expect(totals.passes + totals.notApplicable + totals.notYet).toBe(totals.tests);
    }
    expect(testSets.map((set) => totalsOf(tests, set).tests)).toEqual([482, 625, 884, 1049]);
  });
});

describe('the rules', () => {
  it('each say why in one line of their own', () => {
    const reasons = rules.map(({ reason }) => reason);
    expect(reasons.filter((reason) => !/^\S[^\n]*\S$/.test(reason))).toEqual([]);
    expect(new Set(reasons).size).toBe(reasons.length);
  });

  it('each have a source where S3 wins over the suite', () => {
    const documented = rules.filter(({ kind }) => kind === 'documentation');
    const pattern = /^https:\/\/docs\.aws\.amazon\.com\//;
    expect(documented.filter(({ link }) => !pattern.test(link ?? ''))).toEqual([]);
    const observed = rules.filter(({ kind }) => kind === 'observed');
    expect(observed.filter(({ link }) => !/^https:\/\//.test(link ?? ''))).toEqual([]);
  });
});

describe('a run', () => {
  const collected: readonly CollectedTest[] = [
    { id: 't.py::test_kept', markers: [] },
    { id: 't.py::test_lost', markers: ['fails_on_aws'] },
    { id: 't.py::test_topic', markers: ['sns'] },
    { id: 't.py::test_won', markers: ['encryption'] },
  ];
  const manifest = parseManifest(
    formatManifest({
      suiteCommit: 'a'.repeat(40),
      kistCommit: 'b'.repeat(8),
      date: '2026-01-02',
      tests: [
        { id: 't.py::test_kept', set: 'core', state: 'passes', reason: undefined },
        { id: 't.py::test_lost', set: 's3', state: 'passes', reason: undefined },
        { id: 't.py::test_topic', set: 'all', state: 'not-applicable', reason: 'SNS: topics' },
        { id: 't.py::test_won', set: 'aws', state: 'not-yet', reason: undefined },
      ],
    }),
  );
  const result = (id: string, outcome: TestResult['outcome'], message = ''): TestResult => ({
    id,
    outcome,
    seconds: 1,
    message,
  });
  const compare = (results: readonly TestResult[], tests = collected) =>
    compareWithManifest(manifest, tests, results, judge(tests, results));

  it('is good if everything is as the manifest says', () => {
    const comparison = compare([
      result('t.py::test_kept', 'passed'),
      result('t.py::test_lost', 'passed'),
      result('t.py::test_topic', 'failed'),
      result('t.py::test_won', 'failed'),
    ]);
    expect(isGood(comparison)).toBe(true);
    expect(comparison.newlyPassing).toEqual([]);
  });

  it('tells regressions from what passes at last', () => {
    const comparison = compare([
      result('t.py::test_kept', 'passed'),
      result('t.py::test_lost', 'failed', 'assert 501 == 200'),
      result('t.py::test_won', 'passed'),
    ]);
    expect(comparison.regressions.map(({ id }) => id)).toEqual(['t.py::test_lost']);
    expect(comparison.newlyPassing).toEqual(['t.py::test_won']);
    expect(isGood(comparison)).toBe(false);
  });

  it('does not take a test that was left out for one that passes', () => {
    const comparison = compare([result('t.py::test_kept', 'skipped', 'no api_name configured')]);
    expect(comparison.regressions).toHaveLength(1);
    expect(comparison.unexplainedSkips).toHaveLength(1);
  });

  it('tells ids that only one side knows', () => {
    const comparison = compare([], [...collected.slice(1), { id: 't.py::test_new', markers: [] }]);
    expect(comparison.unknown).toEqual(['t.py::test_new']);
    expect(comparison.gone).toEqual(['t.py::test_kept']);
    expect(isGood(comparison)).toBe(false);
  });

  it('has one verdict for the phases of a test: a clean-up that fails counts', () => {
    const phase = (id: string, name: string, outcome: string, message = '') =>
      `${JSON.stringify({ id, phase: name, outcome, seconds: 1, message })}\n`;
    const lines = [
      phase('a', 'setup', 'passed'),
      phase('a', 'call', 'passed'),
      phase('a', 'teardown', 'failed', 'BucketNotEmpty'),
      phase('b', 'setup', 'passed'),
      phase('b', 'call', 'skipped', 'requires 3 or more storage classes'),
      phase('b', 'teardown', 'passed'),
      phase('c', 'call', 'passed'),
    ].join('');
    expect(readResults(lines, ['a', 'b', 'c', 'd'])).toEqual([
      { id: 'a', outcome: 'failed', seconds: 3, message: 'teardown: BucketNotEmpty' },
      { id: 'b', outcome: 'skipped', seconds: 3, message: 'requires 3 or more storage classes' },
      { id: 'c', outcome: 'passed', seconds: 1, message: '' },
      { id: 'd', outcome: 'failed', seconds: 0, message: 'pytest reported nothing' },
    ]);
  });
});

describe('a set', () => {
  it('is the narrowest that all markers of a test allow', () => {
    expect(narrowestSet([])).toBe('core');
    expect(narrowestSet(['tagging', 'sse_s3'])).toBe('aws');
    expect(narrowestSet(['sse_s3', 'fails_on_aws'])).toBe('s3');
    expect(narrowestSet(['fails_on_aws', 'iam_user'])).toBe('all');
  });
});
