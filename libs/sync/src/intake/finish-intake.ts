import type { IntakeStep, RunEntity, Store } from '@cloudtalk-sync/store';
import { endRest, isStopped } from '../stopping.js';
import { leaveOutOlder } from '../retry/leave-out-older.js';
import { stopIfAsked } from '../world.js';
import { foldNext } from './fold.js';
import { survivorsOf } from './survivors.js';

/** The steps between the last record and the first batch. Each may be begun again; a crash repeats at most one. */
const STEPS: Readonly<Partial<Record<IntakeStep, { next: IntakeStep; work: (store: Store, run: RunEntity) => Work }>>> =
  {
    'comparing records': { next: 'folding', work: compareRecords },
    folding: { next: 'merging', work: findRepetitions },
    merging: { next: 'comparing contacts', work: foldAll },
    'comparing contacts': {
      next: 'following the gone',
      work: (store, run) => store.intake.compareWithLinks(run, false),
    },
    'following the gone': { next: 'done', work: followGone },
  };
type Work = AsyncGenerator<number>;

const OVERRULED = 'Left out: the record was read again later in this import, in a version that does not go in.';

/**
 * Runs of at most so many rows take all steps in one transaction, which is well under a second: noting and storing each
 * step by itself would take longer than the steps.
 */
const TOGETHER = 1000;

/**
 * Ends the intake of a run whose records are all stored: ends rows that the links know, folds repetitions, and moves
 * the run on to delivering, or to reporting when nothing is left to send. `together`: runs of at most so many rows take
 * all steps at once, and after a crash all of them again.
 */
export async function finishIntake(
  store: Store,
  run: RunEntity,
  signal: AbortSignal,
  together = TOGETHER,
): Promise<void> {
  if (isStopped(run)) await endRest(store, run);
  const isBefore = run.intake === 'reading' || run.intake === 'comparing records';
  if (run.kind !== 'retry' && isBefore && run.rowsRead <= together) return takeTogether(store, run, signal);
  if (run.intake === 'reading') await store.runs.note(run, { intake: 'comparing records' });
  for (let step = STEPS[run.intake]; step !== undefined; step = STEPS[run.intake]) {
    await takeAll(step.work(store, run), signal);
    await store.runs.note(run, { intake: step.next });
  }
  await store.runs.move(run, 'delivering');
}

/** Contacts are handed down before, since that locks links of other records, which must not be held for long. */
async function takeTogether(store: Store, run: RunEntity, signal: AbortSignal): Promise<void> {
  const hasGone = await store.gone.isAny(run.id);
  await takeAll(settleEnds(store, run, hasGone), signal);
  await store.transaction(async (tx) => {
    await takeAll(compareWithRecords(tx, run), signal);
    if ((await tx.intake.findRepetitions(run)) > 0) await takeAll(foldAll(tx, run), signal);
    await takeAll(tx.intake.compareWithLinks(run, false), signal);
    if (hasGone) await takeAll(followGone(tx, run), signal);
    await tx.runs.move(run, 'delivering', { intake: 'done' });
  });
}

async function takeAll(work: Work, signal: AbortSignal): Promise<void> {
  while (!(await work.next()).done) stopIfAsked(signal);
}

async function* compareRecords(store: Store, run: RunEntity): Work {
  if (run.kind === 'retry') yield* leaveOutOlder(store, run);
  yield* settleEnds(store, run, await store.gone.isAny(run.id));
  yield* compareWithRecords(store, run);
}

/** Records that had ended live again, and contacts of those that have ended go to those that they went into. */
async function* settleEnds(store: Store, run: RunEntity, hasGone: boolean): Work {
  if (hasGone) yield await store.gone.endOvertaken(run.id);
  if (run.kind === 'pass' || run.kind === 'retry') await store.heirs.takeBack(run, await store.gone.back(run));
  if (hasGone && run.kind !== 'preview') yield* store.heirs.handDown(run, await survivorsOf(store, run));
}

async function* compareWithRecords(store: Store, run: RunEntity): Work {
  yield* store.intake.compareWithLinks(run, true);
  if (isOfCrm(run)) yield await store.intake.endOverruled(run, OVERRULED);
  await store.intake.reopenRepeated(run);
}

/** Of a record of a CRM what was read last decides, where it may not be called any more above all; a file's rows all count. */
function isOfCrm({ reads }: RunEntity): boolean {
  return reads !== null;
}

async function* followGone(store: Store, run: RunEntity): Work {
  yield await store.gone
    .prepare(run, 'It is no more in the source, and stands for no contact in CloudTalk.')
    .then(() => 0);
}

async function* findRepetitions(store: Store, run: RunEntity): Work {
  yield await store.intake.findRepetitions(run);
}

async function* foldAll(store: Store, run: RunEntity): Work {
  for (let folded = 1; folded > 0;) {
    folded = await foldNext(store, run.id);
    yield folded;
  }
}
