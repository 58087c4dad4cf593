/** The version of this package. */
import { createRequire } from 'node:module';

/** From here, and from the chunks of a build, which are as deep. */
export const packageVersion = (): string => {
  const found = createRequire(import.meta.url)('../../package.json') as {
    readonly version: string;
  };
  return found.version;
};
