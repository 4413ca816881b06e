import { FatalError, RetryableError } from '@cloudtalk-sync/errors';
import type { RateReading } from './rate-reading.js';

/** Throws for what concerns the account as a whole and proves that nothing was done; returns for every other status. */
export function throwRefusal(
  status: number,
  answer: { readonly json: unknown; readonly rate: RateReading | undefined },
  address: string,
): void {
  if (status === 401 || status === 403) throw keyRefused(status, answer.json !== undefined, address);
  if (status === 404) throw wrongAddress(address);
  if (status === 429) throw rateLimited(answer.rate, address);
}

function keyRefused(status: number, inJson: boolean, address: string): FatalError {
  if (status === 403 && !inJson) {
    return new FatalError({
      code: 'key_refused',
      message: `The edge in front of CloudTalk at ${address} refused the request (403, with a page instead of JSON) before it reached CloudTalk.`,
      fix: 'Check that no proxy or firewall strips the User-Agent or blocks this machine, then the access key.',
    });
  }
  return new FatalError({
    code: 'key_refused',
    message: `CloudTalk at ${address} refused the access key (${status}).`,
    fix: 'Check cloudtalk.accessKeyId and cloudtalk.accessKeySecret against Account, Settings, API keys in the CloudTalk dashboard.',
  });
}

/** The address answers, but not as CloudTalk's API does. */
export function wrongAddress(address: string): FatalError {
  return new FatalError({
    code: 'wrong_address',
    message: `There is no CloudTalk API at ${address} (404).`,
    fix: 'Correct cloudtalk.baseUrl; it is usually https://my.cloudtalk.io/api.',
  });
}

function rateLimited(rate: RateReading | undefined, address: string): RetryableError {
  return new RetryableError(
    {
      code: 'rate_limited',
      message: `CloudTalk at ${address} takes no more operations for the moment (429); the limit is shared by all tools of the company.`,
      fix: 'Nothing to do: sending goes on when the window ends. If it comes often, lower cloudtalk.share.',
    },
    { retryAt: rate?.resetAt },
  );
}

/** No request left, so that nothing was done. */
export function unreachable(message: string, address: string): RetryableError {
  return new RetryableError({
    code: 'unreachable',
    message: `CloudTalk at ${address} cannot be reached: ${message}.`,
    fix: 'Check the network and cloudtalk.baseUrl; the import goes on by itself once CloudTalk answers.',
  });
}

/** A read that got no usable answer because CloudTalk or the way there is in trouble. */
export function unavailable(what: string, message: string, address: string): RetryableError {
  return new RetryableError({
    code: 'unavailable',
    message: `CloudTalk at ${address} did not answer the request for ${what}: ${message}.`,
    fix: 'Nothing to do unless it lasts: the request is made again later. If it lasts, look at status.cloudtalk.io.',
  });
}

/** A read whose answer came and cannot be understood. */
export function unreadable(what: string, problem: string, address: string): RetryableError {
  return new RetryableError({
    code: 'unreadable_answer',
    message: `CloudTalk at ${address} answered the request for ${what} with something that cannot be read: ${problem}.`,
    fix: 'Nothing to do unless it lasts: the request is made again later. If it lasts, check that cloudtalk.baseUrl leads to CloudTalk and not to a login page or a proxy.',
  });
}
