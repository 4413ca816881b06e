import type { ServerResponse } from 'node:http';
import { type HttpAnswer, problem } from './answers.js';
import { letHappen } from './fault-effects.js';
import type { Faults } from './faults.js';
import { Limits } from './limits.js';
import type { HubSpotSandboxOptions } from './options.js';
import type { Portal } from './portal.js';
import type { ApiRequest, RequestKind } from './api-request.js';
import { answerApi, kindOf } from './routes.js';

/** One request to the API, as it was answered. */
export interface SandboxRequest {
  readonly time: Date;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly kind: RequestKind;
  /** Undefined when no answer was sent, or not yet. */
  status: number | undefined;
  /** The kind of the fault it met. */
  fault: string | undefined;
}

/** The way of a request through the API: token, limits, faults, and then what HubSpot does. */
export class ApiHandler {
  readonly requests: SandboxRequest[] = [];
  readonly #portal: Portal;
  readonly #faults: Faults;
  readonly #options: HubSpotSandboxOptions;
  readonly #now: () => Date;
  readonly #limits: Limits;

  constructor(portal: Portal, faults: Faults, options: HubSpotSandboxOptions) {
    this.#portal = portal;
    this.#faults = faults;
    this.#options = options;
    this.#now = options.clock ?? (() => new Date());
    this.#limits = new Limits(options);
  }

  handle(authorization: string | undefined, response: ServerResponse, api: ApiRequest): void {
    const request = this.#note(api);
    const send = (answer: HttpAnswer): void => {
      request.status = answer.status;
      if (!response.destroyed) response.writeHead(answer.status, this.#headers(request, answer)).end(answer.body);
    };
    const { accessToken = 'sandbox-token', otherTokens = [] } = this.#options;
    if (![accessToken, ...otherTokens].some((token) => authorization === `Bearer ${token}`)) {
      send(problem(401, 'INVALID_AUTHENTICATION', 'Authentication credentials not found or expired.'));
      return;
    }
    const refused = this.#limits.take(request.kind === 'search');
    if (refused === undefined) this.#answer(response, api, request, send);
    else send(refused);
  }

  #answer(
    response: ServerResponse,
    api: ApiRequest,
    request: SandboxRequest,
    send: (answer: HttpAnswer) => void,
  ): void {
    const fault = this.#faults.next({ kind: request.kind, path: api.path });
    if (fault === undefined) {
      send(answerApi(this.#portal, this.#options, api));
      return;
    }
    request.fault = fault.kind;
    letHappen(fault, {
      apply: (spoilt) => answerApi(this.#portal, this.#options, api, spoilt),
      send,
      sendHalf: (answer, end) => this.#sendHalf(response, request, answer, end),
      drop: () => response.socket?.resetAndDestroy(),
    });
  }

  #note({ method, path, query, ...rest }: ApiRequest): SandboxRequest {
    const request: SandboxRequest = {
      time: this.#now(),
      method,
      path: query.size > 0 ? `${path}?${query.toString()}` : path,
      kind: kindOf({ method, path, query, ...rest }),
      status: undefined,
      fault: undefined,
    };
    this.requests.push(request);
    return request;
  }

  #headers(request: SandboxRequest, answer: HttpAnswer): Record<string, string> {
    return {
      'content-type': answer.html === true ? 'text/html; charset=utf-8' : 'application/json;charset=utf-8',
      date: this.#now().toUTCString(),
      ...(request.kind === 'search' ? {} : this.#limits.headers()),
      ...answer.headers,
    };
  }

  #sendHalf(response: ServerResponse, request: SandboxRequest, answer: HttpAnswer, end: boolean): void {
    const body = Buffer.from(answer.body, 'utf8');
    const half = body.subarray(0, Math.floor(body.length / 2));
    const length = String((end ? half : body).length);
    request.status = answer.status;
    response.writeHead(answer.status, { ...this.#headers(request, answer), 'content-length': length });
    if (end) response.end(half);
    else response.write(half);
  }
}
