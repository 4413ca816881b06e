/**
 * `npm run bench:delivery`: what an import asks of CloudTalk's 60 operations a minute, and how much of its share it uses,
 * in fast time. Sets exit code 1 when a target of issue 4, "Economical", is missed.
 */
import { csv, phoneOf } from '../builders/csv.js';
import { ALLOWANCE, DeliveryBench, type Import, RESERVE } from './delivery-bench.js';
import { costOf, figuresOf, kindOf, leastLeft, oursOf, shareUsed, WINDOW, within } from './delivery-figures.js';
import { FastTime } from './fast-time.js';
import { eatWindow, untilMore, untilTime } from './other-client.js';
import { Report } from './report.js';

const CONTACTS = 10_000;
/** Changed in what needs no look at the contact, and in a list, which needs one. */
const CHANGED_TEXTS = 200;
const CHANGED_LISTS = 100;
const CHANGED = CHANGED_TEXTS + CHANGED_LISTS;
/** Of other tools; as many as the directory reads in six pages, since each begins a little before the end of the one before. */
const FOREIGN = 5_000;
const PAGES = 6;

/** The targets of issue 4, "Economical". */
const LEAST_CONTACTS = 9.9;
const LEAST_SHARE = 0.98;

/** In which a window has begun for certain; milliseconds. */
const MOMENT = 2_000;

function contacts(count: number, isNew = true): string {
  const rows = Array.from({ length: count }, (_, number) => {
    const company = !isNew && number < CHANGED_TEXTS ? 'New owner' : 'Owner';
    const hasSecond = !isNew && number >= CHANGED_TEXTS && number < CHANGED;
    const phones = hasSecond ? `${phoneOf(number)}:${phoneOf(500_000 + number)}` : phoneOf(number);
    return `Contact ${number},${phones},contact.${number}@example.com,${company},Slovakia`;
  });
  return csv('name,phone,email,company,country', ...rows);
}

function print(report: Report, { run, operations }: Import): void {
  const ours = oursOf(operations);
  const { commands, throttled, total, used } = figuresOf(ours);
  const { bulk, page, search, show, list } = used;
  const { created, updated, unchanged } = run.totals;
  report.line(`${created} created, ${updated} updated, ${unchanged} unchanged`);
  report.line(
    `operations: ${total} (${bulk} for bulk requests, ${show} shows, ${search} searches, ${page} pages, ${list} lists)`,
  );
  if (bulk > 0) report.line(`contacts an operation, with everything: ${(commands / total).toFixed(2)}`);
  const share = shareUsed(ours, ALLOWANCE);
  if (share > 0) report.line(`part of the share used: ${(share * 100).toFixed(1)} %`);
  report.line(`429: ${throttled}`);
}

async function measureNew(bench: DeliveryBench, report: Report): Promise<void> {
  report.title(`${CONTACTS.toLocaleString('en')} new contacts, beside ${FOREIGN.toLocaleString('en')} of other tools`);
  const done = await bench.import(contacts(CONTACTS));
  print(report, done);
  const { commands, throttled, total, used } = figuresOf(done.operations);
  report.expect('created', done.run.totals.created, { atLeast: CONTACTS });
  report.expect("the directory's pages", used.page, { atMost: PAGES });
  report.expect('contacts an operation, beyond the pages', commands / (total - used.page), { atLeast: LEAST_CONTACTS });
  report.expect('part of the share used', shareUsed(done.operations, ALLOWANCE), { atLeast: LEAST_SHARE });
  report.expect('operations always left to others', leastLeft(done.operations), { atLeast: RESERVE });
  report.expect('429', throttled, { atMost: 0 });
}

async function measureChanged(bench: DeliveryBench, report: Report): Promise<void> {
  report.title(`${CONTACTS.toLocaleString('en')} contacts a day later, ${CHANGED} of them changed`);
  const done = await bench.import(contacts(CONTACTS, false));
  print(report, done);
  const { throttled, used } = figuresOf(done.operations);
  report.expect('updated', done.run.totals.updated, { atLeast: CHANGED });
  report.expect('bulk requests and searches for ten changed', (10 * (used.bulk + used.search)) / CHANGED, {
    atMost: 1,
  });
  report.expect('shows for one that needs it', used.show / CHANGED_LISTS, { atMost: 1 });
  report.expect('lists of the account', used.list, { atMost: 1 });
  report.expect('429', throttled, { atMost: 0 });
}

async function measureUnchanged(bench: DeliveryBench, report: Report): Promise<void> {
  report.title(`${CONTACTS.toLocaleString('en')} contacts another day later, unchanged`);
  const done = await bench.import(contacts(CONTACTS, false));
  print(report, done);
  const { total, used } = figuresOf(done.operations);
  report.expect('unchanged', done.run.totals.unchanged, { atLeast: CONTACTS });
  report.expect('operations beyond the pages', total - used.page, { atMost: 0 });
}

/** Twice another tool takes all there is: in the middle of a window, and a moment after one has begun. */
async function measureOtherClient(time: FastTime, report: Report): Promise<void> {
  report.title('another client with the same key eats two windows');
  const bench = await DeliveryBench.open(time);
  const free: Date[] = [];
  const done = await bench.import(contacts(2_500), async () => {
    await untilMore(bench.sandbox, ALLOWANCE + ALLOWANCE / 2);
    const end = await eatWindow(bench.sandbox);
    await untilTime(new Date(end.getTime() + WINDOW + MOMENT));
    free.push(end, await eatWindow(bench.sandbox));
  });
  await bench.close();
  print(report, done);
  const ours = oursOf(done.operations);
  for (const end of free) {
    const next = within(ours, end, WINDOW).filter((one) => kindOf(one) === 'bulk' && one.status === 200);
    const pause = (next[0]?.time.getTime() ?? Infinity) - end.getTime();
    report.line(`first batch ${(pause / 1000).toFixed(1)} s after the end of the eaten window`);
    report.expect('part of the share used in the next window', costOf(next) / ALLOWANCE, { atLeast: LEAST_SHARE });
  }
  report.expect('429 for an eaten window', figuresOf(ours).throttled / free.length, { atMost: 1 });
}

async function measureDearBulk(time: FastTime, report: Report): Promise<void> {
  report.title('an account where a bulk request costs its number of commands');
  const bench = await DeliveryBench.open(time, { bulkCost: 'command' });
  const done = await bench.import(contacts(300));
  await bench.close();
  print(report, done);
  report.expect('part of the share used', shareUsed(done.operations, ALLOWANCE), { atLeast: LEAST_SHARE });
  report.expect('operations always left to others', leastLeft(done.operations), { atLeast: RESERVE });
  report.expect('429', figuresOf(done.operations).throttled, { atMost: 0 });
}

async function main(): Promise<void> {
  const report = new Report();
  const time = FastTime.install();
  console.log(`${ALLOWANCE} of 60 operations a minute are ours`);
  const bench = await DeliveryBench.open(time);
  bench.addForeign(FOREIGN);
  await measureNew(bench, report);
  bench.untilTomorrow();
  await measureChanged(bench, report);
  bench.untilTomorrow();
  await measureUnchanged(bench, report);
  await bench.close();
  await measureOtherClient(time, report);
  await measureDearBulk(time, report);
  process.exitCode = report.exitCode;
}

await main();
