import { PassThrough } from 'node:stream';
import type { HttpRequest, HttpResponse } from 'jsforce';
import { Transport } from 'jsforce/lib/transport.js';
import { StreamPromise } from 'jsforce/lib/util/promise.js';
import { CallTimeout, parsed, readRefusal, VendorRefusal } from './vendor-refusal.js';

export interface Guard {
  /** The only place that a request may go to; anything else is refused before it leaves. */
  readonly origin: string;
  /** Milliseconds from the request to the last byte of its answer. */
  readonly timeout: number;
  /** Gives up early when this aborts. */
  readonly signal: AbortSignal;
  /** Hears the headers of every answer. */
  readonly onHeaders: (headers: Headers) => void;
}

/**
 * Carries the requests of jsforce in place of its own transport, which follows redirects with the session key, repeats
 * requests by itself and waits for ever for a stalled body. Each request leaves once, for one host, with a deadline;
 * whatever is no JSON with a 2xx is thrown as VendorRefusal, a late one as CallTimeout.
 */
export class GuardedTransport extends Transport {
  constructor(private readonly guard: Guard) {
    super();
  }

  override httpRequest(request: HttpRequest): StreamPromise<HttpResponse> {
    return StreamPromise.create(() => ({ stream: new PassThrough(), promise: this.#exchange(request) }));
  }

  async #exchange({ body, headers, method, url }: HttpRequest): Promise<HttpResponse> {
    const { onHeaders, origin, signal, timeout } = this.guard;
    if (new URL(url).origin !== origin) {
      throw new VendorRefusal(0, 'foreign_host', `The answer leads to ${new URL(url).host}.`);
    }
    const deadline = AbortSignal.timeout(timeout);
    try {
      const response = await fetch(url, {
        method,
        headers: withoutLength(headers),
        redirect: 'manual',
        signal: AbortSignal.any([deadline, signal]),
        ...(typeof body === 'string' ? { body } : {}),
      });
      onHeaders(response.headers);
      return accepted(response, await response.text());
    } catch (error) {
      signal.throwIfAborted();
      throw deadline.aborted ? new CallTimeout(timeout) : error;
    }
  }
}

/** fetch adds the length itself; the one that jsforce gives would stand beside it. */
function withoutLength(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-length'));
}

function accepted(response: Response, body: string): HttpResponse {
  const { headers, status } = response;
  if (status >= 300 && status < 400) {
    throw new VendorRefusal(status, 'redirected', `It leads to ${hostOf(headers.get('location'))}.`);
  }
  if (status >= 400) throw readRefusal(status, body);
  if (parsed(body) === undefined) throw new VendorRefusal(status, 'junk', 'The answer is no JSON.');
  return { statusCode: status, headers: { 'content-type': 'application/json' }, body };
}

function hostOf(location: string | null): string {
  return location !== null && URL.canParse(location) ? new URL(location).host : 'another page';
}
