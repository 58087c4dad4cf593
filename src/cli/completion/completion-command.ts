/**
 * `kist completion`: what makes a shell complete kist's command lines. The shell asks `kist complete` at each Tab, which
 * is not in the help: it prints a line that says what the shell is to do, then candidates with a tab before their
 * description.
 */
import { Argument, Command } from 'commander';
import { complete } from './candidates.ts';
import { shellScripts } from './shell-scripts.ts';

const help = `
Examples:
  kist completion bash > ~/.local/share/bash-completion/completions/kist
  kist completion zsh > ~/.zfunc/_kist        with ~/.zfunc in fpath, before compinit
  kist completion fish > ~/.config/fish/completions/kist.fish`;

export function createCompletionCommand(): Command {
  return new Command('completion')
    .description('Print what makes a shell complete commands, options and names.')
    .addArgument(new Argument('<shell>', 'whose').choices(Object.keys(shellScripts)))
    .addHelpText('after', help)
    .action((shell: keyof typeof shellScripts) => {
      process.stdout.write(shellScripts[shell]);
    });
}

/** @param program with all commands loaded */
export function createCompleteCommand(program: Command): Command {
  return new Command('complete')
    .argument('[words...]', 'of the command line, up to the one that is being written')
    .action(async (words: readonly string[]) => {
      const { findRemoteNames } = await import('./remote-names.ts');
      const { candidates, files } = await complete(program, words, async (kind, word, alias) => {
        try {
          return await findRemoteNames(kind, word, alias);
        } catch {
          // No server, no keys: there is nothing to choose from, and nowhere to say why.
          return [];
        }
      });
      const isOpen = candidates.some(({ value }) => /[/=]$/.test(value));
      const directive = files ? 'files' : isOpen ? 'open' : 'closed';
      const lines = candidates.map(({ value, description }) =>
        description === undefined ? value : `${value}\t${description}`,
      );
      process.stdout.write(`${[directive, ...lines].join('\n')}\n`);
    });
}
