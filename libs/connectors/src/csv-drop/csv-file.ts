import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { RecordStream } from '@cloudtalk-sync/connector-kit';
import { FatalError } from '@cloudtalk-sync/errors';
import { readCsv, type CsvOptions } from './csv-reader.js';
import { readInChunks } from './folder-transport.js';
import { isMissing, translate } from './fs-errors.js';

/** Reads a CSV that lies anywhere on this machine. Throws FatalError when it cannot be read or imported as a whole. */
export function readCsvFile(path: string, options: CsvOptions, signal?: AbortSignal): Promise<RecordStream> {
  const source = { name: basename(path), size: () => sizeOf(path), open: () => readInChunks(path) };
  return readCsv(source, options, { row: 0 }, signal);
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
