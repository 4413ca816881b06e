import { ConfigError, FatalError, reasonOf, RetryableError } from '@cloudtalk-sync/errors';
import { RETRY_REFUSED } from '@cloudtalk-sync/sync';
import {
  type ArgumentsHost,
  BadRequestException,
  Catch,
  ConflictException,
  type HttpException,
  ServiceUnavailableException,
} from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';

const RESTART = 'The running daemon goes by the config that it was started with: restart it after a change.';

/** Answers a command with the reason why it is refused; every other error is a fault, and logged. */
@Catch(ConfigError, FatalError, RetryableError)
export class RefusalFilter extends BaseExceptionFilter {
  override catch(error: ConfigError | FatalError | RetryableError, host: ArgumentsHost): void {
    super.catch(refusal(error), host);
  }
}

function refusal(error: ConfigError | FatalError | RetryableError): HttpException {
  if (error instanceof ConfigError) {
    const problems = error.problems.map((problem) => ({ ...problem, expected: `${problem.expected} ${RESTART}` }));
    return new BadRequestException({ problems });
  }
  const isRefused = error instanceof FatalError && error.code === RETRY_REFUSED;
  return isRefused ? new ConflictException(reasonOf(error)) : new ServiceUnavailableException(reasonOf(error));
}
