import type { RunEntity } from '@cloudtalk-sync/store';
import { goOn, letWait, type Patience, waitAlong, waitingFor } from '../waiting.js';
import type { World } from '../world.js';
import type { AccountDesk } from './account-desk.js';

/** Delivers an account's rows while the account can be used, and lets its runs wait while it cannot. */
export class AccountWork {
  constructor(
    private readonly world: World,
    private readonly desk: AccountDesk,
    private readonly patience: Patience,
  ) {}

  async deliver(signal: AbortSignal): Promise<void> {
    const waiting = (await this.runs('waiting')).filter((run) => run.waiting?.from === 'delivering');
    try {
      if (!(await this.isUsable(waiting, signal))) return;
      await this.desk.deliverer.deliver(signal);
      this.patience.succeeded(this.desk.account.id);
    } catch (error) {
      if (!signal.aborted) await this.letWait(waiting, error);
    }
  }

  /** What waits goes on when a check succeeds; false while none is due. Throws when the check fails. */
  private async isUsable(waiting: readonly RunEntity[], signal: AbortSignal): Promise<boolean> {
    const [first] = waiting;
    if (first === undefined) return true;
    if (!waiting.some((run) => new Date(run.waiting?.checkAt ?? 0) <= this.world.clock.now())) {
      for (const run of await this.inNeed()) await waitAlong(this.world, run, first);
      return false;
    }
    await this.desk.operations.read('check', first.id, (client) => client.countries(), signal);
    for (const run of waiting) await goOn(this.world, run);
    return true;
  }

  private async letWait(waiting: readonly RunEntity[], error: unknown): Promise<void> {
    const { store, clock } = this.world;
    const checkAt = this.patience.retryAt(this.desk.account.id, error, clock.now());
    for (const run of await this.inNeed()) await letWait(this.world, run, error, checkAt);
    for (const run of waiting.filter(({ state }) => state === 'waiting')) {
      await store.runs.note(run, { waiting: waitingFor('delivering', error, checkAt) });
    }
  }

  /** The runs whose rows need CloudTalk; those that have none left, or none to send, end without it. */
  private async inNeed(): Promise<readonly RunEntity[]> {
    await this.desk.deliverer.finishRuns(await this.runs('delivering'));
    return this.runs('delivering');
  }

  private async runs(state: RunEntity['state']): Promise<readonly RunEntity[]> {
    const open = await this.world.store.runs.open();
    return open.filter((run) => run.accountId === this.desk.account.id && run.state === state);
  }
}
