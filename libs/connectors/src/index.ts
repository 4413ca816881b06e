/**
 * The connectors: one folder for each kind of source, one line for each in the registry below. `CONNECTORS` is all that
 * the daemon knows of them. Beside it stands the reading of a single CSV, for the `validate` command, and the check of
 * a header that is read by CloudTalk's template columns.
 */
import type { Connector } from '@cloudtalk-sync/connector-kit';
import { folder } from './csv-drop/folder.js';
import { hubspot } from './hubspot/hubspot.js';
import { salesforce } from './salesforce/salesforce.js';

export { readCsvFile } from './csv-drop/csv-file.js';
export { FILE_CODES } from './csv-drop/file-refusals.js';
export { checkTemplateHeader, ERROR_COLUMNS } from './csv-drop/csv-header.js';
export { readCsv, type CsvOptions, type CsvPosition } from './csv-drop/csv-reader.js';
export type { ByteSource } from './csv-drop/csv-source.js';

/** Every connector there is; `connector:` in the config names one by its type. */
export const CONNECTORS: readonly Connector[] = [folder, salesforce, hubspot];
