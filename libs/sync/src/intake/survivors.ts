import type { RunEntity, Store, Survivor } from '@cloudtalk-sync/store';
import { validateContact } from '@cloudtalk-sync/validation';
import type { RunSettings } from '../settings.js';
import { mappingOf } from './run-mapping.js';

/**
 * The records into which a run says that several were merged, by their numbers and e-mails: also those that fail for
 * something else, or are not to go in.
 */
export async function survivorsOf(store: Store, run: RunEntity): Promise<readonly Survivor[]> {
  const { defaultCountry, ...settings } = run.settings as RunSettings;
  const survivors = await store.heirs.survivors(run);
  if (survivors.length === 0) return [];
  const mapping = mappingOf(settings, run.input ?? {});
  return survivors.map(({ contact, fields, key }) => {
    if (contact !== null) return { key, contact };
    const read = validateContact(mapping.map(fields), { defaultCountry, unknownColumns: 'warn' });
    return { key, contact: read.ok ? read.contact : read.reach };
  });
}
