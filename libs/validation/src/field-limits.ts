import type { SingleField } from './contact.js';

/**
 * The most characters that CloudTalk takes for each field (import article, "Maximum character length"; `state` as
 * `city`). A character is a Unicode code point: an emoji or a stylised letter counts once, as in CloudTalk's database,
 * and never as its two UTF-16 units. `country` and `favorite_agent` have rules of their own.
 */
export const FIELD_LIMITS = {
  name: 150,
  title: 255,
  company: 100,
  industry: 100,
  website: 100,
  address: 255,
  city: 255,
  zip: 15,
  state: 255,
} as const satisfies Partial<Record<SingleField, number>>;

/** The most characters of a custom attribute's value (CloudTalk's import rules). */
export const ATTRIBUTE_LIMIT = 255;

/** The number of characters (code points) of a text. */
export function countCharacters(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index += 1) {
    const isLeadingHalf = (text.charCodeAt(index) & 0xfc00) === 0xd800;
    const isPair = isLeadingHalf && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00;
    if (isPair) index += 1;
    count += 1;
  }
  return count;
}

/** True when a text has more than `limit` characters (code points). */
export function isLongerThan(text: string, limit: number): boolean {
  return text.length > limit && countCharacters(text) > limit;
}
