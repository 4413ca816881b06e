import pg from 'pg';
import { Agents } from './agents.js';
import { Figures } from './figures.js';
import { Lives } from './lives.js';
import { policiesOf } from './policies.js';
import { receiptViolations } from './receipts.js';
import { SimulatedTime } from './simulated-time.js';
import { Society } from './society.js';
import { openStage, type Stage } from './stage.js';
import { Rest } from './rest.js';
import { staleFields, violations } from './violations.js';
import { PARTIES, Weather } from './weather.js';
import { type SeenWrite, Witness } from './witness.js';

/** What can be taken away from the engine on purpose. */
export const BREAKS = ['union', 'echo', 'inheritance'] as const;
export type Break = (typeof BREAKS)[number];

export interface YearOptions {
  readonly seed: number;
  readonly days: number;
  /** Of an empty PostgreSQL database. */
  readonly databaseUrl: string;
  readonly without?: Break | undefined;
}

export interface YearResult {
  /** What is not as promised, in sentences. */
  readonly violations: readonly string[];
  /** What happened, and how often. */
  readonly figures: Readonly<Record<string, number>>;
  /** By stand-in and kind. */
  readonly faults: Readonly<Record<string, number>>;
}

const DAY = 86_400_000;
const MINUTE = 60_000;
const FIRST_DAY = Date.parse('2026-01-05T00:00:00Z');
/** When the ticks of the connections may be, by the clocks of winter and of summer; minutes after midnight UTC. */
const TICKS = [0, 20, 40, 60, 80, 100];
/** How long runs may take before the next tick or the next day comes all the same, in simulated milliseconds. */
const PATIENCE = 3 * MINUTE;
/** Every so many days the world comes to rest: two calm nights, and one before which nothing has happened. */
const MONTH = 30;
/** How many things happen on a day, at least, and how many more below which number. */
const ACTS = { least: 12, more: 25 };
const AGENT_ACTS = 3;
/** How often the engine is killed in a night, and after how many requests and queries at most. */
const KILLS = 0.3;
const LONGEST_LIFE = 300;
/** How often a killed engine stays down for days, and for how many at most. */
const LONG_DOWNS = 0.15;
const LONGEST_DOWN = 3;
/** How often one of the stand-ins does not answer for a night. */
const OUTAGES = 0.03;
/** How often something happens in a CRM just when a request arrives. */
const ACTS_AT_NIGHT = 0.02;

/** Lives through a year, and says what came of it. */
export async function liveThroughYear(options: YearOptions): Promise<YearResult> {
  const superuser = new pg.Client({ connectionString: options.databaseUrl });
  await superuser.connect();
  const weather = new Weather(options.seed);
  let year: Year | undefined;
  const time = new SimulatedTime(FIRST_DAY, () => year?.isBusy ?? false);
  const stage = await openStage(options.seed, time.now, weather);
  try {
    year = new Year(options, superuser, time, stage, weather);
    await year.live();
    return await year.result();
  } finally {
    await year?.end();
    await stage.close();
    await superuser.end();
  }
}

type Night = 'stormy' | 'calm' | 'quiet';

class Year {
  readonly #society: Society;
  readonly #agents: Agents;
  readonly #witness: Witness;
  readonly #lives: Lives;
  readonly #figures: Figures;
  readonly #policies;
  #downUntil = 0;
  #night: Night = 'stormy';

  constructor(
    private readonly options: YearOptions,
    private readonly superuser: pg.Client,
    private readonly time: SimulatedTime,
    private readonly stage: Stage,
    private readonly weather: Weather,
  ) {
    this.#policies = policiesOf(options.seed);
    this.#figures = new Figures(stage, time);
    this.#society = new Society(stage, options.seed);
    this.#agents = new Agents(stage, this.#society);
    this.#witness = new Witness(stage);
    this.#witness.onRequest = () => this.#requestArrives();
    this.#witness.onWrite = (write) => this.#weigh(write);
    this.#lives = new Lives(
      {
        ...{ stage, time, superuser, policies: this.#policies },
        databaseUrl: options.databaseUrl,
        without: options.without,
        onError: (error) => this.#figures.find(`inside the engine: ${JSON.stringify(error)}`),
        onSlowBurial: () => this.#figures.count('slow burials'),
      },
      this.#witness,
    );
  }

  get isBusy(): boolean {
    return this.#witness.inFlight > 0 || this.#lives.isBusy;
  }

  async live(): Promise<void> {
    const { days } = this.options;
    for (let day = 1; day <= days; day += 1) {
      const left = Math.min((MONTH - (day % MONTH)) % MONTH, days - day);
      if (left > 2) await this.#stormyDay(day, left > 5);
      else await [this.#quietDay, this.#restingDay, this.#calmDay][left]?.call(this, day);
    }
  }

  async end(): Promise<void> {
    this.#witness.close();
    await this.#lives.end();
  }

  async result(): Promise<YearResult> {
    for (const words of await receiptViolations(this.superuser)) this.#figures.find(words);
    const runs = await this.superuser.query('SELECT 1 FROM runs');
    const { kills } = this.#lives;
    return this.#figures.result(this.#witness, {
      ...{ kills, runs: runs.rowCount ?? 0, records: this.#society.registry.records.length },
    });
  }

