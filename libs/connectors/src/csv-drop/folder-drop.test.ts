import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock, DropSource, RunEnd, Session } from '@cloudtalk-sync/connector-kit';
import { ConfigError, FatalError } from '@cloudtalk-sync/errors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimedSource } from './drop-source.js';
import { folder } from './folder.js';
import { FolderTransport } from './folder-transport.js';

const NOW = new Date('2026-11-22T02:00:00Z');
const RUN = '1b4e28ba-2fa1-41d2-883f-0016d3cca427';
const OTHER_RUN = '1b4e28ba-0000-41d2-883f-0016d3cca427';
const never = new AbortController().signal;

let path: string;
let session: Session;
let waits: number[];
let ignored: (readonly [name: string, why: string])[];
/** What happens in the world while the source waits for its second look. */
let meanwhile: () => Promise<void>;

const clock: Clock = {
  now: () => NOW,
  wait: async (milliseconds) => {
    waits.push(milliseconds);
    await meanwhile();
  },
};

beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'drop-'));
  waits = [];
  ignored = [];
  meanwhile = async () => undefined;
  session = await open();
});
afterEach(() => rm(path, { recursive: true, force: true }));

function open(options: object = {}, readsTemplate = true): Promise<Session> {
  const parsed = folder.optionsSchema.parse({ path, ...options });
  return folder.open(parsed, {
    connectionId: 'drop',
    clock,
    defaultCountry: 'SK',
    readsTemplate,
    maxFileSize: 1000,
    fields: [],
    report: {},
    onIgnored: (name, why) => ignored.push([name, why]),
  });
}

function source(from = session): DropSource {
  if (from.source.kind !== 'drop') throw new Error('A folder is a drop.');
  return from.source;
}

async function put(place: string, content: string | Buffer, secondsOld: number): Promise<void> {
  await writeFile(join(path, place), content);
  const time = new Date(NOW.getTime() - secondsOld * 1000);
  await utimes(join(path, place), time, time);
}

async function finished(from = session): Promise<readonly string[]> {
  return (await source(from).finished(never)).map(({ name }) => name);
}

async function claim(name: string, runId = RUN) {
  const file = await source().claim({ name, size: 1 }, runId);
  if (!file) throw new Error(`${name} could not be claimed.`);
  return file;
}

const CONTENT = 'name,phone\nAnna,+421901000001\n';

