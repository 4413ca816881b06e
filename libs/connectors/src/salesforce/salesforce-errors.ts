import { FatalError, RetryableError } from '@cloudtalk-sync/errors';
import { BUDGET_PAUSE } from './api-budget.js';
import type { Auth } from './salesforce-options.js';
import { CallTimeout, VendorRefusal } from './vendor-refusal.js';

type Recovery = 'retry' | 'retry in an hour' | 'fatal';
/** `%` stands for what Salesforce said. */
type Row = readonly [recovery: Recovery, code: string, message: string, fix: string];

const ITSELF = 'It is tried again by itself; if it stays so, look at status.salesforce.com.';
const CREDENTIALS =
  'Check options.auth and options.loginUrl of the connection, and the app in Setup > External Client App Manager (or App Manager).';
const NETWORK = 'Check the network, the proxy and DNS of this machine; it is tried again by itself.';
const QUERY = 'Correct the mapping or options.where of the connection; `check` names each wrong field.';
const RIGHTS =
  'Give the integration user the right by a permission set (Setup > Permission Sets); `check` names what is missing.';

const LOGIN: Row = ['fatal', 'login_refused', 'Salesforce refuses the login (%).', CREDENTIALS];
const DENIED: Row = ['fatal', 'access_denied', 'Salesforce denies the access (%).', RIGHTS];
const BAD_QUERY: Row = ['fatal', 'invalid_query', 'Salesforce does not understand the query (%).', QUERY];
const BUSY: Row = ['retry', 'unavailable', 'Salesforce is not available at the moment (%).', ITSELF];
/** Salesforce gives it the same code as the calls of 24 hours that are used up. */
const CROWDED: Row = [
  'retry',
  'unavailable',
  'Salesforce gets too many calls at once from the tools of this org (%).',
  'It is tried again by itself; if it is often so, look at which other tools call Salesforce at the same hour.',
];
const JUNK: Row = [
  'retry',
  'junk_answer',
  'Salesforce answered with something that is not what was asked for (%).',
  'It is tried again by itself; if it stays so, check whether a proxy stands between this machine and Salesforce.',
];

/**
 * What Salesforce answers, by its code (REST API Developer Guide, status codes and error responses; OAuth errors), in
 * our words.
 */
const TABLE: Readonly<Record<string, Row>> = {
  invalid_grant: [
    'fatal',
    'login_refused',
    'Salesforce refuses the login (%).',
    'Check in options.auth the user name and the key or password, and that the user is allowed to use the app (Setup > the app > Policies > Permitted Users, by a permission set). Setup > Login History shows why.',
  ],
  invalid_client: LOGIN,
  invalid_client_id: LOGIN,
  invalid_app_access: LOGIN,
  inactive_user: LOGIN,
  inactive_org: LOGIN,
  unsupported_grant_type: LOGIN,
  unauthorized_client: LOGIN,
  invalid_request: LOGIN,
  server_error: BUSY,
  unknown_error: BUSY,
  rate_limit_exceeded: BUSY,
  login_rate_exceeded: BUSY,
  INVALID_SESSION_ID: [
    'fatal',
    'login_refused',
    'Salesforce refuses the session that it has just given (%).',
    'Check that the integration user may use the API ("API Enabled" in a permission set), that no IP restriction excludes this machine, and the session settings of the org.',
  ],
  INVALID_AUTH_HEADER: DENIED,
  REQUEST_LIMIT_EXCEEDED: [
    'retry in an hour',
    'api_budget_used_up',
    'The API calls that the Salesforce org has in 24 hours are used up (%).',
    'It goes on by itself when calls come free. Look in Setup > Company Information at which tool uses them.',
  ],
  API_DISABLED_FOR_ORG: [
    'fatal',
    'api_disabled',
    'This edition of Salesforce, or this user, has no API (%).',
    'Give the integration user "API Enabled" by a permission set; the Professional edition needs the API as an add-on.',
  ],
  API_CURRENTLY_DISABLED: BUSY,
  INVALID_FIELD: [
    'fatal',
    'unknown_field',
    'Salesforce does not know a field that the connection names, or hides it from this user (%).',
    'Correct the field in the mapping, the report or options.where, or make it visible to the integration user (Setup > Object Manager > the object > Fields > the field > Set Field-Level Security).',
  ],
  INVALID_TYPE: [
    'fatal',
    'unknown_object',
    'Salesforce does not know the object that the connection reads, or hides it from this user (%).',
    'Correct options.object (an API name: Contact, Lead, Custom__c), or give the integration user Read on it.',
  ],
  NOT_FOUND: [
    'fatal',
    'unknown_object',
    'Salesforce knows no such object or version of the API (%).',
    'Correct options.object and options.apiVersion, or give the integration user Read on the object.',
  ],
  MALFORMED_QUERY: BAD_QUERY,
  INVALID_QUERY_FILTER_OPERATOR: BAD_QUERY,
  MALFORMED_ID: BAD_QUERY,
  QUERY_TOO_COMPLICATED: BAD_QUERY,
  URI_TOO_LONG: BAD_QUERY,
  JSON_PARSER_ERROR: [
    'fatal',
    'unfit_field',
    'A field of the report cannot hold what is written into it (%).',
    'Choose a field of the right type; `check` names each one that does not fit.',
  ],
  INVALID_QUERY_LOCATOR: ['retry', 'locator_expired', 'The rest of a query is no longer kept (%).', ITSELF],
  QUERY_TIMEOUT: BUSY,
  REQUEST_RUNNING_TOO_LONG: BUSY,
  OPERATION_TOO_LARGE: BUSY,
  SERVER_UNAVAILABLE: BUSY,
  UNKNOWN_EXCEPTION: BUSY,
  UNABLE_TO_LOCK_ROW: BUSY,
  INSUFFICIENT_ACCESS: DENIED,
  INSUFFICIENT_ACCESS_OR_READONLY: DENIED,
  INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY: DENIED,
  FUNCTIONALITY_NOT_ENABLED: DENIED,
  redirected: [
    'retry',
    'redirected',
    'Salesforce sends the request to another address, which is not followed because the session key would go with it (%).',
    'It is tried again with a new login. If the org has moved, write its new My Domain as options.loginUrl.',
  ],
  foreign_host: [
    'retry',
    'foreign_host',
    'An answer leads to another host than the one logged in to, and is not followed (%).',
    'It is tried again by itself; if it stays so, check whether a proxy stands between this machine and Salesforce.',
  ],
  junk: JUNK,
};

