import type { ChangeReporter, RecordOutcome, WriteAnswer } from '@cloudtalk-sync/connector-kit';
import { HubSpotApi, MOST, type Update } from './hubspot-api.js';
import { type BatchAnswer, MERGED, mergedInto } from './hubspot-answers.js';
import { refusalBehind } from './hubspot-errors.js';
import type { RefusedAnswer } from './hubspot-failure.js';
import type { PortalCaller } from './portal-caller.js';
import { partsOf, partTooLong, type Report, valuesFor } from './report-properties.js';

/** A refusal with one of these codes is about the property, and so the same for every contact. */
const OF_THE_PROPERTY = ['PROPERTY_DOESNT_EXIST', 'READ_ONLY_VALUE'];
/** The category of an error about contacts that are not there. */
const NOT_FOUND = 'OBJECT_NOT_FOUND';
/** Our code for such a contact. */
const MISSING = 'record_missing';
/** The statuses with which HubSpot refuses a whole batch for the sake of one contact (reference 1.5). */
const OF_ONE_CONTACT = [400, 404, 409, 422];

/** Writes outcomes into properties of contacts, 100 with one request. */
export class HubSpotReporter implements ChangeReporter {
  readonly wants = 'changes';
  readonly pageSize = MOST.batch;
  readonly #caller: PortalCaller;
  readonly #report: Report;
  #typeOfTime: string | undefined;

  constructor(caller: PortalCaller, report: Report) {
    this.#caller = caller;
    this.#report = report;
  }

