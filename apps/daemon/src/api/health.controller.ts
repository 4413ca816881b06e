import { Store } from '@cloudtalk-sync/store';
import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';

/** Says to whoever watches the process whether it lives and whether it can work; names nothing else. */
@Controller()
export class HealthController {
  constructor(private readonly store: Store) {}

  /** The process answers. */
  @Get('health')
  health(): { readonly status: 'ok' } {
    return { status: 'ok' };
  }

  /** The database answers too. */
  @Get('ready')
  async ready(): Promise<{ readonly status: 'ok' }> {
    try {
      await this.store.runs.list(1);
      return { status: 'ok' };
    } catch {
      throw new ServiceUnavailableException({ status: 'the database does not answer' });
    }
  }
}
