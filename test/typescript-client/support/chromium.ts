/** A real Chromium: the machine's own, as it is found on PATH. */
import { findProgram } from '../../support/find-program.ts';

/** As Debian, Ubuntu, Fedora and Google call it. */
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

export function findChromium(): string | undefined {
  for (const name of names) {
    const program = findProgram(name);
    if (program !== undefined) return program;
  }
  return undefined;
}
