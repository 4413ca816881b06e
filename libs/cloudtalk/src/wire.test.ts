import { describe, expect, it } from 'vitest';
import { neverOpened } from './connection-failure.js';
import { readRate } from './rate-reading.js';
import { unescapeHtml, wireId, wireTime } from './wire.js';

describe('HTML escapes', () => {
  it.each([
    ['nothing to undo', 'nothing to undo'],
    ['Tom &amp; Jerry', 'Tom & Jerry'],
    ['&lt;b&gt; &quot;x&quot; &#039;y&#39; &apos;', `<b> "x" 'y' '`],
    ['&#x10D;&#269;&#128512;', 'čč😀'],
    ['&amp;lt;', '&lt;'],
    ['AT&T; &copy; &#0; &#xD800; &#9999999;', 'AT&T; &copy; &#0; &#xD800; &#9999999;'],
  ])('%s', (escaped, plain) => {
    expect(unescapeHtml(escaped)).toBe(plain);
  });
});

describe('numbers and times on the wire', () => {
  it('are ids only when whole and above 0', () => {
    expect([5, '5', '05'].map(wireId)).toEqual([5, 5, 5]);
    const junk = [0, '0', -1, '1.5', 1.5, '', ' ', '1e3', null, undefined, {}, true, '99999999999999999'];
    expect(junk.map(wireId)).toEqual(junk.map(() => undefined));
  });

  it('are times in UTC in both spellings, and never an invalid date', () => {
    expect(wireTime('2018-01-10 12:34:56')).toEqual(new Date('2018-01-10T12:34:56Z'));
    expect(wireTime('2017-11-11T15:25:42.000Z')).toEqual(new Date('2017-11-11T15:25:42Z'));
    expect(wireTime('2017-11-11T15:25:42+02:00')).toEqual(new Date('2017-11-11T13:25:42Z'));
    expect(['0000-00-00 00:00:00', '', null].map(wireTime)).toEqual([undefined, undefined, undefined]);
  });
});

describe('the rate headers', () => {
  const now = new Date('2026-05-01T12:00:00.400Z');
  const reading = (headers: Record<string, string>) => readRate(new Headers(headers), now);

  it('give the reset as a timestamp, or as seconds from now', () => {
    const epoch = Date.parse('2026-05-01T12:00:30Z') / 1000;
    expect(reading({ 'X-CloudTalkAPI-ResetTime': `${epoch}` })?.resetAt).toEqual(new Date('2026-05-01T12:00:30Z'));
    expect(reading({ 'X-CloudTalkAPI-ResetTime': '30' })?.resetAt).toEqual(new Date('2026-05-01T12:00:30.400Z'));
  });

  it('are read by our clock when the clock of CloudTalk is another', () => {
    const theirs = { date: 'Fri, 01 May 2026 12:05:00 GMT' };
    const epoch = Date.parse('2026-05-01T12:05:30Z') / 1000;
    const resetAt = reading({ 'X-CloudTalkAPI-ResetTime': `${epoch}`, ...theirs })?.resetAt;
    expect(resetAt).toEqual(new Date('2026-05-01T12:00:30.400Z'));
  });

  it('may be missing or junk', () => {
    expect(reading({})).toBeUndefined();
    expect(reading({ 'X-CloudTalkAPI-Remaining': 'many' })).toBeUndefined();
    const expected = { limit: undefined, remaining: 7, resetAt: undefined };
    expect(reading({ 'X-CloudTalkAPI-Remaining': '7' })).toEqual(expected);
  });
});

describe('a failed connection', () => {
  const failure = (properties: object, message = 'x') =>
    new Error('fetch failed', { cause: Object.assign(new Error(message), properties) });

  it('was never opened when every address refused it', () => {
    const refused = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
    const reset = Object.assign(new Error('x'), { code: 'ECONNRESET', syscall: 'read' });
    expect(neverOpened(new Error('fetch failed', { cause: new AggregateError([refused, refused]) }))).toBe(true);
    expect(neverOpened(new Error('fetch failed', { cause: new AggregateError([refused, reset]) }))).toBe(false);
  });

  it('is told from one that broke later by the system call', () => {
    expect(neverOpened(failure({ code: 'ETIMEDOUT', syscall: 'connect' }))).toBe(true);
    expect(neverOpened(failure({ code: 'ETIMEDOUT', syscall: 'read' }))).toBe(false);
    expect(neverOpened(failure({ code: 'UND_ERR_CONNECT_TIMEOUT' }))).toBe(true);
    expect(neverOpened(failure({ code: 'UND_ERR_SOCKET' }, 'other side closed'))).toBe(false);
    expect(neverOpened('junk')).toBe(false);
  });
});
