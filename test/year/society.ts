import { seeded } from '../support/random.js';
import { type Kind, KINDS } from './policies.js';
import type { CrmRecord, Person } from './crm-record.js';
import { Registry } from './registry.js';
import type { Stage } from './stage.js';

interface Chance {
  readonly weight: number;
  /** Lets something happen; false when it is not possible just now. */
  readonly act: (society: Society) => boolean;
  /** Whether it may lead several records to say the same of one contact, so that telling CloudTalk of all is idle. */
  readonly repeats?: boolean;
}

/** What people do in the CRMs, with how often each of it happens. */
const CHANCES: readonly Chance[] = [
  { weight: 22, act: (society) => society.appear() },
  { weight: 8, act: (society) => society.appearElsewhere() },
  { weight: 3, act: (society) => society.appearTwice(), repeats: true },
  { weight: 14, act: (society) => society.changeDetail() },
  { weight: 8, act: (society) => society.changePhone() },
  { weight: 3, act: (society) => society.rename(), repeats: true },
  { weight: 5, act: (society) => society.touch() },
  { weight: 5, act: (society) => society.spoilPhone() },
  { weight: 4, act: (society) => society.mendPhone() },
  { weight: 4, act: (society) => society.optOut() },
  { weight: 3, act: (society) => society.optIn() },
  { weight: 8, act: (society) => society.remove() },
  { weight: 4, act: (society) => society.restore() },
  { weight: 3, act: (society) => society.erase() },
  { weight: 5, act: (society) => society.merge(), repeats: true },
  { weight: 3, act: (society) => society.mergeAtOnce(), repeats: true },
  { weight: 4, act: (society) => society.convert() },
];
const WEIGHTS = CHANCES.reduce((sum, { weight }) => sum + weight, 0);

/** The people whose records stand in the CRMs, and what becomes of them; the same for the same seed. */
export class Society {
  readonly registry: Registry;
  readonly #random: () => number;

  constructor(stage: Stage, seed: number) {
    this.#random = seeded(seed);
    this.registry = new Registry(stage);
  }

  /** Lets something happen to somebody. */
  act({ repeats }: { readonly repeats: boolean }): void {
    for (;;) {
      let draw = this.#random() * WEIGHTS;
      const chance = CHANCES.find(({ weight }) => (draw -= weight) < 0);
      if (chance && (repeats || !chance.repeats) && chance.act(this)) return;
    }
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  pick<T>(list: readonly T[]): T | undefined {
    return list[this.below(list.length)];
  }

  /** Somebody new, sometimes in two CRMs at once. */
  appear(): boolean {
    const person = this.registry.newPerson();
    const kind = this.pick(KINDS) ?? 'contact';
    this.registry.put(kind, person, { optedOut: this.chance(0.05), wrong: this.chance(0.08) });
    if (this.chance(0.15)) this.registry.put(otherCrm(kind), person, {});
    return true;
  }

  /** Somebody who is in one CRM, and in CloudTalk, comes into the other. */
  appearElsewhere(): boolean {
    const known = this.#living(({ kind, person }) => !this.registry.isIn(person, otherCrm(kind)));
    if (known === undefined || !this.registry.isCalled(known.phone)) return false;
    this.registry.put(otherCrm(known.kind), known.person, { phone: known.phone });
    return true;
  }

  /** Somebody is entered a second time. */
  appearTwice(): boolean {
    const known = this.#living(({ wrong }) => !wrong);
    if (known === undefined || !this.registry.isCalled(known.phone)) return false;
    this.registry.put(known.kind, known.person, { phone: known.phone });
    return true;
  }

  changeDetail(): boolean {
    return this.#edit(
      () => true,
      (record) => (record.detail = `Detail ${this.below(1_000_000)}`),
    );
  }

