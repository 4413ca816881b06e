import { type Identity, identityKey } from '@cloudtalk-sync/store';

/** How many are remembered; far more than can come to light while one page of rows is planned. */
const MOST = 10_000;

/** The numbers and e-mails that came to light lately: rows that were read before do not know of them. */
export class LatelySeen {
  readonly #keys = new Set<string>();

  add(identities: readonly Identity[]): void {
    for (const identity of identities) {
      this.#keys.delete(identityKey(identity));
      this.#keys.add(identityKey(identity));
    }
    for (const oldest of this.#keys) {
      if (this.#keys.size <= MOST) break;
      this.#keys.delete(oldest);
    }
  }

  hasAny(identities: readonly Identity[]): boolean {
    return this.#keys.size > 0 && identities.some((identity) => this.#keys.has(identityKey(identity)));
  }
}
