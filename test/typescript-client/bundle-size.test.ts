import { expect, test } from 'vitest';
import { bundleForBrowser, programs, weightOf } from './support/bundle.ts';

/** Bytes, compressed. */
const maxGetAndPut = 25_000;
const maxError = 4_000;

test('a page that gets and puts loads less than 25 kB, a third of what it loads of the AWS SDK', async () => {
  const work = programs['get and put'];
  const ours = weightOf(await bundleForBrowser(work.kist)).gzip;
  expect(ours).toBeLessThan(maxGetAndPut);
  expect(3 * ours).toBeLessThan(weightOf(await bundleForBrowser(work['AWS SDK'])).gzip);
});

test('a page that has every operation, and transfers, loads little more than half of the AWS SDK', async () => {
  const work = programs['every operation'];
  const ours = weightOf(await bundleForBrowser(work.kist)).gzip;
  expect(ours).toBeLessThan(0.55 * weightOf(await bundleForBrowser(work['AWS SDK'])).gzip);
});

test('what a page does not use is left out, whatever else the client has', async () => {
  const program = `import { S3Error } from 'kist/client'; globalThis.S3Error = S3Error;`;
  const bundle = await bundleForBrowser(program);
  expect(weightOf(bundle).gzip).toBeLessThan(maxError);
});

test('a page gets nothing of the server, and of Node no module', async () => {
  const { sources } = await bundleForBrowser(programs['every operation'].kist);
  const foreign = sources.filter(
    (path) => !/^(entry\.js|dist\/client\/|.*\/(@noble\/hashes|hash-wasm)\/)/.test(path),
  );
  expect(foreign).toEqual([]);
});
