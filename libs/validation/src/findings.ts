import type { Issue, Warning } from './issue.js';
import { describeIssue, type IssueFacts, type IssueKind } from './issue-table.js';
import type { Normalised } from './normalised.js';
import { describeWarning, type WarningCode } from './warning-table.js';

/** Issues and warnings of one row; a cell of a million wrong values would become a row of a gigabyte. */
const MOST = 1000;

/** What is found while one row is read: the first thousand issues, and as many warnings. */
export class Findings {
  readonly issues: Issue[] = [];
  readonly warnings: Warning[] = [];

  refuse(kind: IssueKind, field: string, value: string, facts?: IssueFacts): void {
    if (this.issues.length < MOST) this.issues.push(describeIssue(kind, field, value, facts));
  }

  warn(code: WarningCode, field: string, from: string, to: string): void {
    if (this.warnings.length < MOST) this.warnings.push(describeWarning(code, field, from, to));
  }

  /** The accepted value, its repairs noted; undefined, the reason noted, when it was refused. */
  take(result: Normalised, field: string, from: string): string | undefined {
    if (!result.ok) {
      this.refuse(result.kind, field, from, result.facts);
      return undefined;
    }
    for (const code of result.repairs) this.warn(code, field, from, result.value);
    return result.value;
  }
}
