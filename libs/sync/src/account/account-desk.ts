import { createCloudTalkClient, RateBudget } from '@cloudtalk-sync/cloudtalk';
import { BatchComposer } from '../delivery/batch-composer.js';
import { BatchSender } from '../delivery/batch-sender.js';
import { Deliverer } from '../delivery/deliverer.js';
import { LookUp } from '../delivery/look-up.js';
import { OutlookDesk } from '../delivery/outlook.js';
import { Planner } from '../delivery/planner.js';
import { Preview } from '../delivery/preview.js';
import type { SyncAccount, World } from '../world.js';
import { AccountLists } from './account-lists.js';
import { DirectoryReader } from './directory-reader.js';
import { LiveSearch } from './live-search.js';
import { type Connect, Operations } from './operations.js';

/** All that works for one account, over one client and one budget. */
export interface AccountDesk {
  readonly account: SyncAccount;
  readonly operations: Operations;
  readonly lists: AccountLists;
  readonly deliverer: Deliverer;
}

/** Opens the desk of an account; what was spent in the last minute and learned of the limit, by whatever process, counts. */
export async function openDesk(
  world: World,
  account: SyncAccount,
  owner: string,
  exclusive: boolean,
  onAnswer: () => void,
): Promise<AccountDesk> {
  const { operationsPerMinute, share } = account;
  const budget = new RateBudget({ operationsPerMinute, share });
  const connect: Connect = (onRate) =>
    createCloudTalkClient({
      baseUrl: account.baseUrl,
      accessKeyId: account.accessKeyId,
      accessKeySecret: account.accessKeySecret,
      requestTimeout: account.requestTimeout,
      now: () => world.clock.now(),
      onRate,
    });
  const operations = new Operations(world, account.id, connect, budget, onAnswer);
  await operations.recall();
  const lists = new AccountLists(world, account.id, operations);
  const directory = new DirectoryReader(world, account.id, operations);
  const search = new LiveSearch(world, account.id, operations);
  const planner = new Planner(world, lists, search);
  const composer = new BatchComposer(world, planner, operations);
  const lookUp = new LookUp(world, account.id, search, planner.known);
  const deliverer = new Deliverer(
    world,
    account,
    owner,
    exclusive,
    operations,
    new OutlookDesk(world, account, directory, operations),
    composer,
    new BatchSender(world, account, owner, operations, planner.known),
    planner.known,
    lookUp,
    new Preview(world, planner),
  );
  return { account, operations, lists, deliverer };
}
