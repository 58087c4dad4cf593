/** A page with the client in it, in a real browser, on an origin of its own that is no secure context. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright-core';
import type { Scenarios } from '../fixtures/page.ts';
import { bundleForBrowser } from './bundle.ts';
import { findChromium } from './chromium.ts';

/** Of another site than 127.0.0.1, and, over plain HTTP, without what browsers keep for secure contexts. */
const hostname = 'page.test';
const fixture = './test/typescript-client/fixtures/page.ts';
const program = `
  import * as kist from 'kist/client';
  import { scenariosOf } from '${fixture}';
  globalThis.scenarios = scenariosOf(kist);
`;
const html = '<!doctype html><script type="module" src="/entry.js"></script>';

export interface BrowserPage {
  readonly origin: string;
  /** Runs a scenario in the page. */
  run<Name extends keyof Scenarios>(
    name: Name,
    ...args: Parameters<Scenarios[Name]>
  ): Promise<Awaited<ReturnType<Scenarios[Name]>>>;
  close(): Promise<void>;
}

export async function openPage(): Promise<BrowserPage> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error('No chromium here: run `npx tsx scripts/setup-tests.ts` first.');
  }
  const { files } = await bundleForBrowser(program);
  const server = createServer(({ url = '/' }, response) => {
    const file = files.get(url.slice(1));
    if (url === '/') response.setHeader('content-type', 'text/html').end(html);
    else if (file === undefined) response.writeHead(404).end();
    else response.setHeader('content-type', 'text/javascript').end(file);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://${hostname}:${(server.address() as AddressInfo).port}`;
  const browser = await chromium.launch({
    executablePath,
    args: [`--host-resolver-rules=MAP ${hostname} 127.0.0.1`],
  });
  const page = await browser.newPage();
  await page.goto(origin);
  await page.waitForFunction('globalThis.scenarios !== undefined');
  return {
    origin,
    run: (name, ...args) =>
      page.evaluate(
        ([scenario, given]) => {
          const { scenarios } = globalThis as unknown as {
            scenarios: Record<string, (...args: readonly unknown[]) => Promise<never>>;
          };
          return scenarios[scenario]!(...given);
        },
        [name, args] as const,
      ),
    async close() {
      await browser.close();
      server.close();
      server.closeAllConnections();
    },
  };
}
