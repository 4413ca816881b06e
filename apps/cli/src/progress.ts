import type { RunView } from '@cloudtalk-sync/sync';

const WIDTH = 30;

/** A progress line on a terminal: rows ended, rate and time left. Writes nothing where there is no terminal. */
export class Progress {
  readonly #begun = Date.now();
  #shown = false;

  constructor(private readonly terminal: NodeJS.WriteStream = process.stderr) {}

  show(runs: readonly RunView[]): void {
    if (!this.terminal.isTTY) return;
    this.#shown = true;
    this.terminal.write(`\r\u001b[2K${progressLine(runs, Date.now() - this.#begun)}`);
  }

  clear(): void {
    if (this.#shown) this.terminal.write('\r\u001b[2K');
  }
}

/** The line for runs that have been watched for `elapsed` milliseconds. */
export function progressLine(runs: readonly RunView[], elapsed: number): string {
  const rows = runs.reduce((sum, run) => sum + run.rows, 0);
  const open = runs.reduce((sum, run) => sum + run.open, 0);
  const done = rows - open;
  const perSecond = elapsed > 0 ? (done * 1000) / elapsed : 0;
  const filled = rows === 0 ? 0 : Math.floor((done / rows) * WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
  const left = perSecond > 0 && open > 0 ? `, ${duration(open / perSecond)} left` : '';
  const states = [...new Set(runs.map((run) => run.status))].join(', ');
  return `${bar} ${done}/${rows} rows, ${Math.round(perSecond * 60)} a minute${left} (${states})`;
}

/** `2 h 51 min`, `3 min 5 s`, `12 s` */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}
