import { describe, expect, it } from "vitest";
import { RowBinary } from "./row-binary.ts";

const bytesOf = (rows: RowBinary): Buffer => Buffer.concat(rows.bytes());

describe("RowBinary", () => {
  it("writes numbers in little-endian order", () => {
    const rows = new RowBinary().uint32(1).uint32(0xffff_ffff).uint64(Number.MAX_SAFE_INTEGER);
    expect(bytesOf(rows).toString("hex")).toBe("01000000ffffffffffffffffffff1f00");
  });

  it("writes texts with the number of their bytes before them", () => {
    expect(bytesOf(new RowBinary().text("").text("abc").text("ü")).toString("hex")).toBe(
      "0003616263" + "02c3bc",
    );
    const long = bytesOf(new RowBinary().text("x".repeat(300)));
    expect([long[0], long[1], long.length]).toEqual([0xac, 0x02, 302]);
  });

  it("keeps everything when it grows beyond a chunk, and can be read twice", () => {
    const rows = new RowBinary();
    for (let n = 0; n < 300_000; n += 1) rows.uint32(n).text("é".repeat(n % 3));
    rows.text("z".repeat(3_000_000));
    const bytes = bytesOf(rows);
    expect(bytesOf(rows).equals(bytes)).toBe(true);
    let at = 0;
    let wrong = 0;
    for (let n = 0; n < 300_000; n += 1) {
      if (bytes.readUInt32LE(at) !== n || bytes[at + 4] !== (n % 3) * 2) wrong += 1;
      at += 5 + (n % 3) * 2;
    }
    expect(wrong).toBe(0);
    expect(bytes.length).toBe(at + 4 + 3_000_000);
  });

  it("is nothing when nothing was written", () => {
    expect(new RowBinary().bytes()).toEqual([]);
  });
});
