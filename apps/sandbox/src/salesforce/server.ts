import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type RecordsView, showRecords } from '../records-page.js';
import { SalesforceHandler } from './api-handler.js';
import { type SalesforceFault, SalesforceFaults } from './faults.js';
import type { SalesforceSandboxOptions, WireFields } from './options.js';
import { Org } from './org.js';
import type { SalesforceRequest } from './requests.js';

/** A running stand-in. */
export interface SalesforceSandbox {
  /** Its address, to log in at and to send requests to. */
  readonly url: string;
  /** Every record of an object as it stands, deleted ones too, by SystemModstamp. */
  readonly records: (object: string) => readonly WireFields[];
  /** Every request so far. */
  readonly requests: readonly SalesforceRequest[];
  /** Creates a record, as someone in Salesforce would; returns its id, or throws for an unknown object or field. */
  readonly put: (object: string, fields: WireFields) => string;
  /** Changes a record, as someone in Salesforce would. */
  readonly edit: (id: string, fields: WireFields) => void;
  /** Puts a record into the recycle bin. */
  readonly remove: (id: string) => void;
  /** Erases a record for good, as emptying the recycle bin does. */
  readonly erase: (id: string) => void;
  /** Merges a record into another of its object. */
  readonly merge: (loser: string, survivor: string) => void;
  /** Makes a contact of a lead; returns the contact's id. */
  readonly convert: (leadId: string) => string;
  /** Uses up calls of the day, as other tools of the company do. */
  readonly spend: (calls: number) => void;
  /** Queues a fault. */
  readonly fault: (fault: SalesforceFault) => void;
  /** From now on nothing goes wrong, neither what was asked for nor at random. */
  readonly calm: () => void;
  /** Serves a connection that was made to somebody else. */
  readonly take: (socket: Socket) => void;
  /** Breaks every connection and stops. */
  readonly close: () => Promise<void>;
}

/** Starts a stand-in for one Salesforce org, its login included, on 127.0.0.1. */
export async function startSalesforceSandbox(options: SalesforceSandboxOptions = {}): Promise<SalesforceSandbox> {
  const org = new Org(options);
  const faults = new SalesforceFaults(options.faults);
  const handler = new SalesforceHandler(org, faults, options);
  const server = createServer({ maxHeaderSize: 65_536 }, (request, response) => {
    if (!showRecords(request, response, () => viewOf(org, handler))) receive(request, response, handler);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    records: (object) => org.snapshot(object),
    requests: handler.requests,
    put: (object, fields) => org.put(object, fields),
    edit: (id, fields) => org.edit(id, fields),
    remove: (id) => org.remove(id),
    erase: (id) => org.erase(id),
    merge: (loser, survivor) => org.merge(loser, survivor),
    convert: (leadId) => org.convert(leadId),
    spend: (calls) => handler.limit.spend(calls),
    fault: (fault) => faults.add(fault),
    calm: () => faults.clear(),
    take: (socket) => void server.emit('connection', socket),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function viewOf(org: Org, { requests }: SalesforceHandler): RecordsView {
  const records = ['Lead', 'Contact'].flatMap((object) =>
    org.snapshot(object).map((fields) => ({ object, ...fields })),
  );
  return {
    title: 'Salesforce sandbox',
    records,
    hidden: ['CreatedDate', 'LastModifiedDate'],
    requests: requests.length,
  };
}

function receive(request: IncomingMessage, response: ServerResponse, handler: SalesforceHandler): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { headers, method = 'GET' } = request;
    const url = new URL(request.url ?? '/', `http://${headers.host ?? '127.0.0.1'}`);
    handler.handle({ method, url, headers, body: Buffer.concat(chunks).toString('utf8') }, response);
  });
}
