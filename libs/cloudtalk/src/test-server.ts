import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a request looked like when it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Handler = (request: ReceivedRequest, response: ServerResponse) => void;

/** A real HTTP server for this lib's tests, which answers however it is told to. */
export interface TestServer {
  readonly url: string;
  readonly received: readonly ReceivedRequest[];
  answer: Handler;
  readonly close: () => Promise<void>;
}

export async function startTestServer(): Promise<TestServer> {
  const received: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const seen = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
      received.push(seen);
      started.answer(seen, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const started: TestServer = {
    url: `http://127.0.0.1:${port}/api`,
    received,
    answer: json(200, {}),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return started;
}

/** Answers with a JSON body. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Handler {
  return text(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
}

/** Answers with any body. */
export function text(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Handler {
  return (_request, response) => {
    response.writeHead(status, headers).end(body);
  };
}
