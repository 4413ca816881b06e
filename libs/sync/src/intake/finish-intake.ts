import type { IntakeStep, RunEntity, Store } from '@cloudtalk-sync/store';
import { endRest, isStopped } from '../stopping.js';
import { leaveOutOlder } from '../retry/leave-out-older.js';
import { stopIfAsked } from '../world.js';
import { foldNext } from './fold.js';

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

/**
 * Ends the intake of a run whose records are all stored: ends rows that the links know, folds repetitions, and moves
 * the run on to delivering, or to reporting when nothing is left to send.
 */
export async function finishIntake(store: Store, run: RunEntity, signal: AbortSignal): Promise<void> {
  if (run.intake === 'reading') await store.runs.note(run, { intake: 'comparing records' });
  if (isStopped(run)) await endRest(store, run);
  for (let step = STEPS[run.intake]; step !== undefined; step = STEPS[run.intake]) {
    const work = step.work(store, run);
    while (!(await work.next()).done) stopIfAsked(signal);
    await store.runs.note(run, { intake: step.next });
  }
  await store.runs.move(run, 'delivering');
}

async function* compareRecords(store: Store, run: RunEntity): Work {
  if (run.kind === 'retry') yield* leaveOutOlder(store, run);
  if (run.kind !== 'preview') yield* store.gone.handDown(run);
  yield* store.intake.compareWithLinks(run, true);
  await store.intake.reopenRepeated(run.id);
}

async function* followGone(store: Store, run: RunEntity): Work {
  yield await store.gone.prepare(run, 'It is no more in the source, and was never imported.').then(() => 0);
}

async function* findRepetitions(store: Store, run: RunEntity): Work {
  yield await store.intake.findRepetitions(run.id);
}

async function* foldAll(store: Store, run: RunEntity): Work {
  for (let folded = 1; folded > 0;) {
    folded = await foldNext(store, run.id);
    yield folded;
  }
}
