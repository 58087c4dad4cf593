/**
 * TXT records for dns-01 (RFC 8555, section 8.4), set by a program of the user's: `HOOK set NAME VALUE`, and later
 * `HOOK unset NAME VALUE`. It gets nothing of the server's configuration, and a bounded time.
 */
import { spawn } from 'node:child_process';
import type { Log } from '../../observe/log.ts';

/** Of each call's output, in the log. */
const maxOutputBytes = 4_096;

export interface DnsHook {
  /** Rejects, in words, if the program fails. */
  call(action: 'set' | 'unset', name: string, value: string): Promise<void>;
  /** Kills what runs; nothing is called any more. */
  close(): void;
}

export interface DnsHookOptions {
  /** A path. */
  readonly program: string;
  readonly timeoutMs: number;
  /** The server's; variables of its own settings, which hold secrets, are left out. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Pick<Log, 'info'>;
}

export function createDnsHook({ program, timeoutMs, env, log }: DnsHookOptions): DnsHook {
  const running = new Set<() => void>();
  let closed = false;
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !/^KIST_/i.test(name)));

  async function call(action: string, name: string, value: string): Promise<void> {
    if (closed) throw new Error(`acmeDnsHook ${program} ${action} ${name}: the server is stopping`);
    // A group of its own, so that a kill reaches what it started.
    const child = spawn(program, [action, name, value], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: own,
    });
    let output = '';
    const hear = (data: Buffer): void => {
      output = (output + data.toString('utf8')).slice(0, maxOutputBytes);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    const kill = (): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    };
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      kill();
    }, timeoutMs);
    running.add(kill);
    try {
      const how = await new Promise<string>((resolve, reject) => {
        child.once('error', (cause) => reject(new Error(reasonOf(cause), { cause })));
        child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
      });
      log.info('acme dns hook', { action, record: name, how, output: output.trim() });
      if (isLate) throw new Error(`it did not end within ${timeoutMs} ms`);
      if (how !== 'exit code 0') throw new Error(`it ended with ${how}`);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`acmeDnsHook ${program} ${action} ${name}: ${reason}`, { cause });
    } finally {
      clearTimeout(timer);
      running.delete(kill);
    }
  }

  return {
    call,
    close: () => {
      closed = true;
      for (const kill of running) kill();
    },
  };
}

function reasonOf(error: Error & { readonly code?: string }): string {
  if (error.code === 'ENOENT') return 'there is no such program';
  if (error.code === 'EACCES') return 'it may not be executed';
  return error.message;
}
