import { setTimeout as sleep } from 'node:timers/promises';
import type { Operator, RunView } from '@cloudtalk-sync/sync';
import { plain } from './output.js';
import { duration, Progress } from './progress.js';

/** How often runs that are followed are looked at, in milliseconds. */
const INTERVAL = 300;
/** How long CloudTalk or the source may be out of reach before a command gives up, in milliseconds. */
const PATIENCE = 30_000;

/** These runs as they stand now. */
export async function look(operator: Operator, ids: readonly string[]): Promise<readonly RunView[]> {
  const runs = await Promise.all(ids.map((id) => operator.run(id)));
  return runs.filter((run) => run !== undefined);
}

/**
 * Shows the progress of runs until every one has ended, or waits for something that a command cannot mend. Says what
 * each is expected to cost, on standard error.
 */
export async function follow(operator: Operator, ids: readonly string[]): Promise<readonly RunView[]> {
  const progress = new Progress();
  const announced = new Set<string>();
  let waitingSince = Date.now();
  let ended = -1;
  for (;;) {
    const runs = await look(operator, ids);
    const open = runs.filter((run) => run.endedAt === null);
    const now = runs.reduce((sum, run) => sum + run.rows - run.open, 0);
    if (now !== ended) [ended, waitingSince] = [now, Date.now()];
    const givesUp = open.some((run) => run.waiting?.needsPerson) || Date.now() - waitingSince > PATIENCE;
    for (const run of runs.filter(({ id, forecast }) => forecast !== null && !announced.has(id))) {
      announced.add(run.id);
      progress.clear();
      process.stderr.write(forecastText(run));
    }
    if (open.length === 0 || (givesUp && open.every(isWaiting))) {
      progress.clear();
      return runs;
    }
    progress.show(runs);
    await sleep(INTERVAL);
  }
}

/** A run whose check is due may go on at any moment. */
function isWaiting({ waiting }: RunView): boolean {
  return waiting !== null && Date.parse(waiting.checkAt) > Date.now();
}

/** A forecast of fewer seconds names no rate: its rounding would make one up. */
const RATE_SHOWS = 60;

/** `contacts.csv: about 8,214 operations, 2 h 51 min at 48 a minute, until 04:51` */
export function forecastText({ connection, forecast, input }: RunView): string {
  if (forecast === null) return '';
  const { endsAt, operations, seconds } = forecast;
  const name = plain(input ?? connection);
  if (operations === 0) return `${name}: nothing to ask of CloudTalk\n`;
  const rate = seconds >= RATE_SHOWS ? ` at ${Math.round((operations * 60) / seconds)} a minute` : '';
  const end = new Date(endsAt).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  const amount = `about ${operations.toLocaleString('en-US')} ${operations === 1 ? 'operation' : 'operations'}`;
  return `${name}: ${amount}, ${duration(seconds)}${rate}, until ${end}\n`;
}
