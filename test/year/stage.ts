import { type CloudTalkSandbox, startCloudTalkSandbox } from '../../apps/sandbox/src/index.js';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../apps/sandbox/src/hubspot/server.js';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../apps/sandbox/src/salesforce/server.js';
import { HUBSPOT_REPORT } from './policies.js';
import type { Weather } from './weather.js';

/** What CloudTalk grants a minute; twice the usual, so that a night has fewer pauses to be lived through. */
export const OPERATIONS_PER_MINUTE = 120;

/** The three stand-ins, all of them living at the same simulated hour. */
export interface Stage {
  readonly cloudtalk: CloudTalkSandbox;
  readonly salesforce: SalesforceSandbox;
  readonly hubspot: HubSpotSandbox;
  close(): Promise<void>;
}

/** Starts the stand-ins; ids are ordered one way or the other, by the seed. */
export async function openStage(seed: number, clock: () => Date, weather: Weather): Promise<Stage> {
  const isEven = seed % 2 === 0;
  const cloudtalk = await startCloudTalkSandbox({
    clock,
    operationsPerMinute: OPERATIONS_PER_MINUTE,
    indexShows: isEven ? 'first' : 'all',
    faults: weather.cloudtalk(),
  });
  const salesforce = await startSalesforceSandbox({
    clock,
    idOrder: isEven ? 'bytes' : 'ignoring case',
    longestPage: 120,
    tokenRequests: 37,
    faults: weather.salesforce(),
  });
  const hubspot = await startHubSpotSandbox({
    clock,
    idOrder: isEven ? 'numeric' : 'lexicographic',
    unknownIds: isEven ? 'dropped' : 'named',
    searchDelay: 45_000,
    shortPages: true,
    faults: weather.hubspot(),
  });
  for (const [part, name] of Object.entries(HUBSPOT_REPORT)) {
    hubspot.addProperty(name, part === 'time' ? 'datetime' : 'string');
  }
  return {
    cloudtalk,
    salesforce,
    hubspot,
    close: async () => {
      await Promise.all([cloudtalk.close(), salesforce.close(), hubspot.close()]);
    },
  };
}