  changePhone(): boolean {
    return this.#edit(
      ({ wrong }) => !wrong,
      (record) => {
        record.phone = this.registry.newPhone(record.person);
        this.registry.heirs.doubt(record);
      },
    );
  }

  /** Somebody gets another name, in every record. */
  rename(): boolean {
    const known = this.#living(() => true);
    if (known === undefined) return false;
    known.person.last = `Renamed ${this.below(1_000_000)}`;
    for (const record of this.registry.livingOf(known.person)) this.registry.write(record);
    return true;
  }

  /** A change of something that is not mapped. */
  touch(): boolean {
    return this.#edit(
      () => true,
      (record) => (record.note = `Note ${this.below(1_000_000)}`),
    );
  }

  spoilPhone(): boolean {
    return this.#edit(
      ({ wrong }) => !wrong,
      (record) => {
        record.wrong = true;
        this.registry.heirs.doubt(record);
      },
    );
  }

  mendPhone(): boolean {
    return this.#edit(
      ({ wrong }) => wrong,
      (record) => (record.wrong = false),
    );
  }

  optOut(): boolean {
    return this.#edit(
      ({ optedOut }) => !optedOut,
      (record) => (record.optedOut = true),
    );
  }

  optIn(): boolean {
    return this.#edit(
      ({ optedOut }) => optedOut,
      (record) => (record.optedOut = false),
    );
  }

  remove(): boolean {
    const record = this.#living(() => true);
    if (record !== undefined) this.registry.remove(record);
    return record !== undefined;
  }

  restore(): boolean {
    const record = this.pick(this.registry.records.filter(({ fate, isErased }) => fate === 'deleted' && !isErased));
    if (record !== undefined) this.registry.restore(record);
    return record !== undefined;
  }

  /** A record is erased for good, from the bin or at once, unless another one went into it, whose end it would then be too. */
  erase(): boolean {
    const { records } = this.registry;
    const survivors = new Set(records.map(({ into }) => into));
    const erasable = records.filter(({ fate, id, isErased }) => {
      return (fate === 'living' || fate === 'deleted') && !isErased && !survivors.has(id);
    });
    const record = this.pick(erasable);
    if (record !== undefined) this.registry.erase(record);
    return record !== undefined;
  }

  /** Two records become one: mostly those of one person, sometimes of two. */
  merge(): boolean {
    const loser = this.#living(({ kind, person }) => this.chance(0.2) || this.#twin(kind, person));
    if (loser === undefined) return false;
    const others = this.registry.living.filter(({ kind }) => kind === loser.kind);
    const twins = others.filter(({ person }) => person === loser.person && others.length > 1);
    const survivor = this.pick((twins.length > 1 ? twins : others).filter((other) => other !== loser));
    if (survivor === undefined) return false;
    this.#merge(loser, survivor);
    return true;
  }

  /** Somebody is entered a second time, which is seen and mended before any import has read it. */
  mergeAtOnce(): boolean {
    const survivor = this.#living(({ wrong }) => !wrong);
    if (survivor === undefined) return false;
    const { kind, person, phone } = survivor;
    this.registry.put(kind, person, { phone });
    const loser = this.registry.records.at(-1);
    if (loser !== undefined) this.#merge(loser, survivor);
    return true;
  }

  convert(): boolean {
    const lead = this.#living(({ kind }) => kind === 'lead');
    if (lead !== undefined) this.registry.convert(lead);
    return lead !== undefined;
  }

  /** HubSpot makes a new record of two, as it does now, or keeps one of them, as it did once. */
  #merge(loser: CrmRecord, survivor: CrmRecord): void {
    if (loser.kind === 'hubspot' && this.chance(0.7)) this.registry.mergeAnew(loser, survivor, this.chance(0.5));
    else this.registry.merge(loser, survivor, { phone: this.chance(0.5), report: this.chance(0.5) });
  }

  #twin(kind: Kind, person: Person): boolean {
    return this.registry.livingOf(person).filter((record) => record.kind === kind).length > 1;
  }

  #living(isMeant: (record: CrmRecord) => boolean): CrmRecord | undefined {
    return this.pick(this.registry.living.filter(isMeant));
  }

  #edit(isMeant: (record: CrmRecord) => boolean, change: (record: CrmRecord) => void): boolean {
    const record = this.#living(isMeant);
    if (record === undefined) return false;
    change(record);
    this.registry.write(record);
    return true;
  }
}

function otherCrm(kind: Kind): Kind {
  return kind === 'hubspot' ? 'contact' : 'hubspot';
}
