import {
  type CrmRecord,
  hubspotProperties,
  nameOf,
  type Person,
  salesforceFields,
  titleAfterConversion,
} from './crm-record.js';
import { Heirs } from './heirs.js';
import { HUBSPOT_REPORT, type Kind, SALESFORCE_REPORT } from './policies.js';
import type { Stage } from './stage.js';

/** All records that there ever were, and the CRMs that hold them. */
export class Registry {
  readonly records: CrmRecord[] = [];
  readonly heirs: Heirs;
  readonly #byPerson = new Map<Person, CrmRecord[]>();
  /** Whose number each is that was ever given out. */
  readonly owners = new Map<string, Person>();
  /** Numbers that CloudTalk has from elsewhere; the next new people have them. */
  readonly strangers: string[] = [];
  /** Which people records of two different ones were merged into. */
  readonly #merged = new Map<Person, Person>();
  /** How many merges into each record it may still be told of without need, since nobody else knows what was kept. */
  readonly #untold = new Map<string, number>();
  readonly #companies: readonly string[];
  #people = 0;
  #phones = 0;

  constructor(private readonly stage: Stage) {
    this.heirs = new Heirs(stage);
    this.#companies = ['Acme', 'Globex', 'Initech'].map((name) => stage.hubspot.addCompany({ name }));
  }

  get living(): readonly CrmRecord[] {
    return this.records.filter(({ fate }) => fate === 'living');
  }

