import type { SandboxContact } from '../../apps/sandbox/src/index.js';
import type { Agents } from './agents.js';
import type { CrmRecord, Person } from './crm-record.js';
import { statusOf, type Told, toldRecords } from './expectation.js';
import type { Policies } from './policies.js';
import type { Registry } from './registry.js';
import type { Stage } from './stage.js';

/** Where the world is looked at. */
export interface Places {
  readonly stage: Stage;
  readonly registry: Registry;
  readonly agents: Agents;
  readonly policies: Policies;
  /** Which records ever stood for a contact, by its id: as they were told. */
  readonly stoodFor: ReadonlyMap<number, ReadonlySet<string>>;
}

/** The world when it has come to rest: contacts and records, and which of them belong together. */
export class Rest {
  readonly contacts: ReadonlyMap<number, SandboxContact>;
  /** By the record's id. */
  readonly told: ReadonlyMap<string, Told>;
  /** The living records for which a contact stands, by its id. */
  readonly standing = new Map<number, CrmRecord[]>();
  readonly #byId: ReadonlyMap<string, CrmRecord>;

  constructor(readonly places: Places) {
    const { registry, stage } = places;
    this.contacts = new Map(stage.cloudtalk.contacts().map((contact) => [contact.id, contact]));
    this.told = toldRecords(stage);
    this.#byId = new Map(registry.records.map((record) => [record.id, record]));
    for (const record of registry.living) {
      const id = Number(this.told.get(record.id)?.contactId || 0);
      if (id !== 0) this.standing.set(id, [...(this.standing.get(id) ?? []), record]);
    }
  }

  /** The records that ever stood for a contact, and those to which they have handed it down. */
  readonly everOn = (id: number): readonly CrmRecord[] => {
    const told = [...(this.places.stoodFor.get(id) ?? [])].flatMap((record) => this.#byId.get(record) ?? []);
    return [...new Set(told.flatMap((record) => [record, ...this.#heirsOf(record)]))];
  };

  isPushed(record: CrmRecord): boolean {
    return statusOf(record, this.places.policies) === 'imported';
  }

  /** Whether it is in the CRM, and refused. */
  fails(record: CrmRecord): boolean {
    return record.fate === 'living' && statusOf(record, this.places.policies) === 'failed';
  }

  /** Whether records of these people, of different ones, became one. */
  areMerged(people: readonly Person[]): boolean {
    const distinct = new Set(people);
    return distinct.size > 1 && new Set([...distinct].map(this.places.registry.headOf)).size === 1;
  }

  /** The records that this one has gone into, one after the other. */
  #heirsOf({ into }: CrmRecord): readonly CrmRecord[] {
    const heir = into === undefined ? undefined : this.#byId.get(into);
    return heir === undefined ? [] : [heir, ...this.#heirsOf(heir)];
  }
}
