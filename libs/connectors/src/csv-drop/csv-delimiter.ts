export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** Records compared with the header; more change nothing. */
const SAMPLE_RECORDS = 50;

/** Excel's own first line, which names the delimiter: `sep=;`. */
export interface SeparatorLine {
  readonly delimiter: string;
  /** The line with its line break. */
  readonly text: string;
}

export function separatorLine(head: string): SeparatorLine | undefined {
  const match = /^"?sep=([^"\r\n])"?(?:\r\n|\n|\r|$)/i.exec(head);
  return match?.[1] === undefined ? undefined : { delimiter: match[1], text: match[0] };
}

/**
 * The delimiter that splits the header into the most cells and the records after it into as many; undefined when none
 * splits the header. `complete` says whether the text ends where a record ends.
 */
export function sniffDelimiter(head: string, complete: boolean): Delimiter | undefined {
  const scores = DELIMITERS.map((delimiter) => ({ delimiter, ...score(cellCounts(head, delimiter, complete)) }));
  const best = scores
    .filter(({ cells }) => cells > 1)
    .sort((a, b) => b.cells * b.agreement - a.cells * a.agreement || b.cells - a.cells)[0];
  return best?.delimiter;
}

function score(counts: readonly number[]): { readonly cells: number; readonly agreement: number } {
  const [cells = 0, ...following] = counts;
  const agreeing = following.filter((count) => count === cells).length;
  return { cells, agreement: following.length === 0 ? 1 : agreeing / following.length };
}

/** How many cells each record has, were `delimiter` the delimiter; blank lines are left out. */
function cellCounts(text: string, delimiter: string, complete: boolean): number[] {
  const counts: number[] = [];
  let quoted = false;
  let cells = 1;
  let start = 0;
  let cellStart = 0;
  for (let at = 0; at <= text.length && counts.length < SAMPLE_RECORDS; at++) {
    const character = text[at];
    if (character === '"' && (quoted || at === cellStart)) {
      quoted = !quoted;
    } else if (character === undefined || (!quoted && (character === '\n' || character === '\r'))) {
      const finished = character !== undefined || complete || counts.length === 0;
      if (finished && text.slice(start, at).trim() !== '') counts.push(cells);
      cells = 1;
      start = cellStart = at + 1;
    } else if (!quoted && character === delimiter) {
      cells++;
      cellStart = at + 1;
    }
  }
  return counts;
}
