import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** The only way from one life of the engine to a stand-in; once it is cut nothing of that life comes through any more. */
export class Gateway {
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer({ noDelay: true }, (socket) => this.#hand(socket));
  readonly #take: (socket: Socket) => void;
  #isCut = false;

  private constructor(take: (socket: Socket) => void) {
    this.#take = take;
  }

  /** `take`: serves a connection, as the stand-in does with its own. */
  static async open(take: (socket: Socket) => void): Promise<Gateway> {
    const gateway = new Gateway(take);
    gateway.#server.listen(0, '127.0.0.1');
    await once(gateway.#server, 'listening');
    return gateway;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  cut(): void {
    if (this.#isCut) return;
    this.#isCut = true;
    this.#server.close();
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  #hand(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    this.#take(socket);
  }
}
