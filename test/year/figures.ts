import type { SimulatedTime } from './simulated-time.js';
import type { Stage } from './stage.js';
import { PARTIES } from './weather.js';
import type { SeenWrite, Witness } from './witness.js';

/** What happens in a year, counted, and what is found to be wrong. */
export class Figures {
  /** Which records ever stood for a contact, by its id: as they were told. */
  readonly stoodFor = new Map<number, Set<string>>();
  readonly found: string[] = [];
  readonly #counts: Record<string, number> = {};

  constructor(
    private readonly stage: Stage,
    private readonly time: SimulatedTime,
  ) {}

  count(what: string, times = 1): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + times;
  }

  find(words: string): void {
    this.found.push(`${this.time.now().toISOString()} ${words}`);
  }

  /** Takes in what a record is told of its contact. */
  note({ action, id, values }: SeenWrite): void {
    const contact = Number(values['CloudTalk_Id__c'] ?? values['ct_id'] ?? 0);
    if (action !== 'report' || contact === 0) return;
    this.stoodFor.set(contact, (this.stoodFor.get(contact) ?? new Set()).add(id));
  }

  result({ requests, writes }: Witness, more: Readonly<Record<string, number>>) {
    const faults: Record<string, number> = {};
    for (const party of PARTIES) {
      for (const { fault, status, time } of seenBy(this.stage, party)) {
        if (status === 429 && fault === undefined) this.find(`${party} was asked too often at ${time.toISOString()}`);
        if (fault !== undefined) faults[`${party} ${fault}`] = (faults[`${party} ${fault}`] ?? 0) + 1;
      }
    }
    const reports = writes.filter(({ action }) => action === 'report').length;
    const figures = {
      ...more,
      ...{ contacts: this.stage.cloudtalk.contacts().length, requests },
      ...{ operations: this.stage.cloudtalk.operations.length, commands: writes.length - reports, reports },
      repetitions: writes.filter(({ isRepetition }) => isRepetition).length,
      ...this.#counts,
    };
    return { violations: this.found, figures, faults };
  }
}

interface Seen {
  readonly time: Date;
  readonly status: number | undefined;
  readonly fault: string | undefined;
}

function seenBy({ cloudtalk, hubspot, salesforce }: Stage, party: (typeof PARTIES)[number]): readonly Seen[] {
  return { cloudtalk: cloudtalk.operations, hubspot: hubspot.requests, salesforce: salesforce.requests }[party];
}