const REFUSED: Row = [
  'fatal',
  'refused',
  'Salesforce refuses the request (%).',
  'Run `check` for this connection; if it finds nothing, look the code up in the REST API Developer Guide.',
];

/** What `invalid_grant` means where an app logs in as itself. */
const NO_RUN_AS: Row = [
  'fatal',
  'login_refused',
  'Salesforce refuses the login (%).',
  'Name an active user who may use the API as "Run As" of the client credentials flow (Setup > External Client App Manager > the app > Policies; in App Manager: the app > Manage > Edit Policies). Setup > Login History shows why.',
];

/** Statuses below 500 that mean: not now (REST API Developer Guide; 420 is a scratch org that is not there yet). */
const NOT_NOW = [408, 420, 429];

/** Certificates that are not to be trusted: nothing gets better by itself. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/;

/** Any failure of a login: whatever the token endpoint refuses, and for whatever reason, it is the login. */
export function translateLogin(error: unknown, auth: Auth['kind'], host: string, now: Date): unknown {
  if (!(error instanceof VendorRefusal)) return translate(error, host, now);
  return ofRow(rowForLogin(error, auth), said(error), error, now);
}

/** Any failure of a call as RetryableError or FatalError; what is none of the vendor's comes out as it is. */
export function translate(error: unknown, host: string, now: Date): unknown {
  if (error instanceof VendorRefusal) return ofRow(rowFor(error), said(error), error, now);
  if (error instanceof CallTimeout) {
    const row: Row = ['retry', 'timeout', `${host} did not answer in time (%).`, ITSELF];
    return ofRow(row, error.message.replace(/\.$/, ''), error, now);
  }
  if (!isNetworkFailure(error)) return error;
  const { code, message } = innermost(error);
  const words = code === undefined ? message : `${code}: ${message}`;
  if (code !== undefined && CERTIFICATE.test(code)) {
    const fix = 'Check options.loginUrl, the clock of this machine, and whether a proxy replaces certificates.';
    return ofRow(
      ['fatal', 'certificate_refused', `The certificate of ${host} cannot be trusted (%).`, fix],
      words,
      error,
      now,
    );
  }
  return ofRow(
    ['retry', 'unreachable', `${host} cannot be reached, or broke the connection (%).`, NETWORK],
    words,
    error,
    now,
  );
}

/** What a junk answer becomes; `what` says what is wrong with it. */
export function junk(what: string): RetryableError {
  const [, code, message, fix] = JUNK;
  return new RetryableError({ code, message: message.replace('%', () => what), fix });
}

function rowForLogin(refusal: VendorRefusal, auth: Auth['kind']): Row {
  if (refusal.code === 'invalid_grant' && auth === 'client credentials') return NO_RUN_AS;
  const row = rowFor(refusal);
  return row === REFUSED || row === DENIED ? LOGIN : row;
}

function rowFor({ code, message, status }: VendorRefusal): Row {
  if (code === 'REQUEST_LIMIT_EXCEEDED' && message.startsWith('Concurrent')) return CROWDED;
  if (code === 'API_CURRENTLY_DISABLED' && /\buser\b/i.test(message)) return DENIED;
  if (Object.hasOwn(TABLE, code)) return TABLE[code] ?? JUNK;
  if (code.startsWith('INSUFFICIENT_ACCESS') || status === 401 || status === 403) return DENIED;
  if (status >= 500 || NOT_NOW.includes(status)) return BUSY;
  return status >= 400 ? REFUSED : JUNK;
}

function said({ code, message, status }: VendorRefusal): string {
  const words = message.replace(/[.\s]+$/, '');
  if (code === 'junk' || code === 'redirected' || code === 'foreign_host') return words;
  if (code.startsWith('http_')) return `HTTP ${status}`;
  return words === '' ? code : `${code}: ${words}`;
}

function ofRow([recovery, code, message, fix]: Row, words: string, cause: unknown, now: Date): Error {
  const reason = { code, message: message.replace('%', () => words), fix };
  if (recovery === 'fatal') return new FatalError(reason, { cause });
  const retryAt = recovery === 'retry in an hour' ? new Date(now.getTime() + BUDGET_PAUSE) : undefined;
  return new RetryableError(reason, { cause, retryAt });
}

function isNetworkFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (error instanceof TypeError && error.cause !== undefined) || 'code' in innermost(error);
}

function innermost(error: unknown): { readonly code?: string | undefined; readonly message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(error.errors[0]);
  if (error instanceof Error && error.cause !== undefined) return innermost(error.cause);
  if (!(error instanceof Error)) return { message: String(error) };
  const { code, message } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? { code, message } : { message };
}
