import pg from 'pg';
import { Agents } from './agents.js';
import type { Break } from './broken-store.js';
import { Figures } from './figures.js';
import { Lives } from './lives.js';
import { type Danger, DAY, FIRST_DAY, MINUTE, Nights } from './nights.js';
import { type Policies, policiesOf } from './policies.js';
import { receiptViolations } from './receipts.js';
import { Rest } from './rest.js';
import { SimulatedTime } from './simulated-time.js';
import { Society } from './society.js';
import { openStage, type Stage } from './stage.js';
import { staleFields, violations } from './violations.js';
import { PARTIES, Weather } from './weather.js';
import { type SeenWrite, Witness } from './witness.js';

export interface YearOptions {
  readonly seed: number;
  readonly days: number;
  /** Of an empty PostgreSQL database. */
  readonly databaseUrl: string;
  /** What is taken away from the engine on purpose. */
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

/** Every so many days the world comes to rest: two calm nights, and one before which nothing has happened. */
const MONTH = 30;
/** How many things happen on a day, at least, and how many more below which number. */
const ACTS = { least: 5, more: 8 };
const AGENT_ACTS = 3;
/** How often one of the stand-ins does not answer for a night. */
const OUTAGES = 0.03;
/** How often something happens in a CRM just when a request arrives. */
const ACTS_AT_NIGHT = 0.02;

/** Lives through a year, and says what came of it. */
export async function liveThroughYear(options: YearOptions): Promise<YearResult> {
  const database = new pg.Client({ connectionString: options.databaseUrl });
  await database.connect();
  const weather = new Weather(options.seed);
  let year: Year | undefined;
  const time = new SimulatedTime(FIRST_DAY, () => year?.isBusy ?? false);
  const stage = await openStage(options.seed, time.now, weather);
  try {
    year = new Year(options, database, time, stage, weather);
    await year.live();
    return await year.result();
  } finally {
    await year?.end();
    await stage.close();
    await database.end();
  }
}

type Night = 'stormy' | 'calm' | 'resting' | 'quiet';

class Year {
  readonly #policies: Policies;
  readonly #society: Society;
  readonly #agents: Agents;
  readonly #witness: Witness;
  readonly #figures: Figures;
  readonly #lives: Lives;
  readonly #nights: Nights;
  #night: Night = 'stormy';

  constructor(
    private readonly options: YearOptions,
    private readonly database: pg.Client,
    private readonly time: SimulatedTime,
    private readonly stage: Stage,
    private readonly weather: Weather,
  ) {
    const { databaseUrl, seed, without } = options;
    this.#policies = policiesOf(seed);
    this.#society = new Society(stage, seed);
    this.#agents = new Agents(stage, this.#society);
    this.#figures = new Figures(stage, time);
    this.#witness = new Witness(stage);
    this.#witness.onRequest = () => this.#requestArrives();
    this.#witness.onWrite = (write) => this.#weigh(write);
    const onError = (error: unknown): void => this.#figures.find(`inside the engine: ${JSON.stringify(error)}`);
    const around = { stage, time, policies: this.#policies, superuser: database, databaseUrl, without, onError };
    this.#lives = new Lives(around, this.#witness);
    this.#nights = new Nights(time, this.#lives, this.#witness, this.#society, this.#figures, database);
  }

  get isBusy(): boolean {
    return this.#witness.inFlight > 0 || this.#lives.isBusy;
  }

  async live(): Promise<void> {
    const { days } = this.options;
    for (let day = 1; day <= days; day += 1) {
      const left = Math.min((MONTH - (day % MONTH)) % MONTH, days - day);
      if (left > 2) await this.#stormyDay(day, left > 5 ? 'long down' : 'kill');
      else await [this.#quietDay, this.#restingDay, this.#calmDay][left]?.call(this, day);
    }
  }

  async result(): Promise<YearResult> {
    for (const words of await receiptViolations(this.database)) this.#figures.find(words);
    const { rowCount } = await this.database.query('SELECT 1 FROM runs');
    const records = this.#society.registry.records.length;
    return this.#figures.result(this.#witness, { kills: this.#lives.kills, runs: rowCount ?? 0, records });
  }

  async end(): Promise<void> {
    this.#witness.close();
    await this.#lives.end();
  }

  /** Anything can happen. */
  async #stormyDay(day: number, danger: Danger): Promise<void> {
    this.#night = 'stormy';
    this.weather.isCalm = false;
    this.#bustle(day);
    if (danger === 'long down' && this.#society.chance(OUTAGES)) {
      this.weather.out = this.#society.pick(PARTIES);
      this.#figures.count('outages');
    }
    await this.#nights.pass(day, danger, this.weather.out !== undefined);
    this.weather.out = undefined;
  }

  /** People do what they do, nothing else goes wrong, and every pass reads everything. */
  async #calmDay(day: number): Promise<void> {
    this.#night = 'calm';
    this.weather.isCalm = true;
    this.#bustle(day);
    await this.#lives.restart(true);
    await this.#nights.pass(day, 'none');
  }

  /** What one connection has learned of another's records the night before is told, and the world is judged. */
  async #restingDay(day: number): Promise<void> {
    this.#night = 'resting';
    this.#society.registry.allAreTold();
    this.weather.isCalm = true;
    await this.#lives.restart(true);
    await this.#nights.pass(day, 'none');
    const [agents, policies, stage, { registry }] = [this.#agents, this.#policies, this.stage, this.#society];
    const rest = new Rest({ agents, policies, registry, stage, stoodFor: this.#figures.stoodFor });
    for (const words of violations(rest)) this.#figures.find(words);
    this.#figures.count('fields of ended records', staleFields(rest));
  }

  /** Nothing has happened, so that nothing may be done. */
  async #quietDay(day: number): Promise<void> {
    this.#night = 'quiet';
    await this.#lives.restart(false);
    const before = this.stage.cloudtalk.operations.length;
    await this.#nights.pass(day, 'none');
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
      this.#society.act({ repeats: this.#night === 'stormy' });
    }
    this.#agents.work(AGENT_ACTS);
  }

  #requestArrives(): void {
    this.time.pass(5 + this.#society.below(60));
    this.#lives.pass();
    if (this.#night === 'stormy' && this.#society.chance(ACTS_AT_NIGHT)) this.#society.act({ repeats: true });
  }

  /** What changes nothing is wrong in a CRM at any time, and in CloudTalk as soon as what the storm has left is dealt with. */
  #weigh(write: SeenWrite): void {
    this.#figures.note(write);
    const { action, changes, id, isRepetition, party } = write;
    const what = `${action} to ${party} ${id}`;
    const wrong = this.#society.registry.heirs.judge(write);
    if (wrong !== undefined) this.#figures.find(wrong);
    if (this.#night === 'quiet') this.#figures.find(`${what}, with nothing to say`);
    if (changes || isRepetition || (action === 'report' && this.#society.registry.tell(id))) return;
    this.#figures.count(`idle ${action === 'report' ? 'reports' : 'edits'} (${this.#night})`);
    const isWrong = action === 'report' || this.#night === 'resting';
    if (isWrong) this.#figures.find(`${what} changed nothing: ${JSON.stringify(write.values)}`);
  }
}

/** The lists of an account that are read again from time to time. */
const LISTS = /^\/(contacts\/attributes|countries\/index|agents\/index)\.json|^\/contacts\/index\.json\?(?!.*keyword)/;
