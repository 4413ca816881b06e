import { MAX_PAGE_SIZE } from '@cloudtalk-sync/cloudtalk';

/** So many contacts at the end of a page are read again with the next one: fewer than that may go away in between. */
const OVERLAP = 10;

/** A part of a list: page so and so, of so many items each. */
export interface ListPage {
  /** Counted from 1. */
  readonly page: number;
  readonly limit: number;
}

export const FIRST_PAGE: ListPage = { page: 1, limit: MAX_PAGE_SIZE };

/**
 * The page to read after that one: it begins a little before the end of that one and reaches as far as it can. Since a
 * page begins at a multiple of its size, its size is chosen for that; the list takes about 5 % more pages.
 */
export function pageAfter({ page, limit }: ListPage): ListPage {
  const latestStart = page * limit - OVERLAP;
  let best: ListPage = { page: 0, limit: 0 };
  for (let size = MAX_PAGE_SIZE; size > 0; size -= 1) {
    const next = { page: Math.floor(latestStart / size) + 1, limit: size };
    if (next.page * size > best.page * best.limit) best = next;
  }
  return best;
}

/** How many pages are read of a list of so many items. */
export function pagesOf(itemsCount: number): number {
  let count = 1;
  for (let last = FIRST_PAGE; last.page * last.limit < itemsCount; last = pageAfter(last)) count += 1;
  return count;
}
