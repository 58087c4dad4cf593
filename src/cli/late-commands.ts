/**
 * Commands whose code is loaded when they are called: their names and what help says of them. So `kist serve` starts
 * without them.
 */
import type { Command } from 'commander';

/** Told how the command ended. */
export type Ended = (exitCode: number) => void;

export interface LateCommand {
  readonly name: string;
  readonly description: string;
  readonly load: (ended: Ended) => Promise<Command>;
}

export const lateCommands: readonly LateCommand[] = [
  {
    name: 'alias',
    description: 'Names for servers and their keys.',
    load: async (ended) => (await import('./alias/alias-command.ts')).createAliasCommand(ended),
  },
  {
    name: 'object',
    description: 'List, copy, move, remove, find, synchronise and share objects.',
    load: async (ended) => (await import('./object/object-command.ts')).createObjectCommand(ended),
  },
];
