import { type Circumstances, EngineLife } from './engine-life.js';
import type { Witness } from './witness.js';

/** The lives of the engine, one after the other: what begins, kills and buries them. */
export class Lives {
  kills = 0;
  #life: EngineLife | undefined;
  #isStarted = false;
  #dying: Promise<void> | undefined;
  /** Requests and queries until the engine is killed. */
  #left: number | undefined;

  constructor(
    private readonly around: Circumstances,
    private readonly witness: Witness,
  ) {}

  /** Whether the present one asks the database for something. */
  get isBusy(): boolean {
    return this.#life?.isBusy ?? false;
  }

  /** Whether the present one saw runs that have not ended when it looked last. */
  get seesWork(): boolean {
    return this.#life?.seesWork ?? false;
  }

  /** Whether the present one has begun to work. */
  get isWorking(): boolean {
    return this.#isStarted && this.#life?.isOver === false;
  }

  /** The present life, or the next one, is killed after so many more requests and queries; undefined: never. */
  killAfter(events: number | undefined): void {
    this.#left = events;
  }

  /** Something happens: when its time has come the present life dies of it. */
  readonly pass = (): void => {
    if (this.#left === undefined || !this.#life || this.#life.isOver) return;
    this.#left -= 1;
    if (this.#left > 0) return;
    this.#left = undefined;
    this.#dying = this.#life.kill();
  };

  /** Buries a life that was killed; says whether there was one. */
  async bury(): Promise<boolean> {
    if (!this.#dying) return false;
    await this.#dying;
    this.#dying = this.#life = undefined;
    this.witness.lifeEnded();
    this.kills += 1;
    return true;
  }

  /** Begins a life where there is none; it works as soon as the lease of one that was killed has run out. */
  async begin(readsAll: boolean): Promise<void> {
    if (this.#life) return;
    const life = await EngineLife.begin(this.around, readsAll);
    life.pool.on('acquire', this.pass);
    this.#life = life;
    this.#isStarted = false;
    life.start().then(
      () => (this.#isStarted = true),
      (error: unknown) => {
        if (!life.isOver) this.around.onError(error);
      },
    );
  }

  /** Lets the present life stop as on SIGTERM, and begins another one. */
  async restart(readsAll: boolean): Promise<void> {
    await this.end();
    await this.begin(readsAll);
  }

  async end(): Promise<void> {
    await this.bury();
    await this.#life?.stop();
    this.#life = undefined;
  }
}
