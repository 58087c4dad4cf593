/** An explanation of access in words: the server's over the admin API, and that of a data directory. */
import type { AccessExplanation } from './explain-access.ts';

/** As JSON has it: what is undefined is left out, and words are any. */
type ToldExplanation = Omit<AccessExplanation, 'code' | 'caller' | 'considered'> & {
  readonly code?: string | undefined;
  readonly caller?: string | undefined;
  readonly considered: readonly {
    readonly name: string;
    readonly effect: string;
    readonly because: string;
  }[];
};

/** For people: the answer, what decided it, and everything that was looked at. */
export function explanationText(explanation: ToldExplanation): string {
  const { allowed, code, reason, decidedBy, considered } = explanation;
  const who = explanation.caller ?? 'nobody in particular';
  const verdict = allowed ? 'Allowed' : `Refused (${code})`;
  const lines = [
    `${verdict}: ${explanation.action} on ${explanation.resource} by ${who}, in namespace ${explanation.namespace}.`,
    `  ${reason}`,
    ...(explanation.dependsOnDocument
      ? [
          "  A policy asks what the request's document says, which was not given: it counts as fitting.",
        ]
      : []),
    `Decided by: ${decidedBy.length === 0 ? 'nothing allows it' : decidedBy.join('; ')}`,
    ...(considered.length === 0 ? [] : ['Looked at, in order:']),
    ...considered.map(({ name, effect, because }) => `  ${effect.padEnd(5)}  ${name}: ${because}`),
  ];
  return `${lines.join('\n')}\n`;
}
