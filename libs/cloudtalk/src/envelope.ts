import type { RejectedFields } from './command.js';
import { isObject, type WireObject, wireNumber, wireText } from './wire.js';

/** The content of an answer, and the status that counts. */
export interface Envelope {
  /** The body's own status, which is authoritative, else the one of HTTP. */
  readonly status: number;
  /** What stands in `responseData`; undefined when the body is not JSON. */
  readonly content: unknown;
  readonly message: string;
}

/** Opens `{"responseData": ...}`. An HTTP 5xx stays one whatever the body says, so that nothing doubtful looks done. */
export function openEnvelope(httpStatus: number, json: unknown): Envelope {
  const content = isObject(json) && 'responseData' in json ? json['responseData'] : json;
  const inside = isObject(content) ? content : {};
  const said = wireNumber(inside['status']);
  const stated = said !== undefined && said >= 100 && said <= 599 ? said : httpStatus;
  return { status: httpStatus >= 500 ? httpStatus : stated, content, message: wireText(inside['message']) };
}

/** CloudTalk's words for each refused field; nested fields by their path, `ContactEmail.email`. */
export function rejectedFields(data: unknown): RejectedFields {
  const fields: Record<string, string[]> = {};
  collect(data, '', fields);
  return fields;
}

function collect(value: unknown, path: string, into: Record<string, string[]>): void {
  if (Array.isArray(value)) {
    for (const member of value) collect(member, path, into);
  } else if (isObject(value)) {
    for (const [key, member] of Object.entries(value))
      collect(member, /^\d+$/.test(key) ? path : below(path, key), into);
  } else {
    const words = wireText(value);
    if (words !== '' && path !== '') into[path] = [...(into[path] ?? []), words];
  }
}

function below(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** The array of a list answer: `data` of the content, or the content itself. */
export function dataArray(content: unknown): readonly unknown[] | undefined {
  if (Array.isArray(content)) return content;
  const data = isObject(content) ? content['data'] : undefined;
  return Array.isArray(data) ? data : undefined;
}

/** The object named `key` inside an item, or the item itself when it is not wrapped. */
export function unwrapped(item: unknown, key: string): WireObject | undefined {
  if (!isObject(item)) return undefined;
  const inner = item[key];
  return isObject(inner) ? inner : item;
}
