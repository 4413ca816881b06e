import type { ChangeReporter, RecordOutcome, WriteAnswer } from '@cloudtalk-sync/connector-kit';
import { FatalError, type Reason, reasonOf, RetryableError } from '@cloudtalk-sync/errors';
import type { Reported, RunEntity, StillToReport, WriteBack, WriteBackCause } from '@cloudtalk-sync/store';
import { recordIdOf } from '../identities.js';
import { stopIfAsked, type World } from '../world.js';

/** How often the write-back of one run is begun before what is left is left to the next run. */
const MOST_ATTEMPTS = 5;
/** A source that asks for a longer pause than this has its outcomes with the next run; milliseconds. */
const LONGEST_PAUSE = 15 * 60_000;
/**
 * A page that the source cannot take is passed over; after so many in a row the reason is taken to be common to all, and at
 * once where the source says when it may be asked again.
 */
const PAGES_IN_TROUBLE = 3;
/** How many causes of failures are named. */
const MOST_CAUSES = 10;

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
  const before = run.writeBack;
  const tally = new Tally(before?.written ?? 0, (before?.attempts ?? 0) + 1);
  let after = '';
  let inTrouble = 0;
  let trouble: Reason | undefined;
  for (let isLast = false; !isLast;) {
    stopIfAsked(signal);
    const size = trouble ? WHOLE_PAGE : reporter.pageSize;
    const page = await world.store.writeBacks.toReport(run.connectionId, after, size);
    const last = page[page.length - 1];
    if (last === undefined) break;
    isLast = page.length < size;
    after = last.key;
    const outcomes = page.map(({ key, toReport }) => outcomeOf(key, toReport, details));
    if (trouble) {
      for (const { recordId } of outcomes) tally.fail({ recordId, ok: false, ...trouble });
      continue;
    }
    try {
      const told = page.filter(({ reported }) => reported !== null).map(({ key }) => key);
      if (told.length > 0) await world.store.writeBacks.beginReport(run.connectionId, told);
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
      for (const { recordId } of outcomes) tally.fail({ recordId, ok: false, ...reason });
      inTrouble += 1;
      const isCommon = error instanceof RetryableError && error.retryAt !== undefined;
      if (isCommon || inTrouble === PAGES_IN_TROUBLE) trouble = reason;
    }
  }
  return tally.result();
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
  const keys = page.map(({ key }) => key).filter((key) => taken.has(recordIdOf(key)));
  const refused = new Set(answers.flatMap(({ ok, recordId }) => (ok ? [] : [recordId])));
  const gone = answers.flatMap((answer) => (!answer.ok && answer.isGone ? [answer.recordId] : []));
  const done = page.flatMap(({ key }) => (gone.includes(recordIdOf(key)) ? [{ key, toReport: null }] : []));
  const unchanged = page.filter(({ key, reported }) => reported !== null && refused.has(recordIdOf(key)));
  await store.transaction(async (tx) => {
    await tx.writeBacks.keepReported(run.connectionId, keys);
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

type Failure = Extract<WriteAnswer, { ok: false }>;

/** Counts what was written, and what was not, by its causes. */
class Tally {
  #written: number;
  #failed = 0;
  readonly #causes = new Map<string, WriteBackCause>();

  constructor(
    written: number,
    readonly attempts: number,
  ) {
    this.#written = written;
  }

  /** Counts the answers; returns the ids of the records that took their outcome. A record without an answer did not. */
  count(outcomes: readonly RecordOutcome[], answers: readonly WriteAnswer[]): ReadonlySet<string> {
    const byRecord = new Map(answers.map((answer) => [answer.recordId, answer]));
    const taken = new Set<string>();
    for (const { recordId } of outcomes) {
      const answer = byRecord.get(recordId) ?? { recordId, ok: false, ...UNANSWERED };
      if (answer.ok) taken.add(recordId);
      else this.fail(answer);
    }
    this.#written += taken.size;
    return taken;
  }

  fail({ recordId, code, message, fix }: Failure): void {
    this.#failed += 1;
    const name = `${code} ${message}`;
    const known = this.#causes.get(name);
    if (known === undefined && this.#causes.size >= MOST_KEPT) return;
    this.#causes.set(name, { code, message, fix, example: recordId, ...known, count: (known?.count ?? 0) + 1 });
  }

  result(): WriteBack {
    const causes = [...this.#causes.values()].sort((one, other) => other.count - one.count).slice(0, MOST_CAUSES);
    return { written: this.#written, failed: this.#failed, causes, attempts: this.attempts };
  }
}

/** Messages may name their record; beyond so many different ones only the number grows. */
const MOST_KEPT = 1000;

const UNANSWERED = {
  code: 'no_answer',
  message: 'The source did not say whether it took the outcome.',
  fix: 'Nothing to do; the next import of this connection writes it again.',
};
