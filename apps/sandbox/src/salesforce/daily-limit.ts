/** The window of the daily limit; ms (Salesforce counts the last 24 hours). */
const WINDOW = 24 * 3_600_000;

/** The REST calls of the last 24 hours. */
export class DailyLimit {
  #calls: { readonly time: number; readonly count: number }[] = [];
  #used = 0;

  constructor(
    readonly limit: number,
    private readonly now: () => Date,
  ) {}

  /** Counts calls, as other tools of the company make them too. */
  spend(count: number): void {
    this.#roll();
    this.#calls.push({ time: this.now().getTime(), count });
    this.#used += count;
  }

  get used(): number {
    this.#roll();
    return this.#used;
  }

  get isExceeded(): boolean {
    return this.used > this.limit;
  }

  #roll(): void {
    const from = this.now().getTime() - WINDOW;
    const kept = this.#calls.findIndex(({ time }) => time > from);
    const old = this.#calls.splice(0, kept === -1 ? this.#calls.length : kept);
    for (const { count } of old) this.#used -= count;
  }
}
