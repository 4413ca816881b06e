import type {
  ClaimedFile,
  Clock,
  Cursor,
  DropSource,
  FinishedRun,
  LookedAtFile,
  RecordStream,
  WaitingFile,
} from '@cloudtalk-sync/connector-kit';
import { FatalError } from '@cloudtalk-sync/errors';
import { localSource } from './csv-file.js';
import { readCsv, type CsvPosition } from './csv-reader.js';
import type { ByteSource } from './csv-source.js';
import { cursorSchema } from './drop-options.js';
import { claimedName, parseClaimedName, returnedName, runStamp, stampedName } from './file-names.js';
import { finishedFiles, type InboxOptions } from './finished-files.js';
import { END_FOLDERS, makeFolders, type Folder } from './layout.js';
import type { Transport } from './transport.js';

const ENDS: readonly Folder[] = [...new Set(Object.values(END_FOLDERS))];

/** The reading half of a drop: finished files, their claim, their rows and their way out. */
export class CsvDropSource implements DropSource {
  readonly kind = 'drop';

  constructor(
    private readonly transport: Transport,
    private readonly clock: Clock,
    private readonly options: InboxOptions,
  ) {}

  async finished(signal: AbortSignal): Promise<readonly WaitingFile[]> {
    const entries = await finishedFiles(this.transport, this.clock, this.options, signal);
    return entries.map(({ name, size }) => ({ name, size }));
  }

  async look(file: LookedAtFile, cursor: Cursor | undefined, signal: AbortSignal): Promise<RecordStream> {
    const source = file.path === undefined ? waitingSource(this.transport, file.name) : localSource(file.path);
    return readCsv(source, this.options, positionOf(cursor), signal);
  }

  async claim(file: WaitingFile, runId: string): Promise<ClaimedFile | undefined> {
    await this.transport.makeFolder('processing');
    const taken = await this.transport.rename(`inbox/${file.name}`, `processing/${claimedName(runId, file.name)}`);
    return taken ? { runId, name: file.name } : undefined;
  }

  async claimed(): Promise<readonly ClaimedFile[]> {
    const entries = await this.transport.list('processing', (name) => parseClaimedName(name) !== undefined);
    return entries.flatMap((entry) => parseClaimedName(entry.name) ?? []);
  }

  async read(file: ClaimedFile, cursor: Cursor | undefined, signal: AbortSignal): Promise<RecordStream> {
    return readCsv(claimedSource(this.transport, file), this.options, positionOf(cursor), signal);
  }

  async finish(file: ClaimedFile, run: FinishedRun): Promise<'moved' | 'returned'> {
    const stamp = runStamp({ runId: file.runId, requestedAt: run.requestedAt });
    const path = `processing/${claimedName(file.runId, file.name)}`;
    await makeFolders(this.transport);
    const entry = await this.transport.stat(path);
    if (entry && run.size !== undefined && entry.size !== run.size) {
      const isTaken = (await this.transport.stat(`inbox/${file.name}`)) !== undefined;
      const name = isTaken ? returnedName(file.name, stamp) : file.name;
      return (await this.transport.rename(path, `inbox/${name}`)) ? 'returned' : 'moved';
    }
    const target = await this.freeName(stampedName(file.name, stamp));
    await this.transport.rename(path, `${END_FOLDERS[run.status]}/${target}`);
    return 'moved';
  }

  /** `name`, or with a number when a folder of ended files has one of that name already. */
  private async freeName(name: string): Promise<string> {
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? name : stampedName(name, String(number));
      const taken = await Promise.all(ENDS.map((folder) => this.transport.stat(`${folder}/${candidate}`)));
      if (taken.every((entry) => entry === undefined)) return candidate;
    }
  }
}

function positionOf(cursor: Cursor | undefined): CsvPosition {
  return cursor === undefined ? { row: 0 } : cursorSchema.parse(cursor);
}

/** The content of a claimed file; its size throws FatalError when the file is gone. */
export function claimedSource(transport: Transport, file: ClaimedFile): ByteSource {
  return sourceAt(transport, file.name, `processing/${claimedName(file.runId, file.name)}`);
}

function waitingSource(transport: Transport, name: string): ByteSource {
  return sourceAt(transport, name, `inbox/${name}`);
}

function sourceAt(transport: Transport, name: string, path: string): ByteSource {
  return {
    name,
    size: async () => {
      const entry = await transport.stat(path);
      if (entry) return entry.size;
      throw new FatalError({
        code: 'file_gone',
        message: `The file ${transport.describe(path)} is gone: somebody moved or removed it while its import ran.`,
        fix: 'Drop the file in inbox/ again; contacts that went in already cost nothing the second time.',
      });
    },
    open: () => transport.read(path),
  };
}
