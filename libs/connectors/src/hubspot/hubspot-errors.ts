import { FatalError, type Reason, RetryableError } from '@cloudtalk-sync/errors';
import { JunkAnswer, LateAnswer, LeftHost, RefusedAnswer } from './hubspot-failure.js';

type Recovery = 'retry' | 'fatal';
type Row = readonly [recovery: Recovery, code: string, message: string, fix: string];

const WAIT = 'Nothing to do unless it lasts: it is tried again. If it lasts, look at status.hubspot.com.';
const TOKEN = 'Make a new Service Key or private-app token in HubSpot, and put it where accessToken comes from.';

/** HubSpot's statuses (reference 1.5 to 1.7) in our words; `%` stands for what was asked, `$` for HubSpot's own words. */
const STATUSES: Readonly<Record<number, Row>> = {
  400: [
    'fatal',
    'request_refused',
    'HubSpot refused %$.',
    'Run check for this connection; it names what does not fit.',
  ],
  401: ['fatal', 'token_refused', 'HubSpot refused the access token when asked for %.', TOKEN],
  403: ['fatal', 'access_denied', 'HubSpot denies access to %$.', 'Give the token the rights for it, in HubSpot.'],
  404: [
    'fatal',
    'not_found',
    'HubSpot does not have %$.',
    'Correct basePath or list of the connection, whichever names it.',
  ],
  413: ['fatal', 'request_too_large', 'HubSpot finds the request for % too large.', 'Map fewer properties.'],
  414: ['fatal', 'request_too_large', 'HubSpot finds the request for % too long.', 'Map fewer properties.'],
  423: ['retry', 'locked', 'HubSpot has locked % for the moment.', WAIT],
  431: ['fatal', 'request_too_large', 'HubSpot finds the request for % too long.', 'Map fewer properties.'],
  477: ['retry', 'migrating', 'HubSpot is moving this portal to another data centre.', WAIT],
};

/** The limits behind a 429 by policyName. */
const LIMITS: Readonly<Record<string, Row>> = {
  DAILY: [
    'retry',
    'daily_limit',
    'The requests that HubSpot grants this portal for today are used up.',
    'It goes on after midnight in the time zone of the portal; let other tools ask less, or buy a higher limit.',
  ],
  SECONDLY: [
    'retry',
    'rate_limited',
    'HubSpot takes no more searches for the moment.',
    'It goes on by itself. If it comes often, lower searchesPerSecond: the limit is shared with other tools.',
  ],
};
const OTHER_LIMIT: Row = [
  'retry',
  'rate_limited',
  'HubSpot takes no more requests for the moment.',
  'It goes on by itself. If it comes often, lower requestsPer10Seconds.',
];
const LOST: Row = ['retry', 'unreachable', 'HubSpot cannot be reached for %: $.', `Check the network. ${WAIT}`];
const JUNK_FIX = 'It is tried again. If it lasts, check that no proxy or login page answers instead of HubSpot.';
const REDIRECT_FIX = 'Check basePath, and that no proxy or login page stands between. Nothing was sent to that host.';

/** What is known when a request has failed for good. */
export interface Failed {
  /** What was asked for, as `the contacts`. */
  readonly what: string;
  /** When it may work again, where that is known. */
  readonly retryAt?: Date | undefined;
}

/** Whatever a request ended with as RetryableError or FatalError, with the failure as its cause. */
export function translate(failure: unknown, { what, retryAt }: Failed): FatalError | RetryableError {
  const [recovery, code, message, fix] = rowOf(failure);
  const reason: Reason = { code, message: message.replace('%', () => what).replace('$', () => wordsOf(failure)), fix };
  if (recovery === 'fatal') return new FatalError(reason, { cause: failure });
  return new RetryableError(reason, { cause: failure, retryAt });
}

/** HubSpot's refusal behind one of our errors, if that is what it came from. */
export function refusalBehind(error: unknown): RefusedAnswer | undefined {
  return error instanceof Error && error.cause instanceof RefusedAnswer ? error.cause : undefined;
}

/** The token opens the portal `now`, but the records of the connection are of another one. */
export function otherPortal(before: string, now: string): FatalError {
  return new FatalError({
    code: 'other_portal',
    message: `The access token belongs to HubSpot portal ${now}, but this connection was read from portal ${before} before; the same ids are other people there.`,
    fix: `Use a token of portal ${before} again, or make a new connection, with another id, for portal ${now}.`,
  });
}

/** A problem with the content of an answer that came whole. */
export function incomplete(message: string): RetryableError {
  return new RetryableError({ code: 'incomplete_answer', message, fix: WAIT });
}

function rowOf(failure: unknown): Row {
  if (failure instanceof RefusedAnswer) return rowOfStatus(failure);
  if (failure instanceof LeftHost) {
    const message = `HubSpot's answer for % was a redirect to ${failure.host}, which is not followed.`;
    return ['fatal', 'redirected', message, REDIRECT_FIX];
  }
  if (failure instanceof JunkAnswer || failure instanceof SyntaxError) {
    return ['retry', 'unreadable_answer', 'The answer of HubSpot for % cannot be read: $.', JUNK_FIX];
  }
  if (failure instanceof LateAnswer) return ['retry', 'timed_out', 'HubSpot did not answer for %: $.', WAIT];
  return LOST;
}

function rowOfStatus(refused: RefusedAnswer): Row {
  const { status, scopes, policy, properties } = refused;
  if (status === 429) return LIMITS[policy] ?? OTHER_LIMIT;
  if (status === 403 && scopes.length > 0) {
    const named = scopes.join(' or ');
    const message = `HubSpot does not grant this access token %: it lacks the scope ${named}.`;
    return ['fatal', 'missing_scope', message, `Add the scope ${named} to the Service Key or private app in HubSpot.`];
  }
  if (status === 400 && properties.length > 0) {
    const message = `HubSpot refused % because of the property ${properties.join(', ')}$.`;
    return ['fatal', 'request_refused', message, 'Run check for this connection; it names what does not fit.'];
  }
  const known = STATUSES[status];
  if (known !== undefined) return known;
  if (status >= 500) return ['retry', 'unavailable', `HubSpot is in trouble (${status}) when asked for %.`, WAIT];
  return ['fatal', 'request_refused', `HubSpot refused % (${status})$.`, 'Run check for this connection.'];
}

function wordsOf(failure: unknown): string {
  if (failure instanceof RefusedAnswer) return failure.words === '' ? '' : `: ${failure.words.replace(/\.$/, '')}`;
  if (failure instanceof SyntaxError) return 'it is no whole JSON';
  return innermost(failure);
}

/** The innermost message, which names the real trouble. */
function innermost(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(error.errors[0]);
  if (error.cause instanceof Error) return innermost(error.cause);
  return error.message.replace(/^request to \S+ failed, reason: /, '') || error.name;
}
