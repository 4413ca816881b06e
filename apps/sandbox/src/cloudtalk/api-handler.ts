import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Account } from './account.js';
import { answerBulk, applyFirst, countCommands } from './bulk.js';
import { type Exchange, letHappen } from './fault-effects.js';
import type { Faults } from './faults.js';
import type { Operation } from './operations.js';
import type { CloudTalkSandboxOptions } from './options.js';
import { RateWindow } from './rate-window.js';
import { answerApi, type ApiRequest, BULK_PATH } from './routes.js';
import { actionAnswer, type HttpAnswer } from './shapes.js';

/** The company limit (API reference 1.7: 60 operations per minute). */
const DEFAULT_LIMIT = 60;

/** The way of a request through the API: edge, key, rate window, faults, and then what CloudTalk does. */
export class ApiHandler {
  readonly operations: Operation[] = [];
  readonly #account: Account;
  readonly #faults: Faults;
  readonly #options: CloudTalkSandboxOptions;
  readonly #now: () => Date;
  readonly #authorization: string;
  readonly #timers = new Set<NodeJS.Timeout>();
  window: RateWindow;

  constructor(account: Account, faults: Faults, options: CloudTalkSandboxOptions) {
    this.#account = account;
    this.#faults = faults;
    this.#options = options;
    this.#now = options.clock ?? (() => new Date());
    const key = `${options.accessKeyId ?? 'sandbox-key'}:${options.accessKeySecret ?? 'sandbox-secret'}`;
    this.#authorization = `Basic ${Buffer.from(key, 'utf8').toString('base64')}`;
    this.window = this.#newWindow();
  }

  reset(): void {
    this.operations.length = 0;
    this.window = this.#newWindow();
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  handle(request: IncomingMessage, response: ServerResponse, api: ApiRequest): void {
    const operation = this.#note(api, request.socket.remotePort);
    const send = this.#sender(response, operation);
    if ((request.headers['user-agent'] ?? '') === '') {
      send({ status: 403, body: '<html><body><h1>403 Forbidden</h1></body></html>', html: true });
    } else if (request.headers.authorization !== this.#authorization) {
      send(actionAnswer({ status: 401, message: 'Unauthorized.' }));
    } else if (!this.#take(operation)) {
      send(actionAnswer({ status: 429, message: 'Too many requests.' }));
    } else {
      this.#answer(response, api, operation, send);
    }
  }

  #answer(response: ServerResponse, api: ApiRequest, operation: Operation, send: Exchange['send']): void {
    const apply = (): HttpAnswer => answerApi(this.#account, api, this.#options.indexShows ?? 'first');
    const fault = this.#faults.next(api.path);
    if (fault === undefined) {
      send(apply());
      return;
    }
    operation.fault = fault.kind;
    letHappen(fault, {
      commands: operation.commands,
      apply,
      applyFirst: (count) => {
        if (api.path === BULK_PATH) applyFirst(this.#account, api.body, count);
        else apply();
      },
      applyWith: (special) => answerBulk(this.#account, api.body, special),
      send,
      sendHalf: (answer, end) => this.#sendHalf(response, operation, answer, end),
      drop: () => response.socket?.resetAndDestroy(),
      later: (delay, work) => this.#later(delay, work),
      now: this.#now,
    });
  }

  #newWindow(): RateWindow {
    return new RateWindow(this.#options.operationsPerMinute ?? DEFAULT_LIMIT, this.#now, this.#options.window);
  }

  #note(api: ApiRequest, port: number | undefined): Operation {
    const query = api.query.size > 0 ? `?${api.query.toString()}` : '';
    const operation: Operation = {
      time: this.#now(),
      method: api.method,
      path: `${api.path}${query}`,
      port,
      status: undefined,
      commands: api.path === BULK_PATH ? countCommands(api.body) : 0,
      operations: 0,
      fault: undefined,
      remaining: undefined,
      limit: undefined,
      reset: undefined,
      answered: undefined,
    };
    this.operations.push(operation);
    return operation;
  }

  #take(operation: Operation): boolean {
    const cost = this.#options.bulkCost === 'command' ? Math.max(1, operation.commands) : 1;
    if (!this.window.take(cost)) return false;
    operation.operations = cost;
    return true;
  }

  #headers(answer: HttpAnswer): Record<string, string> {
    return {
      'content-type': answer.html === true ? 'text/html; charset=utf-8' : 'application/json',
      date: this.#now().toUTCString(),
      ...this.window.headers(),
    };
  }

  #sender(response: ServerResponse, operation: Operation): Exchange['send'] {
    return (answer, extra = {}) => {
      const headers: Record<string, string> = { ...this.#headers(answer), ...extra };
      operation.status = answer.status;
      if (response.destroyed) return;
      this.#noteAnswer(operation, headers);
      response.writeHead(answer.status, headers).end(answer.body);
    };
  }

  #sendHalf(response: ServerResponse, operation: Operation, answer: HttpAnswer, end: boolean): void {
    const body = Buffer.from(answer.body, 'utf8');
    const half = body.subarray(0, Math.floor(body.length / 2));
    const headers = this.#headers(answer);
    operation.status = answer.status;
    this.#noteAnswer(operation, headers);
    response.writeHead(answer.status, { ...headers, 'content-length': (end ? half : body).length });
    if (end) response.end(half);
    else response.write(half);
  }

  #noteAnswer(operation: Operation, headers: Readonly<Record<string, string>>): void {
    operation.remaining = Number(headers['X-CloudTalkAPI-Remaining']);
    operation.limit = Number(headers['X-CloudTalkAPI-Limit']);
    operation.reset = Number(headers['X-CloudTalkAPI-ResetTime']);
    operation.answered = this.#now();
  }

  #later(delay: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, delay);
    this.#timers.add(timer);
  }
}
