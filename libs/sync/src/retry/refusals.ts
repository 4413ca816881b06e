import { FatalError } from '@cloudtalk-sync/errors';
import type { RunEntity, Store } from '@cloudtalk-sync/store';
import { fieldsOf } from '../connection-session.js';
import type { RunSettings } from '../settings.js';

/** The code of the error that says why a run cannot be tried again. */
export const RETRY_REFUSED = 'retry_refused';

export function refused(message: string, fix: string): FatalError {
  return new FatalError({ code: RETRY_REFUSED, message, fix });
}

/**
 * Records of a CRM are stored with the fields that were asked for then: any other would count as empty. Throws FatalError
 * for settings that name one.
 */
export async function expectFieldsRead(store: Store, original: RunEntity, settings: RunSettings): Promise<void> {
  let origin = original;
  while (origin.retryOf !== null) origin = (await store.runs.find(origin.retryOf)) ?? { ...origin, retryOf: null };
  if (origin.kind !== 'pass') return;
  const read = fieldsOf(origin.settings as RunSettings);
  const missing = fieldsOf(settings).filter((field) => !read.includes(field));
  if (missing.length === 0) return;
  throw refused(
    `The import ${original.id.slice(0, 8)} was read without ${missing.join(', ')}, which mapping or doNotCall names now.`,
    'Run the connection instead: since its config has changed, it reads everything and imports these records too.',
  );
}
