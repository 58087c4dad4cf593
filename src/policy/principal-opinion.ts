/**
 * What a user's or a session's own policies say, within its permissions boundary and what its session was narrowed
 * to ("Policy evaluation logic" in the IAM user guide). A denial in any of them counts; a permission has to be in
 * all.
 */
import type { NamedPolicy, Principal } from '../identity/identity.ts';
import type { PolicyRequest } from './language/document.ts';
import { type Finding, namedVerdict, type Witness } from './witness.ts';

/** What somebody's policies are asked. */
export interface PolicyQuestion {
  /** `s3:GetObject` */
  readonly action: string;
  readonly request?: PolicyRequest | undefined;
}

export interface PolicyOpinion {
  readonly effect: 'allow' | 'deny';
  /** What says so, as findings name it. */
  readonly by: string;
  readonly reason: string;
}

type ListKind = 'boundary' | 'identity-policy' | 'session-policy';

/** A denial, a permission within all bounds, or nothing. */
export function principalSays(
  principal: Principal,
  question: PolicyQuestion,
  witness?: Witness,
): PolicyOpinion | undefined {
  const { policies, boundary, session } = principal;
  const allowed = ask(policies, question, 'identity-policy', witness);
  if (allowed?.effect === 'deny') return allowed;
  const bounds =
    boundary === undefined
      ? undefined
      : (ask([boundary], question, 'boundary', witness) ?? 'silent');
  if (typeof bounds === 'object' && bounds.effect === 'deny') return bounds;
  const narrowed =
    session === undefined
      ? undefined
      : (ask(session, question, 'session-policy', witness) ?? 'silent');
  if (typeof narrowed === 'object' && narrowed.effect === 'deny') return narrowed;
  if (bounds === 'silent') witness?.saw(silence(boundName(principal), 'boundary', question));
  if (narrowed === 'silent')
    witness?.saw(silence(sessionName(principal), 'session-policy', question));
  return bounds === 'silent' || narrowed === 'silent' ? undefined : allowed;
}

const boundName = ({ arn, boundary }: Principal): string =>
  `${boundary?.name}, the permissions boundary of ${arn}`;

const sessionName = ({ arn }: Principal): string => `the session policy of ${arn}`;

const silence = (name: string, kind: ListKind, { action }: PolicyQuestion): Finding => ({
  kind,
  name,
  effect: 'none',
  because: `no statement of it allows ${action}`,
});

/** Whether a session, whatever its user or role may, was left the right. */
export function sessionAllows({ session }: Principal, question: PolicyQuestion): boolean {
  return session === undefined || ask(session, question, 'session-policy')?.effect === 'allow';
}

/** All policies of a list at once: a denial of any wins. */
function ask(
  policies: readonly NamedPolicy[],
  { action, request }: PolicyQuestion,
  kind: ListKind,
  witness?: Witness,
): PolicyOpinion | undefined {
  if (request === undefined) throw new Error('policies of a user were asked without a request');
  let allowed: PolicyOpinion | undefined;
  for (const named of policies) {
    const verdict = namedVerdict(named, request, witness, kind);
    if (verdict === undefined) continue;
    const by = `statement ${verdict.statement} of ${named.name}`;
    if (verdict.effect === 'Deny') return { effect: 'deny', by, reason: `${by} denies ${action}` };
    allowed ??= { effect: 'allow', by, reason: `${by} allows ${action}` };
  }
  return allowed;
}

/** Where `principalSays` has nothing to say: which bound doesn't allow it, or none where no policy does. */
export function whatIsLacking(
  principal: Principal,
  question: PolicyQuestion,
): { readonly by: string | undefined; readonly reason: string } {
  const { arn, boundary, session } = principal;
  const { action } = question;
  const nothing = { by: undefined, reason: `no policy of ${arn} allows ${action}` };
  if (ask(principal.policies, question, 'identity-policy') === undefined) return nothing;
  const isBound = boundary !== undefined && ask([boundary], question, 'boundary') === undefined;
  if (!isBound && session === undefined) return nothing;
  const by = isBound ? boundName(principal) : sessionName(principal);
  return { by, reason: `${by}${isBound ? ',' : ''} doesn't allow ${action}` };
}

/** The same in words. */
export const whyPrincipalMayNot = (principal: Principal, question: PolicyQuestion): string =>
  whatIsLacking(principal, question).reason;
