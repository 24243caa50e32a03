// Makes a picture of a page small: a palette of its most frequent colours instead of three bytes a pixel.
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** One byte a pixel. */
const MOST_COLOURS = 256;
/** Colours that differ less than this per channel are one. */
const COARSE_BITS = 3;

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Rows without filter bytes. */
  readonly pixels: Buffer;
}

const chunksOf = (png: Buffer): readonly { readonly type: string; readonly data: Buffer }[] => {
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    chunks.push({
      type: png.toString('latin1', at + 4, at + 8),
      data: png.subarray(at + 8, at + 8 + length),
    });
    at += length + 12;
  }
  return chunks;
};

const paeth = (left: number, up: number, corner: number): number => {
  const [toLeft, toUp, toCorner] = [left, up, corner].map((one) => Math.abs(left + up - corner - one));
  if (toLeft! <= toUp! && toLeft! <= toCorner!) return left;
  return toUp! <= toCorner! ? up : corner;
};

/** Reverses the filter of each row (PNG 1.2, section 6). */
const unfiltered = (data: Buffer, stride: number, channels: number): Buffer => {
  const height = data.length / (stride + 1);
  const out = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = data[y * (stride + 1)]!;
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x;
      const left = x < channels ? 0 : out[at - channels]!;
      const up = y === 0 ? 0 : out[at - stride]!;
      const corner = x < channels || y === 0 ? 0 : out[at - stride - channels]!;
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter]!;
      out[at] = (data[y * (stride + 1) + 1 + x]! + predicted) & 0xff;
    }
  }
  return out;
};

/** @throws Error for other forms than eight bits of red, green, blue (and alpha), not interlaced. */
const decode = (png: Buffer): Picture => {
  const chunks = chunksOf(png);
  const head = chunks[0]!.data;
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)];
  const channels = { 2: 3, 6: 4 }[head[9]!];
  if (head[8] !== 8 || channels === undefined || head[12] !== 0)
    throw new Error(
      'the picture is not of eight bits of red, green and blue; accepted: what the browser takes',
    );
  const data = inflateSync(
    Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map((one) => one.data)),
  );
  return { width, height, channels, pixels: unfiltered(data, width * channels, channels) };
};

const coarse = (colour: number): number => {
  const mask = (0xff >> COARSE_BITS) << COARSE_BITS;
  return colour & ((mask << 16) | (mask << 8) | mask);
};

const distance = (a: number, b: number): number =>
  [16, 8, 0].reduce((sum, shift) => sum + (((a >> shift) & 0xff) - ((b >> shift) & 0xff)) ** 2, 0);

/** The most frequent colours, and for each coarse colour the nearest of them. */
const paletteOf = (colours: Uint32Array) => {
  const counts = new Map<number, number>();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const byUse = [...counts].sort((a, b) => b[1] - a[1]);
  const kept: number[] = [];
  const groups = new Set<number>();
  for (const [colour] of byUse) {
    if (kept.length === MOST_COLOURS) break;
    if (groups.has(coarse(colour))) continue;
    groups.add(coarse(colour));
    kept.push(colour);
  }
  const nearest = new Map<number, number>();
  const indexOf = (colour: number): number => {
    const known = nearest.get(colour);
    if (known !== undefined) return known;
    let best = 0;
    for (let at = 1; at < kept.length; at += 1)
      if (distance(kept[at]!, colour) < distance(kept[best]!, colour)) best = at;
    nearest.set(colour, best);
    return best;
  };
  return { kept, indexOf };
};

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
};

/** The same picture with at most 256 colours, its first `mostRows` rows. */
export const smallPng = (png: Buffer, mostRows: number): Buffer => {
  const { width, height, channels, pixels } = decode(png);
  const rows = Math.min(height, mostRows);
  const colours = Uint32Array.from({ length: width * rows }, (_unused, at) =>
    pixels.readUIntBE(at * channels, 3),
  );
  const { kept, indexOf } = paletteOf(colours);
  const data = Buffer.alloc(rows * (width + 1));
  for (let y = 0; y < rows; y += 1)
    for (let x = 0; x < width; x += 1) data[y * (width + 1) + 1 + x] = indexOf(colours[y * width + x]!);
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 3, 0, 0, 0]);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(rows, 4);
  const palette = Buffer.from(kept.flatMap((colour) => [colour >> 16, (colour >> 8) & 0xff, colour & 0xff]));
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', head),
    chunk('PLTE', palette),
    chunk('IDAT', deflateSync(data, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
};
