/** What was said in a workspace. */
export interface Message {
  /** The title of who said it, which is theirs. */
  readonly from: string;
  readonly data: Buffer;
}
