import { AccountEntity } from './entities/account.entity.js';
import { BatchEntity } from './entities/batch.entity.js';
import { CommandEntity } from './entities/command.entity.js';
import { ConnectionEntity } from './entities/connection.entity.js';
import { CursorEntity } from './entities/cursor.entity.js';
import { DirectoryEntryEntity } from './entities/directory-entry.entity.js';
import { LinkEntity } from './entities/link.entity.js';
import { RowEntity } from './entities/row.entity.js';
import { RunEntity } from './entities/run.entity.js';

export const ENTITIES = [
  AccountEntity,
  BatchEntity,
  CommandEntity,
  ConnectionEntity,
  CursorEntity,
  DirectoryEntryEntity,
  LinkEntity,
  RowEntity,
  RunEntity,
];
