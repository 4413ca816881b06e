import type { EntityManager } from 'typeorm';
import { AccountRepository } from './account.repository.js';
import { CauseRepository } from './cause.repository.js';
import { CommandRepository } from './command.repository.js';
import { DeliveryRepository } from './delivery.repository.js';
import { DirectoryRepository } from './directory.repository.js';
import { GoneRepository } from './gone.repository.js';
import { HeirRepository } from './heir.repository.js';
import { IntakeRepository } from './intake.repository.js';
import { LeaseRepository } from './lease.repository.js';
import { LeftOutTagsRepository } from './left-out-tags.repository.js';
import { LinkRepository } from './link.repository.js';
import { MergeRepository } from './merge.repository.js';
import { RetryRepository } from './retry.repository.js';
import { RowRepository } from './row.repository.js';
import { RunRepository } from './run.repository.js';
import { ScheduleRepository } from './schedule.repository.js';
import { SharedContactRepository } from './shared-contact.repository.js';
import { WriteBackRepository } from './write-back.repository.js';

/**
 * All repositories over one connection or one transaction. Inside `transaction` only the store handed in may be used:
 * the embedded database has a single connection, and any other query would wait for it for ever.
 */
export class Store {
  readonly accounts: AccountRepository;
  readonly causes: CauseRepository;
  readonly commands: CommandRepository;
  readonly deliveries: DeliveryRepository;
  readonly directory: DirectoryRepository;
  readonly gone: GoneRepository;
  readonly heirs: HeirRepository;
  readonly intake: IntakeRepository;
  readonly leases: LeaseRepository;
  readonly leftOutTags: LeftOutTagsRepository;
  readonly links: LinkRepository;
  readonly merges: MergeRepository;
  readonly retries: RetryRepository;
  readonly rows: RowRepository;
  readonly runs: RunRepository;
  readonly schedules: ScheduleRepository;
  readonly sharedContacts: SharedContactRepository;
  readonly writeBacks: WriteBackRepository;

  constructor(private readonly manager: EntityManager) {
    this.accounts = new AccountRepository(manager);
    this.causes = new CauseRepository(manager);
    this.commands = new CommandRepository(manager);
    this.deliveries = new DeliveryRepository(manager);
    this.directory = new DirectoryRepository(manager);
    this.gone = new GoneRepository(manager);
    this.heirs = new HeirRepository(manager);
    this.intake = new IntakeRepository(manager);
    this.leases = new LeaseRepository(manager);
    this.leftOutTags = new LeftOutTagsRepository(manager);
    this.links = new LinkRepository(manager);
    this.merges = new MergeRepository(manager);
    this.retries = new RetryRepository(manager);
    this.rows = new RowRepository(manager);
    this.runs = new RunRepository(manager);
    this.schedules = new ScheduleRepository(manager);
    this.sharedContacts = new SharedContactRepository(manager);
    this.writeBacks = new WriteBackRepository(manager);
  }

  /** Everything `work` stores is stored together or not at all. */
  transaction<T>(work: (store: Store) => Promise<T>): Promise<T> {
    return this.manager.transaction((manager) => work(new Store(manager)));
  }
}
