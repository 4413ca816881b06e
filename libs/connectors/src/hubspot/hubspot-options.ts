import { duration, isSafeUrl } from '@cloudtalk-sync/connector-kit';
import { z } from 'zod';

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
    .describe('The id of a list of contacts: only its members are read, all of them each time.'),
  lookBack: duration
    .default(300_000)
    .describe(
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
  timeout: duration.default(30_000).describe('How long one request may take; default 30s.'),
});
export type HubSpotOptions = z.infer<typeof optionsSchema>;

function problemOfAddress(text: string): string | undefined {
  if (!URL.canParse(text)) return 'This is no address. Leave it out, or write it as https://api.hubapi.com.';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    return 'The address may have no user, password, query or fragment. Write it as https://api.hubapi.com.';
  }
  return isSafeUrl(url) ? undefined : 'The token would travel in the open. Write https://, http:// only for 127.0.0.1.';
}
