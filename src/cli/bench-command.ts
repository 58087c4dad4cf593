/** `kist bench`: load on any S3 server, and how it bore it. */
import { Argument, Command, Option } from 'commander';
import {
  type BenchOperation,
  type BenchOptions,
  benchOperations,
  parseConcurrency,
  parseDuration,
  parseObjects,
  parseOperation,
  parseSizes,
  parseWorkers,
} from './bench/options.ts';
import { chosenEndpoint, endpointOption, noOrigin, regionFrom } from './s3-environment.ts';

const defaultSize = '4KiB';
const interruptedCode = 130;

const examples = `
Operations run one after the other, each for --duration: put (a new key each time), get and
stat (of --objects that are prepared), list (pages of 1,000), delete (of what is prepared; ends
when all is gone), mixed (45 % get, 30 % stat, 15 % put, 10 % delete). Everything that was stored
is removed at the end, after Ctrl-C too.

Examples:
  kist bench                                    mixed, 4 KiB, for 10 seconds
  kist bench put get --size 1MiB --concurrency 8
  kist bench mixed --size 4KiB,4KiB,1MiB --duration 1min --json
  kist bench get --endpoint https://s3.example.com --bucket scratch

The exit code is 0 if every request succeeded, 1 otherwise, 130 after Ctrl-C.`;

interface Flags {
  readonly endpoint?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly sessionToken?: string;
  readonly region: string;
  readonly bucket?: string;
  readonly size: readonly number[];
  readonly concurrency: number;
  readonly duration: number;
  readonly objects: number;
  readonly workers: number;
  readonly json?: boolean;
}

export function createBenchCommand(ended: (exitCode: number) => void): Command {
  const command = new Command('bench')
    .description('Measure an S3 server: requests a second, and how long they take.')
    .addArgument(
      new Argument('[operations...]', `${benchOperations.join(', ')} (default: mixed)`).argParser(
        parseOperation,
      ),
    )
    .addOption(endpointOption())
    .addOption(new Option('--access-key-id <id>', 'Access key').env('AWS_ACCESS_KEY_ID'))
    .addOption(
      new Option(
        '--secret-access-key <key>',
        'Its secret; better in the environment, as other users can read command lines',
      ).env('AWS_SECRET_ACCESS_KEY'),
    )
    .addOption(
      new Option('--session-token <token>', 'Of temporary credentials').env('AWS_SESSION_TOKEN'),
    )
    .option('--region <region>', 'Region to sign for (also AWS_REGION)', regionFrom(process.env))
    .option('--bucket <name>', 'An existing bucket (default: one is made and removed)')
    .addOption(
      new Option('--size <sizes>', 'Object size, or several that are taken in turn: 4KiB,1MiB')
        .argParser(parseSizes)
        .default(parseSizes(defaultSize), defaultSize),
    )
    .option('--concurrency <number>', 'Connections, a request on each', parseConcurrency, 32)
    .addOption(
      new Option('--duration <time>', 'Of each operation: 500ms, 10s, 5min')
        .argParser(parseDuration)
        .default(10_000, '10s'),
    )
    .option('--objects <number>', 'Objects to prepare', parseObjects, 1000)
    .option('--workers <number>', 'Processes that make the load', parseWorkers, 1)
    .option('--json', 'Print the result as JSON');
  return command
    .addHelpText('after', examples)
    .action(async (named?: readonly BenchOperation[]) => {
      const options = optionsOf(command, named);
      // Late, so that no other command loads it.
      const { runBench } = await import('./bench/run.ts');
      const { renderReport } = await import('./bench/report.ts');
      const report = await runBench(options);
      const text = options.json ? `${JSON.stringify(report, null, 2)}\n` : renderReport(report);
      await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
      const failed = report.results.some(({ errors }) => Object.keys(errors).length > 0);
      ended(report.interrupted ? interruptedCode : failed ? 1 : 0);
    });
}

function optionsOf(command: Command, named: readonly BenchOperation[] = []): BenchOptions {
  const flags = command.opts<Flags>();
  const { accessKeyId, secretAccessKey, sessionToken, region, bucket } = flags;
  if (!accessKeyId || !secretAccessKey) {
    command.error(
      'error: no access key: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use --access-key-id and --secret-access-key',
    );
  }
  if (flags.workers > flags.concurrency) {
    command.error('error: every worker needs a connection: raise --concurrency');
  }
  return {
    operations: named.length === 0 ? ['mixed'] : named,
    endpoint: chosenEndpoint(flags.endpoint, process.env) ?? command.error(`error: ${noOrigin}`),
    region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) },
    bucket,
    sizes: flags.size,
    concurrency: flags.concurrency,
    durationMs: flags.duration,
    objects: flags.objects,
    workers: flags.workers,
    json: flags.json ?? false,
  };
}
