import type { Account, ActionAnswer } from './account.js';
import { type Fault, FAULT_KINDS, type Faults } from './faults.js';
import type { Operation } from './operations.js';
import { escaped, type HttpAnswer } from './shapes.js';

/** What people and tests can see and steer from outside the API. */
export interface Controls {
  readonly account: Account;
  readonly faults: Faults;
  readonly operations: readonly Operation[];
}

type Control = (controls: Controls, body: unknown) => HttpAnswer;

const CONTROLS: Readonly<Record<string, Control>> = {
  'GET /': (controls) => ({ status: 200, body: page(controls), html: true }),
  'GET /sandbox/contacts': ({ account }) => json(200, account.snapshot()),
  'POST /sandbox/contacts': ({ account }, body) =>
    json(
      200,
      listOf(body).map((data) => seed(account, data)),
    ),
  'DELETE /sandbox/contacts': ({ account }) => {
    account.clear();
    return json(200, { contacts: 0 });
  },
  'GET /sandbox/operations': ({ operations }) => json(200, operations),
  'POST /sandbox/faults': ({ faults }, body) => {
    const list = listOf(body);
    const bad = list.find((one) => !isFault(one));
    if (bad !== undefined || list.length === 0) return json(400, { error: wrongFault(bad) });
    for (const fault of list as readonly Fault[]) faults.add(fault);
    return json(200, { added: list.length });
  },
  'DELETE /sandbox/faults': ({ faults }) => {
    faults.clear();
    return json(200, { faults: 0 });
  },
};

/** Answers what is no part of CloudTalk: the page and /sandbox/; it asks for no key and counts no operation. */
export function answerControl(controls: Controls, method: string, path: string, body: unknown): HttpAnswer {
  const control = CONTROLS[`${method} ${path}`];
  const known = Object.keys(CONTROLS).join(', ');
  return control?.(controls, body) ?? json(404, { error: `There is no ${method} ${path} here; there is ${known}.` });
}

function json(status: number, value: unknown): HttpAnswer {
  return { status, body: JSON.stringify(value) };
}

function listOf(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  return body === undefined ? [] : [body];
}

function seed(account: Account, data: unknown): ActionAnswer {
  return account.add(typeof data === 'object' && data !== null ? { ...data } : {});
}

function isFault(value: unknown): value is Fault {
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
  return FAULT_KINDS.some((known) => known === kind);
}

function wrongFault(value: unknown): string {
  return `${JSON.stringify(value) ?? 'Nothing'} is no fault; its "kind" must be one of: ${FAULT_KINDS.join(', ')}.`;
}

/** A page shows at most this many contacts, the newest. */
const SHOWN = 500;

function page({ account, operations }: Controls): string {
  const contacts = account.snapshot();
  const rows = contacts
    .slice(-SHOWN)
    .reverse()
    .map((contact) => {
      const { id, name, phones, emails, company, country, tags, modified } = contact;
      const cells = [String(id), name, phones.join(' '), emails.join(' '), company, country, tags.join(', '), modified];
      return `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`;
    });
  const heads = ['id', 'name', 'phones', 'e-mails', 'company', 'country', 'tags', 'modified'];
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>CloudTalk sandbox</title>
<style>body{font:14px sans-serif;margin:2em}td,th{padding:.2em .8em;text-align:left;border-bottom:1px solid #ddd}</style>
<h1>CloudTalk sandbox</h1>
<p>${contacts.length} contacts${contacts.length > SHOWN ? ` (the newest ${SHOWN} below)` : ''}, ${operations.length} API requests so far.
A stand-in for tests and demos: nothing here reaches CloudTalk. As JSON: <a href="/sandbox/contacts">contacts</a>, <a href="/sandbox/operations">operations</a>.</p>
<table><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr>
${rows.join('\n')}
</table></html>`;
}
