import { type HttpAnswer, json, problem } from './answers.js';
import { type ContactRecord, shownContact } from './contact-record.js';
import type { Portal } from './portal.js';
import { refusal } from './property.js';

/** HubSpot takes at most so many records in one batch (reference 1.5). */
const MOST = 100;

type Body = Readonly<Record<string, unknown>>;
interface Input {
  readonly id: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** What is different about one batch: these many ids at its start are dropped or refused, perhaps without their ids. */
export interface Spoilt {
  readonly how: 'dropped' | 'refused' | 'refused unnamed';
  readonly count: number;
}

export function readContacts(portal: Portal, body: Body, archived: boolean): HttpAnswer {
  const names = Array.isArray(body['properties']) ? body['properties'].map(String) : [];
  return readBatch(body, (id) => {
    const record = portal.resolve(id);
    const isThere = record !== undefined && (record.archivedAt !== undefined) === archived;
    return isThere ? shownContact(record, names) : undefined;
  });
}

export function readCompanies(portal: Portal, body: Body): HttpAnswer {
  const names = Array.isArray(body['properties']) ? body['properties'].map(String) : [];
  return readBatch(body, (id) => {
    const company = portal.companies.get(id);
    if (company === undefined) return undefined;
    const shown = ['hs_object_id', ...names].map((name) => [name, name === 'hs_object_id' ? id : company[name]]);
    return { id, properties: Object.fromEntries(shown), archived: false };
  });
}

/** Writes properties: all of the batch or, for a bad property or value, nothing of it. */
export function updateContacts(
  portal: Portal,
  body: Body,
  unknownIds: 'dropped' | 'named',
  spoilt?: Spoilt,
): HttpAnswer {
  const inputs = inputsOf(body);
  const bad = noBatch(inputs) ?? badBatch(inputs) ?? badValue(portal, inputs);
  if (bad !== undefined) return bad;
  const untouched = inputs.slice(0, spoilt?.count ?? 0);
  const written: ContactRecord[] = [];
  const missing: string[] = [];
  for (const { id, properties } of inputs.slice(untouched.length)) {
    if (!portal.edit(id, properties)) missing.push(id);
    else written.push(...[portal.find(id)].filter((record) => record !== undefined));
  }
  const results = written.reverse().map((record) => shownContact(record, Object.keys(inputs[0]?.properties ?? {})));
  const refused = spoilt?.how === 'refused' ? untouched.map(({ id }) => id) : [];
  const named = unknownIds === 'named' ? missing : [];
  const unnamed = spoilt?.how === 'refused unnamed' && untouched.length > 0 ? [[]] : [];
  return batchAnswer(results, [
    ...named.map((id) => batchError('OBJECT_NOT_FOUND', `No contact with id ${id} exists`, [id])),
    ...refused.map((id) => batchError('VALIDATION_ERROR', `A rule of the portal refused contact ${id}`, [id])),
    ...unnamed.map((ids) => batchError('VALIDATION_ERROR', 'A rule of the portal refused some contacts', ids)),
  ]);
}

function readBatch(body: Body, show: (id: string) => unknown): HttpAnswer {
  const inputs = inputsOf(body);
  const bad = badBatch(inputs);
  if (bad !== undefined) return bad;
  const shown = inputs.map(({ id }) => ({ id, record: show(id) }));
  const missing = shown.filter(({ record }) => record === undefined).map(({ id }) => id);
  const results = shown.flatMap(({ record }) => record ?? []);
  const errors = missing.length === 0 ? [] : [batchError('OBJECT_NOT_FOUND', 'Could not get some objects', missing)];
  return batchAnswer(results, errors);
}

function batchAnswer(results: readonly unknown[], errors: readonly unknown[]): HttpAnswer {
  const times = { startedAt: '2026-11-22T02:00:00.000Z', completedAt: '2026-11-22T02:00:00.100Z' };
  if (errors.length === 0) return json(200, { status: 'COMPLETE', results, ...times });
  return json(207, { status: 'COMPLETE', results, numErrors: errors.length, errors, ...times });
}

function batchError(category: string, message: string, ids: readonly string[]): unknown {
  return { status: 'error', category, message, context: { ids } };
}

function inputsOf(body: Body): readonly Input[] {
  const list: readonly unknown[] = Array.isArray(body['inputs']) ? body['inputs'] : [];
  return list.map((item) => {
    const { id, properties } = { id: undefined, properties: {}, ...Object(item) } as Record<string, unknown>;
    return { id: String(id), properties: { ...Object(properties) } as Record<string, string> };
  });
}

function noBatch(inputs: readonly Input[]): HttpAnswer | undefined {
  if (inputs.length > 0) return undefined;
  return problem(400, 'VALIDATION_ERROR', 'Invalid input: at least 1 input is needed');
}

function badBatch(inputs: readonly Input[]): HttpAnswer | undefined {
  if (inputs.length > MOST) {
    return problem(400, 'VALIDATION_ERROR', `Invalid input: at most ${MOST} inputs, got ${inputs.length}`);
  }
  if (new Set(inputs.map(({ id }) => id)).size < inputs.length) {
    return problem(400, 'VALIDATION_ERROR', 'Duplicate IDs found in batch input');
  }
  return undefined;
}

function badValue(portal: Portal, inputs: readonly Input[]): HttpAnswer | undefined {
  for (const { properties } of inputs) {
    for (const [name, value] of Object.entries(properties)) {
      const refused = refusal(name, portal.properties.contacts.get(name), value);
      if (refused === undefined) continue;
      const details = JSON.stringify([{ isValid: false, name, ...refused }]);
      const errors = [{ message: refused.message, code: refused.error, context: { propertyName: [name] } }];
      return problem(400, 'VALIDATION_ERROR', `Property values were not valid: ${details}`, { errors });
    }
  }
  return undefined;
}
