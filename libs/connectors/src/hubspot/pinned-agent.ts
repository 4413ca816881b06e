import { Agent as HttpAgent, type AgentOptions, type ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { LeftHost } from './hubspot-failure.js';

/** Connections at the same time; more would only wait for the limiter. */
const MOST_SOCKETS = 8;

type Connect = HttpAgent['createConnection'];

/**
 * Connects to the host of `address` only, so that a redirect to any other one (or another port) takes neither the token
 * nor a contact there: the client follows redirects and keeps the token where just the port differs. Connections on
 * which nothing moves for `idle` ms are broken, which the client itself never does.
 */
export function pinnedAgent(address: string, idle: number): HttpAgent {
  const url = new URL(address);
  const options: AgentOptions = { keepAlive: true, maxSockets: MOST_SOCKETS, timeout: idle };
  const agent = url.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const connect: Connect = agent.createConnection.bind(agent);
  agent.createConnection = (wanted: ClientRequestArgs, callback): Duplex | null | undefined => {
    if (hostOf(wanted) !== `${url.hostname}:${port}`) throw new LeftHost(hostOf(wanted));
    const socket = connect(wanted, callback);
    socket?.on('timeout', () => socket.destroy(new Error(`nothing came for ${idle / 1_000} s`)));
    return socket;
  };
  return agent;
}

function hostOf({ host, port }: ClientRequestArgs): string {
  return `${host?.includes(':') ? `[${host}]` : host}:${port}`;
}
