import type { Reason } from '@cloudtalk-sync/errors';
import type { HubSpotApi } from './hubspot-api.js';

/** What HubSpot calls contacts among its types of objects. */
const CONTACTS = '0-1';

/** Why a list cannot be read, where its members are no contacts: their ids would be taken for those of contacts. */
export async function refusalOfList(api: HubSpotApi, id: string): Promise<Reason | undefined> {
  const { objectTypeId } = await api.list(id);
  if (objectTypeId === CONTACTS) return undefined;
  return {
    code: 'not_of_contacts',
    message: `The members of the list ${id} in HubSpot are no contacts (but objects of the type ${objectTypeId}), so that none of them is read.`,
    fix: 'Write the id of a list of contacts in list of the connection, or leave list out to read all contacts.',
  };
}
