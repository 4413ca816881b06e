import type { Damage, SourceRecord } from '@cloudtalk-sync/connector-kit';
import { onOneLine } from '@cloudtalk-sync/validation';
import type { Header } from './csv-header.js';
import type { CsvRecord } from './csv-records.js';

/** Characters of a damaged row that are shown with it. */
const SHOWN_LENGTH = 1000;

/** Makes source records of the rows of one file; cells are kept as they are, missing ones are empty. */
export function recordMaker(
  file: string,
  header: Header,
  delimiter: string,
  idColumn: string | undefined,
): (record: CsvRecord, row: number) => SourceRecord {
  const idIndex = idColumn === undefined ? -1 : header.fields.indexOf(idColumn.trim());
  return (csvRecord, row) => {
    const { cells, line } = csvRecord;
    const fields: Record<string, string> = {};
    let index = 0;
    for (const name of header.fields) fields[name] = cells[index++] ?? '';
    const record = { fields, cursor: { row }, origin: { file, row, line } };
    const id = cells[idIndex]?.trim();
    const damage = damageOf(csvRecord, header, delimiter);
    return id || damage ? { ...record, ...(id ? { id } : {}), ...(damage ? { damage } : {}) } : record;
  };
}

/** Extra cells that are all empty are harmless: spreadsheets leave them behind. */
function damageOf({ cells, more }: CsvRecord, header: Header, delimiter: string): Damage | undefined {
  const { width } = header;
  if (cells.length === width) return undefined;
  const extra = cells.slice(width).filter((cell) => cell.trim() !== '');
  if (cells.length >= width && extra.length === 0) return undefined;
  const value = shortened(cells.join(delimiter));
  const count = cells.length + more;
  const cellCount = `${count} ${count === 1 ? 'cell' : 'cells'}`;
  const counts = `${cellCount}, but the header has ${width} columns`;
  if (cells.length < width) {
    return {
      value,
      message: `The row has only ${counts}.`,
      fix: 'Complete the row: empty cells need their delimiters too, and line breaks in a cell need quotation marks.',
    };
  }
  return {
    value,
    message: `The row has ${counts}; left over is: ${onOneLine(shortened(extra.join(' ')))}`,
    fix: 'Put cells that hold the delimiter in quotation marks, or remove the cells that are too many.',
  };
}

function shortened(text: string): string {
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}...` : text;
}
