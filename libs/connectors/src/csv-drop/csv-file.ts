import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { RecordStream } from '@cloudtalk-sync/connector-kit';
import { FatalError } from '@cloudtalk-sync/errors';
import { readCsv, type CsvOptions } from './csv-reader.js';
import type { ByteSource } from './csv-source.js';
import { readInChunks } from './folder-transport.js';
import { isMissing, isSystemError, translate } from './fs-errors.js';

/** Reads a CSV that lies anywhere on this machine. Throws FatalError when it cannot be read or imported as a whole. */
export function readCsvFile(path: string, options: CsvOptions, signal?: AbortSignal): Promise<RecordStream> {
  return readCsv(localSource(path), options, { row: 0 }, signal);
}

/** The content of a file anywhere on this machine. */
export function localSource(path: string): ByteSource {
  return { name: basename(path), size: () => sizeOf(path), open: () => readInChunks(path) };
}

async function sizeOf(path: string): Promise<number> {
  let isFolder = false;
  try {
    const stats = await stat(path);
    if (stats.isFile()) return stats.size;
    isFolder = stats.isDirectory();
  } catch (error) {
    if (!isMissing(error) && !leadsThroughFile(error)) throw translate(error, path);
    throw new FatalError({
      code: 'file_missing',
      message: `There is no file ${path}.`,
      fix: 'Check the spelling of the path and the folder that the command runs in.',
    });
  }
  throw noFile(path, isFolder);
}

/** What such a path gives cannot be read twice, or never ends. */
function noFile(path: string, isFolder: boolean): FatalError {
  return new FatalError({
    code: 'not_a_file',
    message: isFolder
      ? `${path} is a folder where a file is expected.`
      : `${path} is no regular file but a pipe, a device or the like; save it to a file first.`,
    fix: 'Give the path of a CSV file.',
  });
}

function leadsThroughFile(error: unknown): boolean {
  return isSystemError(error) && error.code === 'ENOTDIR';
}
