import { randomBytes } from 'node:crypto';
import type { QueryResult } from './soql-run.js';
import { VendorError } from './vendor-error.js';

/** How long a locator lives unless told otherwise; ms (Salesforce: 15 minutes of idleness). */
const LIFETIME = 15 * 60_000;
/** A user has at most so many open cursors; the oldest goes (Salesforce: 10). */
const MOST_OPEN = 10;
/** Salesforce raises a smaller batch size to 200 and lowers a larger one to 2,000. */
const SMALLEST_PAGE = 200;
export const LARGEST_PAGE = 2_000;

interface Open {
  readonly result: QueryResult;
  readonly pageSize: number;
  usedAt: number;
}

/** The results of queries that did not fit on their first page. */
export class QueryLocators {
  readonly #open = new Map<string, Open>();

  constructor(
    private readonly now: () => Date,
    private readonly lifetime: number = LIFETIME,
  ) {}

  /** The first page; what is left waits behind its `nextRecordsUrl`. Throws EXCEEDED_ID_LIMIT for groups that need a second. */
  begin(result: QueryResult, pageSize: number, base: string): object {
    if (result.size <= pageSize) return { totalSize: result.size, done: true, records: result.show(0, result.size) };
    if (result.isAggregate === true) throw onePageOnly();
    const locator = `01g${randomBytes(9).toString('hex').slice(0, 15)}`;
    for (const oldest of [...this.#open.keys()].slice(0, Math.max(0, this.#open.size + 1 - MOST_OPEN))) {
      this.#open.delete(oldest);
    }
    const open = { result, pageSize, usedAt: this.now().getTime() };
    this.#open.set(locator, open);
    return page(locator, open, 0, base);
  }

  /** The page that a locator such as `01g...-2000` leads to; throws INVALID_QUERY_LOCATOR. */
  more(name: string, base: string): object {
    const [, locator = '', from = ''] = /^(.+)-(\d+)$/.exec(name) ?? [];
    const open = this.#open.get(locator);
    const now = this.now().getTime();
    if (open === undefined || now - open.usedAt > this.lifetime) {
      throw new VendorError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
    }
    open.usedAt = now;
    return page(locator, open, Number(from), base);
  }

  expire(): void {
    this.#open.clear();
  }
}

function onePageOnly(): VendorError {
  const message = 'Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch';
  return new VendorError(400, 'EXCEEDED_ID_LIMIT', message);
}

function page(locator: string, { result, pageSize }: Open, from: number, base: string): object {
  const to = Math.min(from + pageSize, result.size);
  const done = to === result.size;
  return {
    totalSize: result.size,
    done,
    ...(done ? {} : { nextRecordsUrl: `${base}/query/${locator}-${to}` }),
    records: result.show(from, to),
  };
}

/** What a page holds for a request with this `Sforce-Query-Options` header. */
export function pageSizeOf(header: string | undefined, longest: number): number {
  const asked = Number(/batchSize=(\d+)/.exec(header ?? '')?.[1] ?? LARGEST_PAGE);
  return Math.min(longest, Math.max(SMALLEST_PAGE, Math.min(LARGEST_PAGE, asked)));
}
