/** What the kinds of links are called. Apart from the kinds, for settings load nothing that carries them out. */
export const linkKindNames = ['wireguard', 'vxlan', 'plain'] as const;
export type LinkKindName = (typeof linkKindNames)[number];
