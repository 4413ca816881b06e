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
  readonly isUtf8: boolean;
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
  return { size, sha256: hash.digest('hex'), head: Buffer.concat(heads), isUtf8: utf8.end(), zeros };
}

function countZeros(chunk: Buffer, offset: number, zeros: { even: number; odd: number }): void {
  for (let at = chunk.indexOf(0); at !== -1; at = chunk.indexOf(0, at + 1)) {
    if ((offset + at) % 2 === 0) zeros.even++;
    else zeros.odd++;
  }
}

function utf8Check(): { add(chunk: Buffer): void; end(): boolean } {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let valid = true;
  const decode = (chunk?: Buffer): void => {
    if (!valid) return;
    try {
      decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      valid = false;
    }
  };
  return {
    add: decode,
    end: () => {
      decode();
      return valid;
    },
  };
}
