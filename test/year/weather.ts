import type { ChaosKind, CloudTalkSandboxOptions } from '../../apps/sandbox/src/index.js';
import type { HubSpotSandboxOptions } from '../../apps/sandbox/src/hubspot/options.js';
import type { SalesforceSandboxOptions } from '../../apps/sandbox/src/salesforce/options.js';

type Rates<Options extends { readonly faults?: { readonly rates: object } }> = NonNullable<Options['faults']>['rates'];

/** How often each kind of fault meets a request. What costs real time, the length of a request's deadline, is rare. */
const CLOUDTALK: Readonly<Partial<Record<ChaosKind, number>>> = {
  throttle: 0.004,
  'error before': 0.006,
  'error in the middle': 0.006,
  'error after': 0.006,
  'bad gateway before': 0.004,
  'bad gateway after': 0.004,
  'time out before': 0.0002,
  'time out after': 0.0002,
  'drop before': 0.004,
  'drop after': 0.006,
  truncate: 0.006,
  stall: 0.0002,
  'command error': 0.01,
  'omit command': 0.01,
};
const SALESFORCE: Rates<SalesforceSandboxOptions> = {
  unavailable: 0.01,
  'error after': 0.01,
  'drop before': 0.01,
  'drop after': 0.01,
  'time out before': 0.0004,
  'time out after': 0.0004,
  stall: 0.0004,
  truncate: 0.01,
  junk: 0.01,
  'expire token': 0.02,
  'expire locators': 0.02,
  'lock rows': 0.05,
};
const HUBSPOT: Rates<HubSpotSandboxOptions> = {
  'throttle ten secondly': 0.01,
  'throttle secondly': 0.01,
  'error before': 0.01,
  'error after': 0.01,
  'bad gateway before': 0.005,
  'bad gateway after': 0.005,
  unavailable: 0.005,
  locked: 0.005,
  'drop before': 0.01,
  'drop after': 0.01,
  'time out before': 0.0004,
  'time out after': 0.0004,
  stall: 0.0004,
  truncate: 0.01,
  junk: 0.01,
  'drop ids': 0.03,
  'refuse ids': 0.03,
};

export type Party = 'cloudtalk' | 'salesforce' | 'hubspot';
export const PARTIES: readonly Party[] = ['cloudtalk', 'salesforce', 'hubspot'];

/** The faults of all stand-ins: none while it is calm, all requests while one of them is out. */
export class Weather {
  isCalm = true;
  /** Who does not answer as it should at all. */
  out: Party | undefined;

  constructor(private readonly seed: number) {}

  readonly cloudtalk = (): NonNullable<CloudTalkSandboxOptions['faults']> => ({
    seed: this.seed,
    rates: this.#live('cloudtalk', CLOUDTALK, 'error before'),
    longestDelay: 20,
  });
  readonly salesforce = (): NonNullable<SalesforceSandboxOptions['faults']> => ({
    seed: this.seed + 1,
    rates: this.#live('salesforce', SALESFORCE, 'unavailable'),
  });
  readonly hubspot = (): NonNullable<HubSpotSandboxOptions['faults']> => ({
    seed: this.seed + 2,
    rates: this.#live('hubspot', HUBSPOT, 'unavailable'),
  });

  /** The stand-ins look at the rates with each request. */
  #live<T extends object>(party: Party, rates: T, outage: keyof T): T {
    return new Proxy(rates, {
      get: (target, kind) => {
        if (this.out === party) return kind === outage ? 1 : 0;
        return this.isCalm ? 0 : (Reflect.get(target, kind) as unknown);
      },
    });
  }
}
