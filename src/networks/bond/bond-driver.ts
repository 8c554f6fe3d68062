import type { AddressedLink } from '../ip.ts';
import type { BondDriverName } from './driver-names.ts';
import type { BondSettings } from './settings.ts';

/** A bond as it is wanted. */
export interface BondWish extends BondSettings {
  readonly name: string;
}

/** What a driver is to make of it now. */
export interface BondPlan {
  readonly wish: BondWish;
  /** Its links that are there and can be members, one at least; in their order. */
  readonly links: readonly AddressedLink[];
  /** The hardware address that it has, and keeps. */
  readonly mac: string;
}

/** What makes bonds, and sees how they are. Each method may be called again at any time. */
export interface BondDriver {
  readonly name: BondDriverName;
  /** What it costs, or lacks, in words for who reads the status; nothing: it is as good as there is. */
  readonly cost: string | undefined;
  /**
   * Interfaces that it has in something else than this bond, with what that is.
   * @throws HeddleError ERR_NETWORK, ERR_OVS where it can make no bond now
   */
  usedElsewhere(name: string): Promise<ReadonlyMap<string, string>>;
  /** Whether an interface of the bond’s name is the bond, by what was noted of it, if anything. */
  isBond(
    link: AddressedLink,
    made: { readonly mac: string; readonly isSame: boolean } | undefined,
  ): Promise<boolean>;
  /**
   * Makes a bond of those of its links, and what differs as it should be; its interface is up, without addresses.
   * @param folder of its own, for what has to be put back
   * @throws HeddleError ERR_NETWORK, ERR_OVS
   */
  apply(plan: BondPlan, folder: string): Promise<void>;
  /** How it is; nothing: it is not there. @throws HeddleError ERR_NETWORK, ERR_OVS */
  look(wish: BondWish): Promise<BondSight | undefined>;
  /** Leaves interfaces that are its links no more as they were. Those that are not there any more are no error. */
  release(links: readonly string[], folder: string): Promise<void>;
  /** Takes it away, but not what its links have besides. @throws HeddleError ERR_NETWORK, ERR_OVS */
  remove(name: string, mac: string | undefined): Promise<void>;
  /** What may come back of it by itself, in words: whoever has it does not run now. */
  owed(name: string): Promise<string | undefined>;
}

/** Who speaks LACP: a system and what it has together (IEEE 802.1AX-2020, 6.3). */
export interface LacpSystem {
  readonly system: string;
  readonly key: number;
}

export interface BondSight {
  readonly actor: LacpSystem | undefined;
  readonly members: readonly MemberSight[];
}

export interface MemberSight {
  readonly name: string;
  readonly hasCarrier: boolean;
  /** Bits a second, where it is known. */
  readonly speed: number | undefined;
  /** Whether the partner is heard: by LACP within its time. */
  readonly isHeard: boolean;
  /** Who was heard there last. */
  readonly partner: (LacpSystem & { readonly port: number }) | undefined;
  /** Whether BFD says that it lets through, both ways; nothing: nobody asked for it. */
  readonly bfd: boolean | undefined;
  /** Whether flows are sent there. */
  readonly isUsed: boolean;
  /** How often it was lost, as each says who counts that: first the driver, since it was made. */
  readonly falls: readonly number[];
  /** Why it is no member, as the driver says it. */
  readonly error?: string | undefined;
}
