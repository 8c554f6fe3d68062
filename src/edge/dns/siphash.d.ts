declare module 'siphash' {
  const siphash: {
    /** SipHash-2-4 as two halves; the key is four little-endian words. */
    hash(key: Uint32Array, message: Uint8Array): { readonly h: number; readonly l: number };
  };
  export default siphash;
}
