import { createHash } from 'node:crypto';
import type { ByteSource } from './csv-source.js';
import { refusals } from './file-refusals.js';

/** Bytes kept of the beginning of a file: enough for its header and some tens of rows. */
const HEAD_SIZE = 64 * 1024;

/** What one pass over the bytes of a file tells. */
export interface Inspection {
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
  readonly head: Buffer;
  /** `damaged`: with a few bytes that are not. */
  readonly utf8: 'whole' | 'damaged' | 'not';
  /** Zero bytes at even and at odd positions: the mark of UTF-16, or of something that is no text. */
  readonly zeros: { readonly even: number; readonly odd: number };
}

/** Reads a file once; throws FatalError when it is larger than `maxFileSize` bytes, before or while it is read. */
export async function inspect(source: ByteSource, maxFileSize: number, signal?: AbortSignal): Promise<Inspection> {
  const announced = await source.size();
  if (announced > maxFileSize) throw refusals.tooLarge(announced, maxFileSize);
  const hash = createHash('sha256');
  const utf8 = utf8Check();
  const zeros = { even: 0, odd: 0 };
  const heads: Buffer[] = [];
  let size = 0;
  for await (const chunk of source.open()) {
    signal?.throwIfAborted();
    hash.update(chunk);
    utf8.add(chunk);
    countZeros(chunk, size, zeros);
    if (size < HEAD_SIZE) heads.push(chunk.subarray(0, HEAD_SIZE - size));
    size += chunk.length;
    if (size > maxFileSize) throw refusals.tooLarge(size, maxFileSize);
  }
  return { size, sha256: hash.digest('hex'), head: Buffer.concat(heads), utf8: utf8.end(), zeros };
}

function countZeros(chunk: Buffer, offset: number, zeros: { even: number; odd: number }): void {
  for (let at = chunk.indexOf(0); at !== -1; at = chunk.indexOf(0, at + 1)) {
    if ((offset + at) % 2 === 0) zeros.even++;
    else zeros.odd++;
  }
}

/**
 * Characters of several bytes for each damaged place that make a file UTF-8 all the same: letters of an 8-bit code page
 * hardly ever look like one (measured on names in windows-1250, 1251 and 1252: at most one for seven damaged places).
 */
const PROOF = 3;

function utf8Check(): { add(chunk: Buffer): void; end(): Inspection['utf8'] } {
  let decoder = new TextDecoder('utf-8', { fatal: true });
  const found = { beyondAscii: 0, damaged: 0 };
  const decode = (chunk?: Buffer): void => {
    const text = decoder.decode(chunk, { stream: chunk !== undefined });
    found.beyondAscii += (chunk?.length ?? 0) - text.length;
    if (!decoder.fatal) found.damaged += text.split('\ufffd').length - 1;
  };
  const add = (chunk?: Buffer): void => {
    try {
      decode(chunk);
    } catch {
      decoder = new TextDecoder('utf-8');
      if (chunk) decode(chunk);
    }
  };
  return {
    add,
    end: () => {
      add();
      if (decoder.fatal) return 'whole';
      return found.beyondAscii >= PROOF * Math.max(1, found.damaged) ? 'damaged' : 'not';
    },
  };
}
