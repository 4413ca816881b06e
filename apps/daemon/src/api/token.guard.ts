import { randomBytes, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import type { Request } from 'express';

/** The secret by which commands on this machine prove that they may ask the daemon; new at every start. */
@Injectable()
export class ApiToken {
  readonly value = randomBytes(32).toString('base64url');
}

/** Lets in only requests that carry the token. */
@Injectable()
export class TokenGuard implements CanActivate {
  constructor(private readonly token: ApiToken) {}

  canActivate(context: ExecutionContext): boolean {
    const sent = Buffer.from(context.switchToHttp().getRequest<Request>().headers.authorization ?? '');
    const wanted = Buffer.from(`Bearer ${this.token.value}`);
    if (sent.length === wanted.length && timingSafeEqual(sent, wanted)) return true;
    throw new UnauthorizedException('This address is for the cloudtalk-sync commands on the same machine.');
  }
}
