/** Bytes that can be read from the start as often as needed: a file, wherever it is. */
export interface ByteSource {
  /** As the person who dropped it calls it. */
  readonly name: string;
  /** Bytes, without reading them. */
  size(): Promise<number>;
  /** The content in chunks of 64 KiB or less (larger ones would hold up everything else in the process). */
  open(): AsyncIterable<Buffer>;
}
