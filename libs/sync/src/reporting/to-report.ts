import { createHash } from 'node:crypto';
import type { LinkEntity, Reported, RowEntity, RunEntity } from '@cloudtalk-sync/store';
import type { RunSettings } from '../settings.js';
import { stopIfAsked, type World } from '../world.js';

/** Rows read from the database together. */
const PAGE = 1000;

/**
 * Notes what the source is to be told of the records of a run: what differs from what it was told last, and nothing
 * of a version behind which another run has read a newer one.
 */
export async function noteToReport(world: World, run: RunEntity, signal: AbortSignal): Promise<void> {
  const { links, rows, writeBacks } = world.store;
  const fields = fieldsHash(run.settings as RunSettings);
  const older = await olderVersions(world, run, signal);
  for (let after = 0; ; after += PAGE) {
    stopIfAsked(signal);
    const page = await rows.page(run.id, { after, limit: PAGE });
    const last = new Map(
      page.flatMap((row) => (isConcerned(row) && !older.has(row.number) ? [[row.linkKey, row] as const] : [])),
    );
    const known = await links.ofKeys(run.connectionId, [...last.keys()]);
    const entries = [...last].flatMap(([key, row]) => entryOf(key, row, known.get(key), fields));
    if (entries.length > 0) await writeBacks.keepToReport(run, entries);
    if (page.length < PAGE) return;
  }
}

/** Which rows of a run hold a version of their record behind which another run has read a newer one. */
async function olderVersions(world: World, run: RunEntity, signal: AbortSignal): Promise<ReadonlySet<number>> {
  const { retries } = world.store;
  const numbers = new Set<number>();
  for await (const found of retries.olderVersions(run, await retries.laterRuns(run))) {
    stopIfAsked(signal);
    for (const number of found) numbers.add(number);
  }
  return numbers;
}

/** A source is told of its records that had their turn; of one that ends in the run it is told nothing any more. */
function isConcerned(row: RowEntity): row is RowEntity & { linkKey: string } {
  return row.recordId !== null && row.linkKey !== null && row.state !== 'not processed';
}

function entryOf(
  key: string,
  row: RowEntity,
  link: LinkEntity | undefined,
  fields: string,
): readonly { key: string; toReport: Reported | null }[] {
  const reported = reportedOf(row, link, fields);
  const isKnown =
    row.gone !== null || (link !== undefined && link.reported !== null && isSame(link.reported, reported));
  if (!isKnown) return [{ key, toReport: reported }];
  return link?.toReport == null ? [] : [{ key, toReport: null }];
}

function reportedOf(row: RowEntity, link: LinkEntity | undefined, fields: string): Reported {
  const contactId = String(row.contactId ?? link?.contactId ?? '');
  if (row.state === 'skipped') return { status: 'skipped', code: '', message: row.reason ?? '', contactId, fields };
  if (row.state !== 'failed') return { status: 'imported', code: '', message: '', contactId, fields };
  const code = [...new Set(row.issues.map((issue) => issue.code))].join('; ');
  const message = row.issues.map((issue) => `${issue.message} ${issue.fix}`).join(' ');
  return { status: 'failed', code, message, contactId, fields };
}

function isSame(one: Reported, other: Reported): boolean {
  return (['status', 'code', 'message', 'contactId', 'fields'] as const).every((part) => one[part] === other[part]);
}

/** Other fields must be filled even where nothing else has changed. */
function fieldsHash({ contactUrl = null, report = {} }: RunSettings): string {
  const fields = Object.entries(report).sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([fields, contactUrl]))
    .digest('base64url')
    .slice(0, 8);
}
