import { z } from 'zod';

/** The part of an answer to `/limits` that counts (REST API Developer Guide, Limits). */
const limitsSchema = z.object({
  DailyApiRequests: z.object({ Max: z.int().positive(), Remaining: z.int().nonnegative() }),
});

/** How many API calls an org has used of those that it has in 24 hours. */
export interface CallsCounted {
  readonly used: number;
  readonly limit: number;
  /** When it was said; ms since 1970. */
  readonly at: number;
}

const NEVER: CallsCounted = { used: 0, limit: Infinity, at: -Infinity };

/** The API calls of one org, as Salesforce last counted them. */
export class ApiUsage {
  #count = NEVER;

  get count(): CallsCounted {
    return this.#count;
  }

  /** Reads the `Sforce-Limit-Info` header of an answer, such as `api-usage=18/15000`. */
  readHeader(header: string, now: Date): void {
    const [, used, limit] = /(?:^|[\s;,])api-usage=(\d+)\/(\d+)/.exec(header) ?? [];
    if (used === undefined || limit === undefined || Number(limit) === 0) return;
    this.#count = { used: Number(used), limit: Number(limit), at: now.getTime() };
  }

  /** Reads an answer to `/limits`; false when it is none. */
  readLimits(answer: unknown, now: Date): boolean {
    const parsed = limitsSchema.safeParse(answer);
    if (!parsed.success) return false;
    const { Max: limit, Remaining: remaining } = parsed.data.DailyApiRequests;
    this.#count = { used: limit - remaining, limit, at: now.getTime() };
    return true;
  }

  /** Salesforce does not tell this user: nothing keeps it from calling until a call is refused. */
  hide(now: Date): void {
    this.#count = { ...NEVER, at: now.getTime() };
  }
}

const USAGES = new Map<string, ApiUsage>();

/** The calls of the org that a login leads to: one count for all sessions of this process. */
export function usageOf({ org, origin }: { readonly org: string; readonly origin: string }): ApiUsage {
  const key = `${origin} ${org}`;
  const usage = USAGES.get(key) ?? new ApiUsage();
  USAGES.set(key, usage);
  return usage;
}
