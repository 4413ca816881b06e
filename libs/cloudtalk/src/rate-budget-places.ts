import { type Spending, unknownSpendings } from './rate-budget-memory.js';
import { LONGEST_WAIT } from './rate-reading-kept.js';

/** A request's place in the budget, from the moment when it is let through. */
export class Place implements Spending {
  /** As it is noted in the database. */
  at: Date;
  /** Its time in the share: when it left, and until it has left when it was let through. */
  countsFrom: Date;
  /** True until it has ended, with an answer or without; a place that may still be given back is open too. */
  isOpen: boolean;
  /** True when the last reading knows of it. */
  isRead = false;

  constructor(
    at: Date,
    readonly commands: number,
    /** False for what another process sent, of which only the database tells. */
    readonly isOwn: boolean,
  ) {
    this.at = at;
    this.countsFrom = at;
    this.isOpen = isOwn;
  }
}

/** The places that count, by when they began to. */
export class Places {
  #places: Place[] = [];

  take(now: Date, commands: number): Place {
    this.#places = this.#places.filter((place) => place.isOpen || isYounger(place, now, LONGEST_WAIT));
    return this.#add(new Place(now, commands, true));
  }

  /** Its request leaves: the share counts it from now on. */
  leave(place: Place, now: Date): void {
    this.giveBack(place);
    place.countsFrom = now;
    this.#add(place);
  }

  giveBack(place: Place): void {
    this.#places = this.#places.filter((other) => other !== place);
  }

  /** Those that count in a window of so many milliseconds, the oldest first. */
  within(now: Date, window: number, without?: Place): readonly Place[] {
    return this.#places.filter((place) => place !== without && isYounger(place, now, window));
  }

  /** Those of which the last reading does not know. */
  unread(without?: Place): readonly Place[] {
    return this.#places.filter((place) => place !== without && !place.isRead);
  }

  /** A reading came with the answer to `answered`; whether it knows of another request that is under way nobody can tell. */
  read(answered: Place | undefined): void {
    for (const place of this.#places) place.isRead ||= place === answered || !place.isOpen;
  }

  /** Another process had a reading at `readAt`, in ms: it knows of what had ended, and left before. */
  readElsewhere(readAt: number): void {
    for (const place of this.#places) place.isRead = !place.isOpen && place.at.getTime() < readAt;
  }

  /** Takes in what left by whatever process; what is known already is not counted twice. `readAt`: of the last reading. */
  recall(spendings: readonly Spending[], readAt: number): void {
    for (const { at, commands } of unknownSpendings(spendings, this.#places)) {
      const place = this.#add(new Place(at, commands, false));
      place.isRead = at.getTime() < readAt;
    }
  }

  #add(place: Place): Place {
    const later = this.#places.findLastIndex((other) => other.countsFrom <= place.countsFrom) + 1;
    this.#places.splice(later, 0, place);
    return place;
  }
}

function isYounger({ countsFrom }: Place, now: Date, age: number): boolean {
  return now.getTime() - countsFrom.getTime() < age;
}
