import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { DailyLimit } from './daily-limit.js';
import { describeObject } from './describe.js';
import { Exchange, type HttpAnswer, jsonAnswer } from './exchange.js';
import { letHappen } from './fault-effects.js';
import type { SalesforceFaults } from './faults.js';
import { TokenIssuer } from './oauth.js';
import type { SalesforceSandboxOptions } from './options.js';
import type { Org } from './org.js';
import { LARGEST_PAGE, pageSizeOf, QueryLocators } from './query-locators.js';
import { kindOf, type RequestKind, type SalesforceRequest } from './requests.js';
import { runSoql } from './soql-run.js';
import { updateRecords } from './update.js';
import { TokenError, VendorError } from './vendor-error.js';

/** REST calls in 24 hours of an org with the fewest (Salesforce: Developer Edition has 15,000). */
const DAILY_REQUESTS = 15_000;
/** The longest address that is read; bytes (Salesforce: address and headers together 16,384). */
const LONGEST_ADDRESS = 16_384;

export interface Incoming {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The way of a request through Salesforce: faults, token, daily limit, and then what it is for. */
export class SalesforceHandler {
  readonly requests: SalesforceRequest[] = [];
  readonly limit: DailyLimit;
  readonly #tokens: TokenIssuer;
  readonly #locators: QueryLocators;
  readonly #now: () => Date;

  constructor(
    private readonly org: Org,
    private readonly faults: SalesforceFaults,
    private readonly options: SalesforceSandboxOptions,
  ) {
    this.#now = options.clock ?? (() => new Date());
    this.limit = new DailyLimit(options.dailyRequests ?? DAILY_REQUESTS, this.#now);
    this.#tokens = new TokenIssuer(options);
    this.#locators = new QueryLocators(this.#now, options.locatorLifetime);
  }

  handle(incoming: Incoming, response: ServerResponse): void {
    const { method, url } = incoming;
    const kind = kindOf(method, url.pathname);
    const soql = url.searchParams.get('q');
    const path = url.pathname + (soql === null ? '' : `?q=${soql}`);
    response.sendDate = false;
    const request: SalesforceRequest = { time: this.#now(), method, path, kind, status: undefined, fault: undefined };
    this.requests.push(request);
    const usage = (): string => `api-usage=${this.limit.used}/${this.limit.limit}`;
    const exchange = new Exchange(response, request, () => ({
      ...(this.options.tellsTime === false ? {} : { date: this.#now().toUTCString() }),
      ...(kind === 'token' ? {} : { 'Sforce-Limit-Info': usage() }),
    }));
    const apply = (lockedRows = 0): HttpAnswer => this.#answer(kind, incoming, lockedRows);
    const fault = this.faults.next(kind);
    if (fault === undefined) {
      exchange.send(apply());
      return;
    }
    request.fault = fault.kind;
    const expireTokens = (): void => this.#tokens.expire();
    const expireLocators = (): void => this.#locators.expire();
    letHappen(fault, { exchange, isLogin: kind === 'token', apply, expireTokens, expireLocators });
  }

  #answer(kind: RequestKind, incoming: Incoming, lockedRows: number): HttpAnswer {
    try {
      if (kind === 'token') {
        return jsonAnswer(this.#tokens.issue(new URLSearchParams(incoming.body), incoming.url.origin));
      }
      this.#admit(incoming);
      return jsonAnswer(this.#answerApi(kind, incoming, lockedRows));
    } catch (error) {
      if (error instanceof TokenError) return { status: 400, body: error.body };
      if (error instanceof VendorError) return { status: error.status, body: error.body };
      throw error;
    }
  }

  #admit({ headers, url }: Incoming): void {
    if (url.href.length > LONGEST_ADDRESS) throw new VendorError(414, 'URI_TOO_LONG', 'URI Too Long');
    if (!this.#tokens.accepts(headers.authorization)) {
      throw new VendorError(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
    }
    this.limit.spend(1);
    if (this.limit.isExceeded) {
      throw new VendorError(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
    }
  }

  #answerApi(kind: RequestKind, incoming: Incoming, lockedRows: number): unknown {
    const { body, url } = incoming;
    const [, , , version = '', , name = ''] = url.pathname.split('/');
    if (kind === 'query') return this.#query(incoming, version);
    if (kind === 'queryMore') return this.#locators.more(name, `/services/data/${version}`);
    if (kind === 'update') return updateRecords(this.org, parsed(body), (index) => index < lockedRows);
    if (kind === 'limits') {
      const { limit, used } = this.limit;
      return { DailyApiRequests: { Max: limit, Remaining: Math.max(0, limit - used) } };
    }
    const table = kind === 'describe' ? this.org.table(name) : undefined;
    if (table === undefined) throw new VendorError(404, 'NOT_FOUND', 'The requested resource does not exist');
    return describeObject(table);
  }

  #query({ headers, url }: Incoming, version: string): object {
    const all = /\/queryAll\/?$/.test(url.pathname);
    const soql = url.searchParams.get('q') ?? '';
    const result = runSoql(this.org, soql, all, this.options.idOrder ?? 'bytes', version);
    const asked = headers['sforce-query-options'];
    const header = Array.isArray(asked) ? asked[0] : asked;
    const size = pageSizeOf(header, this.options.longestPage ?? LARGEST_PAGE);
    return this.#locators.begin(result, size, `/services/data/${version}`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new VendorError(400, 'JSON_PARSER_ERROR', 'Unexpected character at [line:1, column:1]');
  }
}
