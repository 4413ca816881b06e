import type { Operation } from '../../apps/sandbox/src/index.js';

/** From the start of a daemon to its end. */
export interface Life {
  readonly from: Date;
  readonly to: Date;
}

/**
 * How long the daemon waits for an answer, in ms, from when its request leaves. What takes nearly as long, to us, it may
 * have given up; and what arrives sooner than this after the answer to another request may have left before that came.
 */
export const DEADLINE = 500;
const SURELY_HEARD = 400;
/** A daemon that was killed sooner than this after an answer, in ms, may not have stored yet what it said. */
const TO_STORE = 1_000;
/**
 * In a minute, less what an operation may take from its entry in the daemon's books to its arrival, in ms, there must be
 * no more than the share.
 */
const MINUTE = 60_000;
const LONGEST_WAY = 2_000;

/**
 * Replays the requests against the answers before them: none may have left that the headers of the last answer, less
 * what was sent since, did not leave to us, nor one more than our share of the limit that they named allows in a minute.
 * An answer counts for the daemon that received it, and for those after it when that one had the time to store it.
 * Where nobody knows which answer was the last that the daemon had, each that may be it must forbid the request.
 */
export function budgetViolations(
  operations: readonly Operation[],
  lives: readonly Life[],
  share: number,
): readonly string[] {
  const arrived = [...operations].sort((one, other) => one.time.getTime() - other.time.getTime());
  return arrived.flatMap((operation, index) => {
    const before = arrived.slice(0, index);
    const answers = maybeLast(before, operation, lives);
    const reasons = answers.map(
      (answer) => overRemaining(operation, answer, before, share) ?? overShare(operation, answer, before, share),
    );
    const [why] = reasons;
    if (why === undefined || reasons.includes(undefined)) return [];
    const heard = answers[0]?.isOwn ? '' : ' (heard before a restart)';
    return [`${operation.method} ${operation.path} at ${operation.time.toISOString()} ${why}${heard}`];
  });
}

/** An answer whose headers reached the daemon. */
interface Answer {
  readonly at: Date;
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: Date;
  /** Whether it was given to the daemon that sent the request in question. */
  readonly isOwn: boolean;
  /** Whether that daemon surely had it when it sent the request. */
  readonly isSure: boolean;
}

/** The last answer that the daemon surely had when it sent a request, and those after it, which it may have had. */
function maybeLast(before: readonly Operation[], request: Operation, lives: readonly Life[]): readonly Answer[] {
  const answers = before
    .flatMap((operation) => answerTo(operation, request, lives) ?? [])
    .sort((one, other) => one.at.getTime() - other.at.getTime());
  const sure = answers.findLastIndex(({ isSure }) => isSure);
  return sure < 0 ? [] : answers.slice(sure);
}

/** The answer to an operation as it was known when a later request left; undefined when it came later, or never. */
function answerTo(
  { answered: at, limit, port, remaining, reset, time }: Operation,
  request: Operation,
  lives: readonly Life[],
): Answer | undefined {
  if (at === undefined || at > request.time) return undefined;
  if (limit === undefined || remaining === undefined || reset === undefined) return undefined;
  const life = lifeAt(lives, at);
  const isOwn = life === lifeAt(lives, request.time);
  const isStored = isOwn || (life !== undefined && life.to.getTime() - at.getTime() >= TO_STORE);
  const isInTime = at.getTime() - time.getTime() <= SURELY_HEARD && request.time.getTime() - at.getTime() >= DEADLINE;
  /** A connection carries one request after the other. */
  const isOnItsConnection = isOwn && port !== undefined && port === request.port;
  const isSure = isOnItsConnection || (isStored && isInTime);
  return { at, limit, remaining, resetAt: new Date(reset * 1000), isOwn, isSure };
}

function lifeAt(lives: readonly Life[], time: Date): Life | undefined {
  return lives.findLast(({ from }) => from <= time);
}

function overRemaining(
  { time }: Operation,
  { at, limit, remaining, resetAt }: Answer,
  before: readonly Operation[],
  share: number,
): string | undefined {
  if (time >= resetAt) return undefined;
  const sent = before.filter((operation) => operation.time > at).length;
  const ours = remaining - (limit - shareOf(limit, share));
  if (sent + 1 <= ours) return undefined;
  const said = `${remaining} of ${limit} left until ${resetAt.toISOString()}`;
  return `was not ours: the answer at ${at.toISOString()} said ${said}, and we had sent ${sent} since`;
}

/** The limit that a daemon before it heard of counts while that window is open. */
function overShare(
  { time }: Operation,
  { limit, resetAt, isOwn }: Answer,
  before: readonly Operation[],
  share: number,
): string | undefined {
  if (!isOwn && time >= resetAt) return undefined;
  const since = time.getTime() - MINUTE + LONGEST_WAY;
  const sent = before.filter((operation) => operation.time.getTime() > since).length + 1;
  const ours = shareOf(limit, share);
  return sent <= ours ? undefined : `was number ${sent} in a minute, and ${ours} of ${limit} are ours`;
}

function shareOf(limit: number, share: number): number {
  return Math.max(1, Math.floor(limit * share + 1e-9));
}
