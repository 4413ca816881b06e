import type { SandboxContact } from '../../apps/sandbox/src/index.js';
import type { Society } from './society.js';
import type { Stage } from './stage.js';

/** What agents put on one contact. */
export interface Foreign {
  readonly tags: Set<string>;
  readonly phones: Set<string>;
  readonly birthday: string | undefined;
}

const STRANGER_TAG = 'theirs';

/** The people who work in CloudTalk itself. */
export class Agents {
  /** By contact id. */
  readonly foreign = new Map<number, Foreign>();
  #tags = 0;

  constructor(
    private readonly stage: Stage,
    private readonly society: Society,
  ) {}

  /** Somebody calls whom no CRM knows, perhaps not yet. */
  #meetStranger(comesIntoCrm: boolean): void {
    const { registry } = this.society;
    const phone = registry.freshPhone();
    if (comesIntoCrm) registry.strangers.push(phone);
    const id = this.stage.cloudtalk.add({
      name: 'Somebody',
      ContactNumber: [{ public_number: Number(phone.slice(1)) }],
      ContactsTag: [{ name: STRANGER_TAG }],
    });
    this.foreign.set(id, { tags: new Set([STRANGER_TAG]), phones: new Set([phone]), birthday: undefined });
  }

  /** Agents add something to so many contacts, or meet somebody new. */
  work(acts: number): void {
    const contacts = this.stage.cloudtalk.contacts();
    const chosen = new Set(Array.from({ length: acts }, () => this.society.pick(contacts)));
    for (const contact of chosen) this.#work(contact);
  }

  #work(contact: SandboxContact | undefined): void {
    if (contact === undefined || this.society.chance(0.2)) return this.#meetStranger(this.society.chance(0.5));
    const acts = [() => this.#addTag(contact), () => this.#addPhone(contact), () => this.#setBirthday(contact)];
    this.society.pick(acts)?.();
  }

  #addTag({ id, tags }: SandboxContact): void {
    this.#tags += 1;
    const tag = `vip-${this.#tags}`;
    this.stage.cloudtalk.edit(id, { ContactsTag: [...tags, tag].map((name) => ({ name })) });
    this.#foreignOf(id).tags.add(tag);
  }

  #addPhone({ id, phones }: SandboxContact): void {
    const phone = this.society.registry.freshPhone();
    const numbers = [...phones, phone].map((text) => ({ public_number: Number(text.slice(1)) }));
    this.stage.cloudtalk.edit(id, { ContactNumber: numbers });
    this.#foreignOf(id).phones.add(phone);
  }

  /** The title of the attribute is of the sandbox's default ones; so are the ids. */
  #setBirthday({ attributes, id }: SandboxContact): void {
    const birthday = `1980-01-${this.society.below(28) + 1}`;
    const tier = attributes['Tier'] === undefined ? [] : [{ attribute_id: 201, value: attributes['Tier'] }];
    this.stage.cloudtalk.edit(id, { ContactAttribute: [...tier, { attribute_id: 202, value: birthday }] });
    this.foreign.set(id, { ...this.#foreignOf(id), birthday });
  }

  #foreignOf(id: number): Foreign {
    const known = this.foreign.get(id) ?? { tags: new Set(), phones: new Set(), birthday: undefined };
    this.foreign.set(id, known);
    return known;
  }
}
