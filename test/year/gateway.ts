import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The only way from one life of the engine to a stand-in; once it is cut nothing of that life comes through any more. */
export class Gateway {
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer({ noDelay: true }, (near) => this.#join(near));
  readonly #target: number;
  #isCut = false;

  private constructor(target: string) {
    this.#target = Number(new URL(target).port);
  }

  static async open(target: string): Promise<Gateway> {
    const gateway = new Gateway(target);
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

  #join(near: Socket): void {
    const far = connect({ host: '127.0.0.1', port: this.#target, noDelay: true });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => other.resetAndDestroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }
}