  async write(outcomes: readonly RecordOutcome[], signal: AbortSignal): Promise<readonly WriteAnswer[]> {
    const api = new HubSpotApi(this.#caller, signal);
    await this.#learnTypes(api);
    const newest = [...new Map(outcomes.map((outcome) => [outcome.recordId, outcome])).values()];
    if (partsOf(this.#report).length === 0) return newest.map(({ recordId }) => written(recordId));
    const answers = newest.flatMap((outcome) => tooLong(outcome, this.#report));
    const refused = new Set(answers.map(({ recordId }) => recordId));
    const updates = newest
      .filter(({ recordId }) => !refused.has(recordId))
      .map((outcome) => ({ id: outcome.recordId, properties: valuesFor(outcome, this.#report, this.#typeOfTime) }));
    return updates.length === 0 ? answers : [...answers, ...(await markArchived(api, await writeBatch(api, updates)))];
  }

  async #learnTypes(api: HubSpotApi): Promise<void> {
    const { time } = this.#report;
    if (time === undefined || this.#typeOfTime !== undefined) return;
    const { results } = await api.properties('contacts');
    this.#typeOfTime = results.find(({ name }) => name === time)?.type ?? 'string';
  }
}

/** A contact that was refused alone, for the values of these properties. */
interface RefusedValues {
  readonly properties: readonly string[];
  readonly update: Update;
  readonly refused: RefusedAnswer;
}

/**
 * Halves a batch that is refused as a whole until the guilty contacts stand alone; those that would say the same values
 * for which one `before` was refused are not asked about.
 */
async function writeBatch(
  api: HubSpotApi,
  all: readonly Update[],
  before: RefusedValues[] = [],
): Promise<readonly WriteAnswer[]> {
  const known = all.flatMap((update) => {
    const same = before.find((one) => saysTheSame(one, update));
    return same === undefined ? [] : [refusedAnswer(update.id, same.refused)];
  });
  const refusedIds = new Set(known.map(({ recordId }) => recordId));
  const updates = all.filter(({ id }) => !refusedIds.has(id));
  if (updates.length === 0) return known;
  try {
    return [...known, ...answersOf(updates, await api.update(updates))];
  } catch (error) {
    const refused = refusalBehind(error);
    if (refused === undefined || !OF_ONE_CONTACT.includes(refused.status)) throw error;
    if (updates.length === 1 || refused.codes.some((code) => OF_THE_PROPERTY.includes(code))) {
      if (updates[0]) before.push({ properties: refused.properties, update: updates[0], refused });
      return [...known, ...updates.map(({ id }) => refusedAnswer(id, refused))];
    }
    const half = Math.ceil(updates.length / 2);
    const first = await writeBatch(api, updates.slice(0, half), before);
    return [...known, ...first, ...(await writeBatch(api, updates.slice(half), before))];
  }
}

/** Only codes such as INVALID_OPTION are of a value, whoever says it. */
function saysTheSame({ properties, update, refused }: RefusedValues, other: Update): boolean {
  const isOfValues =
    properties.length > 0 && refused.codes.length > 0 && refused.codes.every((code) => code.startsWith('INVALID_'));
  const says = (name: string): boolean =>
    name in other.properties && update.properties[name] === other.properties[name];
  return isOfValues && properties.every(says);
}

/**
 * What a 200 or 207 says of each contact. An error that names no contacts is about those that it says nothing else of;
 * where there is no such error either, they are not there.
 */
function answersOf(updates: readonly Update[], { results, errors = [] }: BatchAnswer): readonly WriteAnswer[] {
  const done = new Set(results.map(({ id }) => id));
  const failed = new Map(errors.flatMap((error) => (error.context?.ids ?? []).map((id) => [id, error] as const)));
  const unnamed = errors.find(({ category, context }) => !context?.ids?.length && category !== NOT_FOUND);
  return updates.map(({ id }) => {
    if (done.has(id)) return written(id);
    const error = failed.get(id) ?? unnamed;
    if (error === undefined || error.category === NOT_FOUND) return missing(id);
    const { category = 'refused', message = 'HubSpot gave no reason.' } = error;
    return { recordId: id, ok: false, code: category.toLowerCase(), message, fix: 'Change what HubSpot names there.' };
  });
}

/**
 * A contact that is archived, or was merged into one that is, is told nothing until it is restored; that it is so is certain
 * only when HubSpot shows it.
 */
async function markArchived(api: HubSpotApi, answers: readonly WriteAnswer[]): Promise<readonly WriteAnswer[]> {
  const lost = answers.flatMap((answer) => (!answer.ok && answer.code === MISSING ? [answer.recordId] : []));
  if (lost.length === 0) return answers;
  const { results } = await api.contactsById(lost, [MERGED], true);
  const archived = new Set(results.flatMap(({ id, properties }) => [id, ...mergedInto(properties)]));
  return answers.map((answer) => (!answer.ok && archived.has(answer.recordId) ? { ...answer, isGone: true } : answer));
}

/** An outcome with an id or an address that no property can hold is not written: cut, it would be another one. */
function tooLong(outcome: RecordOutcome, report: Report): readonly WriteAnswer[] {
  const part = partTooLong(outcome, report);
  if (part === undefined) return [];
  return [
    {
      recordId: outcome.recordId,
      ok: false,
      code: 'too_long',
      message: `The ${part} has ${outcome[part].length} characters, more than the property ${report[part]} can hold.`,
      fix: `Take ${part} out of the report of this connection, or correct what it is made from.`,
    },
  ];
}

function written(recordId: string): WriteAnswer {
  return { recordId, ok: true };
}

function missing(recordId: string): WriteAnswer {
  return {
    recordId,
    ok: false,
    code: MISSING,
    message: `HubSpot has no contact ${recordId} any more.`,
    fix: 'Nothing to do if it was deleted or merged there; else restore it in HubSpot.',
  };
}

function refusedAnswer(recordId: string, refused: RefusedAnswer): WriteAnswer {
  const code = refused.codes[0] ?? refused.category;
  const named = refused.properties.join(', ');
  return {
    recordId,
    ok: false,
    code: code === '' ? `status_${refused.status}` : code.toLowerCase(),
    message: refused.words === '' ? `HubSpot refused it with ${refused.status}.` : refused.words,
    fix: `Run check for this connection; it names what is wrong with ${named === '' ? 'the properties of the report' : named}.`,
  };
}
