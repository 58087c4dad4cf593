/**
 * What the client weighs in a page beside AWS's, as a Markdown table: `npx tsx scripts/client-sizes.ts`, after a
 * build. Minified by esbuild, each file compressed by gzip; what is only loaded when it is needed is not counted.
 */
import { bundleForBrowser, programs, weightOf } from '../test/typescript-client/support/bundle.ts';

const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1);

console.log('| a page that has | client | kB minified | kB gzip |');
console.log('| --- | --- | ---: | ---: |');
for (const [work, clients] of Object.entries(programs)) {
  for (const [client, program] of Object.entries(clients)) {
    const { plain, gzip } = weightOf(await bundleForBrowser(program));
    console.log(`| ${work} | ${client} | ${kilobytes(plain)} | ${kilobytes(gzip)} |`);
  }
}
