import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type HubSpotSandbox, startHubSpotSandbox } from '../hubspot/server.js';
import { type SalesforceSandbox, startSalesforceSandbox } from '../salesforce/server.js';
import { CZECHIA, SLOVAKIA } from './countries.js';
import { People, type Person } from './people.js';
import { Random } from '../random.js';

/** Other people than those of the files. */
const SEED = 2_027;
/** How many records each CRM begins with. */
const RECORDS = 60;
const AGENTS = ['alice.agent@example.com', 'bob.agent@example.com'];
const USERNAME = 'sync@example.com';

/** Stand-ins for Salesforce and HubSpot, in this process, with records of their own. */
export class Crms {
  readonly #people = new People(new Random(SEED));
  readonly #salesforceIds: string[] = [];
  readonly #hubspotIds: string[] = [];

  private constructor(
    readonly salesforce: SalesforceSandbox,
    readonly hubspot: HubSpotSandbox,
    private readonly keyFile: string,
  ) {}

  /** Starts both; the key that logs in to Salesforce lies in `folder`. */
  static async open(folder: string): Promise<Crms> {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const keyFile = join(folder, 'salesforce.pem');
    await writeFile(keyFile, privateKey, { mode: 0o600 });
    const salesforce = await startSalesforceSandbox({ username: USERNAME, publicKey });
    const crms = new Crms(salesforce, await startHubSpotSandbox(), keyFile);
    crms.#fillSalesforce();
    crms.#fillHubSpot();
    return crms;
  }

  /** What the config names by `${NAME}`. */
  get environment(): Readonly<Record<string, string>> {
    return { SALESFORCE_KEY_FILE: this.keyFile, HUBSPOT_TOKEN: 'sandbox-token' };
  }

  /** The connections of the config. */
  get config(): string {
    return `  - id: salesforce
    connector: salesforce
    schedule: { cron: '0 2 * * *', timezone: Europe/Bratislava }
    options:
      loginUrl: ${this.salesforce.url}
      auth: { clientId: sandbox-client, username: ${USERNAME}, privateKey: '\${SALESFORCE_KEY}' }
    tag: salesforce
    mapping:
      name: '{{ FirstName }} {{ LastName }}'
      phone: [MobilePhone, Phone]
      email: Email
      company: Account.Name
      favorite_agent: Owner.Email
      tags: [{ from: LeadSource, lookup: { Web: campaign-inbound } }]
    report: { status: CloudTalk_Status__c, code: CloudTalk_Code__c, message: CloudTalk_Message__c, contactId: CloudTalk_Id__c, time: CloudTalk_Synced_At__c }
    onDelete: tag
    onMerge: delete second
    doNotCall: { fields: [DoNotCall], then: untag, campaignTags: ['campaign-*'] }
  - id: hubspot
    connector: hubspot
    schedule: { cron: '30 2 * * *', timezone: Europe/Bratislava }
    options: { accessToken: '\${HUBSPOT_TOKEN}', basePath: ${this.hubspot.url} }
    tag: hubspot
    mapping: { name: '{{ firstname }} {{ lastname }}', phone: phone, email: email, company: company.name, favorite_agent: owner.email }
    report: { status: cloudtalk_status, code: cloudtalk_code, message: cloudtalk_message, contactId: cloudtalk_id, time: cloudtalk_synced_at }
    doNotCall: { fields: [do_not_call], then: skip }
`;
  }

  /** A day's work of the sales people: some records change, one is mended, one deleted, two are merged. */
  work(): void {
    const [, first = '', second = '', third = '', wrong = ''] = this.#salesforceIds;
    this.salesforce.edit(first, { Title: 'Head of Purchasing', FirstName: 'Dana' });
    this.salesforce.edit(wrong, { MobilePhone: this.#people.someone(SLOVAKIA).national });
    this.salesforce.remove(second);
    this.salesforce.merge(third, first);
    const [, changed = '', mended = ''] = this.#hubspotIds;
    this.hubspot.edit(changed, { firstname: 'Emil' });
    this.hubspot.edit(mended, { phone: this.#people.someone(CZECHIA).e164 });
  }

  async close(): Promise<void> {
    await this.salesforce.close();
    await this.hubspot.close();
  }

  #fillSalesforce(): void {
    const owners = AGENTS.map((Email) => this.salesforce.put('User', { Name: Email, Email }));
    const account = this.salesforce.put('Account', { Name: 'Orava Glass' });
    this.#people.several(RECORDS, SLOVAKIA).forEach((person, index) => {
      const id = this.salesforce.put('Contact', {
        FirstName: person.first,
        LastName: person.last,
        MobilePhone: index === 4 ? '12' : person.national,
        Email: index === 4 ? null : emailOf(person),
        LeadSource: index % 3 === 0 ? 'Web' : null,
        DoNotCall: index === 6,
        OwnerId: owners[index % owners.length] ?? null,
        AccountId: index % 2 === 0 ? account : null,
      });
      this.#salesforceIds.push(id);
    });
  }

  #fillHubSpot(): void {
    const owners = AGENTS.map((email) => this.hubspot.addOwner({ email }));
    const company = this.hubspot.addCompany({ name: 'Moravia Tools' });
    this.#people.several(RECORDS, CZECHIA).forEach((person, index) => {
      const id = this.hubspot.put({
        ...namesOf(person),
        phone: index === 2 ? 'unknown' : person.e164,
        email: emailOf(person),
        do_not_call: String(index === 5),
        hubspot_owner_id: owners[index % owners.length] ?? '',
        ...(index % 2 === 0 ? { associatedcompanyid: company } : {}),
      });
      this.#hubspotIds.push(id);
    });
  }
}

/** Of nobody in the files. */
function emailOf({ email }: Person): string {
  return `crm.${email}`;
}

function namesOf({ first, last }: Person): Readonly<Record<string, string>> {
  return { firstname: first, lastname: last };
}
