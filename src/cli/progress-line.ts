/** One line on a terminal that says how far a command is; nothing where nobody looks. */

const refreshMs = 250;
const clearLine = '\r\x1b[K';

export interface ProgressLine {
  /** Shows what `text` says, over and over, until `clear`. */
  follow(text: () => string): void;
  clear(): void;
}

interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export function createProgressLine(terminal: Terminal): ProgressLine {
  let timer: NodeJS.Timeout | undefined;
  const clear = (): void => {
    if (timer === undefined) return;
    clearInterval(timer);
    timer = undefined;
    terminal.write(clearLine);
  };
  return {
    follow(text) {
      clear();
      if (terminal.isTTY !== true) return;
      const show = (): void => {
        // A line that wraps could not be taken back.
        terminal.write(clearLine + text().slice(0, (terminal.columns ?? 80) - 1));
      };
      timer = setInterval(show, refreshMs);
    },
    clear,
  };
}
