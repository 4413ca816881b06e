import { describe, expect, it } from 'vitest';
import { readListCell } from './list-cell.js';
import { normalisePhone, strictPhone } from './phone.js';

const PHONES = {
  normalise: (text: string) => normalisePhone(text, 'SK'),
  standsAlone: (piece: string) => strictPhone(piece, 'SK') !== undefined,
};

describe('a cell of several values', () => {
  it('that a spreadsheet keeps as a formula is split inside of it, and each value says so', () => {
    expect(readListCell('="00421903123456:+421905111222"', PHONES).map(({ result }) => result)).toEqual([
      { ok: true, value: '+421903123456', repairs: ['excel_formula'] },
      { ok: true, value: '+421905111222', repairs: ['excel_formula'] },
    ]);
  });
});
