/** The members of requests and answers, as `test-reference.ts` says that the API reference is read. */
import { z } from 'zod';

/** The longest texts of a contact; characters. */
export const TEXT_MAXIMUMS = {
  name: 150,
  title: 255,
  company: 100,
  industry: 100,
  website: 100,
  address: 255,
  city: 255,
  zip: 15,
  state: 255,
} as const;
/** Actions in one bulk request. */
export const MOST_ACTIONS = 10;
export const MOST_URLS = 3;
export const LONGEST_URL_NAME = 30;
const LONGEST_VALUE = 255;

export const id = z.string().regex(/^[1-9]\d*$/);
const count = z.int().min(0);
export const text = z.string();
const time = z.iso.datetime();
const email = text.regex(/^[^\s@]+@[^\s@]+$/);
export const shownNumber = z.strictObject({ public_number: z.int().min(1) });
export const shownEmail = z.strictObject({ email });
export const url = z.strictObject({ name: text.max(LONGEST_URL_NAME), url: text });
export const words = z.record(text, z.array(text).min(1));

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    itemsCount: count,
    pageCount: count,
    pageNumber: z.int().min(1),
    limit: z.int().min(1).max(1000),
    data: z.array(item),
  });
}

export function failure(status: number) {
  return z.strictObject({ status: z.literal(status), message: text, data: words.optional() });
}

const texts = (limit: (most: number) => z.ZodType): Record<keyof typeof TEXT_MAXIMUMS, z.ZodType> => {
  const entries = Object.entries(TEXT_MAXIMUMS).map(([name, most]) => [name, limit(most)]);
  return Object.fromEntries(entries) as Record<keyof typeof TEXT_MAXIMUMS, z.ZodType>;
};

export const shownContact = z.strictObject({
  id,
  ...texts((most) => text.refine((value) => [...plain(value)].length <= most)),
  country_id: id.nullable(),
  favorite_agent: id.nullable(),
  created: time,
  modified: time,
});
export const listedContact = z.strictObject({ id, name: text, company: text });
export const country = z.strictObject({
  id,
  name: text,
  country_code: text.regex(/^[A-Z]{2}$/),
  iso3: text.regex(/^[A-Z]{3}$/),
  calling_code: text,
});
export const agent = z.strictObject({
  id,
  name: text,
  firstname: text,
  lastname: text,
  email,
  is_daily_limit_ok: z.boolean(),
  status_outbound: z.boolean(),
  availability_status: z.enum(['online', 'offline', 'paused', 'calling']),
  extension: text.regex(/^[1-9]\d{3}$/),
  call_number_id: z.int().min(1),
  default_number: text,
  associated_numbers: z.array(text),
});

/** Texts come escaped for HTML; lengths are those of what they stand for. */
function plain(value: string): string {
  return value.replace(/&(amp|lt|gt|quot|#0?39);/g, '_');
}

const clearable = <Value extends z.ZodType>(value: Value) => z.union([value, z.literal('')]);
const ids = z.int().min(1);
/** What an add or an edit may say of a contact. */
export const contactData = {
  ...texts((most) => text.max(most).optional()),
  name: text.min(1).max(TEXT_MAXIMUMS.name),
  country_id: clearable(ids).optional(),
  favorite_agent: clearable(ids).optional(),
  ExternalUrl: clearable(z.array(url).max(MOST_URLS)).optional(),
  ContactNumber: clearable(z.array(z.strictObject({ public_number: text.regex(/^\+[1-9]\d{1,14}$/) }))).optional(),
  ContactEmail: clearable(z.array(shownEmail)).optional(),
  ContactsTag: clearable(z.array(z.strictObject({ name: text.min(1) }))).optional(),
  ContactAttribute: clearable(
    z.array(z.strictObject({ attribute_id: ids, value: text.max(LONGEST_VALUE) })),
  ).optional(),
};
const command_id = text.min(1);
export const action = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('add_contact'), command_id, data: z.strictObject(contactData) }),
  z.strictObject({ action: z.literal('edit_contact'), command_id, data: z.strictObject({ id: ids, ...contactData }) }),
  z.strictObject({ action: z.literal('delete_contact'), command_id, data: z.strictObject({ id: ids }) }),
]);
export const actionAnswer = z.union([
  z.strictObject({ command_id, status: z.literal(201), data: z.strictObject({ id }) }),
  z.strictObject({ command_id, status: z.literal(200) }),
  z.strictObject({ command_id, status: z.literal(404), message: text }),
  z.strictObject({ command_id, status: z.literal(406), message: text, data: words }),
  z.strictObject({ command_id, status: z.literal(500), message: text }),
]);
