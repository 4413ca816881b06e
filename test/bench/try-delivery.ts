import { contactsCsv } from '../builders/csv.js';
import { DeliveryBench } from './delivery-bench.js';
import { figuresOf, shareUsed } from './delivery-figures.js';
import { startFastTime } from './fast-time.js';
export async function main(args: readonly string[]): Promise<void> {
  const pace = Number(args[0] ?? 20);
  const time = startFastTime(pace);
  const bench = await DeliveryBench.open(time);
  bench.addForeign(5000);
  const real = performance.now();
  const { run, operations } = await bench.import('new.csv', contactsCsv(Number(args[1] ?? 3000)));
  console.log(performance.now() - real, JSON.stringify(run.totals), figuresOf(operations), shareUsed(operations, 48));
  const t0 = operations[0]?.time.getTime() ?? 0;
  const minutes = new Map<number, number[]>();
  let win = -1e9, n = 0;
  for (const o of operations) { const t = o.time.getTime() - t0; if (t - win >= 60000) { console.log('window at', t, 'previous had', n); win = t; n = 0; } n++; if (n < 4 || n > 46) console.log(n, t, o.remaining); }
  await bench.close();
}
