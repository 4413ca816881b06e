/**
 * The facts of CloudTalk's API reference 1.7 about the operations that are used here, derived by hand. Where the published
 * OpenAPI document contradicts itself it is read so:
 * - Envelopes. Some of its answer schemas describe `{responseData}`, others what stands inside, and the examples always
 *   have the envelope: every answer has it, and the schemas below are of what stands inside.
 * - The bulk request's `oneOf`. Its alternatives have no required member and forbid none, so that any object fits several
 *   of them and none could ever be valid: `action` says which one is meant.
 * - `required` is missing but for single adds: a bulk add needs a name as those do, and an edit its `id`.
 * - Types. Statuses are strings in the schemas, ids integers and numbers strings, and the reverse in all examples: an answer
 *   must look as in the examples; a request as in the schemas, in which `public_number` is a string in E.164.
 * - `maximum` of a string is its greatest length.
 * - Clearing stands in the text only: an empty string for a value or a whole list.
 * - What an unset id looks like is not said: null. Tags come as `{Tag}`, as in the example, not bare as in the schema.
 */
import { z } from 'zod';
import {
  action,
  actionAnswer,
  agent,
  country,
  failure,
  id,
  listedContact,
  MOST_ACTIONS,
  MOST_URLS,
  pageOf,
  shownContact,
  shownEmail,
  shownNumber,
  text,
  url,
} from './test-reference-shapes.js';

interface Parameter {
  readonly type: 'integer' | 'string';
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface ReferenceOperation {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query: Readonly<Record<string, Parameter>>;
  readonly body?: z.ZodType;
  /** What stands in the envelope, by status. */
  readonly answers: Readonly<Record<number, z.ZodType>>;
}

const PAGING = {
  limit: { type: 'integer', minimum: 1, maximum: 1000 },
  page: { type: 'integer', minimum: 1 },
} as const;
const number = { type: 'integer' } as const;
const string = { type: 'string' } as const;

export const REFERENCE: readonly ReferenceOperation[] = [
  {
    method: 'POST',
    path: '/bulk/contacts.json',
    query: {},
    body: z.array(action).min(1).max(MOST_ACTIONS).refine(hasUniqueIds, 'a command_id is there twice'),
    answers: {
      200: z.strictObject({ status: z.literal(200), data: z.array(actionAnswer) }),
      406: failure(406),
      500: failure(500),
    },
  },
  {
    method: 'GET',
    path: '/contacts/index.json',
    query: { country_id: number, tag_id: number, industry: string, keyword: string, ...PAGING },
    answers: {
      200: pageOf(
        z.strictObject({
          Contact: listedContact,
          ContactNumber: z.union([shownNumber, z.array(shownNumber)]).optional(),
          ContactEmail: z.union([shownEmail, z.array(shownEmail)]).optional(),
        }),
      ),
    },
  },
  {
    method: 'GET',
    path: '/contacts/show/{contactId}.json',
    query: {},
    answers: {
      200: z.strictObject({
        Contact: shownContact,
        ExternalUrl: z.array(url).max(MOST_URLS),
        ContactNumber: z.array(shownNumber),
        ContactEmail: z.array(shownEmail),
        ContactsTag: z.array(z.strictObject({ name: text })),
        ContactAttribute: z.array(z.strictObject({ attribute_id: id, title: text, value: text })),
      }),
      404: failure(404),
    },
  },
  {
    method: 'GET',
    path: '/contacts/attributes.json',
    query: {},
    answers: { 200: z.array(z.strictObject({ ContactAttribute: z.strictObject({ id, title: text }) })) },
  },
  {
    method: 'GET',
    path: '/countries/index.json',
    query: {},
    answers: { 200: z.array(z.strictObject({ Country: country })) },
  },
  {
    method: 'GET',
    path: '/agents/index.json',
    query: { id: number, ...PAGING, associated_number: string },
    answers: { 200: pageOf(z.strictObject({ Agent: agent })) },
  },
  {
    method: 'GET',
    path: '/tags/index.json',
    query: { id: number, ...PAGING },
    answers: { 200: pageOf(z.strictObject({ Tag: z.strictObject({ id, name: text }) })) },
  },
];

/** The text says of 429, and of refused keys only in general, that every operation may answer so. */
export const ANY_OPERATION = { 401: failure(401), 429: failure(429) } as const;

function hasUniqueIds(actions: readonly { readonly command_id: string }[]): boolean {
  return new Set(actions.map((one) => one.command_id)).size === actions.length;
}
