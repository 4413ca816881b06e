import { toJson } from './json.js';
import type { NewRow } from './row.repository.js';

/**
 * Rows on their way into the database. Each is written as JSON when it is added, so that a page of them costs a few
 * hundred kilobytes of text and not a thousand objects.
 */
export class RowPage {
  #rows: string[] = [];

  /** How many rows it has. */
  get size(): number {
    return this.#rows.length;
  }

  add(row: NewRow): void {
    this.#rows.push(toJson(row));
  }

  /** All rows, as one JSON array. */
  toJson(): string {
    return `[${this.#rows.join(',')}]`;
  }
}
