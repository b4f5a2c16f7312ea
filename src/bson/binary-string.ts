/**
 * Short runs of bytes as binary strings, one character per byte: what keys are made of. A string that is made in one piece
 * is compared and hashed as it lies; one put together of pieces, or asked of a buffer, costs several times as much.
 */

/** The 8 bytes at an offset. */
export function binaryString8(bytes: Uint8Array, at = 0): string {
  return String.fromCharCode(
    bytes[at] as number,
    bytes[at + 1] as number,
    bytes[at + 2] as number,
    bytes[at + 3] as number,
    bytes[at + 4] as number,
    bytes[at + 5] as number,
    bytes[at + 6] as number,
    bytes[at + 7] as number,
  );
}

/** The 8 bytes at the beginning between two bytes of other origin. */
export function binaryString8Between(before: number, bytes: Uint8Array, behind: number): string {
  return String.fromCharCode(
    before,
    bytes[0] as number,
    bytes[1] as number,
    bytes[2] as number,
    bytes[3] as number,
    bytes[4] as number,
    bytes[5] as number,
    bytes[6] as number,
    bytes[7] as number,
    behind,
  );
}

/** The 12 bytes at the beginning behind a byte of other origin. */
export function binaryString12Behind(before: number, bytes: Uint8Array): string {
  return String.fromCharCode(
    before,
    bytes[0] as number,
    bytes[1] as number,
    bytes[2] as number,
    bytes[3] as number,
    bytes[4] as number,
    bytes[5] as number,
    bytes[6] as number,
    bytes[7] as number,
    bytes[8] as number,
    bytes[9] as number,
    bytes[10] as number,
    bytes[11] as number,
  );
}
