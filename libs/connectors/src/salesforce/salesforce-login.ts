import { createSign } from 'node:crypto';
import { type Clock, isLoopback, isSafeUrl } from '@cloudtalk-sync/connector-kit';
import { OAuth2 } from 'jsforce';
import { z } from 'zod';
import { type Guard, GuardedTransport } from './guarded-transport.js';
import type { Auth, SalesforceOptions } from './salesforce-options.js';
import { VendorRefusal } from './vendor-refusal.js';

/** What a login gave. */
export interface Login {
  /** The id of the org, 18 characters. */
  readonly org: string;
  /** Scheme, host and port that every request with this token goes to. */
  readonly origin: string;
  readonly token: string;
}

type Claims = Readonly<Record<string, string | number>>;

/** How long an assertion is good; seconds (Salesforce takes up to five minutes). */
const ASSERTION_LIFETIME = 180;
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

const answerSchema = z.object({
  access_token: z.string().min(1),
  instance_url: z.url().refine((text) => isSafeUrl(new URL(text))),
  id: z.string().regex(/\/id\/[A-Za-z0-9]{15,18}\/[A-Za-z0-9]{15,18}\/?$/),
});

/** Logs in once. Throws VendorRefusal for what Salesforce refuses, and for an answer that is no login. */
export async function logIn(options: SalesforceOptions, clock: Clock, guard: Omit<Guard, 'origin'>): Promise<Login> {
  const { auth, loginUrl } = options;
  const secrets = auth.kind === 'jwt' ? {} : { clientId: auth.clientId, clientSecret: auth.clientSecret };
  const oauth2 = new OAuth2({ loginUrl, ...secrets });
  oauth2._transport = new GuardedTransport({ ...guard, origin: loginUrl });
  const answer = answerSchema.safeParse(await tokenFor(oauth2, auth, loginUrl, clock));
  if (!answer.success) throw new VendorRefusal(200, 'junk', 'The answer to the login has no session in it.');
  const { access_token: token, id, instance_url: instance } = answer.data;
  const org = id.replace(/\/$/, '').split('/').at(-2) ?? '';
  return { org, origin: new URL(instance).origin, token };
}

function tokenFor(oauth2: OAuth2, auth: Auth, loginUrl: string, clock: Clock): Promise<unknown> {
  if (auth.kind === 'password') return oauth2.authenticate(auth.username, auth.password);
  if (auth.kind === 'client credentials') return oauth2.requestToken({ grant_type: 'client_credentials' });
  const claims: Claims = {
    iss: auth.clientId,
    sub: auth.username,
    aud: audienceOf(loginUrl),
    exp: Math.floor(clock.now().getTime() / 1000) + ASSERTION_LIFETIME,
  };
  return oauth2.requestToken({ grant_type: JWT_BEARER, assertion: signed(claims, auth.privateKey) });
}

/** An assertion names one of two login servers, also when it is sent to the My Domain of an org. */
export function audienceOf(loginUrl: string): string {
  const { hostname } = new URL(loginUrl);
  if (isLoopback(hostname)) return loginUrl;
  const isTest = hostname === 'test.salesforce.com' || /--|\.(sandbox|scratch)\./.test(hostname);
  return isTest ? 'https://test.salesforce.com' : 'https://login.salesforce.com';
}

function signed(claims: Claims, privateKey: string): string {
  const encode = (part: Claims): string => Buffer.from(JSON.stringify(part), 'utf8').toString('base64url');
  const content = `${encode({ alg: 'RS256' })}.${encode(claims)}`;
  return `${content}.${createSign('RSA-SHA256').update(content).sign(privateKey, 'base64url')}`;
}
