import { JunkAnswer, LateAnswer, LeftHost, RefusedAnswer } from './hubspot-failure.js';

/** How often one request is made at most: after a refusal that proves that nothing was done, and after any other failure. */
const MOST_WHEN_REFUSED = 6;
const MOST_WHEN_LOST = 3;
/** The first wait after a lost answer, in ms; four times as long each time. */
const FIRST_BACK_OFF = 1_000;
/** The waits, in ms, where HubSpot names none: the limits' own windows, and what its documentation asks for (reference 1.5). */
const WAITS: Readonly<Record<string, number>> = {
  TEN_SECONDLY_ROLLING: 10_000,
  SECONDLY: 1_000,
  423: 2_000,
  477: 10_000,
};
const OTHER_LIMIT = 10_000;
/** A longer wait than this, in ms, is left to the engine. */
export const LONGEST_WAIT = 60_000;

/** What to do after a failed attempt. */
export type Plan =
  | {
      readonly next: 'again';
      /** ms */ readonly wait: number;
      /** Whether others have to wait too. */ readonly block: boolean;
    }
  /** `wait`: when it may work again, in ms from now, where that is known. */
  | { readonly next: 'give up'; readonly wait?: number | undefined };

/** Decides by the failure and the number of attempts so far; what changes the portal is repeated only after a refusal. */
export function planAfter(failure: unknown, attempts: number, isRead: boolean): Plan {
  if (failure instanceof RefusedAnswer && [423, 429, 477].includes(failure.status)) {
    return planAfterRefusal(failure, attempts);
  }
  if (!isRead || attempts >= MOST_WHEN_LOST || !isPassing(failure)) return { next: 'give up' };
  return { next: 'again', wait: FIRST_BACK_OFF * 4 ** (attempts - 1), block: false };
}

/** Whether the same request may well work a little later. */
function isPassing(failure: unknown): boolean {
  if (failure instanceof LeftHost) return false;
  if (failure instanceof RefusedAnswer) return failure.status >= 500;
  return failure instanceof JunkAnswer || failure instanceof LateAnswer || failure instanceof Error;
}

function planAfterRefusal(refused: RefusedAnswer, attempts: number): Plan {
  const limited = refused.status === 429;
  if (limited && refused.policy === 'DAILY') return { next: 'give up' };
  const wait = refused.retryAfter ?? WAITS[limited ? refused.policy : refused.status] ?? OTHER_LIMIT;
  if (attempts >= MOST_WHEN_REFUSED || wait > LONGEST_WAIT) return { next: 'give up', wait };
  return { next: 'again', wait, block: limited };
}
