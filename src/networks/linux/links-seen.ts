/** Interfaces that Heddle makes: bridges, ports of endpoints and of servers, and what joins networks to the edge. */
const ownName = /^h[bpkv][0-9a-f]+$/;
const line = /^(Deleted )?\d+: ([^:@\s]+)(?:@[^:\s]+)?: <([^>]*)>(.*)/;

/** What `ip -o monitor link` has told of Heddle's interfaces, to tell damage from what Heddle does itself. */
export class LinksSeen {
  readonly #sound = new Map<string, boolean>();

  /** Whether a line tells of one that was deleted, set down or taken off its bridge. */
  isDamage(text: string): boolean {
    const [, deleted, name = '', flags = '', rest = ''] = line.exec(text) ?? [];
    if (!ownName.test(name)) return false;
    const was = this.#sound.get(name);
    if (deleted !== undefined) {
      // Where a veth goes to another namespace, that is told as well: whoever leads a path looks after it.
      this.#sound.delete(name);
      return true;
    }
    const [isUp, isPromiscuous] = ['UP', 'PROMISC'].map((flag) => flags.split(',').includes(flag));
    // A port of ovs-vswitchd's own datapath has no master: that has it take all frames.
    const isSound =
      isUp === true && (name.startsWith('hb') || rest.includes(' master ') || isPromiscuous === true);
    this.#sound.set(name, isSound);
    // One that is being made is not sound yet.
    return was === true && !isSound;
  }
}
