import type {
  Clock,
  InputDescription,
  Outcome,
  RowReporter,
  ReportResult,
  RunSummary,
} from '@cloudtalk-sync/connector-kit';
import { FatalError } from '@cloudtalk-sync/errors';
import { DELIMITERS } from './csv-delimiter.js';
import { ENCODINGS, type Encoding } from './csv-encoding.js';
import { ERROR_COLUMNS } from './csv-header.js';
import { inspect } from './csv-inspect.js';
import { CsvWriter, type CsvLayout } from './csv-writer.js';
import { claimedSource } from './drop-source.js';
import { parseClaimedName, runStamp, stampedName } from './file-names.js';
import { receiptText, type ReceiptInput } from './receipt.js';
import { errorRow, isForErrors, RESULT_COLUMNS, resultRow } from './report-rows.js';
import type { Transport } from './transport.js';

/** Milliseconds after which a temporary file of reports/ is what a crash left behind: no report is written so long. */
const LEFTOVER_AGE = 24 * 60 * 60 * 1000;
const LEFTOVER = /^\.[0-9a-f-]{36}\.tmp$/;
const BOM = '\uFEFF';

interface DropContext {
  readonly clock: Clock;
  /** Bytes. */
  readonly maxFileSize: number;
}

/** Writes result.csv, errors.csv and receipt.json of a run; the receipt last, so that it says the rest is there. */
export class CsvDropReporter implements RowReporter {
  readonly wants = 'every row';

  constructor(
    private readonly transport: Transport,
    private readonly context: DropContext,
  ) {}

  async report(
    run: RunSummary,
    input: InputDescription | undefined,
    outcomes: AsyncIterable<Outcome>,
  ): Promise<ReportResult> {
    await this.transport.makeFolder('reports');
    await this.removeLeftovers();
    const file = await this.identify(run, input);
    const path = (suffix: string): string => `reports/${stampedName(file.name, runStamp(run), suffix)}`;
    const result = new CsvWriter(this.transport, resultLayout(path('.result.csv')));
    const errors = new CsvWriter(this.transport, errorsLayout(path('.errors.csv'), input));
    const written: string[] = [];
    try {
      await writeRows(run, input, outcomes, result, errors);
      if (await result.commit()) written.push(path('.result.csv'));
      if (await errors.commit()) written.push(path('.errors.csv'));
      else await this.transport.remove(path('.errors.csv'));
    } catch (error) {
      await Promise.allSettled([result.discard(), errors.discard()]);
      throw error;
    }
    const names = written.map((place) => place.slice('reports/'.length));
    await this.write(path('.receipt.json'), receiptText(run, file, names));
    return { places: [...written, path('.receipt.json')].map((place) => this.transport.describe(place)) };
  }

  /** A file that was refused before it could be described is looked at again: it still lies in processing/. */
  private async identify(run: RunSummary, input: InputDescription | undefined): Promise<ReceiptInput> {
    const { name, size, sha256 } = input ?? {};
    if (name !== undefined && sha256 !== undefined) return { name, size: size ?? null, sha256 };
    const ours = (fileName: string): boolean => parseClaimedName(fileName)?.runId === run.runId;
    const [entry] = await this.transport.list('processing', ours);
    const claimed = entry ? parseClaimedName(entry.name) : undefined;
    if (!entry || !claimed) return { name: name ?? run.connectionId, size: size ?? null, sha256: null };
    const content = await this.contentOf(claimed);
    return { name: claimed.name, size: entry.size, sha256: content };
  }

  private async contentOf(file: { readonly runId: string; readonly name: string }): Promise<string | null> {
    try {
      return (await inspect(claimedSource(this.transport, file), this.context.maxFileSize)).sha256;
    } catch (error) {
      if (error instanceof FatalError) return null;
      throw error;
    }
  }

  private async write(path: string, text: string): Promise<void> {
    const file = await this.transport.create(path);
    try {
      await file.write(Buffer.from(text));
      await file.commit();
    } catch (error) {
      await file.discard();
      throw error;
    }
  }

  private async removeLeftovers(): Promise<void> {
    const oldest = this.context.clock.now().getTime() - LEFTOVER_AGE;
    const leftovers = await this.transport.list('reports', (name) => LEFTOVER.test(name));
    for (const { name, modifiedAt } of leftovers) {
      if (modifiedAt.getTime() < oldest) await this.transport.remove(`reports/${name}`);
    }
  }
}

/** Writes both CSVs in one pass over the outcomes. A run that has read its file has a result.csv, if an empty one. */
async function writeRows(
  run: RunSummary,
  input: InputDescription | undefined,
  outcomes: AsyncIterable<Outcome>,
  result: CsvWriter,
  errors: CsvWriter,
): Promise<void> {
  if (run.status !== 'failed') await result.begin();
  for await (const outcome of outcomes) {
    await result.add(resultRow(outcome, run));
    if (isForErrors(outcome, run)) await errors.add(errorRow(outcome, input?.fields ?? [], run));
  }
}

function resultLayout(path: string): CsvLayout {
  return { path, columns: RESULT_COLUMNS, delimiter: ',', encoding: 'utf-8', start: '' };
}

/** As the input was: its columns, delimiter and encoding; Unicode gets a BOM, by which spreadsheets recognise it. */
function errorsLayout(path: string, input: InputDescription | undefined): CsvLayout {
  const encoding = ENCODINGS.find((known) => known === input?.format?.['encoding']) ?? 'utf-8';
  const delimiter = input?.format?.['delimiter'] ?? ',';
  const separator = isSniffed(delimiter) ? '' : `sep=${delimiter}\n`;
  const columns = [...(input?.fields ?? []), ...ERROR_COLUMNS];
  return { path, columns, delimiter, encoding, start: bomOf(encoding) + separator };
}

function bomOf(encoding: Encoding): string {
  return encoding.startsWith('utf') ? BOM : '';
}

function isSniffed(delimiter: string): boolean {
  return DELIMITERS.some((known) => known === delimiter);
}
