/** One line of the audit log: who did, or tried to do, what, from where, and what came of it. */

/** Most characters of one value in `parameters`: a policy document is told as far as it fits. */
export const maxParameterChars = 4096;
/** Most characters of a plain parameter, such as a key. */
const maxTextChars = 1536;
/** Most members of a list in `parameters`; how many there were stands beside it. */
const maxListedValues = 100;

export interface AuditWho {
  /** As the request claims it, whether it could be proven or not. */
  readonly accessKeyId?: string | undefined;
  readonly arn?: string | undefined;
  readonly account?: string | undefined;
  readonly namespace?: string | undefined;
  /** A job or command of the server itself. */
  readonly command?: string | undefined;
  /** Of the operating system. */
  readonly user?: string | undefined;
}

export interface AuditRecord {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly requestId?: string | undefined;
  /** Empty: nobody in particular. */
  readonly who: AuditWho;
  /** Address of the client; absent for the server's own doings. */
  readonly from?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly service: 's3' | 'iam' | 'sts' | 'kist';
  /** The operation's name: `DeleteObject`, `CreateUser`, `key rotate`. */
  readonly action: string;
  /** ARN of what it was on. */
  readonly resource?: string | undefined;
  readonly namespace?: string | undefined;
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
  readonly outcome: 'done' | 'denied' | 'failed';
  readonly status?: number | undefined;
  /** The error that was answered. */
  readonly code?: string | undefined;
  /** In more words than the client got. */
  readonly reason?: string | undefined;
}

/** With its line feed. What is absent is left out. */
export function auditLine({ time, ...record }: AuditRecord): string {
  const line = { time: new Date(time).toISOString(), ...record };
  return `${JSON.stringify(line, (_, value: unknown) =>
    typeof value === 'string' ? shortened(value, maxParameterChars + maxListedValues) : value,
  )}\n`;
}

const shortened = (text: string, max: number): string =>
  text.length <= max ? text : `${text.slice(0, max)}… (${text.length} characters)`;

/** Never told, wherever they stand: keys, tokens, and bodies. */
const secretMember =
  /secret|password|token|authorization|signature|SSECustomerKey|^Body$|^MFA$|^SerialNumber$/i;

/** Parameters of a request as they may be told: no secret, no stream, and no more than fits in a line. */
export function auditParameters(input: object): Readonly<Record<string, unknown>> {
  const told: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined || secretMember.test(name)) continue;
    if (typeof value === 'string') told[name] = shortened(value, maxTextChars);
    else if (typeof value !== 'object' || value === null) told[name] = value;
    else told[name] = documentText(value);
  }
  return told;
}

/** Documents are told as JSON in a text, so that a line's shape does not hang on what a client sends. */
function documentText(value: object): string {
  const text = JSON.stringify(value, (name, member: unknown) => {
    if (name !== '' && secretMember.test(name)) return undefined;
    if (Array.isArray(member) && member.length > maxListedValues) {
      return [...member.slice(0, maxListedValues), `… ${member.length} in all`];
    }
    return member;
  });
  return shortened(text, maxParameterChars);
}
