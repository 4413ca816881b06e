/** What the last three characters of an id are made of, each standing for five letters. */
const CHECKS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** The characters between prefix and check of an id. */
const BODY = 12;
const SPACE = 62n ** BigInt(BODY - 3);
/** A prime, so that the products below are all different; large, so that ids do not come in the order of creation. */
const STRIDE = 7_919_000_009_699n;

/** The n-th id of an object: 18 characters, case-sensitive, in no order that could be relied on. */
export function idOf(keyPrefix: string, n: number): string {
  let rest = (BigInt(n) * STRIDE) % SPACE;
  let body = '';
  while (rest > 0n) {
    body = (BASE62[Number(rest % 62n)] ?? '') + body;
    rest /= 62n;
  }
  return withCheck(`${keyPrefix}000${body.padStart(BODY - 3, '0')}`);
}

/** The 18 characters of an id of 15: three that say which letters are capitals. */
function withCheck(id: string): string {
  const checks = [0, 5, 10].map((from) => {
    const bits = [...id.slice(from, from + 5)].map((character, index) => (/[A-Z]/.test(character) ? 1 << index : 0));
    return CHECKS.charAt(bits.reduce((sum, bit) => sum + bit, 0));
  });
  return id + checks.join('');
}

/** How the server orders ids: nothing that a client may rely on says which. */
export type IdOrder = 'bytes' | 'ignoring case';

export function compareIds(order: IdOrder): (left: string, right: string) => number {
  if (order === 'bytes') return (left, right) => (left < right ? -1 : left > right ? 1 : 0);
  return (left, right) => {
    const [low, high] = [left.toLowerCase(), right.toLowerCase()];
    return low < high ? -1 : low > high ? 1 : 0;
  };
}
