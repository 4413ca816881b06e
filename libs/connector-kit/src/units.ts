import { z } from 'zod';

/** Milliseconds in each unit of a duration. */
const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Bytes in each unit of a size; CloudTalk's 8 MB are 8 * 1024 * 1024 bytes. */
const SIZE_UNITS: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** The longest time a timer of Node can wait; milliseconds (2^31 - 1, about 24 days). */
const LONGEST = 2_147_483_647;

/** `30s` -> 30000; undefined when it is no duration. */
export function parseDuration(text: string): number | undefined {
  return parse(text, /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/, DURATION_UNITS);
}

/** `8MB` -> 8388608; undefined when it is no size. */
export function parseSize(text: string): number | undefined {
  return parse(text.toUpperCase(), /^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB)$/, SIZE_UNITS);
}

function parse(text: string, pattern: RegExp, units: Readonly<Record<string, number>>): number | undefined {
  const match = pattern.exec(text.trim());
  const [, number = '', unit = ''] = match ?? [];
  return match ? Math.round(Number(number) * (units[unit] ?? 0)) : undefined;
}

export const duration = z
  .string({ error: 'This is no duration. Write a number with its unit: 500ms, 30s, 2m, 1h or 1d.' })
  .transform((text, context) => {
    const milliseconds = parseDuration(text);
    if (milliseconds !== undefined && milliseconds > 0 && milliseconds <= LONGEST) return milliseconds;
    context.addIssue({
      code: 'custom',
      message:
        milliseconds === undefined
          ? 'This is no duration. Write a number with its unit: 500ms, 30s, 2m, 1h or 1d.'
          : 'This duration cannot be used. Write one between 1ms and 24d.',
    });
    return z.NEVER;
  })
  .meta({ description: 'A duration: 500ms, 30s, 2m, 1h or 1d' });

export const size = z
  .string({ error: 'This is no size. Write a number with its unit: 500KB, 8MB or 1GB.' })
  .transform((text, context) => {
    const bytes = parseSize(text);
    if (bytes !== undefined && bytes > 0) return bytes;
    context.addIssue({ code: 'custom', message: 'This is no size. Write a number with its unit: 500KB, 8MB or 1GB.' });
    return z.NEVER;
  })
  .meta({ description: 'A size: 500KB, 8MB or 1GB (1 MB = 1024 * 1024 bytes)' });

const NO_SHARE = 'This is no share. Write a percentage above 0% and up to 100%, such as 80%.';

export const share = z
  .union([z.string(), z.number()], { error: NO_SHARE })
  .transform((value, context) => {
    const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(String(value).trim());
    const part = match ? Number(match[1]) / 100 : Number(value);
    if (part > 0 && part <= 1) return part;
    context.addIssue({ code: 'custom', message: NO_SHARE });
    return z.NEVER;
  })
  .meta({ description: 'A percentage: 80%' });

/** A whole number above 0; as text too, because a `${NAME}` from the environment is one. */
export const count = z
  .union([z.number(), z.string()], { error: 'This is no whole number above 0. Write one.' })
  .transform((value, context) => {
    const number = typeof value === 'number' ? value : /^\d+$/.test(value.trim()) ? Number(value) : NaN;
    if (Number.isSafeInteger(number) && number > 0) return number;
    context.addIssue({ code: 'custom', message: 'This is no whole number above 0. Write one.' });
    return z.NEVER;
  });
