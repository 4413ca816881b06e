/** A CSV in CloudTalk's template columns with `count` valid contacts, the numbers counted up from `first`. */
export function contactsCsv(count: number, first = 0): string {
  const rows = Array.from({ length: count }, (_, index) => {
    const number = first + index;
    return `Contact ${number},${phoneOf(number)},contact.${number}@example.com`;
  });
  return csv('name,phone,email', ...rows);
}

/** A valid Slovak mobile number, another for each number below 1,000,000. */
export function phoneOf(number: number): string {
  return `+421905${String(number).padStart(6, '0')}`;
}

/** Lines with a final line break. */
export function csv(...lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
