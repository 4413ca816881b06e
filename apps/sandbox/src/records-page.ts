import type { IncomingMessage, ServerResponse } from 'node:http';
import { escaped } from './cloudtalk/shapes.js';

/** What a CRM's stand-in shows to a person. */
export interface RecordsView {
  readonly title: string;
  /** As someone in the CRM would see them; the last ones stand on top of the page. */
  readonly records: readonly Readonly<Record<string, string | number | boolean | null>>[];
  /** Fields that the page leaves out. */
  readonly hidden: readonly string[];
  /** How many requests the API has had. */
  readonly requests: number;
}

/** A page shows at most this many records. */
const SHOWN = 500;

/** Answers `/` with a page of the records and `/sandbox/records` with them as JSON; false for whatever else is asked. */
export function showRecords(
  { method, url = '/' }: Pick<IncomingMessage, 'method' | 'url'>,
  response: ServerResponse,
  view: () => RecordsView,
): boolean {
  const { pathname } = new URL(url, 'http://sandbox');
  if (method !== 'GET' || !['/', '/sandbox/records'].includes(pathname)) return false;
  const isPage = pathname === '/';
  response.writeHead(200, { 'content-type': isPage ? 'text/html; charset=utf-8' : 'application/json' });
  response.end(isPage ? recordsPage(view()) : JSON.stringify(view().records));
  return true;
}

/** A table with a column for each field that is filled in some record. */
function recordsPage({ hidden, records, requests, title }: RecordsView): string {
  const shown = records.slice(-SHOWN).reverse();
  const filled = shown.flatMap((record) => Object.keys(record).filter((name) => !isEmpty(record[name])));
  const names = [...new Set(filled)].filter((name) => !hidden.includes(name));
  const rows = shown.map((record) => row('td', names, (name) => (isEmpty(record[name]) ? '' : String(record[name]))));
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>
<style>body{font:14px sans-serif;margin:2em}td,th{padding:.2em .8em;text-align:left;border-bottom:1px solid #ddd}</style>
<h1>${escaped(title)}</h1>
<p>${records.length} records${records.length > SHOWN ? ` (the last ${SHOWN} below)` : ''}, ${requests} API requests so far.
A stand-in for tests and demos: nothing here reaches the CRM. Fields that no record has filled are left out, also those for
outcomes. As JSON: <a href="/sandbox/records">records</a>.</p>
<table>${row('th', names, (name) => name)}${rows.join('')}</table></html>`;
}

function row(tag: 'td' | 'th', names: readonly string[], textOf: (name: string) => string): string {
  return `<tr>${names.map((name) => `<${tag}>${escaped(textOf(name))}</${tag}>`).join('')}</tr>`;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === false;
}