  livingOf(person: Person): readonly CrmRecord[] {
    return (this.#byPerson.get(person) ?? []).filter(({ fate }) => fate === 'living');
  }

  isIn(person: Person, kind: Kind): boolean {
    return (this.#byPerson.get(person) ?? []).some((record) => record.kind === kind);
  }

  /** A number that nobody has. */
  freshPhone(): string {
    this.#phones += 1;
    return `+421901${String(this.#phones).padStart(6, '0')}`;
  }

  newPhone(person: Person): string {
    const phone = this.freshPhone();
    this.owners.set(phone, person);
    return phone;
  }

  newPerson(): Person {
    this.#people += 1;
    const number = this.#people;
    const phone = this.strangers.pop() ?? this.freshPhone();
    const person = { number, first: 'Person', last: String(number), email: `p${number}@example.com`, phone };
    this.owners.set(phone, person);
    return person;
  }

  /** The person whose records took in those of this one, or itself. */
  readonly headOf = (person: Person): Person => {
    const next = this.#merged.get(person);
    return next === undefined ? person : this.headOf(next);
  };

  put(kind: Kind, person: Person, { optedOut = false, phone = person.phone, wrong = false }): void {
    const detail = `First ${person.number}`;
    const said = new Set([nameOf({ person }), detail]);
    const record = { id: '', kind, person, phone, mobile: undefined, detail, note: '', wrong, optedOut, said } as const;
    const id = this.#create({ ...record, fate: 'living', wasDeleted: false });
    this.#keep({ ...record, id, fate: 'living', wasDeleted: false });
  }

  /** Whether CloudTalk has a contact with this number. */
  isCalled(phone: string): boolean {
    return this.stage.cloudtalk.contacts().some(({ phones }) => phones.includes(phone));
  }

  /** Puts a record as it is now into its CRM. */
  write(record: CrmRecord): void {
    const { hubspot, salesforce } = this.stage;
    record.said.add(nameOf(record)).add(record.detail);
    if (record.kind === 'hubspot') hubspot.edit(record.id, hubspotProperties(record));
    else salesforce.edit(record.id, salesforceFields(record));
  }

  remove(record: CrmRecord): void {
    record.fate = 'deleted';
    record.wasDeleted = true;
    this.heirs.doubt(record);
    (record.kind === 'hubspot' ? this.stage.hubspot : this.stage.salesforce).remove(record.id);
  }

  erase(record: CrmRecord): void {
    record.fate = 'deleted';
    record.wasDeleted = record.isErased = true;
    (record.kind === 'hubspot' ? this.stage.hubspot : this.stage.salesforce).erase(record.id);
  }

  restore(record: CrmRecord): void {
    record.fate = 'living';
    if (record.kind === 'hubspot') this.stage.hubspot.restore(record.id);
    else this.stage.salesforce.edit(record.id, { IsDeleted: false });
    this.write(record);
  }

  /** The survivor may take over the loser's number, and what that was told, as the person who merges can decide. */
  merge(loser: CrmRecord, survivor: CrmRecord, takes: { readonly phone: boolean; readonly report: boolean }): void {
    const report = takes.report ? this.#reportOn(loser) : {};
    const crm = loser.kind === 'hubspot' ? this.stage.hubspot : this.stage.salesforce;
    crm.merge(loser.id, survivor.id);
    crm.edit(survivor.id, report);
    this.heirs.expect(survivor);
    this.#takeIn(survivor, loser, takes.phone);
  }

  /** In HubSpot both go into a new record, which is as the survivor was. */
  mergeAnew(loser: CrmRecord, survivor: CrmRecord, takesPhone: boolean): void {
    const contacts = this.heirs.contactsOf(survivor, loser);
    const id = this.stage.hubspot.mergeAnew(survivor.id, loser.id);
    const heir: CrmRecord = { ...survivor, id, wasDeleted: false, said: new Set() };
    survivor.fate = 'merged';
    survivor.into = id;
    this.#keep(heir);
    this.heirs.expect(heir, contacts);
    this.#takeIn(heir, loser, takesPhone);
  }

  /** Whether a record is told of a merge; each is told once. */
  tell(id: string): boolean {
    const untold = this.#untold.get(id) ?? 0;
    this.#untold.set(id, Math.max(0, untold - 1));
    return untold > 0;
  }

  /** All have been told of every merge so far, but for those that were told nothing since: they are deleted just now. */
  allAreTold(): void {
    for (const id of this.#untold.keys()) if (!this.heirs.isUntold(id)) this.#untold.delete(id);
  }

  convert(lead: CrmRecord): void {
    const id = this.stage.salesforce.convert(lead.id);
    const detail = titleAfterConversion(lead);
    this.#keep({ ...lead, id, kind: 'contact', note: '', detail, said: new Set([nameOf(lead), detail]) });
    lead.fate = 'converted';
    lead.into = id;
  }

  #takeIn(heir: CrmRecord, loser: CrmRecord, takesPhone: boolean): void {
    loser.fate = 'merged';
    loser.into = heir.id;
    this.#untold.set(heir.id, (this.#untold.get(heir.id) ?? 0) + 1);
    const [one, other] = [this.headOf(loser.person), this.headOf(heir.person)];
    if (one !== other) this.#merged.set(one, other);
    if (takesPhone && heir.mobile === undefined && heir.phone !== loser.phone) heir.mobile = loser.phone;
    this.write(heir);
  }

  /** The fields of a record that say what it was told, blank where it was told nothing. */
  #reportOn({ id, kind }: CrmRecord): Readonly<Record<string, string>> {
    const { hubspot, salesforce } = this.stage;
    const records = salesforce.records(kind === 'lead' ? 'Lead' : 'Contact');
    const fields: Readonly<Record<string, unknown>> | undefined =
      kind === 'hubspot'
        ? hubspot.records().find((record) => record.id === id)?.properties
        : records.find((record) => record['Id'] === id);
    const names: readonly string[] = Object.values(kind === 'hubspot' ? HUBSPOT_REPORT : SALESFORCE_REPORT);
    return Object.fromEntries(names.map((name) => [name, String(fields?.[name] ?? '')]));
  }

  #keep(record: CrmRecord): void {
    this.records.push(record);
    this.#byPerson.set(record.person, [...(this.#byPerson.get(record.person) ?? []), record]);
  }

  #create(record: CrmRecord): string {
    const { hubspot, salesforce } = this.stage;
    if (record.kind === 'contact') return salesforce.put('Contact', salesforceFields(record));
    if (record.kind === 'lead') return salesforce.put('Lead', salesforceFields(record));
    const company = this.#companies[record.person.number % this.#companies.length] ?? '';
    return hubspot.put({ ...hubspotProperties(record), associatedcompanyid: company });
  }
}
