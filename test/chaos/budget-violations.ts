import type { Operation } from '../../apps/sandbox/src/index.js';

/** From the start of a daemon to its end. */
export interface Life {
  readonly from: Date;
  readonly to: Date;
}

/** How long the daemon waits for an answer; what takes nearly as long, to us, it may have given up; ms. */
export const DEADLINE = 500;
const SURELY_HEARD = 400;
/**
 * A request that arrives sooner than this after an answer, in ms, may have left before the daemon had that: it reads lists
 * and sends batches at the same time.
 */
const TO_HEAR = 10;
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
 */
export function budgetViolations(
  operations: readonly Operation[],
  lives: readonly Life[],
  share: number,
): readonly string[] {
  const arrived = [...operations].sort((one, other) => one.time.getTime() - other.time.getTime());
  return arrived.flatMap((operation, index) => {
    const before = arrived.slice(0, index);
    const answer = lastKnown(before, operation.time, lives);
    const why =
      answer && (overRemaining(operation, answer, before, share) ?? overShare(operation, answer, before, share));
    if (answer === undefined || why === undefined) return [];
    const heard = answer.isOwn ? '' : ' (heard before a restart)';
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
}

function lastKnown(before: readonly Operation[], time: Date, lives: readonly Life[]): Answer | undefined {
  const present = lifeAt(lives, time);
  return before.reduce<Answer | undefined>((last, { time: asked, answered, limit, remaining, reset }) => {
    if (answered === undefined || answered.getTime() - asked.getTime() > SURELY_HEARD) return last;
    if (limit === undefined || remaining === undefined || reset === undefined) return last;
    if (time.getTime() - answered.getTime() < TO_HEAR || (last !== undefined && last.at > answered)) return last;
    const life = lifeAt(lives, answered);
    const isOwn = life === present;
    if (!isOwn && (life === undefined || life.to.getTime() - answered.getTime() < TO_STORE)) return last;
    return { at: answered, limit, remaining, resetAt: new Date(reset * 1000), isOwn };
  }, undefined);
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
