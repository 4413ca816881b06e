/** What a connection does with lists: one keeps what others put there, the other puts its own in its place. */
export type Lists = 'union' | 'replace';

/** The drops, each of a connection of its own; the first two have people in common. */
export const DROPS = ['union', 'second', 'replace'] as const;
export type Drop = (typeof DROPS)[number];

export function listsOf(drop: Drop): Lists {
  return drop === 'replace' ? 'replace' : 'union';
}
