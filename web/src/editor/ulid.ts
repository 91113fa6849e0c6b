// ULIDs as the server takes them: 48 bits of time and 80 of chance in upper-case Crockford digits.
// Within one millisecond each is above the one before, so that ids sort as they were made.

const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function written(value: bigint, length: number): string {
  let text = '';
  for (let i = 0; i < length; i += 1) {
    text = digits[Number(value & 31n)] + text;
    value >>= 5n;
  }
  return text;
}

let last = 0n;

export function ulid(now = Date.now()): string {
  const random = crypto.getRandomValues(new Uint16Array(5))
    .reduce((sum, part) => (sum << 16n) | BigInt(part), 0n);
  const value = (BigInt(now) << 80n) | random;
  last = value > last ? value : last + 1n;
  return written(last, 26);
}

// From now on all are above this one, whatever the clock says: what goes on with earlier work needs it.
export function begin_above(id: string): void {
  const value = [...id].reduce((sum, digit) => (sum << 5n) | BigInt(Math.max(0, digits.indexOf(digit))), 0n);
  if (value > last) last = value;
}
