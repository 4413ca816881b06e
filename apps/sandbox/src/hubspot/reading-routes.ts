import { type HttpAnswer, json, problem } from './answers.js';
import type { Context } from './api-request.js';
import { shownContact } from './contact-record.js';
import { readSearch } from './search-query.js';

export function search({ portal, options, body }: Context): HttpAnswer {
  try {
    const query = readSearch(body, options.mostResults);
    const { total, found } = portal.search.search(query);
    const shown = options.shortPages === true ? shortened(found, query) : found;
    const end = query.offset + shown.length;
    const token = shown.length === 0 && found.length > 0 ? `0${end}` : String(end);
    const results = shown.map((record) => shownContact(record, query.properties));
    return json(200, { total, results, ...(end < total ? paging(token) : {}) });
  } catch (error) {
    return problem(400, 'VALIDATION_ERROR', error instanceof Error ? error.message : String(error));
  }
}

/** Now and then fewer results than there are room for, or none. */
function shortened<T>(
  found: readonly T[],
  query: { readonly offset: number; readonly afterEmpty: boolean },
): readonly T[] {
  if (found.length < 2 || query.afterEmpty) return found;
  const turn = query.offset % 3;
  if (turn === 0) return found;
  return turn === 1 ? [] : found.slice(0, Math.ceil(found.length / 2));
}

export function listContacts({ portal, query }: Context): HttpAnswer {
  const limit = Number(query.get('limit') ?? '10');
  if (!(limit >= 1 && limit <= 100))
    return problem(400, 'VALIDATION_ERROR', 'Invalid input: limit must be at most 100');
  const { found, next } = portal.page(query.get('archived') === 'true', query.get('after') ?? undefined, limit);
  const results = found.map((record) => shownContact(record, query.getAll('properties')));
  return json(200, { results, ...paging(next) });
}

export function readContact({ portal, query, names: [id = ''] }: Context): HttpAnswer {
  const record = portal.resolve(id);
  const isArchived = record?.archivedAt !== undefined;
  if (record === undefined || isArchived !== (query.get('archived') === 'true')) {
    return problem(404, 'OBJECT_NOT_FOUND', 'resource not found');
  }
  return json(200, shownContact(record, query.getAll('properties')));
}

export function listOwners({ portal, query }: Context): HttpAnswer {
  const owners = query.get('archived') === 'true' ? [] : portal.owners;
  const { results, next } = numbered(owners, query, 500);
  return json(200, {
    results: results.map((owner) => ({ ...owner, type: 'PERSON', archived: false })),
    ...paging(next),
  });
}

export function readList({ portal, names: [listId = ''] }: Context): HttpAnswer {
  const list = portal.lists.get(listId);
  if (list === undefined) return problem(404, 'OBJECT_NOT_FOUND', `List does not exist with ID ${listId}.`);
  const { objectTypeId } = list;
  const shown = { listId, name: `List ${listId}`, objectTypeId, processingType: 'MANUAL', listVersion: 1 };
  return json(200, { list: { ...shown, processingStatus: 'COMPLETE', size: portal.membersOf(list).length } });
}

export function listMembers({ portal, query, names: [listId = ''] }: Context): HttpAnswer {
  const list = portal.lists.get(listId);
  if (list === undefined) return problem(404, 'OBJECT_NOT_FOUND', `List does not exist with ID ${listId}.`);
  const members = portal.membersOf(list);
  const { results, next } = numbered(members, query, 250);
  const shown = results.map((recordId) => ({ recordId, membershipTimestamp: '2026-01-01T00:00:00.000Z' }));
  return json(200, { total: members.length, results: shown, ...paging(next) });
}

/** A page whose paging token is the number of items before it, as text that cannot be counted with. */
function numbered<T>(
  items: readonly T[],
  query: URLSearchParams,
  most: number,
): { readonly results: readonly T[]; readonly next: string | undefined } {
  const from = Number(Buffer.from(query.get('after') ?? '', 'base64').toString() || '0');
  const to = from + Math.min(Number(query.get('limit') ?? '100'), most);
  const next = to < items.length ? Buffer.from(String(to)).toString('base64') : undefined;
  return { results: items.slice(from, to), next };
}

function paging(after: string | undefined): object {
  return after === undefined ? {} : { paging: { next: { after, link: `?after=${encodeURIComponent(after)}` } } };
}
