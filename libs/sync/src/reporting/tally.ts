import type { RecordOutcome, WriteAnswer } from '@cloudtalk-sync/connector-kit';
import type { Reason } from '@cloudtalk-sync/errors';
import type { WriteBack, WriteBackCause } from '@cloudtalk-sync/store';

/** How many causes of failures are named. */
const MOST_CAUSES = 10;
/** Messages may name their record; beyond so many different ones only the number grows. */
const MOST_KEPT = 1000;

type Failure = Extract<WriteAnswer, { ok: false }>;

/** Counts what was written, and what was not, by its causes. */
export class Tally {
  /** The key of the last record that was tried, once the others are left to the next run. */
  brokenOffAt: string | undefined;
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

  /** Counts records that failed together. */
  failAll(outcomes: readonly RecordOutcome[], reason: Reason): void {
    for (const { recordId } of outcomes) this.fail({ recordId, ok: false, ...reason });
  }

  private fail({ recordId, code, message, fix }: Failure): void {
    this.#failed += 1;
    const name = `${code} ${message}`;
    const known = this.#causes.get(name);
    if (known === undefined && this.#causes.size >= MOST_KEPT) return;
    this.#causes.set(name, { code, message, fix, example: recordId, ...known, count: (known?.count ?? 0) + 1 });
  }

  result(): WriteBack {
    const causes = [...this.#causes.values()].sort((one, other) => other.count - one.count).slice(0, MOST_CAUSES);
    const brokenOff = this.brokenOffAt === undefined ? {} : { brokenOffAt: this.brokenOffAt };
    return { written: this.#written, failed: this.#failed, causes, attempts: this.attempts, ...brokenOff };
  }
}

const UNANSWERED = {
  code: 'no_answer',
  message: 'The source did not say whether it took the outcome.',
  fix: 'Nothing to do; the next import of this connection writes it again.',
};
