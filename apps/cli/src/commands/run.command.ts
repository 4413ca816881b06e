import { setTimeout as sleep } from 'node:timers/promises';
import type { Operator, RunView } from '@cloudtalk-sync/sync';
import { Command } from 'commander';
import { openOperator } from '../operator.js';
import { type Ending, print, printJson } from '../output.js';
import { Progress } from '../progress.js';
import { exitCodeOfRuns, runsTable } from '../run-text.js';

/** How often a run that is waited for is looked at, in milliseconds. */
const INTERVAL = 300;
/** How long CloudTalk or the source may be out of reach before the command gives up, in milliseconds. */
const PATIENCE = 30_000;

/** Among so many of the newest imports those are looked for that have not ended; the API's limit. */
const LOOKED_AT = 1000;

/** `run`: one pass over a connection, now. */
export function runCommand(end: Ending): Command {
  return new Command('run')
    .description('makes one pass over a connection now')
    .argument('<connection>', 'the id of the connection in the config')
    .option('--wait', 'wait until its imports have ended (always so when no daemon is running)')
    .option('--json', 'one JSON object for each import')
    .action(async (connection: string, options: { wait?: true; json?: true }) => {
      const { operator, startWork, close } = await openOperator();
      try {
        const worksHere = await startWork();
        const ids = await passOver(operator, connection);
        const waits = options.wait ?? worksHere;
        const runs = waits ? await waitFor(operator, ids) : await look(operator, ids);
        if (options.json) for (const run of runs) await printJson(run);
        else await print(runs.length === 0 ? 'Nothing to import: no finished file is waiting.\n' : text(runs));
        if (waits) end(exitCodeOfRuns(runs));
      } finally {
        await close();
      }
    });
}

/** The runs that the pass made, after those of the connection that had not ended before. */
async function passOver(operator: Operator, connection: string): Promise<readonly string[]> {
  const before = await operator.runs({ limit: LOOKED_AT, connection });
  const open = before.filter((run) => run.endedAt === null).map((run) => run.id);
  return [...new Set([...open.reverse(), ...(await operator.pass(connection))])];
}

async function look(operator: Operator, ids: readonly string[]): Promise<readonly RunView[]> {
  const runs = await Promise.all(ids.map((id) => operator.run(id)));
  return runs.filter((run) => run !== undefined);
}

/** Until every run has ended, or waits for something that this command cannot mend. */
async function waitFor(operator: Operator, ids: readonly string[]): Promise<readonly RunView[]> {
  const progress = new Progress();
  let waitingSince = Date.now();
  for (;;) {
    const runs = await look(operator, ids);
    const open = runs.filter((run) => run.endedAt === null);
    if (open.some((run) => run.status !== 'waiting')) waitingSince = Date.now();
    const givesUp = open.some((run) => run.waiting?.needsPerson) || Date.now() - waitingSince > PATIENCE;
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

function text(runs: readonly RunView[]): string {
  const reasons = runs.flatMap((run) => {
    const reason = run.waiting ?? run.error;
    return reason ? [`${run.id.slice(0, 8)}: ${reason.message} ${reason.fix}\n`] : [];
  });
  return runsTable(runs) + reasons.join('') + runs.flatMap((run) => run.reports.map((place) => `${place}\n`)).join('');
}
