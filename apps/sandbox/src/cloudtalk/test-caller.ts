import { request as httpRequest } from 'node:http';
import type { CloudTalkSandbox } from './server.js';

/** What came back from the sandbox. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What stands in the envelope. */
  readonly data: unknown;
}

const KEY = `Basic ${Buffer.from('sandbox-key:sandbox-secret').toString('base64')}`;

/** Calls the sandbox's API with its default key; rejects when no whole answer comes within two seconds. */
export async function call(sandbox: CloudTalkSandbox, method: string, path: string, body?: unknown): Promise<Reply> {
  return callUrl(sandbox.url + path, method, body, { authorization: KEY });
}

/** Calls any address. */
export async function callUrl(
  url: string,
  method = 'GET',
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const signal = AbortSignal.timeout(2_000);
  const response = await fetch(url, { method, headers: { 'user-agent': 'test', ...headers }, signal, ...sent });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, data: opened(text) };
}

/** Calls without a User-Agent, which fetch cannot. */
export async function callWithoutUserAgent(sandbox: CloudTalkSandbox): Promise<{ status: number; type: string }> {
  return new Promise((resolve, reject) => {
    const url = `${sandbox.url}/contacts/index.json`;
    httpRequest(url, { headers: { authorization: KEY }, agent: false }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '' });
    })
      .on('error', reject)
      .end();
  });
}

/** A bulk request of adds, one for each name. */
export function adds(...names: readonly string[]): readonly unknown[] {
  return names.map((name, index) => ({ action: 'add_contact', command_id: `c${index}`, data: { name } }));
}

function opened(text: string): unknown {
  try {
    return (JSON.parse(text) as { readonly responseData?: unknown }).responseData;
  } catch {
    return undefined;
  }
}
