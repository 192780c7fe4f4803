import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatSpot, parseSpot } from "./spot-link";

describe("a link to a spot", () => {
  it("names a cell and a zoom", () => {
    expect(parseSpot("#x=12,y=30,z=8")).toEqual({ x: 12, y: 30, zoom: 8 });
    expect(formatSpot({ x: 12.7, y: 30, zoom: 8.333_3 })).toBe("#x=12,y=30,z=8.33");
  });

  it("may leave the zoom out, or ask for too much", () => {
    expect(parseSpot("#x=1,y=2")).toEqual({ x: 1, y: 2, zoom: null });
    expect(parseSpot("#x=1,y=2,z=0")).toEqual({ x: 1, y: 2, zoom: null });
    expect(parseSpot("#x=1,y=2,z=9999")?.zoom).toBe(256);
  });

  it.each(["", "#", "#x=1", "#x=a,y=2", "#x=-1,y=2", "#y=2,x=", "#x=1e9,y=2"])(
    "ignores %j",
    (hash) => {
      expect(parseSpot(hash)).toBeNull();
    },
  );

  it("survives the round trip", () => {
    fc.assert(
      fc.property(fc.nat(4095), fc.nat(4095), fc.integer({ min: 1, max: 192 }), (x, y, zoom) => {
        expect(parseSpot(formatSpot({ x, y, zoom }))).toEqual({ x, y, zoom });
      }),
    );
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.string(), (hash) => void parseSpot(hash)));
  });
});
