import { type Exchange, type HttpAnswer } from './exchange.js';
import type { SalesforceFault, SalesforceFaultKind } from './faults.js';

/** What a fault can do with one request. */
export interface Scene {
  readonly exchange: Exchange;
  /** Whether it is a login, whose errors have a shape of their own. */
  readonly isLogin: boolean;
  /** Carries the request out; so many rows of an update are locked. */
  readonly apply: (lockedRows?: number) => HttpAnswer;
  readonly expireTokens: () => void;
  readonly expireLocators: () => void;
}

type Effect<K extends SalesforceFaultKind['kind']> = (
  fault: Extract<SalesforceFault, { kind: K }>,
  scene: Scene,
) => void;

/** What Salesforce says with a status. */
const WORDS: Readonly<Record<number, readonly [code: string, message: string]>> = {
  401: ['INVALID_SESSION_ID', 'Session expired or invalid'],
  403: ['REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'],
  500: ['UNKNOWN_EXCEPTION', 'An unexpected error occurred. Please include this ErrorId if you contact support: 1-1'],
  503: ['SERVER_UNAVAILABLE', 'The service is temporarily unavailable. Please try again later.'],
};

const EFFECTS: { readonly [K in SalesforceFaultKind['kind']]: Effect<K> } = {
  status: (fault, { apply, exchange, isLogin }) => {
    if (fault.when === 'after') apply();
    const [code, message] = WORDS[fault.status] ?? ['UNKNOWN_EXCEPTION', 'An unexpected error occurred.'];
    const said = { message: fault.message ?? message, errorCode: fault.code ?? code };
    const error = isLogin ? { error: said.errorCode, error_description: said.message } : [said];
    const page = `<html><body><h1>${fault.status}</h1></body></html>`;
    const isHtml = fault.html === true;
    exchange.send({ status: fault.status, body: isHtml ? page : JSON.stringify(error), html: isHtml });
  },
  drop: ({ when }, { apply, exchange }) => {
    if (when === 'after') apply();
    exchange.drop();
  },
  'time out': ({ when }, { apply }) => {
    if (when === 'after') apply();
  },
  stall: (_fault, { apply, exchange }) => exchange.sendHalf(apply(), false),
  truncate: (_fault, { apply, exchange }) => exchange.sendHalf(apply(), true),
  junk: (fault, { apply, exchange }) => {
    apply();
    if ('json' in fault) exchange.send({ status: 200, body: JSON.stringify(fault.json) });
    else exchange.send({ status: 200, body: '<html><body>Down for maintenance</body></html>', html: true });
  },
  redirect: ({ status = 302, to }, { exchange }) => exchange.send({ status, body: '', headers: { location: to } }),
  'expire token': (_fault, { apply, exchange, expireTokens }) => {
    expireTokens();
    exchange.send(apply());
  },
  'expire locators': (_fault, { apply, exchange, expireLocators }) => {
    expireLocators();
    exchange.send(apply());
  },
  'lock rows': ({ rows = 1 }, { apply, exchange }) => exchange.send(apply(rows)),
};

/** Lets the fault happen to the request. */
export function letHappen(fault: SalesforceFault, scene: Scene): void {
  const effect = EFFECTS[fault.kind] as (fault: SalesforceFault, scene: Scene) => void;
  effect(fault, scene);
}
