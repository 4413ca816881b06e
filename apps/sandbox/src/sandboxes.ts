import type { SandboxArguments } from './arguments.js';
import { type CloudTalkSandbox, startCloudTalkSandbox } from './cloudtalk/server.js';
import { fillHubSpot, fillSalesforce } from './crm-people.js';
import { type HubSpotSandbox, startHubSpotSandbox } from './hubspot/server.js';
import { type SalesforceSandbox, startSalesforceSandbox } from './salesforce/server.js';

/** The stand-ins that run, those for the CRMs with people in them. */
export interface Sandboxes {
  readonly cloudtalk: CloudTalkSandbox;
  readonly crms?: { readonly salesforce: SalesforceSandbox; readonly hubspot: HubSpotSandbox };
  readonly close: () => Promise<void>;
}

/** Where they are: the API and the page of CloudTalk, and both CRMs, whose pages lie at the same address as their APIs. */
export interface Addresses {
  readonly url: string;
  readonly page: string;
  readonly salesforce?: string;
  readonly hubspot?: string;
}

/** Starts what the command line asks for. Throws when a port is taken; what was started before stays until the process ends. */
export async function startSandboxes({ cloudtalk, crms }: SandboxArguments): Promise<Sandboxes> {
  const sandbox = await startCloudTalkSandbox(cloudtalk);
  if (crms === undefined) return { cloudtalk: sandbox, close: sandbox.close };
  const salesforce = await startSalesforceSandbox(crms.salesforce);
  const hubspot = await startHubSpotSandbox(crms.hubspot);
  fillSalesforce(salesforce);
  fillHubSpot(hubspot);
  const all = [sandbox, salesforce, hubspot];
  return {
    cloudtalk: sandbox,
    crms: { salesforce, hubspot },
    close: async () => void (await Promise.all(all.map((one) => one.close()))),
  };
}

export function addressesOf({ cloudtalk: { url }, crms }: Sandboxes): Addresses {
  const page = url.replace(/api$/, '');
  if (crms === undefined) return { url, page };
  return { url, page, salesforce: crms.salesforce.url, hubspot: crms.hubspot.url };
}
