import {
  type ChangeReporter,
  type RecordOutcome,
  REPORT_PARTS,
  type ReportPart,
  type WriteAnswer,
} from '@cloudtalk-sync/connector-kit';
import { FatalError } from '@cloudtalk-sync/errors';
import { z } from 'zod';
import { type FieldDescription, fieldNamed, type ObjectDescriptions } from './object-description.js';
import { isTooLong, type Report, reportedValue, reportFindings } from './report-fields.js';
import { fixFor, saysGone } from './row-errors.js';
import { junk } from './salesforce-errors.js';
import type { SalesforceOrg } from './salesforce-org.js';

/** Records that one sObject Collections call takes (REST API Developer Guide: 200). */
const MOST_RECORDS = 200;

const resultSchema = z.object({
  id: z.string().nullish(),
  success: z.boolean(),
  errors: z.array(z.object({ statusCode: z.string(), message: z.string().default('') })).default([]),
});
type SaveResult = z.infer<typeof resultSchema>;

interface Target {
  readonly part: ReportPart;
  readonly field: FieldDescription;
}

/** Writes outcomes into the fields of their records, 200 in one call, each record by itself. */
export class OutcomeWriter implements ChangeReporter {
  readonly wants = 'changes';
  readonly pageSize = MOST_RECORDS;

  constructor(
    private readonly org: SalesforceOrg,
    private readonly descriptions: ObjectDescriptions,
    private readonly object: string,
    private readonly report: Report,
  ) {}

  async write(outcomes: readonly RecordOutcome[], signal: AbortSignal): Promise<readonly WriteAnswer[]> {
    const latest = new Map(outcomes.map((outcome) => [outcome.recordId, outcome]));
    const ids = [...latest.keys()];
    if (ids.length === 0 || Object.keys(this.report).length === 0)
      return ids.map((recordId) => ({ recordId, ok: true }));
    const targets = await this.#targets(signal);
    const refused = [...latest.values()].flatMap((outcome) => tooLong(outcome, targets));
    for (const { recordId } of refused) latest.delete(recordId);
    const records = [...latest.values()].map((outcome) => ({ Id: outcome.recordId, ...valuesFor(outcome, targets) }));
    if (records.length === 0) return refused;
    const answer = await this.org.call<unknown>(signal, (connection) =>
      connection.update(this.object, records, { allOrNone: false }),
    );
    return [...refused, ...answersOf([...latest.keys()], answer)];
  }

  /** Throws FatalError when a field of the report cannot be written at all. */
  async #targets(signal: AbortSignal): Promise<readonly Target[]> {
    const object = await this.descriptions.of(this.object, signal);
    const [blocking] = reportFindings(object, this.report).filter(({ blocks }) => blocks);
    if (blocking !== undefined) {
      this.descriptions.forget();
      throw new FatalError({ code: 'report_field_unusable', message: blocking.message, fix: blocking.fix });
    }
    return REPORT_PARTS.flatMap((part) => {
      const field = fieldNamed(object, this.report[part] ?? '');
      return field === undefined ? [] : [{ part, field }];
    });
  }
}

/** An outcome with an id or an address that its field cannot hold is not written: cut, it would be another one. */
function tooLong(outcome: RecordOutcome, targets: readonly Target[]): readonly WriteAnswer[] {
  const target = targets.find(({ field, part }) => isTooLong(part, outcome, field));
  if (target === undefined) return [];
  const { field, part } = target;
  return [
    {
      recordId: outcome.recordId,
      ok: false,
      code: 'too_long',
      message: `The field ${field.name} takes only ${field.length} characters, which is too short for the ${part}.`,
      fix: `Make it longer in Setup > Object Manager > Fields & Relationships > ${field.name} > Edit, or report the ${part} to another field.`,
    },
  ];
}

function valuesFor(outcome: RecordOutcome, targets: readonly Target[]): Record<string, string | number | null> {
  return Object.fromEntries(targets.map(({ field, part }) => [field.name, reportedValue(part, outcome, field)]));
}

/** The answers come in the order of the records; anything else is no answer to them. */
function answersOf(ids: readonly string[], answer: unknown): readonly WriteAnswer[] {
  const results = z.array(resultSchema).safeParse(answer);
  if (!results.success) throw junk('the answer to an update is no list of results');
  if (results.data.length !== ids.length) {
    throw junk(`an update of ${ids.length} records was answered with ${results.data.length} results`);
  }
  return results.data.map((result, index) => answerOf(ids[index] ?? '', result));
}

function answerOf(recordId: string, { errors, id, success }: SaveResult): WriteAnswer {
  if (id && id.slice(0, 15) !== recordId.slice(0, 15)) throw junk('an update was answered for other records');
  if (success) return { recordId, ok: true };
  const [first] = errors;
  const code = first?.statusCode ?? 'UNKNOWN';
  const answer = { recordId, ok: false, code, message: first?.message ?? '', fix: fixFor(code) } as const;
  return saysGone(code) ? { ...answer, isGone: true } : answer;
}
