/**
 * Stand-ins for the systems that cloudtalk-sync talks to, with their real limits, their documented answers and faults on
 * demand: what the demo, the tests and a user's own trial run against. Real HTTP on 127.0.0.1, in memory.
 */
export type { SandboxContact } from './cloudtalk/contact-record.js';
export type { ChaosKind, ChaosOptions } from './cloudtalk/chaos.js';
export type { Fault, FaultKind, FaultMatch } from './cloudtalk/faults.js';
export type { Operation } from './cloudtalk/operations.js';
export type { CloudTalkSandboxOptions, SandboxAgent, SandboxAttribute, SandboxCountry } from './cloudtalk/options.js';
export { type CloudTalkSandbox, startCloudTalkSandbox } from './cloudtalk/server.js';
export type { HubSpotSandboxOptions } from './hubspot/options.js';
export { type HubSpotSandbox, startHubSpotSandbox } from './hubspot/server.js';
export type { SalesforceSandboxOptions } from './salesforce/options.js';
export { type SalesforceSandbox, startSalesforceSandbox } from './salesforce/server.js';
