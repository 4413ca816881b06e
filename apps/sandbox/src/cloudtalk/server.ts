import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Account } from './account.js';
import { ApiHandler } from './api-handler.js';
import type { SandboxContact } from './contact-record.js';
import { answerControl } from './control.js';
import { type Fault, Faults } from './faults.js';
import type { Operation } from './operations.js';
import type { CloudTalkSandboxOptions } from './options.js';

/** A running stand-in. */
export interface CloudTalkSandbox {
  /** The base URL of its API, ending in /api. */
  readonly url: string;
  /** What it holds now, by id. */
  readonly contacts: () => readonly SandboxContact[];
  /** Every request to the API so far. */
  readonly operations: readonly Operation[];
  /** Queues a fault. */
  readonly fault: (fault: Fault) => void;
  /** From now on nothing goes wrong, neither what was asked for nor at random. */
  readonly calm: () => void;
  /** Puts a contact in, as someone in CloudTalk would (CloudTalk's own field names); returns its id, or throws. */
  readonly add: (data: Readonly<Record<string, unknown>>) => number;
  /** Changes a contact, as someone in CloudTalk would. */
  readonly edit: (id: number, data: Readonly<Record<string, unknown>>) => void;
  /** Takes a contact out, as someone in CloudTalk would. */
  readonly remove: (id: number) => void;
  /** Uses up the rate window but for so many operations, as another tool of the company would. */
  readonly useUp: (leaving: number) => void;
  /** From now on the company's limit is so many operations. */
  readonly limitTo: (operationsPerMinute: number) => void;
  /** Forgets contacts, tags, queued faults, operations and the rate window. */
  readonly reset: () => void;
  /** Serves a connection that was made to somebody else. */
  readonly take: (socket: Socket) => void;
  /** Breaks every connection and stops; what was to be applied late is not. */
  readonly close: () => Promise<void>;
}

/** Starts a stand-in for CloudTalk on 127.0.0.1. */
export async function startCloudTalkSandbox(options: CloudTalkSandboxOptions = {}): Promise<CloudTalkSandbox> {
  const account = new Account(options);
  const faults = new Faults(options.faults);
  const api = new ApiHandler(account, faults, options);
  const server = createServer((request, response) => {
    receive(request, response, api, account, faults);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/api`,
    contacts: () => account.snapshot(),
    operations: api.operations,
    fault: (fault) => faults.add(fault),
    calm: () => faults.clear(),
    add: (data) => Number((demand(account.add(data), 201).data as { readonly id: string }).id),
    edit: (id, data) => void demand(account.edit(id, data), 200),
    remove: (id) => void demand(account.delete(id), 200),
    useUp: (leaving) => api.window.useUp(leaving),
    limitTo: (operationsPerMinute) => void (api.window.limit = operationsPerMinute),
    reset: () => {
      account.clear();
      faults.clear();
      api.reset();
    },
    take: (socket) => void server.emit('connection', socket),
    close: () =>
      new Promise((resolve) => {
        api.stop();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function demand(answer: ReturnType<Account['add']>, status: number): ReturnType<Account['add']> {
  if (answer.status === status) return answer;
  throw new Error(`The sandbox refused the contact: ${JSON.stringify(answer)}`);
}

function receive(
  request: IncomingMessage,
  response: ServerResponse,
  api: ApiHandler,
  account: Account,
  faults: Faults,
): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = parsed(Buffer.concat(chunks).toString('utf8'));
    const url = new URL(request.url ?? '/', 'http://sandbox');
    const { method = 'GET' } = request;
    if (url.pathname.startsWith('/api/')) {
      api.handle(request, response, { method, path: url.pathname.slice(4), query: url.searchParams, body });
      return;
    }
    const answer = answerControl({ account, faults, operations: api.operations }, method, url.pathname, body);
    const type = answer.html === true ? 'text/html; charset=utf-8' : 'application/json';
    response.writeHead(answer.status, { 'content-type': type }).end(answer.body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
