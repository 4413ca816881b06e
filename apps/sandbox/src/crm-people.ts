import { CZECHIA, SLOVAKIA } from './demo/countries.js';
import { People } from './demo/people.js';
import { Random } from './random.js';
import type { HubSpotSandbox } from './hubspot/server.js';
import type { SalesforceSandbox } from './salesforce/server.js';

/** How many people each CRM begins with; each has people of its own, the same ones at every start. */
const CONTACTS = 36;
const LEADS = 12;
const SEEDS = { salesforce: 84_510, hubspot: 84_520 } as const;
/** The agents that the stand-in for CloudTalk has by default. */
const AGENTS = ['alice.agent@example.com', 'bob.agent@example.com'];
/** One of each CRM's people has a number that CloudTalk would refuse, and another wants no calls. */
const WITH_BAD_NUMBER = 4;
const WITHOUT_CALLS = 6;

/** Makes contacts and leads, some of an account, each with an owner. */
export function fillSalesforce(salesforce: Pick<SalesforceSandbox, 'put'>): void {
  const people = new People(new Random(SEEDS.salesforce));
  const owners = AGENTS.map((Email) => salesforce.put('User', { Name: Email, Email }));
  const AccountId = salesforce.put('Account', { Name: 'Orava Glass', Tier__c: 'Gold' });
  const fields = (index: number): Readonly<Record<string, string | boolean | null>> => {
    const { email, first, last, national } = people.someone(SLOVAKIA);
    return {
      FirstName: first,
      LastName: last,
      MobilePhone: index === WITH_BAD_NUMBER ? '12' : national,
      Email: email,
      LeadSource: index % 3 === 0 ? 'Web' : null,
      DoNotCall: index === WITHOUT_CALLS,
      OwnerId: owners[index % owners.length] ?? null,
    };
  };
  for (let index = 0; index < CONTACTS; index++) {
    const ofAccount = index % 2 === 0 ? { AccountId } : {};
    salesforce.put('Contact', { ...fields(index), ...ofAccount, MailingCountry: 'Slovakia' });
  }
  for (let index = 0; index < LEADS; index++) {
    salesforce.put('Lead', { ...fields(index), Company: 'Tatra Paper', Country: 'Slovakia' });
  }
}

/** Makes contacts, some of a company, each with an owner. */
export function fillHubSpot(hubspot: Pick<HubSpotSandbox, 'addCompany' | 'addOwner' | 'put'>): void {
  const people = new People(new Random(SEEDS.hubspot));
  const owners = AGENTS.map((email) => hubspot.addOwner({ email }));
  const company = hubspot.addCompany({ name: 'Moravia Tools' });
  for (let index = 0; index < CONTACTS; index++) {
    const { e164, email, first, last } = people.someone(CZECHIA);
    hubspot.put({
      firstname: first,
      lastname: last,
      phone: index === WITH_BAD_NUMBER ? 'unknown' : e164,
      email,
      country: 'Czechia',
      do_not_call: String(index === WITHOUT_CALLS),
      hubspot_owner_id: owners[index % owners.length] ?? '',
      ...(index % 2 === 0 ? { associatedcompanyid: company } : {}),
    });
  }
}
