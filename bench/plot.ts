/**
 * `npx tsx bench/plot.ts [SAMPLES] [--out FILE] [--write-docs]`: the samples of a soak as a picture
 * beside them or at `--out`; with `--write-docs` as `docs/soak.svg` and `docs/soak.md`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { drawPicture } from './plot/panels.ts';
import { soakPage } from './plot/soak-page.ts';
import { soakPicture } from './plot/soak-picture.ts';
import { type SoakLine, soakFile } from './soak/lines.ts';

const docs = join(import.meta.dirname, '..', 'docs');
const docsPicture = 'soak.svg';

function readLines(file: string): readonly SoakLine[] {
  const texts = readFileSync(file, 'utf8').split('\n');
  return texts.filter((text) => text !== '').map((text) => JSON.parse(text) as SoakLine);
}

function plot(file: string, out: string, writeDocs: boolean): void {
  const lines = readLines(file);
  const run = lines.find((line) => line.line === 'run');
  const samples = lines.filter((line) => line.line === 'sample');
  const events = lines.filter((line) => line.line === 'event');
  const summary = lines.find((line) => line.line === 'summary');
  if (run === undefined || samples.length === 0) throw new Error(`${file} has no samples.`);
  const picture = drawPicture(soakPicture(run, samples, events));
  if (!writeDocs) {
    writeFileSync(out, picture);
    return;
  }
  if (summary === undefined) throw new Error(`The soak of ${file} did not come to its end.`);
  writeFileSync(join(docs, docsPicture), picture);
  writeFileSync(join(docs, 'soak.md'), soakPage({ run, samples, events, summary }, docsPicture));
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { out: { type: 'string' }, 'write-docs': { type: 'boolean', default: false } },
  });
  const [file = soakFile] = positionals;
  plot(file, values.out ?? `${file.replace(/\.jsonl$/, '')}.svg`, values['write-docs']);
} catch (error) {
  console.error(`plot: ${(error as Error).message}`);
  process.exitCode = 1;
}
