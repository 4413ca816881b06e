import { htmlPage, type HttpAnswer, json, limited, missingScope, problem } from './answers.js';
import type { Spoilt } from './batches.js';
import type { Fault, FaultKind } from './faults.js';

/** What a fault can do with one request. */
export interface Exchange {
  /** Carries the request out, a batch update perhaps not for all of its ids. */
  readonly apply: (spoilt?: Spoilt) => HttpAnswer;
  readonly send: (answer: HttpAnswer) => void;
  /** Sends the beginning of the answer; with `end`, as if that were all. */
  readonly sendHalf: (answer: HttpAnswer, end: boolean) => void;
  /** Resets the connection. */
  readonly drop: () => void;
}

type Effect<K extends FaultKind['kind']> = (fault: Extract<Fault, { kind: K }>, exchange: Exchange) => void;

const CATEGORIES: Readonly<Record<number, string>> = { 401: 'INVALID_AUTHENTICATION', 400: 'VALIDATION_ERROR' };

const EFFECTS: { readonly [K in FaultKind['kind']]: Effect<K> } = {
  status: ({ status, when, html, retryAfter }, exchange) => {
    if (when === 'after') exchange.apply();
    const answer = html === true ? htmlPage(status, String(status)) : errorAnswer(status);
    const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
    exchange.send({ ...answer, headers });
  },
  throttle: ({ policy, retryAfter }, exchange) => exchange.send(limited(policy, retryAfter)),
  'missing scope': ({ scopes }, exchange) => exchange.send(missingScope(scopes)),
  drop: ({ when }, exchange) => {
    if (when === 'after') exchange.apply();
    exchange.drop();
  },
  'time out': ({ when }, exchange) => {
    if (when === 'after') exchange.apply();
  },
  stall: (_fault, exchange) => exchange.sendHalf(exchange.apply(), false),
  truncate: (_fault, exchange) => exchange.sendHalf(exchange.apply(), true),
  junk: (fault, exchange) => {
    exchange.apply();
    exchange.send('json' in fault ? json(200, fault.json) : htmlPage(200, 'Welcome to the hotel Wi-Fi'));
  },
  redirect: ({ to, status = 302 }, exchange) => exchange.send({ status, body: '', headers: { location: to } }),
  'drop ids': ({ count = 1 }, exchange) => exchange.send(exchange.apply({ how: 'dropped', count })),
  'refuse ids': ({ count = 1, unnamed = false }, exchange) =>
    exchange.send(exchange.apply({ how: unnamed ? 'refused unnamed' : 'refused', count })),
};

/** Lets the fault happen to the request. */
export function letHappen(fault: Fault, exchange: Exchange): void {
  const effect = EFFECTS[fault.kind] as (fault: Fault, exchange: Exchange) => void;
  effect(fault, exchange);
}

function errorAnswer(status: number): HttpAnswer {
  return problem(status, CATEGORIES[status] ?? 'INTERNAL_ERROR', 'internal error');
}
