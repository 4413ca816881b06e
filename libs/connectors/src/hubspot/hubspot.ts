import type { Connector, Session, SessionContext } from '@cloudtalk-sync/connector-kit';
import { HubSpotApi, SEARCH_LIMITS, type SearchLimits } from './hubspot-api.js';
import { checkPortal } from './hubspot-check.js';
import { cursorSchema } from './hubspot-cursor.js';
import { type HubSpotOptions, optionsSchema } from './hubspot-options.js';
import { HubSpotReporter } from './hubspot-reporter.js';
import { setUpProperties } from './hubspot-setup.js';
import { HubSpotSource } from './hubspot-source.js';
import { PortalCaller } from './portal-caller.js';
import { mappedName, writtenName } from './wanted-fields.js';

/** The contacts of a HubSpot portal. */
export const hubspot = hubspotWithin(SEARCH_LIMITS);

/** The same, for a portal whose search has these limits: a small stand-in then has more contacts than one search gives. */
export function hubspotWithin(limits: SearchLimits): Connector<HubSpotOptions> {
  return {
    type: 'hubspot',
    optionsSchema,
    cursorSchema,
    hasTemplate: false,
    fieldNames: { mapped: mappedName, written: writtenName },
    open: (options, context) => Promise.resolve(openPortal(options, context, limits)),
  };
}

function openPortal(options: HubSpotOptions, context: SessionContext, limits: SearchLimits): Session {
  const caller = new PortalCaller(options, context.clock, context.org);
  const always = new AbortController().signal;
  return {
    source: new HubSpotSource(caller, options, context.fields, limits),
    reporter: new HubSpotReporter(caller, context.report),
    check: (signal = always) => checkPortal(caller, options, context, signal),
    setup: (signal = always) => setUpProperties(new HubSpotApi(caller, signal), context.report),
    close: () => Promise.resolve(caller.close()),
  };
}