describe('the finished files of a folder', () => {
  it('are those older than 30 s, oldest first, without waiting', async () => {
    const ages = { 'c.csv': 70, 'a.csv': 31, 'e.CSV': 90, 'b.csv': 50, 'd.csv': 80, 'f.csv': 31 };
    for (const [name, age] of Object.entries(ages)) await put(`inbox/${name}`, 'no line break at the end', age);
    expect(await finished()).toEqual(['e.CSV', 'd.csv', 'c.csv', 'b.csv', 'a.csv', 'f.csv']);
    expect(waits).toEqual([]);
  });

  it('are no uploads in progress, empty files, folders, links, other kinds and strange names', async () => {
    const names = ['a.csv.filepart', 'b.tmp', '.c.csv', '~d.csv', 'e.txt', 'f\ng.csv', 'h\\i.csv', 'a.csv.part'];
    for (const name of names) await put(`inbox/${name}`, CONTENT, 99);
    await put('inbox/empty.csv', '', 99);
    await mkdir(join(path, 'inbox/folder.csv'));
    await symlink('/etc/passwd', join(path, 'inbox/link.csv'));
    await put('inbox/good.csv', CONTENT, 99);
    expect(await finished()).toEqual(['good.csv']);
  });

  it('leave files that are never taken, and say which and why', async () => {
    const long = `${'x'.repeat(214)}.csv`;
    for (const name of [long, 'a\nb.csv', 'upload.csv.part', '.hidden.csv', 'other.txt']) {
      await put(`inbox/${name}`, CONTENT, 99);
    }
    await writeFile(Buffer.concat([Buffer.from(join(path, 'inbox/')), Buffer.from('\xe8.csv', 'latin1')]), CONTENT);
    await put('inbox/empty.csv', '', 99);
    await put('inbox/begun.csv', '', 5);
    await mkdir(join(path, 'inbox/folder.csv'));
    await symlink('/etc/passwd', join(path, 'inbox/link.csv'));
    expect(await finished()).toEqual([]);
    expect(ignored.sort(([a], [b]) => (a < b ? -1 : 1))).toEqual([
      ['a\uFFFDb.csv', expect.stringContaining('characters')],
      ['empty.csv', 'it is empty'],
      ['folder.csv', expect.stringContaining('not a file')],
      ['link.csv', expect.stringContaining('a link')],
      [`${'x'.repeat(100)}...`, 'its name has more than 217 bytes'],
      ['\uFFFD.csv', expect.stringContaining('no UTF-8')],
    ]);
  });

  it('are chosen by the pattern of the options', async () => {
    await put('inbox/crm-1.txt', CONTENT, 99);
    await put('inbox/a.csv', CONTENT, 99);
    expect(await finished(await open({ pattern: 'CRM-*.txt' }))).toEqual(['crm-1.txt']);
  });

  it.each<[kind: string, content: string | Buffer, taken: boolean]>([
    ['that ends with a line break', CONTENT, true],
    ['that ends with a carriage return', 'name\rAnna\r', true],
    ['in UTF-16 that ends with a line break', Buffer.from(`\uFEFF${CONTENT}`, 'utf16le'), true],
    ['whose last row is whole', CONTENT.trimEnd(), true],
    ['whose last row is cut', `${CONTENT}Eva`, false],
    ['whose last cell is cut inside quotation marks', `${CONTENT}"Eva`, false],
    ['whose header may be cut', 'name,pho', false],
    ['that ends with NUL bytes', `${CONTENT}Eva,1\0\0\0\0`, false],
    ['that ends with one NUL byte', `${CONTENT}\0\0`, false],
    ['that is too large to be imported', 'x'.repeat(1001), true],
  ])('take in a young one %s after a second look: %#', async (_kind, content, taken) => {
    await put('inbox/young.csv', content, 5);
    await put('inbox/old.csv', CONTENT, 99);
    expect(await finished()).toEqual(taken ? ['old.csv', 'young.csv'] : ['old.csv']);
    expect(waits).toEqual([2000]);
  });

  it('leave a young one that grows, is written again or goes away meanwhile', async () => {
    for (const name of ['grows', 'rewritten', 'gone', 'still']) await put(`inbox/${name}.csv`, CONTENT, 5);
    meanwhile = async () => {
      await put('inbox/grows.csv', `${CONTENT}Eva,1\n`, 5);
      await put('inbox/rewritten.csv', CONTENT, 1);
      await rm(join(path, 'inbox/gone.csv'));
    };
    expect(await finished()).toEqual(['still.csv']);
  });

  it('take in one whose time lies in the future', async () => {
    await put('inbox/future.csv', CONTENT, -3600);
    expect(await finished()).toEqual(['future.csv']);
  });
});