  /** Anything can happen, and `mayLast` into the days that come. */
  async #stormyDay(day: number, mayLast: boolean): Promise<void> {
    this.#night = 'stormy';
    this.weather.isCalm = false;
    this.#bustle(day);
    if (mayLast && this.#society.chance(OUTAGES)) {
      this.weather.out = this.#society.pick(PARTIES);
      this.#figures.count('outages');
    }
    if (this.#society.chance(KILLS)) this.#lives.killAfter(1 + this.#society.below(LONGEST_LIFE));
    await this.#sleepThrough(day, mayLast);
    this.#lives.killAfter(undefined);
    this.weather.out = undefined;
  }

  /** People do what they do, and every pass of the night reads everything. */
  async #calmDay(day: number): Promise<void> {
    this.#night = 'calm';
    this.weather.isCalm = true;
    this.#bustle(day);
    await this.#lives.restart(true);
    await this.#sleepThrough(day, false);
  }

  /** What one connection has learned of another's records in the night before is told. */
  async #restingDay(day: number): Promise<void> {
    this.#night = 'calm';
    this.weather.isCalm = true;
    await this.#lives.restart(true);
    await this.#sleepThrough(day, false);
    const [agents, policies, stage] = [this.#agents, this.#policies, this.stage];
    const { registry } = this.#society;
    const rest = new Rest({ agents, policies, registry, stage, stoodFor: this.#figures.stoodFor });
    for (const words of violations(rest)) this.#figures.find(words);
    this.#figures.count('fields of ended records', staleFields(rest));
  }

  /** Nothing has happened, so that nothing may be done. */
  async #quietDay(day: number): Promise<void> {
    this.#night = 'quiet';
    await this.#lives.restart(false);
    const before = this.stage.cloudtalk.operations.length;
    await this.#sleepThrough(day, false);
    this.#figures.count('quiet nights');
    const spent = this.stage.cloudtalk.operations.slice(before).filter(({ path }) => !LISTS.test(path));
    for (const { method, path } of spent) this.#figures.find(`${method} ${path}, with nothing to do`);
  }

  /** People in the CRMs and agents do something from the morning to the evening. */
  #bustle(day: number): void {
    const morning = FIRST_DAY + (day - 1) * DAY + 6 * 60 * MINUTE;
    const acts = ACTS.least + this.#society.below(ACTS.more);
    const times = Array.from({ length: acts }, () => this.#society.below(12 * 60 * MINUTE));
    for (const time of times.toSorted((one, other) => one - other)) {
      this.time.sleepUntil(morning + time);
      this.#society.act();
    }
    this.#agents.work(AGENT_ACTS);
  }

  async #sleepThrough(day: number, mayLast: boolean): Promise<void> {
    const midnight = FIRST_DAY + day * DAY;
    for (const tick of TICKS) {
      this.time.sleepUntil(midnight + tick * MINUTE);
      if (day < this.#downUntil) continue;
      this.time.pass(0);
      await this.time.moveUntil(() => this.#isAtRest(day, mayLast), midnight + tick * MINUTE + PATIENCE);
    }
    this.#witness.nightEnded();
  }

  async #isAtRest(day: number, mayLast: boolean): Promise<boolean> {
    if ((await this.#lives.bury()) && mayLast && this.#society.chance(LONG_DOWNS)) {
      this.#downUntil = day + 1 + this.#society.below(LONGEST_DOWN);
      this.#figures.count('long downs');
    }
    if (day < this.#downUntil) return true;
    await this.#lives.begin(false);
    if (!this.#lives.isWorking) return false;
    const { rows } = await this.superuser.query('SELECT 1 FROM runs WHERE ended_at IS NULL LIMIT 1');
    return rows.length === 0;
  }

  #requestArrives(): void {
    this.time.pass(5 + this.#society.below(60));
    this.#lives.pass();
    if (this.#night === 'stormy' && this.#society.chance(ACTS_AT_NIGHT)) this.#society.act();
  }

  #weigh(write: SeenWrite): void {
    this.#figures.note(write);
    const { action, changes, id, isRepetition, party } = write;
    if (this.#night === 'quiet') this.#figures.find(`${action} to ${party} ${id}, with nothing to say`);
    if (changes || isRepetition) return;
    const what = action === 'report' ? 'idle reports' : 'idle edits';
    this.#figures.count(`${this.#night} ${what}`);
    if (action === 'report') this.#figures.find(`${action} to ${party} ${id} changed nothing`);
  }
}

/** The lists of an account that are read again from time to time. */
const LISTS = /^\/(contacts\/attributes|countries\/index|agents\/index)\.json|^\/contacts\/index\.json\?(?!.*keyword)/;
