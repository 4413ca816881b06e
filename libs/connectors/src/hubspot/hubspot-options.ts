import { z } from 'zod';

/** Milliseconds in each unit of a duration. */
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

export const optionsSchema = z.strictObject({
  accessToken: z
    .string({ error: 'The access token is missing. Write the Service Key or private-app token as ${NAME}.' })
    .trim()
    .min(1, 'The access token is empty. Check that the variable that it comes from is set.')
    .regex(/^[\x21-\x7e]*$/, 'The access token has a character that no token has. Copy it again from HubSpot.')
    .describe('A Service Key, or the token of a private app.'),
  basePath: z
    .string()
    .superRefine((text, context) => {
      const message = problemOfAddress(text);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .optional()
    .describe('Where HubSpot answers; https://api.hubapi.com when left out.'),
  list: z
    .string({ error: 'A list is named by its id, as text: "123".' })
    .regex(/^\d+$/, 'This is no id of a list. It is the number in the address of the list in HubSpot.')
    .optional()
    .describe('The id of a list: only its members are read, all of them each time.'),
  lookBack: duration(0, 24 * 3_600_000, '5m').describe(
    'How much of the time before the last reading is read again, since the search of HubSpot lags behind; default 5m.',
  ),
  requestsPer10Seconds: z
    .int('This must be a whole number of requests, such as 100.')
    .min(1, 'At least 1 request in 10 s is needed.')
    .default(100)
    .describe('The most requests in any 10 s, searches not counted; default 100, less where HubSpot grants less.'),
  searchesPerSecond: z
    .number('This must be a number of searches, such as 4.')
    .min(1, 'At least 1 search a second is needed.')
    .default(4)
    .describe('The most searches in any second; default 4.'),
  timeout: duration(1, 600_000, '30s').describe('How long one request may take; default 30s.'),
});
export type HubSpotOptions = z.infer<typeof optionsSchema>;

/** A duration as people write it, in milliseconds, from `least` to `most`. */
function duration(least: number, most: number, byDefault: string) {
  const error = 'This is no duration. Write a number with its unit: 500ms, 30s, 5m or 1h.';
  return z
    .string({ error })
    .default(byDefault)
    .transform((text, context) => {
      const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)$/.exec(text.trim()) ?? [];
      const milliseconds = Math.round(Number(number) * (UNITS[unit] ?? Number.NaN));
      if (milliseconds >= least && milliseconds <= most) return milliseconds;
      const range = `This duration cannot be used. Write one from ${least} ms to ${most / 60_000} m.`;
      context.addIssue({ code: 'custom', message: Number.isNaN(milliseconds) ? error : range });
      return z.NEVER;
    });
}

function problemOfAddress(text: string): string | undefined {
  if (!URL.canParse(text)) return 'This is no address. Leave it out, or write it as https://api.hubapi.com.';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    return 'The address may have no user, password, query or fragment. Write it as https://api.hubapi.com.';
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return undefined;
  return 'The token would travel in the open. Write https://, http:// only for 127.0.0.1.';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
