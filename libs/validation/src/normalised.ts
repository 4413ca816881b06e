import type { IssueFacts, IssueKind } from './issue-table.js';
import type { WarningCode } from './warning-table.js';

/** What a normaliser makes of one value: the value as CloudTalk takes it with the repairs made, or why it is refused. */
export type Normalised = Accepted | Refused;

export interface Accepted {
  readonly ok: true;
  /** Empty only when the input held nothing visible. */
  readonly value: string;
  readonly repairs: readonly WarningCode[];
}

export interface Refused {
  readonly ok: false;
  readonly kind: IssueKind;
  readonly facts?: IssueFacts;
}

const NO_REPAIRS: readonly WarningCode[] = [];

/** An accepted value. */
export function accept(value: string, repairs: readonly WarningCode[] = NO_REPAIRS): Accepted {
  return { ok: true, value, repairs };
}

/** A refused value, by its case in the issue table. */
export function refuse(kind: IssueKind, facts?: IssueFacts): Refused {
  return facts ? { ok: false, kind, facts } : { ok: false, kind };
}
