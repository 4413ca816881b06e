import { availableParallelism, loadavg } from 'node:os';

/** What a figure must keep to; without a bound it is only shown. */
export interface Target {
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** Prints figures as they come, and remembers whether one missed its target. */
export class Report {
  #missed = 0;

  /** For the end of the process: 1 when a target was missed. */
  get exitCode(): number {
    return this.#missed > 0 ? 1 : 0;
  }

  /** Begins a part; says when other work on the machine falsifies what is measured. */
  title(text: string): void {
    console.log(`\n${text}`);
    const [load = 0] = loadavg();
    const processors = availableParallelism();
    if (load > processors) this.line(`the machine is busy (load ${load.toFixed(1)} on ${processors} processors)`);
  }

  line(text: string): void {
    console.log(`  ${text}`);
  }

  expect(what: string, value: number, { atLeast = -Infinity, atMost = Infinity }: Target): void {
    const missed = !(value >= atLeast && value <= atMost);
    if (missed) this.#missed++;
    const bound = atLeast > -Infinity ? ` (at least ${atLeast})` : atMost < Infinity ? ` (at most ${atMost})` : '';
    const shown = Number.isInteger(value) ? value.toLocaleString('en') : value.toFixed(2);
    console.log(`  ${what}: ${shown}${bound}${missed ? '   MISSED' : ''}`);
  }
}
