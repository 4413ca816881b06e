import type { Crms } from './crms.js';
import { RAISED_LIMIT, type Stage } from './stage.js';

/** The config of the demo: three drops and two CRMs of one account. Durations are short so that nobody waits. */
export function demoConfig(stage: Stage, crms: Crms): string {
  const path = (connection: string): string => JSON.stringify(stage.drop(connection));
  return `# Written by the demo.
cloudtalk:
  baseUrl: ${stage.page}api
  accessKeyId: sandbox-key
  accessKeySecret: sandbox-secret
  defaultCountry: SK
  operationsPerMinute: ${RAISED_LIMIT} # raised for the demo; a real account has 60
  share: 100%
connections:
  - id: partners
    connector: folder
    schedule: { every: 1s }
    options: { path: ${path('partners')} }
    tag: partners
  - id: strict
    connector: folder
    schedule: { every: 1s }
    options: { path: ${path('strict')} }
    unknownColumns: fail
  - id: crm-export
    connector: folder
    schedule: { every: 1s }
    options: { path: ${path('crm-export')}, idColumn: Id }
    tag: crm
    mapping:
      name: '{{ First }} {{ Last }}'
      phone: Mobile
      email: Mail
      country: Land
      tags: [{ from: Source, lookup: { Web: inbound }, default: other }]
      attributes: { Tier: { value: Standard } }
${crms.config}`;
}
