/**
 * `npm run bench:crm`: how 100,000 records of each CRM are read (calls, memory, limits), and what 10,000 records that are
 * read again unchanged cost. Sets exit code 1 when a target of issue 5, "Proved", is missed.
 */
import { PACE } from './crm-clock.js';
import { CONNECTIONS } from './crm-connections.js';
import { CrmImportBench, type Pass } from './crm-import-bench.js';
import { type CountedReading, CrmOffice, HEAP } from './crm-office.js';
import { type Crm, CRMS, DENSE } from './crm-stand-ins.js';
import { kindOf } from './delivery-figures.js';
import { Report } from './report.js';

const FEW = 10_000;
const MANY = 100_000;
const IMPORTED = 10_000;
const READINGS = ['beginning', 'since'] as const;

/** The targets: calls beyond the least possible in per cent (issue 5, "Proved"), and what "bounded memory" means here. */
const MOST_CALLS = 2;
const MOST_GROWTH = 1.3;
const MOST_MEMORY = 64;

const shown = (number: number): string => number.toLocaleString('en');
const HOW = { beginning: 'from the beginning', since: 'all of them changed since the last reading' } as const;

function judge(report: Report, reading: CountedReading, few: CountedReading, least: number): void {
  const { calls, memory, missing, repeated, time } = reading;
  const seconds = (time / 1_000).toFixed(1);
  report.line(
    `${shown(calls.all)} calls, at least ${shown(least)} are needed; ${seconds} s, with limits ${PACE}x as fast`,
  );
  const { idle, peak } = memory;
  report.line(`memory: idle ${idle.toFixed(0)} MB, peak ${peak.toFixed(0)} MB, with a heap of at most ${HEAP} MB`);
  report.expect('records that were not read', missing, { atMost: 0 });
  report.expect('records that were read more than once', repeated, { atMost: 0 });
  report.expect('calls beyond the least possible, %', 100 * (calls.all / least - 1), { atMost: MOST_CALLS });
  report.expect('refused calls', calls.refused, { atMost: 0 });
  report.expect('peak memory above idle, MB', peak - idle, { atMost: MOST_MEMORY });
  const growth = peak / few.memory.peak;
  report.expect(`peak memory, ${shown(MANY)} records to ${shown(FEW)}`, growth, { atMost: MOST_GROWTH });
}

async function measureReading(crm: Crm, report: Report): Promise<void> {
  const [few, many] = [await CrmOffice.open(crm, FEW), await CrmOffice.open(crm, MANY)];
  try {
    for (const how of READINGS) {
      report.title(`${crm}: ${shown(MANY)} records, ${shown(MANY * DENSE)} of them of one time, ${HOW[how]}`);
      try {
        const fewRead = await few.read(how);
        judge(report, await many.read(how), fewRead, CONNECTIONS[crm].least[how](MANY));
      } catch (error) {
        report.line(String(error));
        report.expect('readings that broke off', 1, { atMost: 0 });
      }
    }
  } finally {
    await few.close();
    await many.close();
  }
}

function judgeUnchanged(report: Report, { calls, changed, operations, run }: Pass): void {
  const kinds = operations.map(kindOf);
  const due = kinds.filter((kind) => kind === 'page' || kind === 'list').length;
  report.line(`${shown(calls.length)} calls; ${due} operations for lists and pages of the directory`);
  report.expect('records read', run.rows, { atLeast: IMPORTED });
  report.expect('unchanged', run.totals.unchanged, { atLeast: IMPORTED });
  report.expect('operations beyond lists and pages', operations.length - due, { atMost: 0 });
  report.expect('write-back calls', calls.filter(({ isWrite }) => isWrite).length, { atMost: 0 });
  report.expect('outcomes written', run.writeBack?.written ?? 0, { atMost: 0 });
  report.expect('records touched', changed, { atMost: 0 });
}

async function measureUnchanged(crm: Crm, report: Report): Promise<void> {
  const bench = await CrmImportBench.open(crm, IMPORTED);
  try {
    report.title(`${crm}: ${shown(IMPORTED)} records, imported and written back`);
    const { calls, changed, run } = await bench.pass();
    const writes = calls.filter(({ isWrite }) => isWrite).length;
    report.expect('created', run.totals.created, { atLeast: IMPORTED });
    report.expect('records that took their outcome', changed, { atLeast: IMPORTED });
    report.expect('write-back calls', writes, { atMost: IMPORTED / CONNECTIONS[crm].written });
    report.title(`${crm}: the same, brought back by our own writing`);
    judgeUnchanged(report, await bench.pass());
    await bench.readInFull();
    report.title(`${crm}: the same, read in full`);
    judgeUnchanged(report, await bench.pass());
  } finally {
    await bench.close();
  }
}

const report = new Report();
for (const crm of CRMS) await measureReading(crm, report);
for (const crm of CRMS) await measureUnchanged(crm, report);
process.exitCode = report.exitCode;
