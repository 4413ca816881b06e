/** So many late items are inserted one by one; more of them are sorted in together. */
const FEW = 32;

/** Items kept in order; what is added at the end, or in great numbers, costs next to nothing. */
export class SortedList<T> {
  readonly #compare: (a: T, b: T) => number;
  #items: T[] = [];
  #late: T[] = [];

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  add(item: T): void {
    const last = this.#items.at(-1);
    const isNext = this.#late.length === 0 && (last === undefined || this.#compare(last, item) <= 0);
    (isNext ? this.#items : this.#late).push(item);
  }

  remove(item: T): void {
    const items = this.items();
    const index = items.indexOf(
      item,
      this.firstIndex((other) => this.#compare(other, item) >= 0),
    );
    if (index >= 0) items.splice(index, 1);
  }

  /** All items, in order; not to be changed. */
  items(): T[] {
    if (this.#late.length > FEW) {
      this.#items = [...this.#items, ...this.#late].sort(this.#compare);
    } else {
      for (const item of this.#late) {
        const place = this.#search((other) => this.#compare(other, item) > 0, 0, this.#items.length);
        this.#items.splice(place, 0, item);
      }
    }
    this.#late = [];
    return this.#items;
  }

  /**
   * The first index from `from` and below `to` whose item the condition holds for, else `to`; it must hold for all
   * behind it too.
   */
  firstIndex(holds: (item: T) => boolean, from = 0, to = this.items().length): number {
    this.items();
    return this.#search(holds, from, to);
  }

  #search(holds: (item: T) => boolean, from: number, to: number): number {
    let [low, high] = [from, to];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const item = this.#items[middle];
      if (item !== undefined && holds(item)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
