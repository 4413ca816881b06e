import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type RecordsView, showRecords } from '../records-page.js';
import { ApiHandler, type SandboxRequest } from './api-handler.js';
import type { ContactRecord, Properties } from './contact-record.js';
import { type Fault, Faults } from './faults.js';
import type { HubSpotSandboxOptions, SandboxOwner } from './options.js';
import { Portal } from './portal.js';
import { property, type PropertyTraits } from './property.js';

/** A running stand-in. */
export interface HubSpotSandbox {
  /** What `basePath` has to be. */
  readonly url: string;
  /** The contacts that are not archived, in the order of their ids. */
  readonly records: () => readonly ContactRecord[];
  /** Every request to the API so far. */
  readonly requests: readonly SandboxRequest[];
  /** Queues a fault. */
  readonly fault: (fault: Fault) => void;
  /** From now on nothing goes wrong, neither what was asked for nor at random. */
  readonly calm: () => void;
  /** Makes a contact, as someone in HubSpot would; returns its id. */
  readonly put: (properties: Readonly<Record<string, string>>) => string;
  readonly edit: (id: string, properties: Properties) => void;
  /** Archives a contact. */
  readonly remove: (id: string) => void;
  /** Erases a contact for good, archived or not. */
  readonly erase: (id: string) => void;
  readonly restore: (id: string) => void;
  /** As HubSpot merged once: the loser vanishes from everything; the survivor names it in `hs_merged_object_ids`. */
  readonly merge: (loser: string, survivor: string) => void;
  /** As HubSpot merges now: both vanish into a new contact, which names them; returns its id. */
  readonly mergeAnew: (primary: string, secondary: string) => string;
  /** Makes a company, for the `associatedcompanyid` of contacts; returns its id. */
  readonly addCompany: (properties: Readonly<Record<string, string>>) => string;
  /** Makes an owner, for the `hubspot_owner_id` of contacts; returns its id. */
  readonly addOwner: (owner: Omit<SandboxOwner, 'id'>) => string;
  /** Makes a list of these contacts, or of objects of another type (`0-2`: companies); returns its id. */
  readonly addList: (ids: readonly string[], objectTypeId?: string) => string;
  /** Makes a property of contacts. */
  readonly addProperty: (name: string, type: string, more?: PropertyTraits) => void;
  /** The names of the properties that contacts have. */
  readonly properties: () => readonly string[];
  /** Serves a connection that was made to somebody else. */
  readonly take: (socket: Socket) => void;
  /** Breaks every connection and stops. */
  readonly close: () => Promise<void>;
}

/** Starts a stand-in for HubSpot on 127.0.0.1. */
export async function startHubSpotSandbox(options: HubSpotSandboxOptions = {}): Promise<HubSpotSandbox> {
  const portal = new Portal(options);
  const faults = new Faults(options.faults);
  const api = new ApiHandler(portal, faults, options);
  const server = createServer((request, response) => {
    if (!showRecords(request, response, () => viewOf(portal, api))) receive(request, response, api);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests: api.requests,
    fault: (fault) => faults.add(fault),
    calm: () => faults.clear(),
    ...peopleOf(portal),
    take: (socket) => void server.emit('connection', socket),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type People = Omit<HubSpotSandbox, 'url' | 'requests' | 'fault' | 'calm' | 'take' | 'close'>;

/** What the people of the portal do and see. */
function peopleOf(portal: Portal): People {
  const added = <T>(store: (id: string) => T): string => {
    const id = portal.newId();
    store(id);
    return id;
  };
  return {
    records: () => portal.records(),
    put: (properties) => portal.put(properties),
    edit: (id, properties) => {
      if (!portal.edit(id, properties)) throw new Error(`The sandbox has no active contact ${id}.`);
    },
    remove: (id) => portal.archive(id),
    erase: (id) => portal.erase(id),
    restore: (id) => portal.restore(id),
    merge: (loser, survivor) => portal.merge(loser, survivor),
    mergeAnew: (primary, secondary) => portal.mergeAnew(primary, secondary),
    addCompany: (properties) => added((id) => portal.companies.set(id, properties)),
    addOwner: (owner) => added((id) => portal.owners.push({ id, ...owner })),
    addList: (members, objectTypeId = '0-1') => added((id) => portal.lists.set(id, { objectTypeId, members })),
    addProperty: (name, type, more) => void portal.properties.contacts.set(name, property(name, type, more)),
    properties: () => [...portal.properties.contacts.keys()],
  };
}

function viewOf(portal: Portal, { requests }: ApiHandler): RecordsView {
  const records = portal.records().map(({ id, properties }) => ({ id, ...properties }));
  return { title: 'HubSpot sandbox', records, hidden: ['hs_object_id', 'createdate'], requests: requests.length };
}

function receive(request: IncomingMessage, response: ServerResponse, api: ApiHandler): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const url = new URL(request.url ?? '/', 'http://sandbox');
    const body = parsed(Buffer.concat(chunks).toString('utf8'));
    const { method = 'GET', headers } = request;
    api.handle(headers.authorization, response, { method, path: url.pathname, query: url.searchParams, body });
  });
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
