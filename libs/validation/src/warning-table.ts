import type { Warning } from './issue.js';
import { fill } from './issue-table.js';
import { carried, quoted } from './shortened.js';

/** Every repair of a value, by the code that its warning carries; `{from}` and `{to}` are filled in. */
export const WARNING_TABLE = {
  excel_formula: 'The cell was written as a formula, ="..."; read as "{to}".',
  invisible_characters: 'Non-breaking or invisible characters were removed; read as "{to}".',
  stylised_text: 'Stylised letters were replaced by plain ones; read as "{to}".',
  line_break: 'A line break or tab was replaced by a space; read as "{to}".',
  lost_plus: 'The leading + was missing, as a spreadsheet drops it; read as "{to}".',
  lost_zero: 'The leading zero was missing, as a spreadsheet drops it; read as "{to}".',
  trailing_decimal: 'A ".0" at the end, as a spreadsheet adds it, was removed; read as "{to}".',
  expanded_number: 'The number was in scientific notation with all its digits present; read as "{to}".',
  text_mark: 'The spreadsheet\'s leading apostrophe was removed; read as "{to}".',
  trunk_zero: 'The (0) is not dialled in the international form; read as "{to}".',
  international_prefix: 'The international prefix was read as one +; the number is "{to}".',
  extension_dropped: 'CloudTalk keeps no extensions; the number is "{to}".',
  link_prefix: 'The link prefix (tel:, mailto:) was removed; read as "{to}".',
  angle_brackets: 'The < and > around the address were removed; read as "{to}".',
  other_separator: 'Several values were not separated by a colon; read as "{to}".',
  swapped_columns: 'Phone and e-mail stood in each other\'s column; "{from}" was moved to {to}.',
} as const satisfies Record<string, string>;

/** A repair that validation makes. */
export type WarningCode = keyof typeof WARNING_TABLE;

/** The warning of a repair of `field`, its sentence taken from the table. */
export function describeWarning(code: WarningCode, field: string, from: string, to: string): Warning {
  const message = fill(WARNING_TABLE[code], { field, from: quoted(from), to: quoted(to) });
  return { field, code, from: carried(from), to: carried(to), message };
}
