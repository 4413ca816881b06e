import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Stage } from './stage.js';
import { type Party, PARTIES } from './weather.js';
import { changer, goneFrom, type Write, writesIn } from './writes.js';

const STARTED = 'http.server.request.start';

interface Started {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The stand-in's, also where the connection came by a gateway. */
  readonly server: Server;
}

/** One thing that was written to a CRM, or one command to CloudTalk. */
export interface SeenWrite extends Write {
  readonly party: Party;
  /** Whether it changed anything at the moment when it arrived. */
  readonly changes: boolean;
  /** Whether an answer to an earlier write of the same thing was spoilt or lost, so that it had to be repeated. */
  readonly isRepetition: boolean;
}

/** Sees every request that arrives at a stand-in of this process, before the stand-in does. */
export class Witness {
  /** Requests that have arrived and are not answered. */
  inFlight = 0;
  requests = 0;
  readonly writes: SeenWrite[] = [];
  /** Told of each request that arrives, before anything comes of it. */
  onRequest: (party: Party) => void = () => undefined;
  onWrite: (write: SeenWrite) => void = () => undefined;
  readonly #ports: ReadonlyMap<number, Party>;
  /** What was written with an answer that was spoilt, or by a life that ended before it could note it. */
  readonly #uncertain = new Set<string>();
  /** What the present life has written. */
  readonly #recent = new Set<string>();
  readonly #started = (message: unknown): void => this.#see(message as Started);

  constructor(private readonly stage: Stage) {
    this.#ports = new Map(PARTIES.map((party) => [Number(new URL(stage[party].url).port), party]));
    subscribe(STARTED, this.#started);
  }

  close(): void {
    unsubscribe(STARTED, this.#started);
  }

  /** The life that wrote until now was killed: it may not have noted what it wrote last. */
  lifeEnded(): void {
    for (const key of this.#recent) this.#uncertain.add(key);
    this.#recent.clear();
  }

  /** From now on what was written before counts as noted. */
  nightEnded(): void {
    this.#recent.clear();
  }

  #see({ request, response, server }: Started): void {
    const party = this.#ports.get((server.address() as AddressInfo | null)?.port ?? 0);
    if (party === undefined) return;
    this.inFlight += 1;
    this.requests += 1;
    response.once('close', () => (this.inFlight -= 1));
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      this.onRequest(party);
      this.#read(party, request, response, Buffer.concat(chunks).toString('utf8'));
    });
  }

  /** The stand-in hears of the end of the request right after this, and notes it under the next number. */
  #read(party: Party, request: IncomingMessage, response: ServerResponse, body: string): void {
    const number = this.#noted(party).length;
    const writes = writesIn(party, `${request.method} ${request.url}`, body);
    if (writes.length === 0) return;
    const changes = changer(this.stage, party);
    const isGone = goneFrom(this.stage, party);
    const seen = writes.map((write) => {
      const key = keyOf(party, write);
      const isRepetition = this.#uncertain.has(key);
      // A record that is no more refuses it, and is told again when it is back.
      if (!isGone(write.id)) this.#uncertain.delete(key);
      return { ...write, party, changes: changes(write), isRepetition };
    });
    for (const write of seen) {
      this.#recent.add(keyOf(party, write));
      this.writes.push(write);
      this.onWrite(write);
    }
    response.once('close', () => {
      const wasSpoilt = this.#noted(party)[number]?.fault !== undefined || !response.writableFinished;
      if (wasSpoilt) for (const write of writes) this.#uncertain.add(keyOf(party, write));
    });
  }

  #noted(party: Party): readonly { readonly fault: string | undefined }[] {
    return party === 'cloudtalk' ? this.stage.cloudtalk.operations : this.stage[party].requests;
  }
}

function keyOf(party: Party, { id }: Write): string {
  return `${party} ${id}`;
}
