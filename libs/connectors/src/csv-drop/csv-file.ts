import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { RecordStream } from '@cloudtalk-sync/connector-kit';
import { FatalError } from '@cloudtalk-sync/errors';
import { readCsv, type CsvOptions } from './csv-reader.js';
import type { ByteSource } from './csv-source.js';
import { readInChunks } from './folder-transport.js';
import { isMissing, translate } from './fs-errors.js';

/** Reads a CSV that lies anywhere on this machine. Throws FatalError when it cannot be read or imported as a whole. */
export function readCsvFile(path: string, options: CsvOptions, signal?: AbortSignal): Promise<RecordStream> {
  return readCsv(localSource(path), options, { row: 0 }, signal);
}

/** The content of a file anywhere on this machine. */
export function localSource(path: string): ByteSource {
  return { name: basename(path), size: () => sizeOf(path), open: () => readInChunks(path) };
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (!isMissing(error)) throw translate(error, path);
    throw new FatalError({
      code: 'file_missing',
      message: `There is no file ${path}.`,
      fix: 'Check the spelling of the path and the folder that the command runs in.',
    });
  }
}
