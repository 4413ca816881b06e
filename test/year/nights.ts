import type pg from 'pg';
import type { Figures } from './figures.js';
import type { Lives } from './lives.js';
import type { SimulatedTime } from './simulated-time.js';
import type { Society } from './society.js';
import type { Witness } from './witness.js';

export const DAY = 86_400_000;
export const MINUTE = 60_000;
/** A Monday, before a year with both changes of the clocks. */
export const FIRST_DAY = Date.parse('2026-01-05T00:00:00Z');
/** When the ticks of the connections may be, by the clocks of winter and of summer; minutes after midnight UTC. */
const TICKS = [0, 20, 40, 60, 80, 100];
/** How long runs may take before the next tick or the next day comes all the same, in simulated milliseconds. */
const PATIENCE = 3 * MINUTE;
/** By how much time moves on at least while a stand-in is out and the engine looks each second whether to try again. */
const STRIDE = 5_000;
/** How often the engine is killed in a night, and after how many requests and queries at most. */
const KILLS = 0.3;
const LONGEST_LIFE = 300;
/** How often a killed engine stays down for days, and for how many at most. */
const LONG_DOWNS = 0.15;
const LONGEST_DOWN = 3;

/** What can go wrong with the engine in a night: nothing, that it is killed, or that it then stays down for days. */
export type Danger = 'none' | 'kill' | 'long down';

/** The nights, in which the engine does its work. */
export class Nights {
  #downUntil = 0;

  constructor(
    private readonly time: SimulatedTime,
    private readonly lives: Lives,
    private readonly witness: Witness,
    private readonly society: Society,
    private readonly figures: Figures,
    private readonly database: pg.Client,
  ) {}

  /** Lets the night after a day pass, tick by tick; `isOutage`: one in which the engine mostly waits. */
  async pass(day: number, danger: Danger, isOutage = false): Promise<void> {
    if (danger !== 'none' && this.society.chance(KILLS)) this.lives.killAfter(1 + this.society.below(LONGEST_LIFE));
    for (const tick of TICKS) {
      const due = FIRST_DAY + day * DAY + tick * MINUTE;
      this.time.sleepUntil(due);
      if (day < this.#downUntil) continue;
      this.time.pass(0);
      await this.time.moveUntil(() => this.#isAtRest(day, danger), due + PATIENCE, isOutage ? STRIDE : 0);
    }
    this.lives.killAfter(undefined);
    this.witness.nightEnded();
  }

  /** Sees to it that an engine lives, unless it is down for longer. */
  async #isAtRest(day: number, danger: Danger): Promise<boolean> {
    const hasDied = await this.lives.bury();
    if (hasDied && danger === 'long down' && this.society.chance(LONG_DOWNS)) {
      this.#downUntil = day + 1 + this.society.below(LONGEST_DOWN);
      this.figures.count('long downs');
    }
    if (day < this.#downUntil) return true;
    await this.lives.begin(false);
    if (!this.lives.isWorking || this.lives.seesWork) return false;
    const { rows } = await this.database.query('SELECT 1 FROM runs WHERE ended_at IS NULL LIMIT 1');
    return rows.length === 0;
  }
}
