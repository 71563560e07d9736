import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { compressionOf, unpacked } from "./unpack.ts";

const folder = mkdtempSync(join(tmpdir(), "peregrine-zstd-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `zstd -19` makes of {@link LINES}: two blocks and a checksum. */
const PACKED = Buffer.from(
  "KLUv/QRoZAIA0kgQCbDrJEmIcFKYdcN8ssklkzyyyCFXpgzyxRZXTPHEEkfcmDHE161Xpz5devR2dujHjRcnPlx48HJy4Ldd07McdwYBAA24f0hupE0AAAABACk6kNwAAU9fZ04=",
  "base64",
);
const LINES = Array.from({ length: 75_000 }, (_, index) => `${(index % 50) + 1}\n`).join("");

async function unpack(bytes: Buffer): Promise<string> {
  const path = join(folder, "file");
  writeFileSync(path, bytes);
  expect(await compressionOf(path)).toBe("zstd");
  const pieces: Buffer[] = [];
  for await (const piece of unpacked(path, "zstd")) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString("utf8");
}

describe("a file packed with zstd", () => {
  it("is unpacked, also of several frames", async () => {
    expect(await unpack(PACKED)).toBe(LINES);
    expect(await unpack(Buffer.concat([PACKED, PACKED]))).toBe(LINES + LINES);
  });

  it.each([4, 5, 17, 60, -5, -1])("cut off at %d is refused", async (end) => {
    await expect(unpack(PACKED.subarray(0, end))).rejects.toMatchObject({ code: "fileCutOff" });
  });

  it("that is damaged is refused", async () => {
    const damaged = Buffer.from(PACKED);
    damaged.fill(0x55, 10, 40);
    await expect(unpack(damaged)).rejects.toMatchObject({ code: "fileCutOff" });
  });

  it("with a window that would fill the memory is refused", async () => {
    const wide = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0xa8, 1, 0, 0]);
    await expect(unpack(wide)).rejects.toMatchObject({
      code: "fileCutOff",
      detail: expect.stringContaining("--long"),
    });
  });
});
