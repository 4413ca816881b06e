import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudTalkSandbox } from '../../apps/sandbox/src/index.js';
import { Agents } from './agents.js';
import { Company } from './company.js';
import type { Daemon } from './daemon.js';
import { DROPS } from './drop.js';
import type { Drops } from './drops.js';
import type { ContactLists } from './expected-contact.js';
import { People, type PeopleFile } from './people.js';
import type { Person } from './person.js';

/** A daemon is killed after so many more requests at most, or soon after its start, before there was any. */
const MOST_REQUESTS = 30;
const EARLY_KILLS = 0.2;
/** The longest time until an early kill, and until a daemon that has nothing to send is killed, in milliseconds. */
const EARLY = 1_500;
const LONGEST_LIFE = 15_000;
/** One life in so many ends in a shortage of the budget, so long after the daemon heard of it, in milliseconds. */
const SHORTAGE_EVERY = 4;
const SHORTAGE_AFTER = 10;
const HEARD = 1_200;
const HEARD_AT_MOST = 2_500;
/** How long the world may take to come to rest when nothing is killed any more, in milliseconds. */
const REST_DEADLINE = 240_000;
/** Fewer than this many files wait or are worked on at any time, so that a kill meets work and work comes to an end. */
const FILES_IN_FLIGHT = 6;
/** How many people each drop shares with agents from the beginning, and how often an agent has something to change. */
const STRANGERS = 10;
const CHANGES = 0.1;
/** How many people each has from the beginning with a second number that the list hides, and with one that is moved. */
const HIDDEN = 8;
const MOVED = 8;
/** Of what agents do, how much is to a contact that files in flight speak of, and how much is the moving of a number. */
const UNDER_WAY = 0.4;
const MOVES = 0.15;

/** All that happens around the daemon: files, kills, agents and the company's other tools. */
export class World {
  readonly #people: People;
  readonly #agents: Agents;
  readonly #company: Company;

  constructor(
    private readonly sandbox: CloudTalkSandbox,
    private readonly daemon: Daemon,
    private readonly drops: Drops,
    private readonly random: () => number,
  ) {
    this.#people = new People(random);
    this.#agents = new Agents(sandbox, random);
    this.#company = new Company(sandbox, random);
    for (const drop of DROPS) {
      for (let count = 0; count < STRANGERS; count += 1) this.#agents.add(this.#people.stranger(drop));
    }
    for (let count = 0; count < HIDDEN; count += 1) this.#agents.add(this.#people.stranger('union', 'hidden'));
    for (let count = 0; count < MOVED; count += 1) this.#agents.add(this.#people.stranger('second', 'moved'));
  }

  get acts(): Readonly<Record<'deleted' | 'merged' | 'moved', number>> {
    const { deleted, merged, others } = this.#agents;
    return { deleted: deleted.size, merged: merged.size, moved: others.size };
  }

  get others(): ReadonlyMap<number, ContactLists> {
    return this.#agents.others;
  }

  get people(): readonly Person[] {
    return this.#people.all;
  }

  /** Starts and kills the daemon so many times, dropping files all the while. */
  async rage(kills: number): Promise<void> {
    for (let kill = 0; kill < kills; kill += 1) {
      this.daemon.start();
      if (kill % SHORTAGE_EVERY === 1) await this.#liveUntilShort();
      else if (this.random() < EARLY_KILLS) await this.#liveUntil(this.#after(EARLY * this.random()));
      else await this.#liveUntil(this.#afterRequests(MOST_REQUESTS * this.random()));
      await this.daemon.end('SIGKILL');
    }
  }

  /** Lets the daemon finish with a CloudTalk that behaves again, after a last shortage. */
  async rest(): Promise<void> {
    this.sandbox.calm();
    const deadline = Date.now() + REST_DEADLINE;
    this.daemon.start();
    await this.#restUntil(this.#hasHeard(), deadline);
    this.#company.strike();
    await this.#restUntil(() => false, deadline);
    for (let person = this.#people.release(); person; person = this.#people.release()) this.#agents.move(person);
    const { deleted, merged } = this.#agents;
    await this.drops.add(this.#people.restoringFile(deleted, [...merged, ...this.#people.untold]));
    await this.#restUntil(() => false, deadline);
    await sleep(1_000);
    await this.daemon.end('SIGTERM');
  }

  /** A life that ends while the daemon knows that it may send no more. */
  async #liveUntilShort(): Promise<void> {
    await this.#liveUntil(this.#afterRequests(SHORTAGE_AFTER * this.random()));
    this.#company.strike();
    const hasHeard = this.#hasHeard();
    const isTooLong = this.#after(LONGEST_LIFE);
    await this.#liveUntil(() => hasHeard() || isTooLong());
    await this.#liveUntil(this.#after(HEARD + (HEARD_AT_MOST - HEARD) * this.random()));
  }

  /** Until all files are done, or before. */
  async #restUntil(isOver: () => boolean, deadline: number): Promise<void> {
    while (!isOver() && (await this.drops.inFlight()).length > 0) {
      this.#look();
      if (Date.now() > deadline) throw new Error(`Work is left that does not end:\n${this.daemon.log}`);
      await sleep(20);
    }
  }

  async #liveUntil(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const files = await this.drops.inFlight();
      if (files.length < FILES_IN_FLIGHT) await this.drops.add(this.#people.file());
      else if (this.random() < CHANGES) this.#change(files);
      await sleep(20);
      this.#look();
    }
  }

  /** Somebody of whom no file in flight speaks has no request on the way either; what befalls the others is none of a list. */
  #change(files: readonly PeopleFile[]): void {
    const kind = this.random();
    if (kind < MOVES) {
      const moved = this.#hasRead() ? this.#people.release() : undefined;
      if (moved) return this.#agents.move(moved);
    }
    const meant = kind < UNDER_WAY ? this.#people.sharedIn(files) : undefined;
    if (meant) return this.random() < 0.5 ? this.#agents.delete(meant) : this.#agents.merge(meant);
    const person = this.#people.besides(files);
    if (person) this.#agents.change(person);
  }

  /** Whether the daemon has a picture of the account, which a number that moves makes wrong. */
  #hasRead(): boolean {
    return this.sandbox.operations.some(({ answered, path }) => answered && path.startsWith('/contacts/index'));
  }

  #look(): void {
    this.#company.look();
    if (!this.daemon.isRunning) throw new Error(`The daemon ended by itself:\n${this.daemon.log}`);
  }

  /** True once the daemon has had an answer from now on. */
  #hasHeard(): () => boolean {
    const now = new Date();
    return () => this.sandbox.operations.some(({ answered }) => answered !== undefined && answered > now);
  }

  #afterRequests(count: number): () => boolean {
    const last = this.sandbox.operations.length + count;
    const isTooLong = this.#after(LONGEST_LIFE);
    return () => this.sandbox.operations.length >= last || isTooLong();
  }

  #after(milliseconds: number): () => boolean {
    const end = Date.now() + milliseconds;
    return () => Date.now() >= end;
  }
}
