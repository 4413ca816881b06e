import type { SpecialCommand } from './bulk.js';
import type { Fault, FaultKind } from './faults.js';
import { actionAnswer, enveloped, type HttpAnswer } from './shapes.js';

/** What a fault can do with one request. */
export interface Exchange {
  readonly commands: number;
  /** Carries the request out. */
  readonly apply: () => HttpAnswer;
  /** Carries out only the first commands of a bulk request; any other request whole. */
  readonly applyFirst: (commands: number) => void;
  /** Carries a bulk request out, but one command differently. */
  readonly applyWith: (special: SpecialCommand) => HttpAnswer;
  readonly send: (answer: HttpAnswer, headers?: Readonly<Record<string, string>>) => void;
  /** Sends the beginning of the answer; with `end`, as if that were all. */
  readonly sendHalf: (answer: HttpAnswer, end: boolean) => void;
  /** Resets the connection. */
  readonly drop: () => void;
  /** Runs it after so many ms, unless the sandbox is closed before. */
  readonly later: (delay: number, work: () => void) => void;
  readonly now: () => Date;
}

type Effect<K extends FaultKind['kind']> = (fault: Extract<Fault, { kind: K }>, exchange: Exchange) => void;

const SOMETHING_WRONG = { status: 500, message: 'Something went wrong.' };
const INVALID = { status: 406, message: 'Invalid input data.' };

const EFFECTS: { readonly [K in FaultKind['kind']]: Effect<K> } = {
  throttle: ({ seconds = 1 }, exchange) => {
    const reset = Math.ceil(exchange.now().getTime() / 1000) + seconds;
    const headers = { 'X-CloudTalkAPI-Remaining': '0', 'X-CloudTalkAPI-ResetTime': String(reset) };
    exchange.send(actionAnswer({ status: 429, message: 'Too many requests.' }), headers);
  },
  error: (fault, exchange) => {
    if (fault.when === 'after') exchange.apply();
    if (fault.when === 'middle') exchange.applyFirst(fault.commands ?? Math.floor(exchange.commands / 2));
    const status = fault.status ?? 500;
    const page = { status, body: `<html><body><h1>${status}</h1></body></html>`, html: true };
    exchange.send(fault.html === true ? page : enveloped(status, { ...SOMETHING_WRONG, status }));
  },
  'time out': (fault, exchange) => {
    if (fault.when === 'after') exchange.apply();
  },
  'apply late': (fault, exchange) => {
    exchange.drop();
    exchange.later(fault.delay, exchange.apply);
  },
  drop: (fault, exchange) => {
    if (fault.when === 'after') exchange.apply();
    exchange.drop();
  },
  truncate: (_fault, exchange) => exchange.sendHalf(exchange.apply(), true),
  stall: (_fault, exchange) => exchange.sendHalf(exchange.apply(), false),
  slow: (fault, exchange) => {
    const answer = exchange.apply();
    exchange.later(fault.delay, () => exchange.send(answer));
  },
  'refuse command': ({ index, fields }, exchange) => {
    const answer = { ...INVALID, data: fields ?? { email: ['Please supply a valid email address.'] } };
    exchange.send(exchange.applyWith({ index, applied: false, answer }));
  },
  'command error': ({ index, applied }, exchange) => {
    exchange.send(exchange.applyWith({ index, applied, answer: SOMETHING_WRONG }));
  },
  'omit command': ({ index, applied }, exchange) => {
    exchange.send(exchange.applyWith({ index, applied, answer: undefined }));
  },
  'refuse request': ({ status = 406, fields }, exchange) => {
    exchange.send(actionAnswer({ ...INVALID, status, ...(fields === undefined ? {} : { data: fields }) }));
  },
  'refuse key': ({ status = 401 }, exchange) => {
    exchange.send(actionAnswer({ status, message: status === 401 ? 'Unauthorized.' : 'Forbidden.' }));
  },
};

/** Lets the fault happen to the request. */
export function letHappen(fault: Fault, exchange: Exchange): void {
  const effect = EFFECTS[fault.kind] as (fault: Fault, exchange: Exchange) => void;
  effect(fault, exchange);
}
