import type { ServerResponse } from 'node:http';
import type { SalesforceRequest } from './requests.js';

/** An HTTP answer before it is written. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  readonly html?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

export function jsonAnswer(value: unknown): HttpAnswer {
  return { status: 200, body: JSON.stringify(value) };
}

/** The ways in which one request can be answered. */
export class Exchange {
  constructor(
    private readonly response: ServerResponse,
    private readonly request: SalesforceRequest,
    private readonly headers: () => Readonly<Record<string, string>>,
  ) {}

  send(answer: HttpAnswer): void {
    this.request.status = answer.status;
    if (!this.response.destroyed) this.response.writeHead(answer.status, this.#headersOf(answer)).end(answer.body);
  }

  /** Sends the beginning of the answer; with `end`, as if that were all. */
  sendHalf(answer: HttpAnswer, end: boolean): void {
    const body = Buffer.from(answer.body, 'utf8');
    const half = body.subarray(0, Math.floor(body.length / 2));
    this.request.status = answer.status;
    const length = String((end ? half : body).length);
    this.response.writeHead(answer.status, { ...this.#headersOf(answer), 'content-length': length });
    if (end) this.response.end(half);
    else this.response.write(half);
  }

  /** Resets the connection. */
  drop(): void {
    this.response.socket?.resetAndDestroy();
  }

  #headersOf(answer: HttpAnswer): Record<string, string> {
    const type = answer.html === true ? 'text/html;charset=UTF-8' : 'application/json;charset=UTF-8';
    return { 'content-type': type, ...this.headers(), ...answer.headers };
  }
}
