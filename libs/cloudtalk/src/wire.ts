/** Reads CloudTalk's loosely typed JSON: numbers as strings, one object or an array, escaped texts, absent members. */
export type WireObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A whole number of at least 1, sent as a number or as a string. */
export function wireId(value: unknown): number | undefined {
  const id = wireNumber(value);
  return id !== undefined && id > 0 ? id : undefined;
}

/** A whole number of at least 0, sent as a number or as a string. */
export function wireNumber(value: unknown): number | undefined {
  if (typeof value === 'string' && !/^\d{1,16}$/.test(value)) return undefined;
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/** A text without CloudTalk's HTML escapes; an empty string when there is none. */
export function wireText(value: unknown): string {
  if (typeof value === 'string') return unescapeHtml(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** The members of a list, which may come as an array, as one object, or not at all. */
export function wireList(value: unknown): readonly WireObject[] {
  if (Array.isArray(value)) return value.filter(isObject);
  return isObject(value) ? [value] : [];
}

/** `+` and digits, from a number or a string; undefined when there are no digits. */
export function wirePhone(value: unknown): string | undefined {
  const digits = typeof value === 'number' || typeof value === 'string' ? String(value).replace(/\D/g, '') : '';
  return digits === '' ? undefined : `+${digits}`;
}

/** A time in UTC, in ISO form or as `2018-01-10 12:34:56` (API reference 1.7, "Response Envelopes"). */
export function wireTime(value: unknown): Date | undefined {
  if (typeof value !== 'string') return undefined;
  const bare = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)$/.exec(value);
  const time = new Date(bare ? `${bare[1]}T${bare[2]}Z` : value);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };
const ESCAPE = /&(?:(amp|lt|gt|quot|apos|nbsp)|#(\d{1,7})|#[xX]([\da-fA-F]{1,6}));/g;

/** Undoes one round of HTML escaping; the escapes of PHP's htmlspecialchars and any character by its number. */
export function unescapeHtml(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(ESCAPE, (whole: string, name?: string, decimal?: string, hex?: string) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    const usable = point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
    return usable ? String.fromCodePoint(point) : whole;
  });
}
