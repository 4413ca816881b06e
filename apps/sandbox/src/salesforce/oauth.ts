import { createVerify, randomBytes } from 'node:crypto';
import type { SalesforceSandboxOptions } from './options.js';
import { TokenError } from './vendor-error.js';

/** How long a token lives unless told otherwise; ms (the session setting of a new org: 2 hours). */
const LIFETIME = 2 * 3_600_000;
/** An assertion may expire at most so far ahead; ms (Salesforce: 5 minutes, here with some play for clocks). */
const LONGEST_ASSERTION = 5 * 60_000 + 10_000;
const AUDIENCES = ['https://login.salesforce.com', 'https://test.salesforce.com'];
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

interface Token {
  readonly issuedAt: number;
  requests: number;
}

/** The token endpoint, and which tokens are good. */
export class TokenIssuer {
  readonly #options: SalesforceSandboxOptions;
  readonly #now: () => Date;
  readonly #tokens = new Map<string, Token>();

  constructor(options: SalesforceSandboxOptions) {
    this.#options = options;
    this.#now = options.clock ?? (() => new Date());
  }

  /** Answers a login; throws TokenError. `address`: where this server is, for the flow and for what comes after. */
  issue(form: URLSearchParams, address: string): object {
    const grant = form.get('grant_type');
    if (grant === JWT_BEARER) this.#verify(form.get('assertion') ?? '', address);
    else if (grant === 'client_credentials') this.#identify(form);
    else if (grant === 'password') this.#authenticate(form);
    else throw new TokenError('unsupported_grant_type', 'grant type not supported');
    const { organizationId = '00D000000000001EAA' } = this.#options;
    const token = `${organizationId.slice(0, 15)}!${randomBytes(24).toString('base64url')}`;
    this.#tokens.set(token, { issuedAt: this.#now().getTime(), requests: 0 });
    return {
      access_token: token,
      instance_url: address,
      id: `${address}/id/${organizationId}/005000000000001AAA`,
      token_type: 'Bearer',
      issued_at: String(this.#now().getTime()),
      signature: randomBytes(24).toString('base64'),
    };
  }

  /** Whether a request with this Authorization header may pass; counts it. */
  accepts(header: string | undefined): boolean {
    const token = this.#tokens.get(header?.replace(/^Bearer /, '') ?? '');
    if (token === undefined) return false;
    token.requests += 1;
    const age = this.#now().getTime() - token.issuedAt;
    const { tokenLifetime = LIFETIME, tokenRequests = Infinity } = this.#options;
    return age <= tokenLifetime && token.requests <= tokenRequests;
  }

  expire(): void {
    this.#tokens.clear();
  }

  #identify(form: URLSearchParams): void {
    const { clientId = 'sandbox-client', clientSecret = 'sandbox-secret' } = this.#options;
    if (form.get('client_id') !== clientId) throw new TokenError('invalid_client_id', 'client identifier invalid');
    if (form.get('client_secret') !== clientSecret)
      throw new TokenError('invalid_client', 'invalid client credentials');
  }

  #authenticate(form: URLSearchParams): void {
    this.#identify(form);
    const { username = 'integration@example.com', password = 'sandbox-password' } = this.#options;
    if (form.get('username') === username && form.get('password') === password) return;
    throw new TokenError('invalid_grant', 'authentication failure');
  }

  #verify(assertion: string, address: string): void {
    const [head = '', body = '', signature = ''] = assertion.split('.');
    const { clientId = 'sandbox-client', publicKey, username = 'integration@example.com' } = this.#options;
    const isSigned =
      publicKey !== undefined &&
      decoded(head)['alg'] === 'RS256' &&
      createVerify('RSA-SHA256').update(`${head}.${body}`).verify(publicKey, signature, 'base64url');
    if (!isSigned) throw new TokenError('invalid_grant', 'invalid assertion');
    const claims = decoded(body);
    if (claims['iss'] !== clientId) throw new TokenError('invalid_client_id', 'client identifier invalid');
    if (claims['sub'] !== username) throw new TokenError('invalid_grant', "user hasn't approved this consumer");
    if (![...AUDIENCES, address].includes(String(claims['aud']))) {
      throw new TokenError('invalid_grant', 'audience is invalid');
    }
    const left = Number(claims['exp']) * 1000 - this.#now().getTime();
    if (!(left > 0 && left <= LONGEST_ASSERTION)) throw new TokenError('invalid_grant', 'assertion is expired');
  }
}

function decoded(part: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