describe('a claimed file of a folder', () => {
  it('lies in processing/ under the id of its run, and is found there after a crash', async () => {
    await put('inbox/a__b.csv', CONTENT, 99);
    await claim('a__b.csv');
    expect(await readdir(join(path, 'processing'))).toEqual([`${RUN}__a__b.csv`]);
    expect(await source(await open()).claimed()).toEqual([{ runId: RUN, name: 'a__b.csv' }]);
    expect(await source().claim({ name: 'a__b.csv', size: 1 }, OTHER_RUN)).toBeUndefined();
  });

  it('is claimed though somebody removed the folder processing/', async () => {
    await put('inbox/a.csv', CONTENT, 99);
    await rm(join(path, 'processing'), { recursive: true });
    await claim('a.csv');
    expect(await source().claimed()).toHaveLength(1);
  });

  it.each<[RunEnd, string]>([
    ['completed', 'done'],
    ['completed with failures', 'done_with_errors'],
    ['stopped', 'done_with_errors'],
    ['failed', 'failed'],
  ])('whose run %s goes to %s/', async (status, place) => {
    await put('inbox/a.csv', CONTENT, 99);
    await source().finish(await claim('a.csv'), { status, requestedAt: NOW });
    expect(await readdir(join(path, place))).toEqual(['a.20261122T020000Z-1b4e28ba.csv']);
    expect(await readdir(join(path, 'processing'))).toEqual([]);
  });

  it('that grew after it was read goes back to the inbox as it is now, and once only', async () => {
    await put('inbox/a.csv', CONTENT, 99);
    const file = await claim('a.csv');
    await appendFile(join(path, `processing/${RUN}__a.csv`), 'Eva,+421901000002\n');
    const run = { status: 'completed', requestedAt: NOW, size: CONTENT.length } as const;
    expect(await source().finish(file, run)).toBe('returned');
    expect(await source().finish(file, run)).toBe('moved');
    expect(await readFile(join(path, 'inbox/a.csv'), 'utf8')).toBe(`${CONTENT}Eva,+421901000002\n`);
    for (const place of ['processing', 'done']) expect(await readdir(join(path, place))).toEqual([]);
  });

  it('that grew goes back beside a newer one of its name, under a name that is taken again', async () => {
    const name = `${'x'.repeat(213)}.csv`;
    await put(`inbox/${name}`, CONTENT, 99);
    const file = await claim(name);
    await put(`inbox/${name}`, 'newer', 99);
    expect(await source().finish(file, { status: 'failed', requestedAt: NOW, size: 7 })).toBe('returned');
    expect(await readFile(join(path, 'inbox', name), 'utf8')).toBe('newer');
    expect(await finished()).toHaveLength(2);
  });

  it('that has the size that was read, or one that is not known, is moved', async () => {
    for (const [index, size] of [CONTENT.length, undefined].entries()) {
      await put('inbox/a.csv', CONTENT, 99);
      const run = { status: 'failed', requestedAt: NOW, size } as const;
      expect(await source().finish(await claim('a.csv'), run)).toBe('moved');
      expect(await readdir(join(path, 'failed'))).toHaveLength(index + 1);
    }
  });

  it('never overwrites another one', async () => {
    for (const runId of [RUN, OTHER_RUN]) {
      await put('inbox/a.csv', runId, 99);
      await source().finish(await claim('a.csv', runId), { status: 'completed', requestedAt: NOW });
    }
    const names = ['a.20261122T020000Z-1b4e28ba.2.csv', 'a.20261122T020000Z-1b4e28ba.csv'];
    expect((await readdir(join(path, 'done'))).sort()).toEqual(names);
    expect(await readFile(join(path, 'done', names[1] ?? ''), 'utf8')).toBe(RUN);
  });

  it('is not read through a symbolic link that was put in its place', async () => {
    await symlink('/etc/passwd', join(path, 'inbox/a.csv'));
    const file = await claim('a.csv');
    await expect(source().read(file, undefined, never)).rejects.toThrow(FatalError);
    const { open: openBytes } = claimedSource(new FolderTransport(path), file);
    const readOn = openBytes()[Symbol.asyncIterator]();
    await expect(readOn.next()).rejects.toThrow(/symbolic link/);
  });

  it('needs the columns of the template only where the connection has no mapping', async () => {
    await put('inbox/a.csv', 'Kontakt;Telefón\nAnna;1\n', 99);
    const file = await claim('a.csv');
    await expect(source().read(file, undefined, never)).rejects.toThrow(/no column "name"/);
    const mapped = await source(await open({}, false)).read(file, undefined, never);
    expect(mapped.input.fields).toEqual(['Kontakt', 'Telefón']);
  });

  it('that somebody took away is refused with a sentence that says so', async () => {
    await put('inbox/a.csv', CONTENT, 99);
    const file = await claim('a.csv');
    await rm(join(path, 'processing'), { recursive: true });
    const reading = source().read(file, undefined, never);
    await expect(reading).rejects.toThrow(FatalError);
    await expect(source().read(file, undefined, never)).rejects.toThrow(/a\.csv is gone/);
  });
});

describe('the check of a folder', () => {
  it('leaves nothing behind', async () => {
    await session.check();
    for (const name of await readdir(path)) expect(await readdir(join(path, name))).toEqual([]);
  });

  it('makes the folders again that somebody removed', async () => {
    await rm(path, { recursive: true });
    await session.check();
    expect((await readdir(path)).sort()).toEqual([
      'done',
      'done_with_errors',
      'failed',
      'inbox',
      'processing',
      'reports',
    ]);
  });

  it('says that a file lies where a folder should be', async () => {
    await rm(join(path, 'done'), { recursive: true });
    await put('done', 'a file', 99);
    await expect(session.check()).rejects.toThrow(ConfigError);
    await expect(session.check()).rejects.toThrow(/done is a file/);
  });
});
