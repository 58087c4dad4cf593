/**
 * What a command that speaks with servers has while it runs: clients by their alias, output, a signal that Ctrl-C
 * aborts; and how it ends.
 */
import { setMaxListeners } from 'node:events';
import { type Client, createFullClient } from '../client/create-client.ts';
import { nodeRuntime } from '../client/node/node-runtime.ts';
import { tellingUnreached } from '../client/node/patient-sender.ts';
import type { Runtime } from '../client/runtime.ts';
import { type Alias, defaultAliasName, findAlias } from './alias/aliases.ts';
import { CommandError, exitCodes } from './command-error.ts';
import { explained } from './explain.ts';
import { interruptible } from './interruptible.ts';
import { createOutput, errorFields, type Output } from './output.ts';
import { limitedRate } from './rate-limit.ts';

/** Attempts of a request: transfers go on for long, and a server may be started anew meanwhile. */
const maxAttempts = 5;

export interface SessionFlags {
  readonly json?: boolean | undefined;
  /** Bytes a second, of all that is sent and received. */
  readonly limitRate?: number | undefined;
  /** Instead of that of the alias. */
  readonly signatureVersion?: 's3v4' | 's3' | undefined;
}

export interface Session {
  readonly out: Output;
  readonly signal: AbortSignal;
  /** One client for each alias. @param alias the default one if undefined */
  connect(alias: string | undefined): Client;
  aliasOf(alias: string | undefined): Alias;
}

class Interrupted extends Error {}

/**
 * Runs a command's work to its end.
 * @param work gives the exit code; 0 if undefined
 * @throws CommandError with what, why and what to do
 */
export async function inSession(
  flags: SessionFlags,
  // biome-ignore lint/suspicious/noConfusingVoidType: commands that have nothing to say
  work: (session: Session) => Promise<number | void>,
): Promise<number> {
  const out = createOutput(flags.json ?? false);
  const clients = new Map<string, Client>();
  const aliases = new Map<string, Alias>();
  const reached = tellingUnreached(nodeRuntime);
  const runtime: Runtime =
    flags.limitRate === undefined ? reached : limitedRate(reached, flags.limitRate);

  const aliasOf = (given: string | undefined): Alias => {
    const name = given ?? defaultAliasName(process.env);
    const known = aliases.get(name) ?? findAlias(name, process.env);
    aliases.set(name, known);
    return known;
  };
  const connect = (given: string | undefined): Client => {
    const alias = aliasOf(given);
    const known = clients.get(alias.name);
    if (known !== undefined) return known;
    const { signatureVersion } = flags;
    const client = createFullClient(runtime, {
      maxAttempts,
      ...alias.client,
      ...(signatureVersion && { signatureVersion }),
    });
    clients.set(alias.name, client);
    return client;
  };

  try {
    return await interruptible(
      () => new Interrupted(),
      async (signal) => {
        // Each request under way listens to it.
        setMaxListeners(0, signal);
        try {
          return (await work({ out, signal, connect, aliasOf })) ?? 0;
        } catch (error) {
          if (signal.aborted) return interrupted(out);
          throw error;
        }
      },
    );
  } catch (error) {
    if (out.json) out.record({ type: 'error', ...errorFields(error) });
    throw error instanceof CommandError ? error : explained(error);
  } finally {
    for (const client of clients.values()) client.close();
    await out.flush();
  }
}

function interrupted(out: Output): number {
  out.note('Interrupted. Run it again to go on.');
  return exitCodes.interrupted;
}
