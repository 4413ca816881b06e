import { innermostMessage, neverOpened } from './connection-failure.js';
import { type RateReading, readRate } from './rate-reading.js';

/** How to reach one CloudTalk account. */
export interface ClientOptions {
  /** As `https://my.cloudtalk.io/api`. */
  readonly baseUrl: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Milliseconds from the first packet of the connection to the last byte of the answer. */
  readonly requestTimeout: number;
  /** Default `cloudtalk-sync`; CloudTalk's edge refuses a request without one. */
  readonly userAgent?: string;
  /** Called with each answer that carries rate limit headers, a 429 included, before the call returns. */
  readonly onRate?: (rate: RateReading) => void;
  /** The clock that `resetAt` of a reading is told by; default the machine's. */
  readonly now?: () => Date;
}

export interface Call {
  readonly method: 'GET' | 'POST';
  /** Below the base URL, with a leading slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** How one HTTP exchange ended. */
export type Exchange =
  | {
      readonly kind: 'answer';
      readonly httpStatus: number;
      /** The parsed JSON; undefined when the body is none. */
      readonly json: unknown;
      readonly rate: RateReading | undefined;
    }
  /** No request left this machine. */
  | { readonly kind: 'never opened'; readonly message: string }
  /** The request may have arrived; its answer did not, or not whole. */
  | { readonly kind: 'lost'; readonly message: string };

export interface Transport {
  /** The base URL without credentials, for messages. */
  readonly address: string;
  readonly exchange: (call: Call) => Promise<Exchange>;
}

/** One HTTP request per call, with a hard deadline, never repeated and never redirected; it does not throw. */
export function createTransport(options: ClientOptions): Transport {
  const address = addressOf(options.baseUrl);
  const key = Buffer.from(`${options.accessKeyId}:${options.accessKeySecret}`, 'utf8').toString('base64');
  const headers = {
    accept: 'application/json',
    'content-type': 'application/json',
    authorization: `Basic ${key}`,
    'user-agent': options.userAgent ?? 'cloudtalk-sync',
  };
  const exchange = async (call: Call): Promise<Exchange> => {
    const query = call.query === undefined ? '' : `?${new URLSearchParams(call.query).toString()}`;
    const deadline = AbortSignal.timeout(options.requestTimeout);
    try {
      const response = await fetch(`${address}${call.path}${query}`, {
        method: call.method,
        headers,
        redirect: 'manual',
        signal: deadline,
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      });
      const rate = readRate(response.headers, options.now?.() ?? new Date());
      if (rate !== undefined) options.onRate?.(rate);
      return { kind: 'answer', httpStatus: response.status, json: parsed(await bodyOf(response)), rate };
    } catch (error) {
      return failed(error, deadline.aborted, options.requestTimeout);
    }
  };
  return { address, exchange };
}

function addressOf(baseUrl: string): string {
  const url = new URL(baseUrl);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** The refusal of a 4xx stands in its status line, so that a body lost behind it changes nothing. */
async function bodyOf(response: Response): Promise<string> {
  if (response.status < 400 || response.status > 499) return response.text();
  return response.text().catch(() => '');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failed(error: unknown, late: boolean, requestTimeout: number): Exchange {
  if (neverOpened(error)) return { kind: 'never opened', message: innermostMessage(error) };
  if (late) return { kind: 'lost', message: `no whole answer came within ${requestTimeout / 1000} s` };
  return { kind: 'lost', message: `the connection broke before the answer was whole (${innermostMessage(error)})` };
}
