import {
  cursorOf,
  type PassSource,
  type RecordStream,
  type SourceRecord,
  type Start,
} from '@cloudtalk-sync/connector-kit';
import { FatalError } from '@cloudtalk-sync/errors';
import { z } from 'zod';
import { lengthFindings } from './query-length.js';
import { type QueryPage, readPage } from './query-page.js';
import { askedOf, cursorSchema, sinceOf } from './salesforce-cursor.js';
import { junk } from './salesforce-errors.js';
import type { SalesforceOptions } from './salesforce-options.js';
import type { SalesforceOrg } from './salesforce-org.js';
import {
  type From,
  isFieldPath,
  presenceQuery,
  readingQuery,
  selectedFields,
  type Selection,
  valuesQuery,
} from './soql.js';
import { recordMaker } from './source-record.js';
import { VendorRefusal } from './vendor-refusal.js';

/** A check before the first run looks at so many different values of a field (the contract's); Salesforce never pages them. */
const MOST_VALUES = 2_000;

/** Where a reading goes on, and when it asked for its first page, as far as Salesforce says what time it is. */
interface Place {
  readonly from: From;
  readonly asked: string | undefined;
}

const valuesSchema = z.object({ records: z.array(z.object({ v: z.unknown() })) });

/** The records of one object, deleted and merged ones too, in the order of their last change. */
export class RecordSource implements PassSource {
  readonly kind = 'pass';
  readonly #selection: Selection;

  constructor(
    private readonly org: SalesforceOrg,
    private readonly options: SalesforceOptions,
    private readonly fields: readonly string[],
  ) {
    const { object, where } = options;
    this.#selection = { object, where, fields: selectedFields(object, fields) };
  }

  async read(start: Start, signal: AbortSignal): Promise<RecordStream> {
    this.#demandNames();
    this.#demandLength();
    const org = await this.org.id(signal);
    const { from, asked } = this.#placeOf(start);
    return { input: { org, warnings: [] }, records: this.#records(from, asked, signal) };
  }

  async valuesOf(field: string, signal: AbortSignal): Promise<readonly string[]> {
    if (!isFieldPath(field)) return [];
    try {
      const url = `/query?q=${encodeURIComponent(valuesQuery(this.#selection, field, MOST_VALUES))}`;
      const answer = valuesSchema.safeParse(await this.org.call(signal, (connection) => connection.request(url)));
      if (!answer.success) throw junk(`the different values of ${field} are not a list`);
      return answer.data.records.flatMap(({ v }) => (v === null || v === undefined ? [] : [String(v)]));
    } catch (error) {
      if (cannotBeGrouped(error)) return [];
      throw error;
    }
  }

  /** Says nothing of ids of another object: that of a connection may have been changed. */
  async erased(ids: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>> {
    const present = await this.#present(ids, signal);
    const objects = new Set([...present].map(objectOf));
    return new Set(ids.filter((id) => !present.has(id) && objects.has(objectOf(id))));
  }

  /** Those of these records that there are, in whatever state, and that the user may see. */
  async #present(ids: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>> {
    const present = new Set<string>();
    let page = readPage(await this.#queryAll(presenceQuery(this.#selection.object, ids), signal));
    for (;;) {
      for (const { Id } of page.records) present.add(Id);
      if (page.next === undefined) break;
      const next = await this.#pageBehind(page, page.next, signal);
      if (next === undefined) throw junk('the second page of a query was gone at once');
      page = next;
    }
    if (present.size < page.totalSize) throw junk(`a query has ${page.totalSize} records and gave ${present.size}`);
    return present;
  }

  /** Nothing that is no name gets into a query; throws FatalError that names all that are none. */
  #demandNames(): void {
    const wrong = this.#selection.fields.filter((field) => !isFieldPath(field));
    if (wrong.length === 0) return;
    throw new FatalError({
      code: 'unknown_field',
      message: `The mapping names what cannot be a field of Salesforce: ${wrong.join(', ')}.`,
      fix: 'Write API names: FirstName, Tier__c, or Owner.Email through a relationship.',
    });
  }

  #demandLength(): void {
    const [finding] = lengthFindings(this.options, this.fields);
    if (finding === undefined) return;
    throw new FatalError({ code: 'query_too_long', message: finding.message, fix: finding.fix });
  }

  /** At the beginning, behind or, less the look-back, since a cursor. */
  #placeOf(start: Start): Place {
    const asked = this.org.answered?.toISOString();
    if (start === 'beginning' || 'again' in start) return { from: { kind: 'all' }, asked };
    const cursor = cursorSchema.parse(cursorOf(start));
    if ('since' in start) return { from: { kind: 'since', time: sinceOf(cursor, this.options.lookBack) }, asked };
    const { id, time } = cursor;
    return { from: { kind: 'behind', time, id }, asked: askedOf(cursor) };
  }

  async *#records(start: From, asked: string | undefined, signal: AbortSignal): AsyncGenerator<SourceRecord> {
    const toRecord = recordMaker(this.fields, asked);
    let from = start;
    let page = await this.#firstPage(from, signal);
    let given = 0;
    for (;;) {
      for (const raw of page.records) {
        signal.throwIfAborted();
        const record = toRecord(raw);
        from = { kind: 'behind', ...record.cursor };
        yield record;
      }
      given += page.records.length;
      if (page.next === undefined) break;
      const next = await this.#pageBehind(page, page.next, signal);
      if (next === undefined) given = 0;
      page = next ?? (await this.#firstPage(from, signal));
    }
    if (given < page.totalSize) throw junk(`a query has ${page.totalSize} records and gave only ${given}`);
  }

  async #firstPage(from: From, signal: AbortSignal): Promise<QueryPage> {
    signal.throwIfAborted();
    return readPage(await this.#queryAll(readingQuery(this.#selection, from), signal));
  }

  /**
   * Undefined when Salesforce no longer keeps the rest of the query: it has to be asked anew. Throws RetryableError for a
   * page of a query with more or fewer records than that before it was of.
   */
  async #pageBehind({ totalSize }: QueryPage, url: string, signal: AbortSignal): Promise<QueryPage | undefined> {
    signal.throwIfAborted();
    try {
      const page = readPage(await this.org.call(signal, (connection) => connection.request(url)));
      if (page.totalSize === totalSize) return page;
      throw junk(`a query has ${totalSize} records and, by a later page, ${page.totalSize}`);
    } catch (error) {
      if (causeOf(error)?.code === 'INVALID_QUERY_LOCATOR') return undefined;
      throw error;
    }
  }

  #queryAll(soql: string, signal: AbortSignal): Promise<unknown> {
    const headers = { 'Sforce-Query-Options': `batchSize=${this.options.pageSize}` };
    const url = `/queryAll?q=${encodeURIComponent(soql)}`;
    return this.org.call(signal, (connection) => connection.request({ method: 'GET', url, headers }));
  }
}

/** The first three characters of an id say of which object its record is. */
function objectOf(id: string): string {
  return id.slice(0, 3);
}

function cannotBeGrouped(error: unknown): boolean {
  return /\bgrouped\b/i.test(causeOf(error)?.message ?? '');
}

function causeOf(error: unknown): VendorRefusal | undefined {
  return error instanceof Error && error.cause instanceof VendorRefusal ? error.cause : undefined;
}
