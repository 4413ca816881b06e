/** What a pipeline says of one row: the contact with its filled fields, or what is wrong with which of its values. */
export type Verdict =
  | { readonly ok: true; readonly contact: object }
  | { readonly ok: false; readonly issues: readonly { readonly field: string; readonly code: string }[] };

/** Equal for equal verdicts, whatever the order of fields and issues. */
export function verdictKey(verdict: Verdict): string {
  if (!verdict.ok) return [...new Set(verdict.issues.map(({ field, code }) => `${field}: ${code}`))].sort().join(', ');
  return JSON.stringify(Object.entries(verdict.contact).sort(([one], [other]) => (one < other ? -1 : 1)));
}
