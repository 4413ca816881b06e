import { createPrivateKey } from 'node:crypto';
import { duration, isSafeUrl } from '@cloudtalk-sync/connector-kit';
import { z } from 'zod';
import { whatIsWrongWithCondition } from './soql.js';

const filled = (what: string): z.ZodString =>
  z.string({ error: `${what} is missing. Write it in quotes, or as \${NAME}.` }).min(1, { error: `${what} is empty.` });

const privateKey = filled('The private key')
  .transform((text) => text.replaceAll('\\n', '\n'))
  .refine(isRsaKey, {
    error:
      'This is no RSA private key in PEM form. Write ${NAME}, where NAME_FILE is the path of the key file that belongs to the certificate of the app in Salesforce.',
  });

/** Who logs in, and how. */
export type Auth =
  | { readonly kind: 'jwt'; readonly clientId: string; readonly username: string; readonly privateKey: string }
  | { readonly kind: 'client credentials'; readonly clientId: string; readonly clientSecret: string }
  | {
      readonly kind: 'password';
      readonly clientId: string;
      readonly clientSecret: string;
      readonly username: string;
      readonly password: string;
    };

const NO_AUTH =
  'This is no way to log in. Write { clientId, username, privateKey }, { clientId, clientSecret } or { username, password, clientId, clientSecret }.';

const auth = z
  .strictObject(
    {
      clientId: filled('The consumer key of the app'),
      clientSecret: filled('The consumer secret of the app').optional(),
      username: filled('The user name').optional(),
      password: filled('The password').optional().describe('With the security token at its end'),
      privateKey: privateKey
        .optional()
        .describe('PEM of the key that signs the login: ${NAME}, with NAME_FILE naming its file'),
    },
    { error: (issue) => (issue.code === 'invalid_type' ? NO_AUTH : undefined) },
  )
  .transform((raw, context): Auth => {
    const { clientId, clientSecret, password, privateKey, username } = raw;
    const given = Object.keys(raw).sort().join();
    if (given === 'clientId,privateKey,username' && username && privateKey) {
      return { kind: 'jwt', clientId, username, privateKey };
    }
    if (given === 'clientId,clientSecret' && clientSecret)
      return { kind: 'client credentials', clientId, clientSecret };
    if (given === 'clientId,clientSecret,password,username' && clientSecret && username && password) {
      return { kind: 'password', clientId, clientSecret, username, password };
    }
    context.addIssue({ code: 'custom', message: NO_AUTH });
    return z.NEVER;
  })
  .describe('Who logs in: by a signed assertion, as an app, or with a password');

const NO_LOGIN_URL =
  'This is no address to log in at. Write https://login.salesforce.com, https://test.salesforce.com for a sandbox, or your My Domain (https://yourcompany.my.salesforce.com).';

const loginUrl = z
  .string({ error: NO_LOGIN_URL })
  .refine(isLoginUrl, { error: NO_LOGIN_URL })
  .transform((text) => new URL(text).origin)
  .default('https://login.salesforce.com')
  .describe('https://test.salesforce.com for a sandbox, or the My Domain of the org');

const NO_RESERVE = 'This is no share of the daily API calls. Write a percentage from 0% up to, but without, 100%.';

const reserve = z.union([z.string(), z.number()], { error: NO_RESERVE }).transform((value, context) => {
  const [, percent] = /^(\d+(?:\.\d+)?)\s*%$/.exec(String(value).trim()) ?? [];
  const share = percent === undefined ? Number(value) : Number(percent) / 100;
  if (share >= 0 && share < 1) return share;
  context.addIssue({ code: 'custom', message: NO_RESERVE });
  return z.NEVER;
});

const NO_PAGE_SIZE = 'This is no page size. Write a whole number from 200 to 2000.';
const NO_VERSION = "This is no version of the API. Write one such as '62.0', in quotes.";

const where = z
  .string({ error: 'This is no condition. Write what would stand behind WHERE in SOQL.' })
  .superRefine((text, context) => {
    const wrong = whatIsWrongWithCondition(text);
    if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong });
  });

const fields = z.strictObject({
  loginUrl,
  auth,
  object: z
    .string({ error: 'This is no object. Write its API name: Contact, Lead or Custom__c.' })
    .regex(/^[A-Za-z]\w*$/, {
      error: 'This cannot be the API name of an object. Write one such as Contact, Lead or Custom__c.',
    })
    .default('Contact')
    .describe('The API name of the object that is read'),
  where: where.optional().describe("Which records are read, as behind WHERE in SOQL: LeadSource = 'Web'"),
  lookBack: duration.default(600_000).describe('How far behind the last reading the next one begins: 10m'),
  pageSize: z
    .int({ error: NO_PAGE_SIZE })
    .min(200, { error: NO_PAGE_SIZE })
    .max(2_000, { error: NO_PAGE_SIZE })
    .default(2_000)
    .describe('Records in one answer, 200 to 2000'),
  reserve: reserve.default(0.2).describe('The share of the daily API calls that is left to other tools: 20%'),
  timeout: duration.default(120_000).describe('How long one call may take: 2m'),
  apiVersion: z
    .string({ error: NO_VERSION })
    .regex(/^\d{2,3}\.0$/, { error: NO_VERSION })
    .default('62.0'),
});

export const optionsSchema = fields.superRefine((options, context) => {
  if (options.auth.kind !== 'client credentials' || !isSharedLogin(options.loginUrl)) return;
  const message =
    'Client credentials work only at the address of your own org. Write its My Domain (https://yourcompany.my.salesforce.com).';
  context.addIssue({ code: 'custom', path: ['loginUrl'], message });
});
export type SalesforceOptions = z.infer<typeof optionsSchema>;

function isLoginUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return isSafeUrl(url) && url.username === '' && url.password === '' && !url.hostname.includes('.lightning.');
}

function isSharedLogin(address: string): boolean {
  return ['login.salesforce.com', 'test.salesforce.com'].includes(new URL(address).hostname);
}

function isRsaKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}
