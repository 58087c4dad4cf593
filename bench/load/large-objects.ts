/** Load of large objects: a small client over raw sockets, in a process of its own. */
import { join } from 'node:path';
import { type Layout, onCores } from '../layout.ts';
import { nodeCommand, runForJson } from '../processes.ts';

export interface LargeLoad {
  readonly host: string;
  readonly port: number;
  /** See `writeRequests`. Each is sent once, by the first connection that is free. */
  readonly requestsFile: string;
  readonly connections: number;
  /** Sent after each head; 0 for GET. */
  readonly uploadBytes: number;
  /** Each answer's body has as many, or the run fails; undefined where they don't matter. */
  readonly answerBytes: number | undefined;
}

export interface LargeResult {
  readonly requests: number;
  readonly durationUs: number;
  /** Bodies only, both ways. */
  readonly bytes: number;
  readonly p50Us: number;
  readonly cpuUs: number;
}

const client = join(import.meta.dirname, 'large-objects-client.ts');

export async function runLargeObjects(layout: Layout, load: LargeLoad): Promise<LargeResult> {
  const command = nodeCommand(client, JSON.stringify(load));
  return (await runForJson(onCores(layout, layout.generatorCores, command))) as LargeResult;
}
