/**
 * How a drop is reached: a folder here, or one on a server. Paths are relative to the drop, with `/`. Everything but
 * what a method says about itself is thrown as ConfigError, RetryableError or FatalError.
 */
export interface Transport {
  /**
   * The plain files of a folder whose names are wanted; symbolic links, folders and vanished files are left out.
   * `onOther` hears the wanted names of what is there and is no plain file.
   */
  list(folder: string, wanted: (name: string) => boolean, onOther?: (name: string) => void): Promise<readonly Entry[]>;
  /** Undefined when there is no such plain file. */
  stat(path: string): Promise<Entry | undefined>;
  /** One durable move; false when there is nothing at `from`. The caller sees to it that nothing is at `to`. */
  rename(from: string, to: string): Promise<boolean>;
  /** The content in chunks of 64 KiB or less. */
  read(path: string): AsyncIterable<Buffer>;
  /** Begins a file that appears at `path` as a whole, when it is committed. */
  create(path: string): Promise<FileWriter>;
  /** Does nothing when the folder is there. */
  makeFolder(path: string): Promise<void>;
  /** Does nothing when there is no such file. */
  remove(path: string): Promise<void>;
  /** A path as a person would look for it. */
  describe(path: string): string;
  close(): Promise<void>;
}

export interface Entry {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly modifiedAt: Date;
}

/** A file under a temporary name. */
export interface FileWriter {
  write(content: Buffer): Promise<void>;
  /** Makes the content durable and gives the file its name, in place of what had it. */
  commit(): Promise<void>;
  /** Removes what was written. */
  discard(): Promise<void>;
}
