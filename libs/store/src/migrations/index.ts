import { Initial1763800000000 } from './1763800000000-initial.js';
import { Crm1764200000000 } from './1764200000000-crm.js';
import { EndTag1764300000000 } from './1764300000000-end-tag.js';
import { LastFolded1764400000000 } from './1764400000000-last-folded.js';
import { TagsLeftOut1764500000000 } from './1764500000000-tags-left-out.js';
import { KnownFailures1764600000000 } from './1764600000000-known-failures.js';
import { LostLeftOut1764700000000 } from './1764700000000-lost-left-out.js';
import { LeftOutIdentities1764800000000 } from './1764800000000-left-out-identities.js';
import { ConnectionOrg1764900000000 } from './1764900000000-connection-org.js';
import { LeavingOut1765000000000 } from './1765000000000-leaving-out.js';
import { TickedSchedule1765100000000 } from './1765100000000-ticked-schedule.js';
import { Merges1765200000000 } from './1765200000000-merges.js';
import { KnownTags1765300000000 } from './1765300000000-known-tags.js';

/** In the order in which they are run. A migration that has been released is never edited. */
export const MIGRATIONS = [
  Initial1763800000000,
  Crm1764200000000,
  EndTag1764300000000,
  LastFolded1764400000000,
  TagsLeftOut1764500000000,
  KnownFailures1764600000000,
  LostLeftOut1764700000000,
  LeftOutIdentities1764800000000,
  ConnectionOrg1764900000000,
  LeavingOut1765000000000,
  TickedSchedule1765100000000,
  Merges1765200000000,
  KnownTags1765300000000,
];
