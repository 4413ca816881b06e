import { readCsv, type CsvOptions } from './csv-reader.js';
import type { Entry, Transport } from './transport.js';

/** Bytes at the end of a file that tell whether it is complete: a line break in UTF-16 and what stands before it. */
const TAIL = 4;

/**
 * True when the end of a file of inbox/ looks complete: a line break, or a last row with as many cells as the header.
 * A file that is too large to be imported counts as complete, so that it is refused with a reason.
 */
export async function checkTail(transport: Transport, entry: Entry, options: CsvOptions): Promise<boolean> {
  if (entry.size > options.maxFileSize) return true;
  const tail = await lastBytes(transport.read(`inbox/${entry.name}`));
  if (endsWithLineBreak(tail)) return true;
  return lastRowIsComplete(transport, entry, options);
}

async function lastBytes(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) tail = Buffer.concat([tail, chunk.subarray(-TAIL)]).subarray(-TAIL);
  return tail;
}

/** A line break in one byte, or in the two of UTF-16 in either order. */
function endsWithLineBreak(tail: Buffer): boolean {
  const [beforeLast, last] = tail.subarray(-2);
  const isBreak = (byte: number | undefined): boolean => byte === 10 || byte === 13;
  return isBreak(last) || (last === undefined && isBreak(beforeLast)) || (last === 0 && isBreak(beforeLast));
}

async function lastRowIsComplete(transport: Transport, entry: Entry, options: CsvOptions): Promise<boolean> {
  const { name, size } = entry;
  const source = { name, size: async () => size, open: () => transport.read(`inbox/${name}`) };
  const { records } = await readCsv(source, options);
  let complete = false;
  for await (const record of records) complete = record.damage === undefined;
  return complete;
}
