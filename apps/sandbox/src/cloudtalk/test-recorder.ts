import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ANY_OPERATION, REFERENCE, type ReferenceOperation } from './test-reference.js';

/** A request and its answer, as they went over the wire. */
export interface RecordedExchange {
  readonly method: string;
  /** Below the base URL, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** Parsed; undefined when there is none. */
  readonly body: unknown;
  readonly status: number;
  /** The text of the answer; what came of it, when the connection broke. */
  readonly answer: string;
}

export interface Recorder {
  /** Stands for the base URL of the API. */
  readonly url: string;
  readonly exchanges: readonly RecordedExchange[];
  readonly close: () => Promise<void>;
}

/** Stands before an API, passes everything on and keeps what it saw. A broken answer is broken here too. */
export async function startRecorder(target: () => string): Promise<Recorder> {
  const exchanges: RecordedExchange[] = [];
  const server = createServer((request, response) => {
    passOn(request, response, target(), exchanges).catch(() => response.socket?.resetAndDestroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, exchanges, close };
}

async function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  target: string,
  exchanges: RecordedExchange[],
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const sent = Buffer.concat(chunks).toString('utf8');
  const { method = 'GET', url = '/', headers } = request;
  const { authorization = '', 'user-agent': agent = '' } = headers;
  const init = { method, headers: { authorization, 'user-agent': agent }, ...(sent === '' ? {} : { body: sent }) };
  const answered = await fetch(target + url, init);
  const answer = await answered.text();
  const { pathname: path, searchParams: query } = new URL(url, 'http://recorder');
  const body: unknown = sent === '' ? undefined : JSON.parse(sent);
  exchanges.push({ method, path, query, headers, body, status: answered.status, answer });
  const rate = [...answered.headers].filter(([name]) => name.startsWith('x-') || name.startsWith('content-type'));
  response.writeHead(answered.status, Object.fromEntries(rate)).end(answer);
}

/** The operation of the reference that a request is for. */
export function operationOf({ method, path }: RecordedExchange): ReferenceOperation | undefined {
  const pattern = path.replace(/\/[1-9]\d*\.json$/, '/{contactId}.json');
  return REFERENCE.find((operation) => operation.method === method && operation.path === pattern);
}

/** Where a request or its answer is not as the reference has it; empty when both are. */
export function problemsOf(exchange: RecordedExchange): readonly string[] {
  const operation = operationOf(exchange);
  const name = `${exchange.method} ${exchange.path}`;
  if (operation === undefined) return [`${name} is no operation of the reference`];
  return [
    ...headerProblems(exchange),
    ...requestProblems(exchange, operation),
    ...answerProblems(exchange, operation),
  ].map((problem) => `${name} ${exchange.status}: ${problem}`);
}

function headerProblems({ headers }: RecordedExchange): readonly string[] {
  const { accept, authorization = '', 'content-type': type, 'user-agent': agent = '' } = headers;
  return [
    ...(accept === 'application/json' ? [] : ['it does not accept JSON']),
    ...(type === 'application/json' ? [] : ['it does not say that it sends JSON']),
    ...(/^Basic [\w+/]+=*$/.test(authorization) ? [] : ['it has no key']),
    ...(agent === '' ? ['it has no User-Agent'] : []),
  ];
}

function requestProblems({ body, query }: RecordedExchange, operation: ReferenceOperation): readonly string[] {
  const unknown = [...query].flatMap(([name, value]) => {
    const parameter = operation.query[name];
    if (parameter === undefined) return [`there is no query parameter ${name}`];
    if (parameter.type === 'string') return [];
    const { maximum = Infinity, minimum = -Infinity } = parameter;
    const fits = /^\d+$/.test(value) && Number(value) >= minimum && Number(value) <= maximum;
    return fits ? [] : [`${name} must not be ${value}`];
  });
  if (operation.body === undefined) return body === undefined ? unknown : [...unknown, 'it has a body'];
  const parsed = operation.body.safeParse(body);
  return parsed.success ? unknown : [...unknown, `the request: ${parsed.error.message}`];
}

function answerProblems({ answer, status }: RecordedExchange, operation: ReferenceOperation): readonly string[] {
  const answers: ReferenceOperation['answers'] = { ...ANY_OPERATION, ...operation.answers };
  const content = answers[status];
  if (content === undefined) return ['no such status is documented'];
  const envelope: unknown = JSON.parse(answer);
  const members = typeof envelope === 'object' && envelope !== null ? Object.entries(envelope) : [];
  const [[key, inside] = []] = members;
  if (members.length !== 1 || key !== 'responseData') return ['it is not in the envelope'];
  const parsed = content.safeParse(inside);
  return parsed.success ? [] : [`the answer: ${parsed.error.message}`];
}
