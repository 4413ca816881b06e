import { describe, expect, it } from 'vitest';
import {
  claimedName,
  isSafeName,
  isTemporaryName,
  parseClaimedName,
  patternTest,
  runStamp,
  stampedName,
} from './file-names.js';

const runId = '1b4e28ba-2fa1-41d2-883f-0016d3cca427';

describe('the names of a drop', () => {
  it.each(['a.csv.filepart', 'a.part', 'a.TMP', '.a.csv.swp', 'a.crdownload', '~a.csv', 'a.csv~', '.hidden.csv'])(
    'know an upload in progress: %s',
    (name) => expect(isTemporaryName(name)).toBe(true),
  );

  it.each(['', '.', '..', 'a/b.csv', 'a\\b.csv', 'a\nb.csv', 'a\0.csv', 'a\u202Evsc.exe', `${'x'.repeat(214)}.csv`])(
    'are not trusted: %j',
    (name) => expect(isSafeName(name)).toBe(false),
  );

  it.each(['contacts.csv', 'Zoznam č. 1 (final).CSV', '..a.csv', "o'brien;$(x)`.csv", '名簿.csv'])(
    'may be used: %s',
    (name) => expect(isSafeName(name)).toBe(true),
  );

  it('match a simple pattern in any case', () => {
    expect(['a.csv', 'A.CSV', 'a.csv.done', 'acsv'].filter(patternTest('*.csv'))).toEqual(['a.csv', 'A.CSV']);
    expect(['crm-1.txt', 'crm-12.txt'].filter(patternTest('crm-?.txt'))).toEqual(['crm-1.txt']);
    expect(patternTest('a+(b).csv')('a+(b).csv')).toBe(true);
  });

  it('carry the run and the original name while claimed', () => {
    expect(parseClaimedName(claimedName(runId, 'a__b.csv'))).toEqual({ runId, name: 'a__b.csv' });
    expect(parseClaimedName('not ours.csv')).toBeUndefined();
  });

  it('are stamped with UTC time and run before the ending, and fit on the disk', () => {
    const stamp = runStamp({ runId, requestedAt: new Date('2026-11-22T03:00:00.123+01:00') });
    expect(stamp).toBe('20261122T020000Z-1b4e28ba');
    expect(stampedName('a.b.csv', stamp)).toBe('a.b.20261122T020000Z-1b4e28ba.csv');
    expect(stampedName('README', stamp, '.result.csv')).toBe('README.20261122T020000Z-1b4e28ba.result.csv');
    const long = stampedName(`${'č'.repeat(106)}.csv`, stamp, '.receipt.json');
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(255);
    expect(long).toMatch(/^č+\.20261122T020000Z-1b4e28ba\.receipt\.json$/);
  });
});
