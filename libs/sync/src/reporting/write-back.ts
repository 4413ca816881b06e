import type { ChangeReporter, RecordOutcome, WriteAnswer } from '@cloudtalk-sync/connector-kit';
import { FatalError, type Reason, reasonOf, RetryableError } from '@cloudtalk-sync/errors';
import type { Reported, RunEntity, StillToReport, WriteBack } from '@cloudtalk-sync/store';
import { recordIdOf } from '../identities.js';
import { stopIfAsked, type World } from '../world.js';
import { Tally } from './tally.js';

/** How often the write-back of one run is begun before what is left is left to the next run. */
const MOST_ATTEMPTS = 5;
/** A source that asks for a longer pause than this has its outcomes with the next run; milliseconds. */
const LONGEST_PAUSE = 15 * 60_000;
/**
 * A page that the source cannot take is passed over; after so many in a row the reason is taken to be common to all, and at
 * once where the source says when it may be asked again.
 */
const PAGES_IN_TROUBLE = 3;

/**
 * Writes onto the records of a connection what is to be said of them, also what an earlier run could not write. Returns
 * how that went: whatever fails is counted and left to the next run, unless its record is no more. Throws RetryableError
 * when trying again soon is worth it.
 */
export async function writeBack(
  world: World,
  run: RunEntity,
  reporter: ChangeReporter,
  details: Pick<RecordOutcome, 'time'> & { readonly contactUrl: string | null },
  signal: AbortSignal,
): Promise<WriteBack> {
  const { writeBacks } = world.store;
  const tally = new Tally(run.writeBack?.written ?? 0, (run.writeBack?.attempts ?? 0) + 1);
  let inTrouble = 0;
  let trouble: Reason | undefined;
  for await (const page of pagesInTurn(world, run, () => (trouble ? WHOLE_PAGE : reporter.pageSize))) {
    stopIfAsked(signal);
    const outcomes = page.map(({ key, toReport }) => outcomeOf(key, toReport, details));
    if (trouble) {
      tally.failAll(outcomes, trouble);
      continue;
    }
    try {
      const told = page.filter(({ reported }) => reported !== null).map(({ key }) => key);
      if (told.length > 0) await writeBacks.beginReport(run.connectionId, told);
      const answers = await reporter.write(outcomes, signal);
      await keepAnswers(world, run, page, answers, tally.count(outcomes, answers), tally);
      inTrouble = 0;
    } catch (error) {
      if (error instanceof RetryableError && tally.attempts < MOST_ATTEMPTS && isSoon(error, world)) {
        await world.store.runs.note(run, { writeBack: tally.result() });
        throw error;
      }
      if (!(error instanceof RetryableError) && !(error instanceof FatalError)) throw error;
      const reason = reasonOf(error);
      tally.failAll(outcomes, reason);
      inTrouble += 1;
      const isCommon = error instanceof RetryableError && error.retryAt !== undefined;
      if (!isCommon && inTrouble < PAGES_IN_TROUBLE) continue;
      trouble = reason;
      tally.brokenOffAt = page[page.length - 1]?.key;
    }
  }
  return tally.result();
}

/**
 * What the records are to be told, each once, from where the last run broke off, so that those over which the source
 * breaks down cannot keep the ones behind them from their outcomes for ever.
 */
async function* pagesInTurn(
  { store }: World,
  run: RunEntity,
  size: () => number,
): AsyncGenerator<readonly StillToReport[]> {
  const begin = await store.runs.brokenOffAt(run);
  const legs = begin === undefined ? [{ after: '' }] : [{ after: begin }, { after: '', upTo: begin }];
  for (const leg of legs) {
    let { after } = leg;
    for (let isLast = false; !isLast;) {
      const limit = size();
      const page = await store.writeBacks.toReport(run.connectionId, { ...leg, after, limit });
      isLast = page.length < limit;
      after = page[page.length - 1]?.key ?? after;
      if (page.length > 0) yield page;
    }
  }
}

/** Records that fail for a reason common to all are counted in larger pages. */
const WHOLE_PAGE = 1000;

function isSoon({ retryAt }: RetryableError, { clock }: World): boolean {
  return retryAt === undefined || retryAt.getTime() - clock.now().getTime() <= LONGEST_PAUSE;
}

async function keepAnswers(
  { store }: World,
  run: RunEntity,
  page: readonly StillToReport[],
  answers: readonly WriteAnswer[],
  taken: ReadonlySet<string>,
  tally: Tally,
): Promise<void> {
  const told = page.filter(({ key }) => taken.has(recordIdOf(key)));
  const refused = new Set(answers.flatMap(({ ok, recordId }) => (ok ? [] : [recordId])));
  const gone = answers.flatMap((answer) => (!answer.ok && answer.isGone ? [answer.recordId] : []));
  const done = page.flatMap(({ key }) => (gone.includes(recordIdOf(key)) ? [{ key, toReport: null }] : []));
  const unchanged = page.filter(({ key, reported }) => reported !== null && refused.has(recordIdOf(key)));
  await store.transaction(async (tx) => {
    await tx.writeBacks.keepReported(run.connectionId, told);
    if (unchanged.length > 0) await tx.writeBacks.keepAsBefore(run.connectionId, unchanged);
    if (done.length > 0) await tx.writeBacks.keepToReport(run, done);
    await tx.runs.note(run, { writeBack: tally.result() });
  });
}

function outcomeOf(
  key: string,
  { status, code, message, contactId }: Reported,
  { time, contactUrl }: { readonly time: Date; readonly contactUrl: string | null },
): RecordOutcome {
  const link = contactId === '' ? '' : (contactUrl ?? '').replaceAll('{{ id }}', contactId);
  return { recordId: recordIdOf(key), status, code, message, contactId, link, time };
}
